/** Lets the time of a cluster pass by itself, at a pace, until it is paused. */
import type { WallClock } from '../ports.ts'

/** Wall time between two steps in ms: one frame. */
const frameMs = 16
/** Wall time one step makes up for at most: after a long pause of the machine time goes on, it does not leap. */
const longestFrameMs = 100

export class Player {
  readonly #clock: WallClock
  readonly #advance: (ms: number) => Promise<void>
  readonly #changed: () => void
  #speed = 0
  /** What is left of a ms: cluster time goes in whole ones. */
  #rest = 0
  #next: { cancel(): void } | undefined

  constructor(clock: WallClock, advance: (ms: number) => Promise<void>, changed: () => void) {
    this.#clock = clock
    this.#advance = advance
    this.#changed = changed
  }

  get playing(): boolean {
    return this.#speed > 0
  }

  /** Cluster seconds a wall second; 0 while paused. */
  get speed(): number {
    return this.#speed
  }

  play(speed: number): void {
    const was = this.#speed
    this.#speed = speed
    if (was === 0) this.#frame(this.#clock.now())
  }

  pause(): void {
    this.#speed = 0
    this.#next?.cancel()
  }

  #frame(last: number): void {
    this.#next = this.#clock.after(frameMs, () => void this.#step(last))
  }

  async #step(last: number): Promise<void> {
    if (this.#speed === 0) return
    const now = this.#clock.now()
    const wanted = Math.min(longestFrameMs, Math.max(0, now - last)) * this.#speed + this.#rest
    const whole = Math.floor(wanted + 1e-9)
    this.#rest = wanted - whole
    try {
      await this.#advance(whole)
    } catch {
      // A cluster that was closed, or is stuck, plays no further.
      this.#speed = 0
    }
    this.#changed()
    if (this.#speed > 0) this.#frame(now)
  }
}
