/**
 * States that were found and wait to be looked into, first come first served. Each is kept as what it differs in from the
 * first state of all, outside the heap: a fifth of what it is as a whole. What was looked into is forgotten page by page.
 */
import type { Vector } from './cells.ts'
import { Copies } from './copies.ts'

/** A state that is to be looked into. */
export interface Place {
  readonly index: number
  readonly vector: Vector
}

/** Numbers in one page. */
const pageLength = 1 << 16

/** Before each state: its number, how long it is, and where the next one begins. */
const head = 3

export class Frontier {
  readonly #base: Vector
  readonly #copies = new Copies()
  #pages: Int32Array[] = []
  /** Where the next state is read and written. */
  #from = 0
  #to = 0
  length = 0

  /** `base` is at most as long as any state that comes. */
  constructor(base: Vector) {
    this.#base = base
  }

  push(index: number, vector: Vector): void {
    const most = head + 2 * vector.length
    let page = this.#pages[this.#pages.length - 1]
    if (page === undefined || this.#to + most > page.length) {
      if (page !== undefined && this.#to < page.length) page[this.#to] = -1
      page = new Int32Array(Math.max(pageLength, most))
      this.#pages.push(page)
      this.#to = 0
    }
    const begin = this.#to
    let to = begin + head
    const known = this.#base.length
    for (let slot = 0; slot < vector.length; slot++) {
      const value = vector[slot] as number
      if (value === (slot < known ? this.#base[slot] : 0)) continue
      page[to++] = slot
      page[to++] = value
    }
    page[begin] = index
    page[begin + 1] = vector.length
    page[begin + 2] = to
    this.#to = to
    this.length++
  }

  /** The one that came first of those that are left. */
  shift(): Place | undefined {
    if (this.length === 0) return undefined
    let page = this.#pages[0] as Int32Array
    if (this.#from >= page.length || page[this.#from] === -1) {
      this.#pages.shift()
      this.#from = 0
      page = this.#pages[0] as Int32Array
    }
    const begin = this.#from
    const end = page[begin + 2] as number
    const vector = this.#copies.of(this.#base, page[begin + 1] as number)
    for (let i = begin + head; i < end; i += 2) vector[page[i] as number] = page[i + 1] as number
    this.#from = end
    this.length--
    return { index: page[begin] as number, vector }
  }

  get bytes(): number {
    return this.#pages.length * pageLength * 4
  }
}
