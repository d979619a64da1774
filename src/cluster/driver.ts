/**
 * Who moves the clock. In virtual time only `settle`, `advance` and `until` do; the real and scaled drivers follow a
 * wall clock that is handed in, and `advance` still skips ahead.
 */
import type { Loop } from '../actors/loop.ts'
import type { World } from '../actors/world.ts'
import { parseDuration, toRfc3339 } from '../api/time.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { WallClock } from '../ports.ts'
import type { Questions } from './questions.ts'

/** How far `settle` goes at most when it is not told: a day of cluster time. */
const settleWithinMs = 24 * 3600 * 1000
/**
 * Instants one `settle` may visit and writes it may see: bounds on work that keeps making more work as time goes on. Some
 * seconds of wall time on one core. Who has more to do calls `settle` again: it goes on from where it stopped.
 */
const settleInstants = 100_000
const settleWrites = 200_000
/** Writes one object may cost on its way to rest, on top of that: room for clusters of any size. */
const settleWritesPerObject = 50
/** The longest the wall driver sleeps, so that timers set meanwhile are never far off. */
const longestNapMs = 1000

export class Driver {
  readonly #world: World
  readonly #loop: Loop
  readonly #pace: number
  readonly #clock: WallClock | undefined
  readonly #questions: Questions
  #nap: { cancel(): void } | undefined
  /** Cluster time minus scaled wall time: skipping ahead only adds to it. */
  #offset = 0
  #stopped = false

  constructor(world: World, loop: Loop, questions: Questions, pace: number, clock: WallClock | undefined) {
    this.#world = world
    this.#loop = loop
    this.#questions = questions
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

  /**
   * Lets everybody act at this moment; in flowing time also catches up with the wall. Within a turn or a delivery there
   * is nothing to do: whoever is in charge of that goes on until all have acted.
   */
  act(): void {
    this.refuseClosed()
    if (this.#loop.turning) return
    if (this.flows) this.#catchUp()
    this.#round()
    this.wake()
  }

  /** Throws KYB-CLOSED after `stop`. */
  refuseClosed(): void {
    if (this.#stopped) throw new KybernError('KYB-CLOSED', 'the cluster is closed; create a new one')
  }

  /** Runs until nothing is left to do but heartbeats and the like. Throws KYB-UNSETTLED naming who is still busy. */
  async settle(within: number | string = settleWithinMs): Promise<void> {
    const ms = spanOf(within)
    this.#refuseNesting()
    const deadline = this.now + ms
    const { revision } = this.#world.store.snapshot
    if (this.#round()) await this.#answers()
    for (let instants = 0; this.#loop.hasWork(); instants++) {
      const due = this.#loop.nextDue() as number
      if (due > deadline) throw this.#unsettled(`${ms / 1000} s of cluster time`)
      if (instants >= settleInstants) throw this.#unsettled(`${settleInstants} instants`)
      const writes = this.#world.store.snapshot.revision - revision
      if (writes > settleWrites && writes > this.#fairWrites()) throw this.#unsettled(`${writes} writes`)
      this.#loop.fireAt(due)
      if (this.#loop.waiting) await this.#answers()
    }
    this.#skipped()
  }

  /** Moves time by `duration` (ms, or text such as `5m`), firing everything on the way in order. */
  async advance(duration: number | string): Promise<void> {
    const ms = spanOf(duration)
    this.#refuseNesting()
    await this.#advanceTo(this.now + ms)
    this.#skipped()
  }

  /** Moves time instant by instant until `done()`. Throws KYB-UNTIL when it does not come within the duration. */
  async until(done: () => boolean, within: number | string): Promise<void> {
    const deadline = this.now + spanOf(within)
    this.#refuseNesting()
    if (this.#round()) await this.#answers()
    while (!done()) {
      this.refuseClosed()
      const due = this.#loop.nextDue()
      if (due === undefined || due > deadline) {
        await this.#advanceTo(deadline)
        if (done()) break
        const text = typeof within === 'number' ? `${within}ms` : within
        throw new KybernError(
          'KYB-UNTIL',
          `the condition did not come true within ${text} (it is ${toRfc3339(this.now)} in the cluster)`,
        )
      }
      this.#loop.fireAt(due)
      if (this.#loop.waiting) await this.#answers()
    }
    this.#skipped()
  }

  stop(): void {
    this.#stopped = true
    this.#questions.stop()
    this.#nap?.cancel()
  }

  /** Sets the next call of the wall clock. */
  wake(): void {
    if (!this.flows || this.#stopped || this.#clock === undefined) return
    this.#nap?.cancel()
    const due = this.#loop.nextDue() ?? Number.POSITIVE_INFINITY
    const wait = Math.min(longestNapMs, Math.max(0, (due - this.#wall()) / this.#pace))
    this.#nap = this.#clock.after(wait, () => this.#stopped || this.act())
  }

  /** Lets everybody act at this moment and asks the outside what is to be asked; true while answers are missing. */
  #round(): boolean {
    do this.#loop.drain()
    while (this.#loop.waiting && this.#questions.ask(() => this.#stopped || this.act()))
    return this.#loop.waiting
  }

  /** Waits until no write waits for an answer any more. Time in the cluster stands still meanwhile. */
  async #answers(): Promise<void> {
    while (this.#round()) {
      await this.#questions.next()
      this.refuseClosed()
    }
  }

  async #advanceTo(to: number): Promise<void> {
    while (!this.#loop.advanceTo(to, true)) await this.#answers()
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

  #fairWrites(): number {
    const trees = Object.values(this.#world.store.snapshot.collections)
    return settleWrites + settleWritesPerObject * trees.reduce((sum, tree) => sum + tree.size, 0)
  }

  #refuseNesting(): void {
    this.refuseClosed()
    if (!this.#loop.turning) return
    throw new KybernError('KYB-NESTED', 'time cannot be moved from within a turn or a delivery; do it after it')
  }

  #unsettled(within: string): KybernError {
    const busy = this.#loop.busy()
    const shown = busy.slice(0, 8).join(', ')
    const more = busy.length > 8 ? ` and ${busy.length - 8} more` : ''
    const text = `the cluster did not come to rest within ${within}; still busy: ${shown}${more}`
    return new KybernError('KYB-UNSETTLED', text)
  }
}

/** A stretch of time in ms, zero or more. Throws KYB-DURATION. */
function spanOf(duration: number | string): number {
  const ms = parseDuration(duration)
  if (ms >= 0) return ms
  throw new KybernError('KYB-DURATION', `time cannot go by ${duration}; use 90s, 5m, 1h30m or milliseconds`)
}
