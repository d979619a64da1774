/**
 * The protobuf wire format, read: tags, varints, fixed words, length-delimited parts. Every fault is a ProtobufError.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
import { ProtobufError } from './error.ts'

/** How a value stands on the wire. */
export const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Text of bytes; what is not UTF-8 becomes U+FFFD, as in Go's JSON. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** Reads one message's bytes from front to back. */
export class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#at >= this.#bytes.byteLength
  }

  /** The next field's number and wire type. */
  tag(): { readonly number: number; readonly type: number } {
    const key = this.#size()
    const number = Math.floor(key / 8)
    if (number < 1 || number > 536_870_911) throw new ProtobufError(`illegal tag ${number}`)
    return { number, type: key % 8 }
  }

  /** An unsigned 64-bit value. */
  varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw unexpectedEnd()
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return BigInt.asUintN(64, value)
    }
    throw new ProtobufError('integer overflow')
  }

  /** A signed integer as a number; beyond 2^53 the nearest one. */
  integer(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined || byte > 127) return Number(BigInt.asIntN(64, this.varint()))
    this.#at++
    return byte
  }

  double(): number {
    const bytes = this.#take(8)
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true)
  }

  /** A length and that many bytes (a view, not a copy). */
  bytes(): Uint8Array {
    return this.#take(this.#size())
  }

  /** Passes over the value of an unknown field. */
  skip(type: number): void {
    if (type === wire.varint) this.varint()
    else if (type === wire.fixed64) this.#take(8)
    else if (type === wire.bytes) this.bytes()
    else if (type === wire.fixed32) this.#take(4)
    else throw new ProtobufError(`illegal wire type ${type}`)
  }

  /** A tag or a length: short ones, which nearly all are, without 64-bit arithmetic. */
  #size(): number {
    const first = this.#bytes[this.#at]
    const second = this.#bytes[this.#at + 1]
    if (first !== undefined && first < 128) {
      this.#at++
      return first
    }
    if (first !== undefined && second !== undefined && second < 128) {
      this.#at += 2
      return (first & 127) | (second << 7)
    }
    return Number(this.varint())
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length
    if (end > this.#bytes.byteLength) throw unexpectedEnd()
    const part = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return part
  }
}

function unexpectedEnd(): ProtobufError {
  return new ProtobufError('unexpected end of data')
}
