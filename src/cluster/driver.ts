/**
 * Who moves the clock. In virtual time only `settle`, `advance` and `until` do; the real and scaled drivers follow a
 * wall clock that is handed in, and `advance` still skips ahead.
 */
import type { Loop } from '../actors/loop.ts'
import type { World } from '../actors/world.ts'
import { parseDuration, toRfc3339 } from '../api/time.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { WallClock } from '../ports.ts'

/** How far `settle` goes at most when it is not told: a day of cluster time. */
const settleWithinMs = 24 * 3600 * 1000
/** Instants one `settle` may visit: a bound on work that keeps making more work as time goes on. */
const settleInstants = 2_000_000
/** The longest the wall driver sleeps, so that timers set meanwhile are never far off. */
const longestNapMs = 1000

export class Driver {
  readonly #world: World
  readonly #loop: Loop
  readonly #pace: number
  readonly #clock: WallClock | undefined
  #nap: { cancel(): void } | undefined
  /** Cluster time minus scaled wall time: skipping ahead only adds to it. */
  #offset = 0
  #stopped = false

  constructor(world: World, loop: Loop, pace: number, clock: WallClock | undefined) {
    this.#world = world
    this.#loop = loop
    this.#pace = pace
    this.#clock = clock
    if (pace === 0) return
    if (clock === undefined)
      throw new KybernError('KYB-CLOCK', 'time that follows the wall needs a clock; give createCluster one')
    this.#offset = world.store.now - clock.now() * pace
    this.wake()
  }

  /** True when time passes by itself. */
  get flows(): boolean {
    return this.#pace > 0
  }

  get now(): number {
    return this.#world.store.now
  }

  /** Lets everybody act at this moment; in flowing time also catches up with the wall. */
  act(): void {
    if (this.flows) this.#catchUp()
    else this.#loop.drain()
    this.wake()
  }

  /** Runs until nothing is left to do but heartbeats and the like. Throws KYB-UNSETTLED naming who is still busy. */
  settle(withinMs = settleWithinMs): void {
    const deadline = this.now + withinMs
    this.#loop.drain()
    for (let instants = 0; this.#loop.hasWork(); instants++) {
      const due = this.#loop.nextDue() as number
      if (due > deadline || instants > settleInstants) throw this.#unsettled(withinMs)
      this.#loop.fireAt(due)
    }
    this.#skipped()
  }

  /** Moves time by `duration` (ms, or text such as `5m`), firing everything on the way in order. */
  advance(duration: number | string): void {
    const ms = parseDuration(duration)
    if (!(ms >= 0))
      throw new KybernError('KYB-DURATION', `time cannot go by ${duration}; use 90s, 5m, 1h30m or milliseconds`)
    this.#loop.advanceTo(this.now + ms)
    this.#skipped()
  }

  /** Moves time instant by instant until `done()`. Throws KYB-UNTIL when it does not come within the duration. */
  until(done: () => boolean, within: number | string): void {
    const deadline = this.now + parseDuration(within)
    this.#loop.drain()
    while (!done()) {
      const due = this.#loop.nextDue()
      if (due === undefined || due > deadline) {
        this.#loop.advanceTo(deadline)
        if (done()) break
        const text = typeof within === 'number' ? `${within}ms` : within
        throw new KybernError(
          'KYB-UNTIL',
          `the condition did not come true within ${text} (it is ${toRfc3339(this.now)} in the cluster)`,
        )
      }
      this.#loop.fireAt(due)
    }
    this.#skipped()
  }

  stop(): void {
    this.#stopped = true
    this.#nap?.cancel()
  }

  /** Sets the next call of the wall clock. */
  wake(): void {
    if (!this.flows || this.#stopped || this.#clock === undefined) return
    this.#nap?.cancel()
    const due = this.#loop.nextDue() ?? Number.POSITIVE_INFINITY
    const wait = Math.min(longestNapMs, Math.max(0, (due - this.#wall()) / this.#pace))
    this.#nap = this.#clock.after(wait, () => this.act())
  }

  #catchUp(): void {
    this.#loop.advanceTo(Math.max(this.now, Math.floor(this.#wall())))
  }

  #wall(): number {
    return (this.#clock?.now() ?? 0) * this.#pace + this.#offset
  }

  #skipped(): void {
    if (this.flows) this.#offset += Math.max(0, this.now - this.#wall())
    this.wake()
  }

  #unsettled(withinMs: number): KybernError {
    const busy = this.#loop.busy()
    const shown = busy.slice(0, 8).join(', ')
    const more = busy.length > 8 ? ` and ${busy.length - 8} more` : ''
    const text = `the cluster did not come to rest within ${withinMs / 1000} s of cluster time; still busy: ${shown}${more}`
    return new KybernError('KYB-UNSETTLED', text)
  }
}
