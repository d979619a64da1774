/** What a run still owes: `eventually` and `leadsTo` in one run, with or without a deadline in virtual time. */

import type { Property } from '../property.ts'
import type { Vector } from './cells.ts'
import type { Judge, Violation } from './judge.ts'

interface Owed {
  readonly index: number
  readonly property: Property
  /** Since which offset in ms; undefined while nothing is owed. */
  since: number | undefined
  /** For `eventually`: it was met. */
  met: boolean
}

export class Obligations {
  readonly #judge: Judge
  readonly #clock: number
  readonly #owed: Owed[]
  #now = 0

  constructor(judge: Judge, clock: number) {
    this.#judge = judge
    this.#clock = clock
    this.#owed = judge.properties.flatMap((property, index) =>
      property.formula.type === 'eventually' || property.formula.type === 'leadsTo'
        ? [{ index, property, since: property.formula.type === 'eventually' ? 0 : undefined, met: false }]
        : [],
    )
  }

  /** A state is reached; answers what should have come before now. */
  enter(vector: Vector): Violation | undefined {
    if (this.#owed.length === 0) return undefined
    this.#now = vector[this.#clock] ?? 0
    for (const owed of this.#owed) {
      const late = this.#enter(owed, vector)
      if (late !== undefined) return late
    }
    return undefined
  }

  /** Nothing more will happen: what is still owed never comes. */
  end(): Violation | undefined {
    const open = this.#owed.find(({ since, met }) => since !== undefined && !met)
    if (open === undefined) return undefined
    return { property: open.property, why: 'nobody has anything left to do, and it has not come' }
  }

  #enter(owed: Owed, vector: Vector): Violation | undefined {
    const { property, index } = owed
    const { formula, withinMs } = property
    if (formula.type === 'eventually') {
      if (owed.met) return undefined
      owed.met = this.#judge.holds(`${index}`, vector, (s) => formula.at(s) === true) === true
    } else if (formula.type === 'leadsTo') {
      const reached = this.#judge.holds(`${index} to`, vector, formula.to) === true
      if (reached) owed.since = undefined
      else if (owed.since === undefined && this.#judge.holds(`${index} from`, vector, formula.from) === true) {
        owed.since = this.#now
        this.#judge.concerned[index] = (this.#judge.concerned[index] as number) + 1
      }
    }
    const isLate = withinMs !== undefined && !owed.met && owed.since !== undefined && this.#now - owed.since > withinMs
    return isLate ? { property, why: `it has not come within ${withinMs / 1000}s` } : undefined
  }
}
