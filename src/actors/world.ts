/**
 * The world: everything that is so at this moment, as values. API snapshot and log, actor snapshots, timers, what waits
 * to be delivered, the clock, the seed's generator. Forking a world copies a few pointers and short lists.
 */
import type { AnyMachineSnapshot } from 'xstate'
import { prngFrom } from '../lib/prng.ts'
import type { Timers } from '../lib/timers.ts'
import type { Store } from '../store/api-server.ts'
import { Latest } from '../store/latest.ts'
import type { Change } from '../store/transition.ts'
import type { Answer, Delivery, Fired } from './agent.ts'
import type { LateOnes } from './late.ts'

/** One actor: its machine's name, its snapshot (a value), and the agent it lives beneath. */
export interface ActorCell {
  readonly machine: string
  readonly snapshot: AnyMachineSnapshot
  readonly owner: string
}

/** What a timer of the world is for: an agent itself, or an actor beneath it. */
export interface Alarm {
  readonly agent: string
  readonly actor?: string
  readonly event?: Delivery['event']
  readonly id: string
  readonly data?: unknown
}

/** What waits for one agent's next turn. */
export interface Inbox {
  /** What changed that it watches, in order, since its cursor. */
  changes: Change[]
  /** It asked for another turn. */
  more: boolean
  resync: boolean
  fired: Fired[]
  deliveries: Delivery[]
  answers: Answer[]
  /** Collections of which the agent is behind. */
  late: LateOnes
}

/** The owner of timers after which a delayed write arrives. */
export const delays = 'delays'

/** The owner of timers that call functions of the embedding program instead of an agent. */
export const callbacks = 'callbacks'

export interface World {
  readonly seed: number
  readonly store: Store
  /** By actor id. Changed only through the host; its values never change. */
  actors: Map<string, ActorCell>
  /** The ids right beneath an id (`pods/default/web-0` → its containers). */
  beneath: Map<string, readonly string[]>
  timers: Timers<Alarm>
  inboxes: Record<string, Inbox>
  /** Index of the agent that took the last turn: turns go round. */
  lastTurn: number
}

/** An inbox without letters. `resync` for an agent that has yet to list everything. */
export function newInbox(resync: boolean): Inbox {
  return { changes: [], more: false, resync, fired: [], deliveries: [], answers: [], late: {} }
}

function copyOf(box: Inbox): Inbox {
  const { changes, more, resync, fired, deliveries, answers, late } = box
  return {
    changes: [...changes],
    more,
    resync,
    fired: [...fired],
    deliveries: [...deliveries],
    answers: [...answers],
    late,
  }
}

/** An independent world from this very moment. Nothing either of them does is seen by the other. */
export function forkWorld(world: World): World {
  const { store } = world
  return {
    seed: world.seed,
    store: { ...store, latest: new Latest(store.snapshot), log: store.log.fork(), prng: prngFrom(store.prng.state) },
    actors: new Map(world.actors),
    beneath: new Map(world.beneath),
    timers: world.timers.fork(),
    inboxes: Object.fromEntries(Object.entries(world.inboxes).map(([id, box]) => [id, copyOf(box)])),
    lastTurn: world.lastTurn,
  }
}
