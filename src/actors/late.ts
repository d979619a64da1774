/**
 * Watches that are behind: what an agent has not been told yet, by collection, and the collection as the agent sees it. A
 * position in the log and a pointer to old trees: nothing is copied.
 */
import type { ResourceKey } from '../api/object.ts'
import type { Registry } from '../api/registry.ts'
import { counted, lateBy } from '../store/faults.ts'
import { viewOver } from '../store/read.ts'
import { type Snapshot, withObject } from '../store/snapshot.ts'
import type { Change } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import type { Agent } from './agent.ts'
import type { Inbox, World } from './world.ts'

/** One collection of which an agent is behind: how it sees it, and what it has not been told, in order. */
export interface Late {
  readonly seen: Snapshot
  readonly changes: readonly Change[]
}

export type LateOnes = Readonly<Record<ResourceKey, Late>>

/** The part of a snapshot that is one collection with its indexes. */
function partOf({ revision, time, collections, indexes }: Snapshot, resource: ResourceKey): Snapshot {
  const tree = collections[resource]
  const own = Object.entries(indexes).filter(([name]) => name.startsWith(`${resource}#`))
  return {
    revision,
    time,
    collections: tree === undefined ? {} : { [resource]: tree },
    indexes: Object.fromEntries(own),
  }
}

/** The collection before a change that the snapshot has already. */
function before(snapshot: Snapshot, registry: Registry, { resource, key, previous, time }: Change): Snapshot {
  const kind = registry.byResource(resource)
  const part = partOf(snapshot, resource)
  return kind === undefined ? part : withObject(part, kind, previous, key, time)
}

/** With one more change that is not told now. `snapshot` is the truth, the change included. */
export function held(late: Late | undefined, snapshot: Snapshot, registry: Registry, change: Change): Late {
  const seen = late?.seen ?? before(snapshot, registry, change)
  return { seen, changes: [...(late?.changes ?? []), change] }
}

/** The oldest change is told now: what is seen moves on by it. */
export function caughtUp({ seen, changes }: Late, registry: Registry): { late: Late; told: Change | undefined } {
  const [told, ...rest] = changes
  if (told === undefined) return { late: { seen, changes }, told }
  const kind = registry.byResource(told.resource)
  const object = told.type === 'DELETED' ? undefined : told.object
  const next = kind === undefined ? seen : withObject(seen, kind, object, told.key, told.time)
  return { late: { seen: next, changes: rest }, told }
}

/** What an agent sees that is behind in some collections. */
export function lateView(snapshot: Snapshot, lateOnes: LateOnes, registry: Registry, now: number): View {
  let { collections, indexes } = snapshot
  for (const [resource, { seen }] of Object.entries(lateOnes)) {
    const { [resource]: _true, ...trees } = collections
    collections = { ...trees, ...seen.collections }
    const others = Object.entries(indexes).filter(([name]) => !name.startsWith(`${resource}#`))
    indexes = { ...Object.fromEntries(others), ...seen.indexes }
  }
  return viewOver({ ...snapshot, collections, indexes }, registry, now)
}

/** Keeps changes from agents whose watches are late. It remembers nothing: what is late is in the inboxes. */
export class Lateness {
  readonly #world: World
  readonly #view: () => View
  readonly #put: (box: Inbox, change: Change) => void

  constructor(world: World, view: () => View, put: (box: Inbox, change: Change) => void) {
    this.#world = world
    this.#view = view
    this.#put = put
  }

  /** True when the agent is not told of the change now. Who writes there itself catches up first. */
  isLate(agent: Agent, box: Inbox, change: Change): boolean {
    const { store } = this.#world
    const { resource } = change
    const armed = agent.live === true ? undefined : lateBy(store.faults, resource, [agent.id])
    if (armed === undefined) return false
    const { rule, id, hits } = armed
    if (rule.drop !== undefined) {
      if (hits >= rule.drop) return false
      store.faults = counted(store.faults, id)
      return true
    }
    if (change.cause.by === agent.id) {
      this.#catchUp(agent, box, resource, 0)
      return false
    }
    const late = held(box.late[resource], store.snapshot, store.registry, change)
    box.late = { ...box.late, [resource]: late }
    if (rule.lag !== 'hold') this.#catchUp(agent, box, resource, rule.lag)
    return true
  }

  /** Faults came or were lifted: those who are no longer late are told what they missed. */
  tell(agents: readonly Agent[], inboxOf: (id: string) => Inbox): void {
    for (const agent of agents) {
      const box = inboxOf(agent.id)
      for (const resource of Object.keys(box.late)) {
        const lag = lateBy(this.#world.store.faults, resource, [agent.id])?.rule.lag ?? 0
        if (lag !== 'hold') this.#catchUp(agent, box, resource, lag)
      }
    }
  }

  /** Tells an agent of a collection's changes until it is no further behind than `lag`. */
  #catchUp(agent: Agent, box: Inbox, resource: ResourceKey, lag: number): void {
    const { registry } = this.#world.store
    let late = box.late[resource]
    if (late === undefined) return
    while (late.changes.length > lag) {
      const { late: rest, told } = caughtUp(late, registry)
      late = rest
      if (told !== undefined && !box.resync && agent.wakes?.(told, this.#view) !== false) this.#put(box, told)
    }
    const { [resource]: _was, ...others } = box.late
    box.late = late.changes.length === 0 ? others : { ...others, [resource]: late }
  }
}
