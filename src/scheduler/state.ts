/**
 * What the scheduler remembers between turns: plain data and persistent maps, never changed once a turn has answered.
 * The columns are not in it; `columns` is only the token under which the last turn left them (`holder.ts`).
 */
import { emptyOrdered, type Ordered } from '../lib/ordered.ts'

/** Where a pod that is not bound waits. */
export type Place = 'backoff' | 'unschedulable' | 'gated' | 'reserved'

/** A pod that is not bound yet. Times in ms. */
export interface Queued {
  readonly key: string
  readonly uid: string
  readonly place: Place | 'active'
  /** How often it has been tried. */
  readonly attempts: number
  /** Creation order among equals: the revision at which it was first seen. */
  readonly order: number
  /** Since when it waits where it is. */
  readonly since: number
  /** Not before this time (back-off). */
  readonly until: number
  /** The plugins that refused it. */
  readonly plugins: readonly string[]
  /** The revision of the change that last concerned it. */
  readonly because: number
}

/** A pod the scheduler has given a node, though the API does not say so yet. */
export interface Assumed {
  readonly uid: string
  readonly node: string
  /** What its place in the queue will be if it comes back. */
  readonly attempts: number
  readonly order: number
}

/** Under which the columns of a turn are kept; a new object every turn. */
export interface ColumnsToken {
  readonly revision: number
}

export interface SchedulerState {
  readonly columns: ColumnsToken
  /** By pod key. */
  readonly pods: Ordered<Queued>
  /** Pod keys by the time their back-off ends. */
  readonly backoff: Ordered<string>
  /** Pod keys by the plugin that refused them: `plugin key`. */
  readonly refusedBy: Ordered<string>
  readonly assumed: Ordered<Assumed>
  /** Nodes for which preemption has made, or is making, space: by pod key. */
  readonly nominated: Ordered<Assumed>
  /** When the refused pods are looked through again, in ms; undefined while there are none. */
  readonly flushAt: number | undefined
}

export const initialState: SchedulerState = Object.freeze({
  columns: Object.freeze({ revision: 0 }),
  pods: emptyOrdered<Queued>(),
  backoff: emptyOrdered<string>(),
  refusedBy: emptyOrdered<string>(),
  assumed: emptyOrdered<Assumed>(),
  nominated: emptyOrdered<Assumed>(),
  flushAt: undefined,
})
