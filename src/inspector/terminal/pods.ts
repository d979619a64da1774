/** The verbs that look into a pod: logs and exec, of a pod by name or of the first one of a workload or a Service. */
import type { KubeObject } from '../../api/object.ts'
import type { Line } from './line.ts'
import { Failure, namespaceOf, type Shell, type Verb } from './shell.ts'

export const logs: Verb = async (shell, line) => {
  // Here `-f` is a switch: nothing more is written before time goes on.
  const { filename, ...flags } = line.flags
  const words = filename === undefined || line.words.length > 1 ? line.words : [...line.words, filename]
  const { pod, note } = await podOf(shell, { ...line, flags, words })
  const container = flags.container ?? words[2]
  const text = await shell.ask('log', {
    pod,
    ...(container === undefined ? {} : { container }),
    ...(flags.previous === 'true' ? { previous: true } : {}),
  })
  const lines = text.replace(/\n$/, '').split('\n')
  const tail = Number(flags.tail ?? -1)
  return [...note, ...(tail >= 0 ? lines.slice(lines.length - Math.min(tail, lines.length)) : lines)].join('\n')
}

export const exec: Verb = async (shell, line) => {
  const [, , ...more] = line.words
  const command = line.rest.length > 0 ? line.rest : more
  if (command.length === 0) throw new Failure('error: you must specify at least one command for the container')
  const { pod } = await podOf(shell, line)
  const { container } = line.flags
  const { code, text } = await shell.ask('exec', { pod, command, ...(container === undefined ? {} : { container }) })
  if (code !== 0) throw new Failure(`${text}command terminated with exit code ${code}`)
  return text.replace(/\n$/, '')
}

interface Found {
  readonly pod: { readonly kind: 'Pod'; readonly name: string; readonly namespace: string }
  /** What kubectl says when it had to choose. */
  readonly note: readonly string[]
}

async function podOf(shell: Shell, line: Line): Promise<Found> {
  const [, typed = ''] = line.words
  const namespace = namespaceOf(line) ?? 'default'
  const selector = line.flags.selector
  if (typed === '' && selector === undefined)
    throw new Failure('error: expected POD or TYPE/NAME as the first argument')
  if (selector === undefined && (!typed.includes('/') || /^(po|pods?)\//.test(typed))) {
    const name = typed.slice(typed.indexOf('/') + 1)
    await shell.require(line, { kind: await shell.kind('pods'), name })
    return { pod: { kind: 'Pod', name, namespace }, note: [] }
  }
  const pods = await podsBehind(shell, typed, namespace, selector)
  const [first] = [...pods].sort((a, b) => rank(a) - rank(b))
  if (first === undefined) throw new Failure(`error: no pods found for ${typed === '' ? selector : typed}`)
  const { name } = first.metadata
  const note = pods.length > 1 ? [`Found ${pods.length} pods, using pod/${name}`] : []
  return { pod: { kind: 'Pod', name, namespace }, note }
}

/** The pods that a workload or a Service selects. */
async function podsBehind(shell: Shell, typed: string, namespace: string, given?: string): Promise<KubeObject[]> {
  const pods = await shell.kind('pods')
  const selector = given ?? (await selectorOf(shell, typed, namespace))
  const path = `${shell.path(pods, namespace)}?labelSelector=${encodeURIComponent(selector)}`
  return (JSON.parse(await shell.read(path)) as { items: KubeObject[] }).items
}

async function selectorOf(shell: Shell, typed: string, namespace: string): Promise<string> {
  const { kind, name } = await shell.target([typed])
  const { spec = {} } = JSON.parse(await shell.read(shell.path(kind, namespace, name))) as KubeObject
  const labels = (spec.selector?.matchLabels ?? spec.selector) as Readonly<Record<string, string>> | undefined
  if (labels === undefined || Object.values(labels).some((value) => typeof value !== 'string'))
    throw new Failure(`error: cannot attach to *${kind.kind}: selector for ${kind.kind} not implemented`)
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}

/** Ready ones first, then running ones. */
function rank({ metadata, status }: KubeObject): number {
  if (metadata.deletionTimestamp !== undefined) return 3
  const conditions: readonly { type: string; status: string }[] = status?.conditions ?? []
  if (conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True')) return 0
  return status?.phase === 'Running' ? 1 : 2
}
