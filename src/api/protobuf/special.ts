/**
 * Messages that are something else than an object in JSON: times, durations, quantities, int-or-string, and the unions
 * of the custom resource schemas.
 * Sources: k8s.io/apimachinery pkg/apis/meta/v1 time_proto.go, pkg/api/resource/quantity_proto.go,
 * pkg/util/intstr; k8s.io/apiextensions-apiserver pkg/apis/apiextensions/v1/marshal.go; https://pkg.go.dev/time#Duration.String
 */
import { toRfc3339 } from '../time.ts'
import { ProtobufError } from './error.ts'
import { Reader, textOf, wire } from './reader.ts'

// Years 1 to 9999; Go's zero time is the first second of year 1.
const zeroTimeSeconds = -62_135_596_800
const lastSecond = 253_402_300_799

/** The integer and the bytes fields of a small message by number; the last of each number counts. */
function partsOf(bytes: Uint8Array): { integers: Map<number, bigint>; texts: Map<number, Uint8Array> } {
  const reader = new Reader(bytes)
  const integers = new Map<number, bigint>()
  const texts = new Map<number, Uint8Array>()
  while (!reader.done) {
    const { number, type } = reader.tag()
    if (type === wire.varint) integers.set(number, BigInt.asIntN(64, reader.varint()))
    else if (type === wire.bytes) texts.set(number, reader.bytes())
    else reader.skip(type)
  }
  return { integers, texts }
}

/** RFC 3339 of seconds (1) and nanoseconds (2), with microseconds when `micro`; undefined for the zero time. */
export function timeOf(bytes: Uint8Array, micro: boolean): string | undefined {
  if (bytes.byteLength === 0) return undefined
  const { integers } = partsOf(bytes)
  const seconds = Number(integers.get(1) ?? 0n)
  const nanos = Number(integers.get(2) ?? 0n)
  if (seconds === zeroTimeSeconds) return undefined
  const inRange = seconds > zeroTimeSeconds && seconds <= lastSecond && nanos >= 0 && nanos < 1e9
  if (!inRange) throw new ProtobufError('time out of range')
  const text = toRfc3339(seconds * 1000)
  if (!micro) return text
  return text.replace('Z', `.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z`)
}

/** `1h30m0s` of nanoseconds (1), as Go's Duration.String. */
export function durationOf(bytes: Uint8Array): string {
  const nanos = partsOf(bytes).integers.get(1) ?? 0n
  if (nanos === 0n) return '0s'
  const sign = nanos < 0n ? '-' : ''
  const size = nanos < 0n ? -nanos : nanos
  if (size < 1000n) return `${sign}${size}ns`
  if (size < 1_000_000n) return `${sign}${decimal(size, 1000n, 3)}µs`
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 1_000_000n, 6)}ms`
  const minute = 60_000_000_000n
  const minutes = size / minute
  const seconds = `${decimal(size % minute, 1_000_000_000n, 9)}s`
  if (minutes === 0n) return sign + seconds
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`
}

function decimal(value: bigint, unit: bigint, digits: number): string {
  const fraction = String(value % unit)
    .padStart(digits, '0')
    .replace(/0+$/, '')
  return fraction === '' ? String(value / unit) : `${value / unit}.${fraction}`
}

/** The text (1) of a quantity; an empty one is '0'. */
export function quantityOf(bytes: Uint8Array): string {
  const text = textOf(partsOf(bytes).texts.get(1) ?? new Uint8Array())
  return text === '' ? '0' : text
}

/** The number (2) or text (3) that type (1) says. */
export function intOrStringOf(bytes: Uint8Array): number | string {
  const { integers, texts } = partsOf(bytes)
  const type = integers.get(1) ?? 0n
  if (type === 0n) return Number(BigInt.asIntN(32, integers.get(2) ?? 0n))
  if (type === 1n) return textOf(texts.get(3) ?? new Uint8Array())
  throw new ProtobufError(`impossible IntOrString type ${type}`)
}

/** The bytes (1) of RawExtension, FieldsV1 and JSON; empty when absent. */
export function rawOf(bytes: Uint8Array): Uint8Array {
  return partsOf(bytes).texts.get(1) ?? new Uint8Array()
}

type Fields = Readonly<Record<string, unknown>>

const unions = /^apiextensions\.v1(?:beta1)?\.JSONSchemaPropsOr(Array|Bool|StringArray)$/

/** The field of a schema union that holds what is no schema; undefined for other messages. */
export function unionField(message: string): 'jSONSchemas' | 'allows' | 'property' | undefined {
  const which = unions.exec(message)?.[1]
  if (which === undefined) return undefined
  return which === 'Array' ? 'jSONSchemas' : which === 'Bool' ? 'allows' : 'property'
}

/** The JSON of a union's fields: the schema, or the list or truth value beside it. */
export function joinUnion(field: 'jSONSchemas' | 'allows' | 'property', fields: Fields): unknown {
  if (field === 'allows') return fields.schema ?? fields.allows ?? false
  return fields[field] ?? fields.schema ?? null
}

/** The union's fields of its JSON. */
export function splitUnion(field: 'jSONSchemas' | 'allows' | 'property', value: unknown): Fields {
  if (Array.isArray(value) || typeof value === 'boolean') return { [field]: value }
  return field === 'allows' ? { allows: true, schema: value } : { schema: value }
}
