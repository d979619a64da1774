/** The graph of an exhaustive search, kept when something is to be said about what happens eventually. */
import type { Vector } from './cells.ts'

export class Graph {
  readonly from: number[] = []
  readonly to: number[] = []
  readonly action: string[] = []
  /** What is to be known about each state, by state. */
  readonly marks: number[] = []
  readonly #mark: (vector: Vector) => number

  /** `mark` sums up in bits what the properties ask of a state, so that no state has to be kept. */
  constructor(mark: (vector: Vector) => number) {
    this.#mark = mark
  }

  state(index: number, vector: Vector): void {
    this.marks[index] = this.#mark(vector)
  }

  edge(from: number, to: number, action: string): void {
    this.from.push(from)
    this.to.push(to)
    this.action.push(action)
  }
}
