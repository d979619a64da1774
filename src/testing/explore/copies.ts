/** Copies of states, many in one piece of memory: to allocate each by itself costs several times what copying does. */
import type { Vector } from './cells.ts'

/** Numbers in one piece. It lives as long as one of its copies: small enough for few to be kept for long. */
const pieceLength = 1 << 14

export class Copies {
  #piece = new Int32Array(pieceLength)
  #at = 0

  /** A copy that nobody else has, with room for `length` numbers. */
  of(vector: Vector, length = vector.length): Vector {
    if (this.#at + length > pieceLength) {
      if (length > pieceLength / 4) return own(vector, length)
      this.#piece = new Int32Array(pieceLength)
      this.#at = 0
    }
    const copy = this.#piece.subarray(this.#at, this.#at + length)
    this.#at += length
    copy.set(vector)
    return copy
  }
}

function own(vector: Vector, length: number): Vector {
  const copy = new Int32Array(length)
  copy.set(vector)
  return copy
}
