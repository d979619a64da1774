/** Bytes on their way from a connection to their reader, with word when too many wait and when there is room again. */

/** So many bytes may wait before the connection is asked to pause. */
const roomBytes = 256 * 1024

export class ByteQueue {
  readonly #flow: { pause(): void; resume(): void }
  #chunks: Uint8Array[] = []
  #size = 0
  #ended = false
  #paused = false
  #waiting: ((chunk: Uint8Array | undefined) => void) | undefined

  constructor(flow: { pause(): void; resume(): void }) {
    this.#flow = flow
  }

  push(chunk: Uint8Array): void {
    if (this.#ended || chunk.length === 0) return
    const waiting = this.#waiting
    if (waiting !== undefined) {
      this.#waiting = undefined
      return waiting(chunk)
    }
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size < roomBytes || this.#paused) return
    this.#paused = true
    this.#flow.pause()
  }

  /** Nothing more comes; what waits is still read. */
  end(): void {
    this.#ended = true
    this.#waiting?.(undefined)
    this.#waiting = undefined
  }

  /** The next bytes, or undefined at the end. One reader at a time. */
  read(): Promise<Uint8Array | undefined> {
    const chunk = this.#chunks.shift()
    if (chunk === undefined) return this.#ended ? Promise.resolve(undefined) : this.#next()
    this.#size -= chunk.length
    if (this.#paused && this.#size < roomBytes / 2) {
      this.#paused = false
      this.#flow.resume()
    }
    return Promise.resolve(chunk)
  }

  #next(): Promise<Uint8Array | undefined> {
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }
}
