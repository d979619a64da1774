/** From a write back to whoever began it, and for each field of an object the write that last set it. */
import { type KubeObject, splitKey } from '../api/object.ts'
import { KybernError } from '../lib/coded-error.ts'
import { fieldChanges, leavesOf } from './diff.ts'
import { changesOf, oldestRevision } from './past.ts'
import type { CauseStep, FieldBlame } from './questions.ts'
import { inputText } from './records.ts'
import type { CommitEntry, Entry, Tape } from './tape.ts'

/** Links followed at most: a chain goes back in revisions, so it ends; this bounds what one answer holds. */
const linkLimit = 200

/** The write of a revision, then what led to it, link by link. Throws KYB-INSPECT-PAST for one that is not kept. */
export function whyOf(tape: Tape, revision: number): CauseStep[] {
  const chain = chainOf(tape, revision)
  if (chain.length === 0)
    throw new KybernError(
      'KYB-INSPECT-PAST',
      `the write of revision ${revision} is not kept; kept are those after ${oldestRevision(tape)}`,
    )
  const steps = chain.map((entry) => stepOf(entry))
  const last = chain.at(-1) as CommitEntry
  const fault = faultBehind(tape, chain)
  const end = fault !== undefined ? 'fault' : endOf(last)
  return steps.map((step, i) =>
    i < steps.length - 1 ? step : { ...step, end, ...(fault === undefined ? {} : { fault: fault.text }) },
  )
}

function chainOf(tape: Tape, revision: number): CommitEntry[] {
  const chain: CommitEntry[] = []
  let next: number | undefined = revision
  while (next !== undefined && chain.length < linkLimit) {
    const entry = tape.commitAt(next)
    if (entry === undefined) break
    chain.push(entry)
    const because: number | undefined = entry.change.cause.because
    next = because !== undefined && because < next ? because : undefined
  }
  return chain
}

function endOf({ change: { cause } }: CommitEntry): NonNullable<CauseStep['end']> {
  if (cause.because !== undefined) return 'forgotten'
  if (cause.why === 'request' || cause.why === 'boot' || cause.why === 'fault' || cause.why === 'timer')
    return cause.why
  return 'actor'
}

const past = { ADDED: 'created', MODIFIED: 'changed', DELETED: 'removed' } as const

function stepOf(entry: CommitEntry): CauseStep {
  const { change, saw, revision, time, command } = entry
  const { type, object, previous, cause } = change
  const { namespace = '', name, uid = '' } = object.metadata
  const diff = type === 'MODIFIED' ? fieldChanges(previous, object) : []
  const what = `${object.kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
  const fields =
    diff.length === 0
      ? ''
      : ` (${diff
          .slice(0, 3)
          .map(({ path }) => path)
          .join(', ')}${diff.length > 3 ? ' …' : ''})`
  return {
    revision,
    time,
    change: type,
    kind: object.kind,
    namespace,
    name,
    uid,
    cause,
    ...(saw === undefined ? {} : { saw }),
    diff,
    text: `${whoOf(entry)} ${past[type]} ${what}${fields}${command === undefined ? '' : `: ${command}`}`,
  }
}

/** Who wrote it, for people. */
export function whoOf({ change: { cause }, command }: CommitEntry): string {
  if (command !== undefined) return 'you'
  if (cause.why === 'boot') return 'the boot'
  if (cause.by === 'embedder') return 'the program'
  return cause.by
}

interface Inflicted {
  readonly time: number
  readonly text: string
  readonly on: string
}

/**
 * The fault behind a chain that no person began: the last one that was inflicted, before the write, on a node or
 * controller that a link of the chain speaks of, and after what the chain begins with or at the same instant.
 */
function faultBehind(tape: Tape, chain: readonly CommitEntry[]): Inflicted | undefined {
  const [first, last] = [chain[0] as CommitEntry, chain.at(-1) as CommitEntry]
  if (last.change.cause.why === 'request') return undefined
  const spoken = new Set(chain.flatMap(speaksOf))
  for (let seq = first.seq - 1; seq >= tape.oldest; seq--) {
    const entry = tape.at(seq) as Entry
    if (entry.type !== 'input' || entry.input.type !== 'fault') continue
    if (seq < last.seq && entry.time !== last.time) return undefined
    const on = concernedBy(entry.input.fault)
    if (spoken.has(on)) return { time: entry.time, text: inputText(entry.input), on }
  }
  return undefined
}

/** Whom a fault is inflicted on: a node, a controller; '' for a rule that concerns everybody. */
function concernedBy(fault: object): string {
  if ('type' in fault) return 'from' in fault ? String(fault.from) : ''
  return Object.values(fault).find((one): one is string => typeof one === 'string') ?? ''
}

/** Nodes and controllers a link has to do with. */
function speaksOf({ change: { object, resource, key, cause } }: CommitEntry): string[] {
  const { name } = splitKey(key)
  const nodes = resource === 'nodes' || resource === 'leases.coordination.k8s.io' ? [name] : []
  const of: unknown = resource === 'pods' ? object.spec?.nodeName : undefined
  const by = cause.by.replace(/^controller\//, '')
  return [...nodes, ...(typeof of === 'string' ? [of] : []), by, cause.by]
}

/** For every leaf of an object the write that last set it, with the beginning of that write's chain. */
export function blameOf(tape: Tape, object: KubeObject, seq: number): FieldBlame[] {
  const changes = changesOf(tape, object.metadata.uid ?? '', seq)
  const open = leavesOf(object)
  const blamed = new Map<string, { entry: CommitEntry | undefined }>()
  for (const entry of changes.toReversed()) {
    const before = entry.change.type === 'DELETED' ? undefined : leavesOf(entry.change.previous ?? {})
    if (before === undefined) continue
    for (const [path, value] of open) {
      if (blamed.has(path)) continue
      if (JSON.stringify(before.get(path)) !== JSON.stringify(value)) blamed.set(path, { entry })
    }
  }
  const roots = new Map<CommitEntry, Pick<FieldBlame, 'root' | 'rootRevision'>>()
  const oldest = oldestRevision(tape)
  return [...open].map(([path, value]) => {
    const entry = blamed.get(path)?.entry
    if (entry === undefined)
      return {
        path,
        value,
        revision: oldest,
        time: 0,
        by: '',
        root: 'before the records begin',
        rootRevision: oldest,
        exact: false,
      }
    const root = roots.get(entry) ?? rootOf(tape, entry)
    roots.set(entry, root)
    return { path, value, revision: entry.revision, time: entry.time, by: whoOf(entry), ...root, exact: true }
  })
}

function rootOf(tape: Tape, entry: CommitEntry): Pick<FieldBlame, 'root' | 'rootRevision'> {
  const chain = chainOf(tape, entry.revision)
  const last = chain.at(-1) ?? entry
  const fault = faultBehind(tape, chain)
  if (fault !== undefined) return { root: `fault: ${fault.text}`, rootRevision: last.revision }
  const text = stepOf(last).text
  return { root: last.change.cause.because === undefined ? text : `… ${text}`, rootRevision: last.revision }
}
