/** The bytes of messages that are something else than an object in JSON: the way back of `special.ts`. */
import { parseDuration, parseTime } from '../time.ts'
import { ProtobufError } from './error.ts'
import { utf8, Writer } from './writer.ts'

/** Seconds and, for MicroTime, nanoseconds of an RFC 3339 text. */
export function timeBytes(value: unknown, micro: boolean): Uint8Array {
  const text = textual(value, 'a time')
  const seconds = Math.floor(read(() => parseTime(text)) / 1000)
  const micros = /[.,](\d+)/.exec(text)?.[1]?.padEnd(6, '0').slice(0, 6) ?? '0'
  const writer = new Writer()
  writer.integer(1, BigInt(seconds))
  writer.integer(2, micro ? BigInt(micros) * 1000n : 0n)
  return writer.finish()
}

/** Nanoseconds of a Go duration. */
export function durationBytes(value: unknown): Uint8Array {
  const ms = read(() => parseDuration(textual(value, 'a duration')))
  const whole = Math.trunc(ms)
  const writer = new Writer()
  writer.integer(1, BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1_000_000)))
  return writer.finish()
}

export function quantityBytes(value: unknown): Uint8Array {
  const text = typeof value === 'number' ? String(value) : textual(value, 'a quantity')
  const writer = new Writer()
  writer.bytes(1, utf8(text))
  return writer.finish()
}

export function intOrStringBytes(value: unknown): Uint8Array {
  const writer = new Writer()
  const number = typeof value === 'number'
  writer.integer(1, number ? 0n : 1n)
  writer.integer(2, number ? integral(value) : 0n)
  writer.bytes(3, utf8(number ? '' : textual(value, 'a number or a string')))
  return writer.finish()
}

/** RawExtension, FieldsV1 and JSON: the text of any value. */
export function rawBytes(value: unknown): Uint8Array {
  const writer = new Writer()
  writer.bytes(1, utf8(JSON.stringify(value)))
  return writer.finish()
}

/** The string it is, or a ProtobufError that names what was wanted. */
export function textual(value: unknown, wanted: string): string {
  if (typeof value === 'string') return value
  throw new ProtobufError(`${JSON.stringify(value)} is not ${wanted}`)
}

/** The integer it is (below 2^53), or a ProtobufError. */
export function integral(value: unknown): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  throw new ProtobufError(`${JSON.stringify(value)} is not an integer`)
}

function read(parse: () => number): number {
  try {
    return parse()
  } catch (error) {
    throw new ProtobufError(error instanceof Error ? error.message : String(error))
  }
}
