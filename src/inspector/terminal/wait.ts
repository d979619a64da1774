/** kubectl wait: lets the cluster's time pass, event by event, until what is waited for is so. */
import type { KubeObject } from '../../api/object.ts'
import { parseDuration } from '../../api/time.ts'
import type { Line } from './line.ts'
import { Failure, named, namespaceOf, type Shell, type Target, type Verb } from './shell.ts'

const defaultTimeout = '30s'
/** Time that a cluster which follows the wall is moved on by at once, in ms. */
const leapMs = 1000
const weekMs = 7 * 24 * 3_600_000

export const waitFor: Verb = async (shell, line) => {
  const goal = line.flags.for
  if (goal === undefined) throw new Failure('error: --for must be specified: delete, create, condition=NAME[=VALUE]')
  const told: string[] = []
  for (const target of await targetsOf(shell, line)) {
    await reached(shell, line, target, goal)
    const word = goal === 'delete' ? 'deleted' : goal === 'create' ? 'created' : 'condition met'
    told.push(`${named(target.kind, target.name)} ${word}`)
  }
  return told.join('\n')
}

async function targetsOf(shell: Shell, line: Line): Promise<Target[]> {
  const targets = await shell.targets(line.words.slice(1))
  const [, word = ''] = line.words
  if (targets.length > 0) return targets
  const kind = await shell.kind(word)
  const { selector } = line.flags
  const query = selector === undefined ? '' : `?labelSelector=${encodeURIComponent(selector)}`
  const path = `${shell.path(kind, namespaceOf(line))}${query}`
  const { items } = JSON.parse(await shell.read(path)) as { items: KubeObject[] }
  if (items.length === 0) throw new Failure('error: no matching resources found')
  return items.map(({ metadata }) => ({ kind, name: metadata.name }))
}

async function reached(shell: Shell, line: Line, target: Target, goal: string): Promise<void> {
  const { now, playing } = await shell.ask('clock', {})
  const end = now + timeoutOf(line.flags.timeout ?? defaultTimeout)
  for (let at = now; ; ) {
    const object = await objectOf(shell, line, target, goal)
    if (isSo(object, goal)) return
    const { nextDue } = await shell.ask('clock', {})
    if (at >= end || (nextDue === undefined && !playing)) break
    const by = playing ? leapMs : Math.max(0, Math.min(end, nextDue ?? end) - at)
    at = (await shell.ask('advance', { by })).now
  }
  const resource = target.kind.resource.split('.')[0]
  throw new Failure(`error: timed out waiting for the condition on ${resource}/${target.name}`)
}

/** What is not there is awaited only by those who wait for it to come or to be gone. */
async function objectOf(
  shell: Shell,
  line: Line,
  { kind, name }: Target,
  goal: string,
): Promise<KubeObject | undefined> {
  const path = shell.path(kind, namespaceOf(line) ?? 'default', name)
  const { status, text } = await shell.ask('read', { path })
  if (status === 200) return JSON.parse(text) as KubeObject
  if (status === 404 && (goal === 'delete' || goal === 'create')) return undefined
  throw new Failure(`Error from server (NotFound): ${(JSON.parse(text) as { message: string }).message}`)
}

function isSo(object: KubeObject | undefined, goal: string): boolean {
  if (goal === 'delete') return object === undefined
  if (goal === 'create') return object !== undefined
  const condition = /^condition=([^=]+)(?:=(.*))?$/s.exec(goal)
  if (condition !== null) {
    const [, type = '', wanted = 'True'] = condition
    const conditions: readonly { type: string; status: string }[] = object?.status?.conditions ?? []
    return conditions.some(
      (one) => one.type.toLowerCase() === type.toLowerCase() && one.status.toLowerCase() === wanted.toLowerCase(),
    )
  }
  const path = /^jsonpath=\{?\.?([\w.]+)\}?(?:=(.*))?$/s.exec(goal)
  if (path === null) throw new Failure(`error: unrecognized condition: ${JSON.stringify(goal)}`)
  const [, fields = '', wanted] = path
  const value = fields.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown>)?.[name], object)
  return wanted === undefined ? value !== undefined : String(value) === wanted
}

function timeoutOf(text: string): number {
  // Below zero kubectl waits for a week.
  if (text.startsWith('-')) return weekMs
  try {
    return parseDuration(text)
  } catch {
    throw new Failure(`error: invalid argument ${JSON.stringify(text)} for "--timeout" flag: time: invalid duration`)
  }
}
