/**
 * What an agent sees: the truth, but for changes of collections whose watch is held. Held changes wait in a list; an
 * object with a held change is seen as it was before the first of them. So staleness is a position in a log, and needs
 * nothing from the agent. Source: Sieve's staleness patterns (https://www.usenix.org/conference/osdi22/presentation/sun)
 */
import type { Kind } from '../../api/kind.ts'
import type { KubeObject, ResourceKey } from '../../api/object.ts'
import { indexValues } from '../../store/snapshot.ts'
import type { Change } from '../../store/transition.ts'
import type { Cells } from './cells.ts'
import type { Draft } from './draft.ts'
import type { Sight } from './reader.ts'

/** A change that waits for an agent: which object, its number before and after. */
export interface HeldChange {
  readonly slot: number
  readonly from: number
  readonly to: number
  readonly type: Change['type']
  /** Of a removal: the number of its last state. */
  readonly last: number
}

function heldId(cells: Cells, held: HeldChange): number {
  const { slot, from, to, last, type } = held
  const plain = [cells.slotAt(slot).name, cells.hash(from), cells.hash(to), cells.hash(last), type]
  return cells.named({ held: plain }, held)
}

/** How watches and clocks may differ from the truth in an exploration. */
export interface SeesOptions {
  /** How many changes an agent's watch of a collection may be behind. Default 0. */
  readonly lagOf?: (agent: string, resource: ResourceKey) => number
  /** Whose view is never older than their own last write (what expectations are for in Kubernetes; kybern gives it to its own). Default all. */
  readonly readsOwn?: (agent: string) => boolean
  /** How many past changes of a collection somebody may yet begin with. Default 0. */
  readonly pastOf?: (draft: Draft, resource: ResourceKey) => number
  /** Clocks may differ. */
  readonly clocksDiffer?: boolean
}

/** Which watches can be held at all, and what is behind. */
export class Sees {
  readonly #lagOf: NonNullable<SeesOptions['lagOf']>
  readonly #readsOwn: NonNullable<SeesOptions['readsOwn']>
  readonly #pastOf: SeesOptions['pastOf']
  readonly clocksDiffer: boolean

  constructor({ lagOf = () => 0, readsOwn = () => true, pastOf, clocksDiffer = false }: SeesOptions = {}) {
    this.#lagOf = lagOf
    this.#readsOwn = readsOwn
    this.#pastOf = pastOf
    this.clocksDiffer = clocksDiffer
  }

  /** True when the watch may lag at all. */
  holdable(agent: string, resource: ResourceKey): boolean {
    return this.#lagOf(agent, resource) > 0
  }

