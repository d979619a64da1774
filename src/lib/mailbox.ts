/**
 * A mailbox: what is posted while a letter is being handled waits its turn, so nobody ever sees the world half-changed
 * or in another order than it happened.
 */
export class Mailbox<T> {
  #letters: T[] = []
  #head = 0
  #open = false
  readonly #handle: (letter: T) => void

  constructor(handle: (letter: T) => void) {
    this.#handle = handle
  }

  /** True while a letter is being handled. */
  get busy(): boolean {
    return this.#open
  }

  get waiting(): number {
    return this.#letters.length - this.#head
  }

  /** Handles the letter now, or after those before it. A throwing handler leaves the rest of the letters in place. */
  post(letter: T): void {
    this.#letters.push(letter)
    if (this.#open) return
    this.#open = true
    try {
      while (this.#head < this.#letters.length) this.#handle(this.#letters[this.#head++] as T)
    } finally {
      this.#letters = this.#letters.slice(this.#head)
      this.#head = 0
      this.#open = false
    }
  }
}
