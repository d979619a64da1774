/** One property and what became of it in one run. */
import type { Moment } from '../moment.ts'
import type { Violated } from '../monitor.ts'
import { type Held, type Property, type Write, whyNot } from '../property.ts'

/** A value that was left and taken up again so often with nobody outside doing anything goes round. */
const roundsOfOscillation = 3

/** Would any key of these controllers (all, when undefined) still be written? */
export type Idle = (controllers: readonly string[] | undefined) => Held

export class Judged {
  readonly property: Property
  /** How often it had something to say. */
  concerned = 0
  violated: Violated | undefined
  /** `stable`: it held. `eventually`: it came. */
  #held = false
  /** `leadsTo`: since when (ms) it is owed. */
  #since: number | undefined
  #began: number | undefined
  /** `noOscillation`: how often each value was taken up since a user last wrote. */
  #taken = new Map<string, number>()
  #value: string | undefined
  #revision = 0

  constructor(property: Property) {
    this.property = property
  }

  get verdict(): 'violated' | 'held' | 'vacuous' {
    if (this.violated !== undefined) return 'violated'
    return this.concerned > 0 ? 'held' : 'vacuous'
  }

  /** A write from one state to the next. */
  write(write: Write, before: Moment, after: Moment): void {
    const { formula } = this.property
    if (formula.type === 'noOscillation' && write.by === 'user') this.#taken.clear()
    if (formula.type !== 'step' || this.violated !== undefined) return
    this.#revision = write.revision ?? 0
    this.#tried(after, () => {
      const held = formula.write(write, before, after)
      if (held !== undefined) this.#judge(held, after)
    })
  }

  /** A state the cluster passes through. */
  enter(now: Moment, revision: number): void {
    if (this.violated !== undefined || this.property.formula.type === 'step') return
    this.#revision = revision
    this.#tried(now, () => this.#enter(now))
  }

  /** Somebody asks: what has waited too long, and, when nobody has anything left to do, what is claimed of that. */
  look(now: Moment, revision: number, rests: boolean, idle: Idle): void {
    const { formula } = this.property
    if (this.violated !== undefined) return
    this.enter(now, revision)
    if (!rests) return
    if (formula.type === 'idempotent') this.#tried(now, () => this.#judge(idle(formula.controllers), now))
    if (formula.type === 'rests') this.concerned++
    if (formula.type === 'settled' || formula.type === 'ended')
      this.#tried(now, () => this.#judge(formula.at(now), now))
    // With a deadline it may still come: what is left to do in the background takes its time.
    if (this.property.withinMs !== undefined) return
    if (formula.type === 'leadsTo' && this.#since !== undefined)
      this.#fail('nothing is left to do, and it has not come to that', now)
    if (formula.type === 'eventually' && !this.#held) this.#fail('nothing is left to do, and it has not come', now)
  }

  #enter(now: Moment): void {
    const { formula } = this.property
    switch (formula.type) {
      case 'always':
        return this.#judge(formula.at(now), now)
      case 'never': {
        const held = formula.at(now)
        return this.#judge(held === false || (held === true ? 'it holds' : held), now)
      }
      case 'sometimes':
        if (formula.at(now) === true) this.concerned++
        return
      case 'implies':
        if (formula.when(now)) this.#judge(formula.at(now), now)
        return
      case 'stable':
        return this.#stays(formula.at(now), now)
      case 'eventually':
        this.#began ??= now.now
        if (!this.#held && formula.at(now) === true) {
          this.#held = true
          this.concerned++
        }
        return this.#held ? undefined : this.#late(this.#began, now)
      case 'leadsTo':
        if (formula.to(now)) this.#since = undefined
        else if (this.#since === undefined && formula.from(now)) {
          this.#since = now.now
          this.concerned++
        }
        return this.#late(this.#since, now)
      case 'noOscillation':
        return this.#takes(JSON.stringify(formula.value(now)), now)
      default:
    }
  }

  #stays(held: Held, now: Moment): void {
    const why = whyNot(held)
    if (this.#held) this.#judge(why === undefined || `it held before; now ${why}`, now)
    this.#held = why === undefined
  }

  #takes(value: string, now: Moment): void {
    if (value === this.#value) return
    this.#value = value
    this.concerned++
    const times = (this.#taken.get(value) ?? 0) + 1
    this.#taken.set(value, times)
    if (times > roundsOfOscillation)
      this.#fail(`it was ${value.slice(0, 200)} ${times} times, and something else between`, now)
  }

  #late(since: number | undefined, now: Moment): void {
    const { withinMs } = this.property
    if (since !== undefined && withinMs !== undefined && now.now - since > withinMs)
      this.#fail(`it has not come to that within ${withinMs / 1000} s`, now)
  }

  #judge(held: Held, now: Moment): void {
    this.concerned++
    const why = whyNot(held)
    if (why !== undefined) this.#fail(why, now)
  }

  #tried(now: Moment, judge: () => void): void {
    try {
      judge()
    } catch (error) {
      this.#fail(`the formula threw: ${error instanceof Error ? error.message : String(error)}`, now)
    }
  }

  #fail(why: string, now: Moment): void {
    this.violated ??= { property: this.property, why, at: now.now, revision: this.#revision }
  }
}
