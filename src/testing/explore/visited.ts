/** The states that were found: an open-addressing table from 53-bit keys to numbers. Source: Knuth, TAOCP 3, 6.4. */

export class Visited {
  #keys = new Float64Array(1 << 12).fill(-1)
  #indexes = new Int32Array(1 << 12)
  size = 0

  /** The number of a key: the one it has, or `size` when it is new (then `size` grows). */
  add(key: number): number {
    if (this.size * 2 >= this.#keys.length) this.#grow()
    const at = this.#find(key)
    if (this.#keys[at] === key) return this.#indexes[at] as number
    this.#keys[at] = key
    this.#indexes[at] = this.size
    return this.size++
  }

  has(key: number): boolean {
    return this.#keys[this.#find(key)] === key
  }

  /** The number of a key that is there. */
  get(key: number): number | undefined {
    const at = this.#find(key)
    return this.#keys[at] === key ? this.#indexes[at] : undefined
  }

  get bytes(): number {
    return this.#keys.byteLength + this.#indexes.byteLength
  }

  /** All keys, in no order. */
  keys(): Float64Array {
    return this.#keys.filter((key) => key !== -1)
  }

  #find(key: number): number {
    const mask = this.#keys.length - 1
    let at = (Math.imul(key % 0x7fffffff, 0x9e3779b1) >>> 7) & mask
    for (;;) {
      const found = this.#keys[at]
      if (found === -1 || found === key) return at
      at = (at + 1) & mask
    }
  }

  #grow(): void {
    const [keys, indexes] = [this.#keys, this.#indexes]
    this.#keys = new Float64Array(keys.length * 2).fill(-1)
    this.#indexes = new Int32Array(keys.length * 2)
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as number
      if (key === -1) continue
      const at = this.#find(key)
      this.#keys[at] = key
      this.#indexes[at] = indexes[i] as number
    }
  }
}
