/**
 * Guided by novelty: runs that came to new states are kept, and later runs begin with a part of one of them. So rare
 * states become starting points.
 * Source: coverage-guided fuzzing (https://lcamtuf.coredump.cx/afl/technical_details.txt)
 */
import { type Prng, prngOf } from '../../lib/prng.ts'
import type { Choose } from './run.ts'
import { chooser, type Strategy } from './strategies.ts'

/** Runs that are kept at most; then the least novel one goes. */
const kept = 64

interface Kept {
  readonly log: readonly string[]
  readonly novelty: number
}

export class Guide {
  readonly #prng: Prng
  #corpus: Kept[] = []

  constructor(seed: number) {
    this.#prng = prngOf(seed)
  }

  /** The choices of the next run: mostly a part of a kept one and then something new. */
  choose(strategy: Strategy, seed: number): Choose {
    const fresh = chooser(strategy, seed)
    const model = this.#corpus[this.#prng.below(Math.max(1, this.#corpus.length))]
    if (model === undefined || this.#prng.below(10) < 3) return fresh
    const length = this.#prng.below(model.log.length)
    return (actions, faults, step) => {
      const name = step < length ? model.log[step] : undefined
      if (name === undefined) return fresh(actions, faults, step)
      const known = actions.find((action) => action.name === name) ?? faults().find((action) => action.name === name)
      return known ?? fresh(actions, faults, step)
    }
  }

  /** A run ended that came to so many new states. */
  learn(log: readonly string[], novelty: number): void {
    if (novelty === 0) return
    this.#corpus.push({ log, novelty })
    if (this.#corpus.length <= kept) return
    this.#corpus.sort((a, b) => b.novelty - a.novelty)
    this.#corpus = this.#corpus.slice(0, kept)
  }

  /** How many runs are kept. */
  get size(): number {
    return this.#corpus.length
  }
}
