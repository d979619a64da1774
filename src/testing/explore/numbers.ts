/** A list of whole numbers of 32 bits that grows outside the heap: millions of them cost four bytes each. */
export class Numbers {
  #values = new Int32Array(1 << 10)
  length = 0

  push(value: number): void {
    if (this.length === this.#values.length) {
      const next = new Int32Array(this.length * 2)
      next.set(this.#values)
      this.#values = next
    }
    this.#values[this.length++] = value
  }

  /** The number at a place that is there. */
  at(place: number): number {
    return this.#values[place] as number
  }

  /** Changes one, the next one included. */
  set(place: number, value: number): void {
    if (place === this.length) this.push(value)
    else this.#values[place] = value
  }

  /** All of them; not to be kept, for the list goes on elsewhere when it grows. */
  all(): Int32Array {
    return this.#values.subarray(0, this.length)
  }

  get bytes(): number {
    return this.#values.byteLength
  }
}
