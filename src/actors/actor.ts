/**
 * Actors as the house uses them: XState machines (`machines/`), whose snapshots are values kept in the world. The host
 * steps them; `cluster.actor()` hands out an ActorRef-like surface over the same value.
 * Source: https://stately.ai/docs/machines
 */
import type { AnyMachineSnapshot } from 'xstate'

export interface ActorEvent {
  readonly type: string
  readonly [field: string]: unknown
}

/** A named action a machine asked for while it moved; machines have no bodies for these, the agent carries them out. */
export interface Emitted {
  readonly actor: string
  readonly type: string
  readonly params: Readonly<Record<string, unknown>>
}

/**
 * Steps actors by id (`pods/default/web-0`, `pods/default/web-0/nginx`, `nodes/node-1`). Delayed transitions (`after`)
 * become timers of the world and come back to the owning agent as deliveries; states tagged `background` give
 * background timers.
 */
export interface ActorHost {
  /** Starts an actor; answers what its entry asked for. An existing actor with this id is replaced. */
  spawn(id: string, machine: string, input: Readonly<Record<string, unknown>>): readonly Emitted[]
  /** Sends an event; answers the actions asked for, in order. An unknown id answers nothing. */
  send(id: string, event: ActorEvent): readonly Emitted[]
  /** Removes an actor and its timers. */
  stop(id: string): void
  get(id: string): AnyMachineSnapshot | undefined
  /** All ids of a kind (`pods/`, `nodes/`), or those right beneath one (`pods/default/web-0/`). */
  ids(prefix: string): readonly string[]
}
