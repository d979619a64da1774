/**
 * An agent is a part of the control plane that takes turns: a controller, the scheduler, the kubelets. A turn is a
 * function of what the agent remembers (plain data), a view and what happened since its cursor; it answers with
 * intents. The kernel commits the transitions in order and hands their outcomes to the agent's next turn.
 * So the live driver and an explorer run the same agents, and a fork copies them.
 */
import type { ResourceKey } from '../api/object.ts'
import type { Change, Outcome, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import type { ActorEvent, ActorHost } from './actor.ts'

/** Set (or move) a timer of this agent. `at` in ms; background timers do not keep `settle()` waiting. */
export interface SetTimer {
  readonly type: 'timer.set'
  readonly id: string
  readonly at: number
  readonly background?: boolean
  readonly data?: unknown
}

export interface CancelTimer {
  readonly type: 'timer.cancel'
  readonly id: string
}

/** What a turn may answer. Transitions are committed in order; see `TurnInput.outcomes` for the answers. */
export type AgentIntent = Transition | SetTimer | CancelTimer

/** A timer of this agent that came due. */
export interface Fired {
  readonly id: string
  readonly at: number
  readonly data?: unknown
}

/** An event for an actor beneath this agent: a delayed event of its own, or one sent from outside. */
export interface Delivery {
  readonly actor: string
  readonly event: ActorEvent
}

/** A transition of the previous turn with its answer. */
export interface Answer {
  readonly transition: Transition
  readonly outcome: Outcome
}

export interface TurnInput {
  readonly view: View
  /** Changes of the watched kinds after the cursor and up to `view.revision`, in order. */
  readonly changes: readonly Change[]
  /** True on the first turn, after a restart, and when the log no longer reaches back to the cursor: list everything. */
  readonly resync: boolean
  readonly fired: readonly Fired[]
  readonly deliveries: readonly Delivery[]
  readonly answers: readonly Answer[]
  /** The actors beneath this agent. */
  readonly actors: ActorHost
  /** A number in [0, 1) that depends only on the seed and `site`: for jitter. Never changes for equal sites. */
  readonly chance: (site: string) => number
}

export interface TurnResult<State> {
  readonly state: State
  readonly intents: readonly AgentIntent[]
  /** True when the agent wants another turn at this same moment though nothing new happened (its queue is not empty). */
  readonly more?: boolean
}

/** State must be plain data or persistent collections of it: it is shared by forks and never changed in place. */
export interface Agent<State = unknown> {
  /** `controller/deployment`, `scheduler`, `kubelet`. */
  readonly id: string
  readonly watches: readonly ResourceKey[]
  readonly initial: State
  /** Reads at the source: it is never behind, whatever happens to watches. */
  readonly live?: boolean
  turn(state: State, input: TurnInput): TurnResult<State>
  /** False for a change of a watched kind that cannot matter to it: no turn is taken for that. */
  wakes?(change: Change, view: () => View): boolean
  /** What it is busy with, in words for the error of `settle()`; '' when idle. */
  busy?(state: State): string
}
