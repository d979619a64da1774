/**
 * Health: /healthz, /livez and /readyz, each check by name, verbose or with checks left out.
 * Source: https://kubernetes.io/docs/reference/using-api/health-checks/
 */
import { text } from './answer.ts'

/** What is looked at. The whole control plane is one program: it is well when it answers. */
const checks: Readonly<Record<string, readonly string[]>> = {
  healthz: ['ping', 'log', 'etcd'],
  livez: ['ping', 'log', 'etcd'],
  readyz: ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', 'shutdown'],
}

/** Every path this file answers. */
export const healthPaths: readonly string[] = Object.entries(checks).flatMap(([root, names]) => [
  `/${root}`,
  ...names.map((name) => `/${root}/${name}`),
])

/** The answer, or undefined for paths that are about something else and checks that do not exist. */
export function healthAnswer(path: string, query: URLSearchParams): Response | undefined {
  const [, root = '', check, ...more] = path.split('/')
  const known = Object.hasOwn(checks, root) ? (checks[root] as readonly string[]) : undefined
  if (known === undefined || more.length > 0) return undefined
  if (check !== undefined) return known.includes(check) ? plain('ok') : undefined
  if (!query.has('verbose')) return plain('ok')
  const excluded = query.getAll('exclude')
  const lines = known.map((name) => `[+]${name} ${excluded.includes(name) ? 'excluded: ' : ''}ok`)
  const unknown = excluded.filter((name) => !known.includes(name)).map((name) => `"${name}"`)
  if (unknown.length > 0)
    lines.push(`warn: some health checks cannot be excluded: no matches for ${unknown.join(', ')}`)
  return plain([...lines, `${root} check passed`, ''].join('\n'))
}

function plain(body: string): Response {
  return text(body, 'text/plain; charset=utf-8', { headers: { 'x-content-type-options': 'nosniff' } })
}
