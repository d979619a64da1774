/**
 * The graph of an exhaustive search, kept when something is to be said about what happens eventually: for every state
 * what the properties ask of it and who could act in it, for every edge what was done. States themselves are not kept.
 */
import type { Vector } from './cells.ts'
import { Numbers } from './numbers.ts'

/** What an edge is, in bits. */
export const edgeIs = { write: 1, conflict: 2, input: 4, fault: 8 } as const

export interface Edge {
  readonly from: number
  readonly to: number
  readonly action: string
  /** Who acts, as fairness counts it; '' for who owes nothing. */
  readonly actor: string
  /** Of `edgeIs`. */
  readonly is: number
  /** Virtual time that goes by, in ms. */
  readonly ms: number
}

/** Numbers for words. */
export class Words {
  readonly words: string[] = []
  readonly #numbers = new Map<string, number>()

  number(word: string): number {
    const known = this.#numbers.get(word)
    if (known !== undefined) return known
    this.#numbers.set(word, this.words.length)
    return this.words.push(word) - 1
  }
}

export class Graph {
  readonly from = new Numbers()
  readonly to = new Numbers()
  readonly action = new Numbers()
  readonly actor = new Numbers()
  readonly is = new Numbers()
  readonly ms: number[] = []
  /** Was a write refused with 409 anywhere? */
  hasConflicts = false
  readonly actions = new Words()
  readonly actors = new Words()
  /** By state: the number of the set of actors that can act; -1 while it is not known. */
  readonly enabled = new Numbers()
  readonly sets: (readonly number[])[] = []
  readonly #setOf = new Map<string, number>()
  readonly #answers: readonly ((vector: Vector) => number)[]
  readonly #said = new Numbers()

  /** What each property asks of a state, as a number: no state has to be kept. */
  constructor(answers: readonly ((vector: Vector) => number)[]) {
    this.#answers = answers
  }

  get states(): number {
    return this.enabled.length
  }

  /** States come in the order of their numbers. */
  state(vector: Vector): void {
    for (const answer of this.#answers) this.#said.push(answer(vector))
    this.enabled.push(-1)
  }

  /** What property `k` asked of a state. */
  said(state: number, k: number): number {
    return this.#said.at(state * this.#answers.length + k)
  }

  /** What it takes outside the heap, and about what on it. */
  get bytes(): number {
    const lists = [this.from, this.to, this.action, this.actor, this.is, this.enabled, this.#said]
    return lists.reduce((sum, { bytes }) => sum + bytes, 0) + this.ms.length * 12
  }

  /** Who could act in a state that was expanded. */
  could(index: number, actors: readonly string[]): void {
    const set = [...new Set(actors.map((actor) => this.actors.number(actor)))].sort((a, b) => a - b)
    const name = set.join()
    let number = this.#setOf.get(name)
    if (number === undefined) {
      number = this.sets.push(set) - 1
      this.#setOf.set(name, number)
    }
    this.enabled.set(index, number)
  }

  edge({ from, to, action, actor, is, ms }: Edge): void {
    this.from.push(from)
    this.to.push(to)
    this.action.push(this.actions.number(action))
    this.actor.push(actor === '' ? -1 : this.actors.number(actor))
    this.is.push(is)
    this.ms.push(ms)
    if ((is & edgeIs.conflict) !== 0) this.hasConflicts = true
  }

  /** Was the state expanded? */
  isKnown(state: number): boolean {
    return state < this.states && this.enabled.at(state) >= 0
  }

  /** Edges by the state they begin in: those of state s are `order[start[s]]` up to `order[start[s + 1]]`. */
  outgoing(): { readonly start: Int32Array; readonly order: Int32Array } {
    const start = new Int32Array(this.states + 1)
    for (const from of this.from.all()) start[from + 1] = (start[from + 1] as number) + 1
    for (let i = 0; i < this.states; i++) start[i + 1] = (start[i + 1] as number) + (start[i] as number)
    const at = start.slice()
    const order = new Int32Array(this.from.length)
    for (let i = 0; i < this.from.length; i++) {
      const from = this.from.at(i)
      order[at[from] as number] = i
      at[from] = (at[from] as number) + 1
    }
    return { start, order }
  }
}