  /** True when a held watch has to catch up: the agent wrote there itself, or it may be no further behind. */
  catchesUp(draft: Draft, agent: string, change: Change): boolean {
    if (change.cause.by === agent && this.#readsOwn(agent)) return true
    const { cells } = draft.ground
    const list = cells.value<readonly number[] | undefined>(draft.at(cells.slot('held', agent, change.resource)))
    return list !== undefined && list.length > this.#lagOf(agent, change.resource)
  }

  /** Puts the change aside when the agent's watch of that collection is held. */
  holds(draft: Draft, agent: string, change: Change): boolean {
    const slot = draft.ground.cells.slot('held', agent, change.resource)
    if (draft.at(slot) === 0) return false
    draft.append(slot, changeId(draft.ground.cells, change))
    return true
  }

  /** Keeps the last changes of a collection for those who may begin with them. */
  remember(draft: Draft, change: Change): void {
    const most = this.#pastOf?.(draft, change.resource) ?? 0
    if (most === 0) return
    const { cells } = draft.ground
    const slot = cells.slot('past', change.resource)
    const list = cells.value<readonly number[] | undefined>(draft.at(slot)) ?? []
    draft.set(slot, cells.list([...list, changeId(cells, change)].slice(-most)))
  }

  /** The agent sees a collection as it was so many changes ago; all others are as they are. */
  goBack(draft: Draft, agent: string, resource: ResourceKey, changes: number): void {
    const { cells } = draft.ground
    const past = cells.value<readonly number[] | undefined>(draft.at(cells.slot('past', resource))) ?? []
    draft.set(cells.slot('held', agent, resource), cells.list([1, ...past.slice(-changes)]))
    for (const slot of cells.ofKind('past')) if (draft.at(slot) !== 0) draft.set(slot, 0)
  }

  /** Begins to hold a watch. */
  hold(draft: Draft, agent: string, resource: ResourceKey): void {
    const { cells } = draft.ground
    draft.set(cells.slot('held', agent, resource), cells.list([1]))
  }

  /** The changes that wait for the agent, in order. `newest`: of each object only what the changes come to, as a new list tells it. */
  waiting(draft: Draft, agent: string, resource: ResourceKey, newest = false): Change[] {
    const { cells } = draft.ground
    const list = cells.value<readonly number[] | undefined>(draft.at(cells.slot('held', agent, resource))) ?? []
    const all = list.slice(1).map((id) => cells.value<HeldChange>(id))
    return (newest ? summedUp(all) : all).map(({ slot, from, to, type, last }) => {
      const object = cells.object(to === 0 ? last : to) as KubeObject
      const { key } = cells.slotAt(slot)
      const cause = { why: 'reconcile', by: '' } as const
      return { type, resource, key, object, previous: cells.object(from), revision: 1, time: 0, cause }
    })
  }
}

function changeId(cells: Cells, change: Change): number {
  const slot = cells.slot('object', change.resource, change.key)
  const from = cells.objectId(change.previous)
  const to = change.type === 'DELETED' ? 0 : cells.objectId(change.object)
  const last = change.type === 'DELETED' ? cells.objectId(change.object) : 0
  return heldId(cells, { slot, from, to, last, type: change.type })
}

/** One change of each object; none of what came and went, one of what was replaced under its name. */
function summedUp(all: readonly HeldChange[]): HeldChange[] {
  const slots = [...new Set(all.map(({ slot }) => slot))]
  return slots.flatMap((slot) => {
    const own = all.filter((one) => one.slot === slot)
    const { from } = own[0] as HeldChange
    const { to } = own.at(-1) as HeldChange
    if (from === to) return []
    return [
      { slot, from, to, last: to === 0 ? from : 0, type: from === 0 ? 'ADDED' : to === 0 ? 'DELETED' : 'MODIFIED' },
    ]
  })
}

/** What the agent sees of the state of a draft. */
export function sightOf(draft: Sight, agent: string, sees: Sees): Sight {
  const { ground } = draft
  const seen = new Map<ResourceKey, ReadonlyMap<number, number>>()
  const oldOnes = (resource: ResourceKey): ReadonlyMap<number, number> => {
    let old = seen.get(resource)
    if (old === undefined) {
      old = sees.holdable(agent, resource) ? heldBefore(draft, agent, resource) : new Map()
      seen.set(resource, old)
    }
    return old
  }
  const { cells } = ground
  const at = (slot: number): number => {
    const { kind, of } = cells.slotAt(slot)
    return (kind === 'object' ? oldOnes(of).get(slot) : undefined) ?? draft.at(slot)
  }
  const adjusted = (
    base: readonly number[],
    resource: ResourceKey,
    member: (version: number) => boolean,
  ): readonly number[] => {
    const old = oldOnes(resource)
    if (old.size === 0) return base
    const slots = [
      ...base.filter((slot) => !old.has(slot)),
      ...[...old.keys()].filter((slot) => member(old.get(slot) as number)),
    ]
    const keyOf = (slot: number): string => cells.slotAt(slot).key
    return slots.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  }
  return {
    ground,
    get now() {
      return draft.now
    },
    at,
    collection: (resource) => adjusted(draft.collection(resource), resource, (version) => version !== 0),
    index: (kind: Kind, index: string, value: string) =>
      adjusted(
        draft.index(kind, index, value),
        kind.resource,
        (version) => indexValues(kind, cells.object(version))[index]?.includes(value) === true,
      ),
    dependents: (uid) => draft.dependents(uid),
  }
}

/** The numbers that objects with held changes had before the first of them. */
function heldBefore(draft: Sight, agent: string, resource: ResourceKey): ReadonlyMap<number, number> {
  const { cells } = draft.ground
  const list = cells.value<readonly number[] | undefined>(draft.at(cells.slot('held', agent, resource))) ?? []
  const old = new Map<number, number>()
  for (const id of list) {
    const held = cells.value<HeldChange | true>(id)
    if (held !== true && !old.has(held.slot)) old.set(held.slot, held.from)
  }
  return old
}
