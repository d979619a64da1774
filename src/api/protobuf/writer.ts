/**
 * The protobuf wire format, written. Parts are collected and joined once.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
import { wire } from './reader.ts'

const encoder = new TextEncoder()

export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** The bytes of parts one after another. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

/** Collects one message's fields in the order they are written. */
export class Writer {
  readonly #parts: Uint8Array[] = []

  /** A signed 64-bit integer: negative ones take ten bytes. */
  integer(number: number, value: bigint): void {
    this.#parts.push(varint((number << 3) | wire.varint), varint(BigInt.asUintN(64, value)))
  }

  double(number: number, value: number): void {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setFloat64(0, value, true)
    this.#parts.push(varint((number << 3) | wire.fixed64), bytes)
  }

  bytes(number: number, value: Uint8Array): void {
    this.#parts.push(varint((number << 3) | wire.bytes), varint(value.byteLength), value)
  }

  finish(): Uint8Array {
    return joined(this.#parts)
  }
}

function varint(value: number | bigint): Uint8Array {
  if (value < 128) return Uint8Array.of(Number(value))
  const bytes: number[] = []
  let left = BigInt(value)
  while (left > 127n) {
    bytes.push(Number(left & 127n) | 128)
    left >>= 7n
  }
  bytes.push(Number(left))
  return Uint8Array.from(bytes)
}
