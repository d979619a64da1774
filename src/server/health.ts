/**
 * Health: /healthz, /livez and /readyz, each check by name, verbose or with checks left out.
 * Source: https://kubernetes.io/docs/reference/using-api/health-checks/
 */
import { text } from './answer.ts'

/** What is looked at. The whole control plane is one program: it is well when it answers. */
const checks: Readonly<Record<string, readonly string[]>> = {
  healthz: ['ping', 'log', 'etcd'],
  livez: ['ping', 'log', 'etcd'],
  readyz: ['ping', 'log', 'etcd', 'informer-sync', 'shutdown'],
}

/** The answer, or undefined for paths that are about something else and checks that do not exist. */
export function healthAnswer(path: string, query: URLSearchParams): Response | undefined {
  const [, root = '', check, ...more] = path.split('/')
  const known = Object.hasOwn(checks, root) ? (checks[root] as readonly string[]) : undefined
  if (known === undefined || more.length > 0) return undefined
  if (check !== undefined && check !== '') return known.includes(check) ? text('ok') : undefined
  if (!query.has('verbose')) return text('ok')
  const excluded = new Set(query.getAll('exclude'))
  const lines = known.map((name) => (excluded.has(name) ? `[+]${name} excluded: ok` : `[+]${name} ok`))
  return text([...lines, `${root} check passed`, ''].join('\n'))
}
