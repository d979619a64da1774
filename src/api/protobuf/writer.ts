/**
 * The protobuf wire format, written into a buffer that grows.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
import { wire } from './reader.ts'

const encoder = new TextEncoder()
/** Longer texts are left to TextEncoder, which is slow to start and fast to run. */
const shortText = 48
/** Tag, length and the longest varint fit in this. */
const headRoom = 24

export function utf8(text: string): Uint8Array {
  if (text.length > shortText) return encoder.encode(text)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) return encoder.encode(text)
    bytes[i] = code
  }
  return bytes
}

/** Writes one message's fields one after another. */
export class Writer {
  #bytes = new Uint8Array(64)
  #at = 0

  /** A signed 64-bit integer: negative ones take ten bytes. */
  integer(number: number, value: bigint): void {
    this.#reserve(headRoom)
    this.#small(number * 8 + wire.varint)
    let left = BigInt.asUintN(64, value)
    while (left > 127n) {
      this.#bytes[this.#at++] = Number(left & 127n) | 128
      left >>= 7n
    }
    this.#bytes[this.#at++] = Number(left)
  }

  double(number: number, value: number): void {
    this.#reserve(headRoom)
    this.#small(number * 8 + wire.fixed64)
    new DataView(this.#bytes.buffer).setFloat64(this.#at, value, true)
    this.#at += 8
  }

  bytes(number: number, value: Uint8Array): void {
    this.#reserve(headRoom + value.byteLength)
    this.#small(number * 8 + wire.bytes)
    this.#small(value.byteLength)
    this.#bytes.set(value, this.#at)
    this.#at += value.byteLength
  }

  /** What was written so far: a view of the buffer. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  /** A tag or a length: a varint below 2^31. */
  #small(value: number): void {
    let left = value
    while (left > 127) {
      this.#bytes[this.#at++] = (left & 127) | 128
      left >>>= 7
    }
    this.#bytes[this.#at++] = left
  }

  #reserve(length: number): void {
    const needed = this.#at + length
    if (needed <= this.#bytes.byteLength) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.byteLength * 2))
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}
