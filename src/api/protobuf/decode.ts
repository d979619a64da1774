/**
 * Objects from `application/vnd.kubernetes.protobuf`: an envelope of four bytes and runtime.Unknown, and in it the
 * message of the kind. The result is the JSON the API server would have been sent, without zero values that mean
 * nothing: empty values of omitempty fields, zero times, empty structs that are no pointers.
 * A field that comes twice counts as its last one. Sources: https://kubernetes.io/docs/reference/using-api/api-concepts/
 * (protobuf encoding), k8s.io/apimachinery pkg/runtime/serializer/protobuf
 */
import type { KubeObject } from '../object.ts'
import { toBase64 } from './base64.ts'
import { ProtobufError } from './error.ts'
import { type Field, type FieldType, type Message, messageOf, messageOfKind, type ScalarCode } from './messages.ts'
import { Reader, textOf, wire } from './reader.ts'
import { durationOf, intOrStringOf, joinUnion, quantityOf, rawOf, timeOf, unionField } from './special.ts'

/** `k8s` and a zero byte: the first bytes of every body. */
export const magic: readonly number[] = [0x6b, 0x38, 0x73, 0]
const depthLimit = 100
const jsonDepthLimit = 10_000

type Fields = Record<string, unknown>

/** The object in a protobuf body. Throws ProtobufError for malformed bytes, unknown kinds and nesting beyond 100. */
export function decodeObject(bytes: Uint8Array): KubeObject {
  return readEnvelope(bytes, 0)
}

function startsWithMagic(bytes: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}

function readEnvelope(bytes: Uint8Array, depth: number): KubeObject {
  if (!startsWithMagic(bytes)) throw new ProtobufError('the body does not begin with the bytes of a Kubernetes object')
  const parts = bytesByNumber(bytes.subarray(magic.length))
  const type = bytesByNumber(parts.get(1) ?? new Uint8Array())
  const [apiVersion, kind] = [textOf(type.get(1) ?? new Uint8Array()), textOf(type.get(2) ?? new Uint8Array())]
  const encoding = textOf(parts.get(3) ?? new Uint8Array())
  const contentType = textOf(parts.get(4) ?? new Uint8Array())
  const raw = parts.get(2) ?? new Uint8Array()
  if (encoding !== '') throw new ProtobufError(`content encoding ${JSON.stringify(encoding)} is not supported`)
  if (kind === '' || apiVersion === '') throw new ProtobufError('Object "Kind" or "apiVersion" is missing')
  if (contentType === 'application/json') return { ...objectOf(raw), kind, apiVersion } as KubeObject
  if (contentType !== '' && contentType !== 'application/vnd.kubernetes.protobuf')
    throw new ProtobufError(`content type ${JSON.stringify(contentType)} is not supported`)
  const name = messageOfKind(apiVersion, kind)
  if (name === undefined) throw new ProtobufError(`no message for kind ${JSON.stringify(kind)} in ${apiVersion}`)
  return { kind, apiVersion, ...(readMessage(name, raw, depth + 1) as object) } as KubeObject
}

function readMessage(name: string, bytes: Uint8Array, depth: number): unknown {
  if (depth > depthLimit) throw new ProtobufError(`nested deeper than ${depthLimit}`)
  const message = messageOf(name)
  const fields = readFields(message, new Reader(bytes), depth)
  if (message.wraps !== undefined) return fields.items ?? []
  const union = unionField(name)
  return union === undefined ? fields : joinUnion(union, fields)
}

function readFields(message: Message, reader: Reader, depth: number): Fields {
  const found: Fields = {}
  while (!reader.done) {
    const { number, type } = reader.tag()
    const field = message.byNumber.get(number)
    if (field === undefined) reader.skip(type)
    else readField(found, field, reader, type, depth)
  }
  return found
}

function readField(found: Fields, field: Field, reader: Reader, type: number, depth: number): void {
  if (field.shape === 'map') return readEntry(found, field, reader, type, depth)
  if (field.shape === 'list') {
    found[field.name] ??= []
    const list = found[field.name] as unknown[]
    if (type === wire.bytes && isWord(field)) packed(list, field, reader.bytes())
    else list.push(readValue(field, reader, type, depth) ?? null)
    return
  }
  const value = readValue(field, reader, type, depth)
  if (field.name === '') Object.assign(found, value)
  else if (value === undefined || (field.omitempty && !field.pointer && isZero(value))) delete found[field.name]
  else found[field.name] = value
}

