/**
 * A bounded log: the newest `capacity` entries stay, older ones are forgotten some time later: it never holds more than
 * `capacity + slack`. Entries are numbered without gaps.
 */
export class Ring<T> {
  #items: T[] = []
  #first: number
  readonly capacity: number
  readonly #slack: number

  /** `first` is the number the first pushed entry gets; with less `slack` forgetting costs more. */
  constructor(capacity: number, first = 1, slack = capacity) {
    this.capacity = capacity
    this.#first = first
    this.#slack = slack
  }

  push(item: T): void {
    this.#items.push(item)
    if (this.#items.length < this.capacity + this.#slack) return
    const drop = this.#items.length - this.capacity
    this.#items = this.#items.slice(drop)
    this.#first += drop
  }

  /** The number of the oldest entry that is guaranteed to be kept. */
  get oldest(): number {
    return Math.max(this.#first, this.#first + this.#items.length - this.capacity)
  }

  /** The number the next entry gets. */
  get next(): number {
    return this.#first + this.#items.length
  }

  /** Entries from `number` on, or undefined when some of them are forgotten. */
  since(number: number): T[] | undefined {
    if (number < this.#first) return undefined
    return this.#items.slice(number - this.#first)
  }

  at(number: number): T | undefined {
    return this.#items[number - this.#first]
  }

  fork(): Ring<T> {
    const copy = new Ring<T>(this.capacity, this.#first, this.#slack)
    copy.#items = this.#items.slice()
    return copy
  }
}
