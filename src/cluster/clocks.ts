/**
 * The cluster's discrete-event clock behind the types others know: XState's `Clock` and RxJS' `SchedulerLike`. Callbacks
 * are functions and so no part of the world: a fork does not carry them on.
 * Source: https://stately.ai/docs/delayed-transitions, https://rxjs.dev/guide/scheduler
 */
import { type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs'
import { callbacks, type World } from '../actors/world.ts'

/** XState's Clock: what `createActor(machine, { clock })` takes. */
export interface ClusterClock {
  readonly setTimeout: (fn: (...args: unknown[]) => void, timeout: number) => unknown
  readonly clearTimeout: (id: unknown) => void
}

export class Clocks {
  readonly #world: World
  readonly #wake: () => void
  readonly #waiting = new Map<string, () => void>()
  #serial = 0

  constructor(world: World, wake: () => void) {
    this.#world = world
    this.#wake = wake
  }

  /** Calls what a timer was set for; a fork's inherited timers call nobody. */
  fire(id: string): void {
    const call = this.#waiting.get(id)
    this.#waiting.delete(id)
    call?.()
  }

  get clock(): ClusterClock {
    return {
      setTimeout: (fn, timeout) => this.#after(timeout, fn),
      clearTimeout: (id) => this.#cancel(String(id)),
    }
  }

  /** RxJS operators that take a scheduler (`timer`, `delay`, `debounceTime` …) run on cluster time with this one. */
  get scheduler(): SchedulerLike {
    return {
      now: () => this.#world.store.now,
      schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription =>
        this.#action(work).schedule(state, delay),
    }
  }

  #action<T>(work: (this: SchedulerAction<T>, state?: T) => void): SchedulerAction<T> {
    const action = new Subscription() as SchedulerAction<T>
    let timer = ''
    action.add(() => this.#cancel(timer))
    action.schedule = (state?: T, delay = 0): Subscription => {
      this.#cancel(timer)
      if (!action.closed) timer = this.#after(delay, () => work.call(action, state))
      return action
    }
    return action
  }

  #after(delayMs: number, call: () => void): string {
    const id = `${callbacks} ${++this.#serial}`
    this.#waiting.set(id, call)
    if (delayMs === Number.POSITIVE_INFINITY) return id
    const at = this.#world.store.now + (delayMs > 0 ? delayMs : 0)
    this.#world.timers.set(id, at, false, { agent: callbacks, id })
    this.#wake()
    return id
  }

  #cancel(id: string): void {
    if (this.#waiting.delete(id)) this.#world.timers.cancel(id)
  }
}
