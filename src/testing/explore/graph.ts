/**
 * The graph of an exhaustive search, kept when something is to be said about what happens eventually: for every state
 * what the properties ask of it and who could act in it, for every edge what was done. States themselves are not kept.
 */
import type { Vector } from './cells.ts'

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
  readonly from: number[] = []
  readonly to: number[] = []
  readonly action: number[] = []
  readonly actor: number[] = []
  readonly is: number[] = []
  readonly ms: number[] = []
  readonly actions = new Words()
  readonly actors = new Words()
  /** By state: the answers of the properties, as bits and as numbers of values. */
  readonly marks: number[] = []
  readonly values: number[][] = []
  /** By state: the number of the set of actors that can act; -1 while it is not known. */
  readonly enabled: number[] = []
  readonly sets: (readonly number[])[] = []
  readonly #setOf = new Map<string, number>()
  readonly #mark: (vector: Vector) => number
  readonly #value: (vector: Vector) => number[]

  /** `mark` sums up in bits what the properties ask of a state, `value` in numbers: no state has to be kept. */
  constructor(mark: (vector: Vector) => number, value: (vector: Vector) => number[]) {
    this.#mark = mark
    this.#value = value
  }

  get states(): number {
    return this.marks.length
  }

  state(index: number, vector: Vector): void {
    this.marks[index] = this.#mark(vector)
    this.values[index] = this.#value(vector)
    this.enabled[index] = -1
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
    this.enabled[index] = number
  }

  edge({ from, to, action, actor, is, ms }: Edge): void {
    this.from.push(from)
    this.to.push(to)
    this.action.push(this.actions.number(action))
    this.actor.push(actor === '' ? -1 : this.actors.number(actor))
    this.is.push(is)
    this.ms.push(ms)
  }

  /** Was the state expanded? */
  isKnown(state: number): boolean {
    return (this.enabled[state] ?? -1) >= 0
  }

  /** Edges by the state they begin in: those of state s are `order[start[s]]` up to `order[start[s + 1]]`. */
  outgoing(): { readonly start: Int32Array; readonly order: Int32Array } {
    const start = new Int32Array(this.states + 1)
    for (const from of this.from) start[from + 1] = (start[from + 1] as number) + 1
    for (let i = 0; i < this.states; i++) start[i + 1] = (start[i + 1] as number) + (start[i] as number)
    const at = start.slice()
    const order = new Int32Array(this.from.length)
    for (let i = 0; i < this.from.length; i++) {
      const from = this.from[i] as number
      order[at[from] as number] = i
      at[from] = (at[from] as number) + 1
    }
    return { start, order }
  }
}
