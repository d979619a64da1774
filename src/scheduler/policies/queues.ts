/**
 * What YARN's schedulers share: a tree of queues, what each of them has, and a walk from the root that asks at every level
 * which queue comes next. A pod names its queue by the label kybern.dev/queue (`prod.web` below the root); without one it is
 * in `default`.
 * Source: https://hadoop.apache.org/docs/stable/hadoop-yarn/hadoop-yarn-site/CapacityScheduler.html
 */
import type { Columns } from '../columns.ts'
import type { Desk } from '../desk.ts'
import type { PodFacts } from '../facts.ts'
import { failureMessage } from '../message.ts'
import { byPriority, type Decision, type Pending } from './policy.ts'

export const queueLabel = 'kybern.dev/queue'

/** The name of what refuses a pod because of its queue. */
export const queuePlugin = 'Queue'

/** Amounts by resource: CPU in millicores, memory in bytes, others in units. */
export type Amounts = ReadonlyMap<string, number>

/** One queue. `Q` is what a scheduler wants to know of it. */
export interface Queue<Q> {
  /** `root`, `root.prod`, `root.prod.web`. */
  readonly path: string
  readonly settings: Q
  readonly parent: Queue<Q> | undefined
  readonly children: Queue<Q>[]
  /** What its pods have, those of queues below it included. */
  readonly used: Map<string, number>
  /** Its pods that wait, in order; only leaves have any. */
  waiting: Pending[]
}

/** A pod that its queue does not let in, and why. */
export interface Held extends Pending {
  readonly held: string
}

/** A queue under a parent; the first one has none. */
export function queueOf<Q>(name: string, settings: Q, parent?: Queue<Q>): Queue<Q> {
  const path = parent === undefined ? name : `${parent.path}.${name}`
  const queue: Queue<Q> = { path, settings, parent, children: [], used: new Map(), waiting: [] }
  parent?.children.push(queue)
  return queue
}

/** The leaf with this path below the root; undefined when there is none, or when it is no leaf. */
export function leafOf<Q>(root: Queue<Q>, path: string): Queue<Q> | undefined {
  let at: Queue<Q> | undefined = root
  for (const part of path
    .replace(/^root\.?/, '')
    .split('.')
    .filter((one) => one !== ''))
    at = at?.children.find((child) => child.path.endsWith(`.${part}`))
  return at?.children.length === 0 ? at : undefined
}

/** The queue a pod asks for. */
export const queueNameOf = ({ labels }: PodFacts): string => labels[queueLabel] ?? 'default'

/** What a pod takes. */
export function requestOf({ requests: { cpuMilli, memoryBytes, extended } }: PodFacts): [string, number][] {
  return [['cpu', cpuMilli], ['memory', memoryBytes], ...extended].filter(([, amount]) => (amount as number) > 0) as [
    string,
    number,
  ][]
}

/** Counts a pod in its queue and all above it. */
export function charge<Q>(leaf: Queue<Q> | undefined, facts: PodFacts): void {
  for (let queue = leaf; queue !== undefined; queue = queue.parent)
    for (const [name, amount] of requestOf(facts)) queue.used.set(name, (queue.used.get(name) ?? 0) + amount)
}

/** What all nodes have together. */
export function totalOf(columns: Columns): Map<string, number> {
  const sum = (column: Float64Array): number => {
    let total = 0
    for (let slot = 0; slot < columns.size; slot++)
      if (columns.nodes[slot] !== undefined) total += column[slot] as number
    return total
  }
  const total = new Map([
    ['cpu', sum(columns.cpu)],
    ['memory', sum(columns.memory)],
  ])
  for (const [name, one] of columns.extended) total.set(name, sum(one.total))
  return total
}

/** How a scheduler walks the queues. */
export interface Walk<Q> {
  /** Negative when `a` comes before `b` among queues of one parent. */
  readonly before: (a: Queue<Q>, b: Queue<Q>) => number
  /** Which of a leaf's pods is next. */
  readonly next: (leaf: Queue<Q>) => Pending
  /** Why a pod may not have what it asks for now, from its queue or one above it; undefined when it may. */
  readonly limit: (leaf: Queue<Q>, facts: PodFacts) => string | undefined
}

/** Pods in the order of their queues; those that come to nothing with why they are held. */
export function* walk<Q>(
  root: Queue<Q>,
  pods: readonly Pending[],
  { columns }: Desk,
  by: Walk<Q>,
): Generator<Pending | Held> {
  for (const pending of [...pods].sort(byPriority)) {
    const name = queueNameOf(pending.facts)
    const leaf = leafOf(root, name)
    if (leaf === undefined) yield { ...pending, held: `there is no queue "${name}" that takes pods` }
    else leaf.waiting.push(pending)
  }
  for (let leaf = nextLeaf(root, by); leaf !== undefined; leaf = nextLeaf(root, by)) {
    const pending = by.next(leaf)
    leaf.waiting = leaf.waiting.filter((one) => one !== pending)
    const held = by.limit(leaf, pending.facts)
    yield held === undefined ? pending : { ...pending, held }
    if (columns.pods.has(pending.facts.key)) charge(leaf, pending.facts)
  }
}

function nextLeaf<Q>(queue: Queue<Q>, by: Walk<Q>): Queue<Q> | undefined {
  if (queue.children.length === 0) return queue.waiting.length > 0 ? queue : undefined
  const ready = queue.children.filter((child) => hasWaiting(child))
  const [first] = ready.sort((a, b) => by.before(a, b) || (a.path < b.path ? -1 : 1))
  return first === undefined ? undefined : nextLeaf(first, by)
}

function hasWaiting<Q>({ waiting, children }: Queue<Q>): boolean {
  return waiting.length > 0 || children.some(hasWaiting)
}

/** Any node that fits, as YARN takes the first one that reports; a held pod gets none. */
export function placeAnywhere(pending: Pending | Held, desk: Desk): Decision {
  const refuse = { type: 'refuse', victims: [], nominate: undefined } as const
  const nodes = desk.columns.slotOf.size
  if ('held' in pending)
    return { ...refuse, message: `0/${nodes} nodes are available: ${pending.held}.`, plugins: [queuePlugin] }
  const look = desk.look(pending.facts)
  const node = desk.any(look)
  if (node !== undefined) return { type: 'bind', node }
  const failure = desk.failure(look)
  return { ...refuse, message: failureMessage(failure, ''), plugins: failure.plugins }
}

/** The largest share of any resource, 0 to 1 and beyond. */
export function dominantShare(used: Amounts, total: Amounts): number {
  let share = 0
  for (const [name, amount] of used) if (amount > 0) share = Math.max(share, amount / (total.get(name) ?? 0))
  return share
}