function readEntry(found: Fields, field: Field, reader: Reader, type: number, depth: number): void {
  expect(type, wire.bytes, field)
  const entry = new Reader(reader.bytes())
  found[field.name] ??= {}
  const map = found[field.name] as Fields
  let key = ''
  let value: unknown
  while (!entry.done) {
    const part = entry.tag()
    if (part.number === 1 && part.type === wire.bytes) key = textOf(entry.bytes())
    else if (part.number === 2) value = readValue(field, entry, part.type, depth)
    else entry.skip(part.type)
  }
  value ??= absentValue(field, depth)
  // A plain assignment of `__proto__` would be lost.
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
}

/** The value of a map entry that has none. */
function absentValue(field: Field, depth: number): unknown {
  const scalar = field.scalar
  if (scalar === 'i' || scalar === 'd') return 0
  if (scalar === 'b') return false
  if (scalar === 's' || scalar === 'y') return ''
  return readPart(field, new Uint8Array(), depth) ?? null
}

function readValue(field: Field, reader: Reader, type: number, depth: number): unknown {
  if (isWord(field)) {
    expect(type, field.scalar === 'd' ? wire.fixed64 : wire.varint, field)
    return word(field.scalar as ScalarCode, reader)
  }
  expect(type, wire.bytes, field)
  return readPart(field, reader.bytes(), depth)
}

function readPart(field: FieldType, bytes: Uint8Array, depth: number): unknown {
  if (field.message !== undefined) return readMessage(field.message, bytes, depth + 1)
  if (field.scalar === 's') return textOf(bytes)
  if (field.scalar === 'y') return toBase64(bytes)
  if (field.scalar === 't') return timeOf(bytes, false)
  if (field.scalar === 'm') return timeOf(bytes, true)
  if (field.scalar === 'u') return durationOf(bytes)
  if (field.scalar === 'q') return quantityOf(bytes)
  if (field.scalar === 'x') return intOrStringOf(bytes)
  const raw = rawOf(bytes)
  if (raw.byteLength === 0) return undefined
  if (depth > depthLimit) throw new ProtobufError(`nested deeper than ${depthLimit}`)
  return startsWithMagic(raw) ? readEnvelope(raw, depth + 1) : jsonOf(raw)
}

/** The length-delimited fields of a message; the last of each number counts. */
function bytesByNumber(bytes: Uint8Array): Map<number, Uint8Array> {
  const reader = new Reader(bytes)
  const found = new Map<number, Uint8Array>()
  while (!reader.done) {
    const { number, type } = reader.tag()
    if (type === wire.bytes) found.set(number, reader.bytes())
    else reader.skip(type)
  }
  return found
}

function isWord(field: FieldType): boolean {
  return field.scalar === 'i' || field.scalar === 'b' || field.scalar === 'd'
}

function word(scalar: ScalarCode, reader: Reader): number | boolean {
  if (scalar === 'b') return reader.varint() !== 0n
  if (scalar === 'i') return reader.integer()
  const value = reader.double()
  if (!Number.isFinite(value)) throw new ProtobufError('a number that JSON does not have')
  return value
}

function packed(list: unknown[], field: FieldType, bytes: Uint8Array): void {
  const reader = new Reader(bytes)
  while (!reader.done) list.push(word(field.scalar as ScalarCode, reader))
}

function expect(type: number, wanted: number, field: Field): void {
  if (type !== wanted) throw new ProtobufError(`wrong wire type ${type} for field ${field.name || field.message}`)
}

function isZero(value: unknown): boolean {
  if (value === '' || value === 0 || value === false) return true
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function objectOf(bytes: Uint8Array): object {
  const value = jsonOf(bytes)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new ProtobufError('embedded JSON is not an object')
}

function jsonOf(bytes: Uint8Array): unknown {
  const text = textOf(bytes)
  let depth = 0
  for (const char of text.replace(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (char === '[' || char === '{') depth++
    else if (char === ']' || char === '}') depth--
    if (depth > jsonDepthLimit) throw new ProtobufError('exceeded max depth of embedded JSON')
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ProtobufError(`embedded JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}
