/**
 * Objects as `application/vnd.kubernetes.protobuf`, in the order of the kind's fields and with sorted maps, so that the
 * same object gives the same bytes. What has no place in the messages is refused, never left out,
 * except apiVersion and kind of objects inside others, which protobuf does not carry.
 * Sources: https://kubernetes.io/docs/reference/using-api/api-concepts/ (protobuf encoding)
 */
import { fromBase64 } from './base64.ts'
import { magic } from './decode.ts'
import { ProtobufError } from './error.ts'
import { type Field, type FieldType, type Message, messageOf, messageOfKind } from './messages.ts'
import { splitUnion, unionField } from './special.ts'
import {
  durationBytes,
  integral,
  intOrStringBytes,
  quantityBytes,
  rawBytes,
  textual,
  timeBytes,
} from './special-bytes.ts'
import { utf8, Writer } from './writer.ts'

const depthLimit = 100

type Fields = Readonly<Record<string, unknown>>

/** Whatever names its kind: objects, lists, Status, review kinds. */
export interface Encodable {
  readonly apiVersion?: string
  readonly kind?: string
}

/** The body for an object. Throws ProtobufError for kinds without messages, unknown fields and values of wrong types. */
export function encodeObject(object: Encodable): Uint8Array {
  const { apiVersion = '', kind = '' } = object
  const name = messageOfKind(apiVersion, kind)
  if (name === undefined) throw new ProtobufError(`no message for kind ${JSON.stringify(kind)} in ${apiVersion}`)
  const type = new Writer()
  type.bytes(1, utf8(apiVersion))
  type.bytes(2, utf8(kind))
  const unknown = new Writer()
  unknown.bytes(1, type.finish())
  unknown.bytes(2, messageBytes(name, object, 1))
  unknown.bytes(3, utf8(''))
  unknown.bytes(4, utf8(''))
  const body = unknown.finish()
  const whole = new Uint8Array(magic.length + body.byteLength)
  whole.set(magic)
  whole.set(body, magic.length)
  return whole
}

function messageBytes(name: string, value: unknown, depth: number): Uint8Array {
  if (depth > depthLimit) throw new ProtobufError(`nested deeper than ${depthLimit}`)
  const message = messageOf(name)
  const writer = new Writer()
  if (message.wraps !== undefined) {
    writeField(writer, message.wraps, value, depth)
    return writer.finish()
  }
  const union = unionField(name)
  const fields = union === undefined ? fieldsOf(value, name) : splitUnion(union, value)
  const known = new Set(message.isKind ? ['apiVersion', 'kind'] : [])
  writeFields(writer, message, fields, known, depth)
  for (const key of Object.keys(fields))
    if (fields[key] !== undefined && !known.has(key)) throw new ProtobufError(`${name} has no field ${key}`)
  return writer.finish()
}

/** Writes what is there of the message's fields and notes their names. True when anything was written. */
function writeFields(writer: Writer, message: Message, fields: Fields, known: Set<string>, depth: number): boolean {
  let wrote = false
  for (const field of message.fields) {
    if (field.name === '') wrote = writeInlined(writer, field, fields, known, depth) || wrote
    else {
      known.add(field.name)
      const value = Object.hasOwn(fields, field.name) ? fields[field.name] : undefined
      if (value === undefined || value === null) continue
      writeField(writer, field, value, depth)
      wrote = true
    }
  }
  return wrote
}

function writeInlined(writer: Writer, field: Field, fields: Fields, known: Set<string>, depth: number): boolean {
  if (depth > depthLimit) throw new ProtobufError(`nested deeper than ${depthLimit}`)
  const part = new Writer()
  const wrote = writeFields(part, messageOf(field.message as string), fields, known, depth + 1)
  if (wrote) writer.bytes(field.number, part.finish())
  return wrote
}

function writeField(writer: Writer, field: Field, value: unknown, depth: number): void {
  if (field.shape === 'one') writeValue(writer, field.number, field, value, depth)
  else if (field.shape === 'list') {
    if (!Array.isArray(value)) throw new ProtobufError(`field ${field.name} is not a list`)
    for (const item of value) writeValue(writer, field.number, field, item, depth)
  } else writeMap(writer, field, fieldsOf(value, field.name), depth)
}

function writeMap(writer: Writer, field: Field, map: Fields, depth: number): void {
  for (const key of Object.keys(map).sort()) {
    const entry = new Writer()
    entry.bytes(1, utf8(key))
    const value = map[key]
    if (value !== null && value !== undefined) writeValue(entry, 2, field, value, depth)
    writer.bytes(field.number, entry.finish())
  }
}

function writeValue(writer: Writer, number: number, type: FieldType, value: unknown, depth: number): void {
  if (type.scalar === 'i') writer.integer(number, integral(value))
  else if (type.scalar === 'b') writer.integer(number, truth(value))
  else if (type.scalar === 'd') writer.double(number, finite(value))
  else writer.bytes(number, partBytes(type, value, depth))
}

function partBytes(type: FieldType, value: unknown, depth: number): Uint8Array {
  if (type.message !== undefined) return messageBytes(type.message, value, depth + 1)
  if (type.scalar === 'j') return rawBytes(value)
  if (value === null || value === undefined) return new Uint8Array()
  if (type.scalar === 's') return utf8(textual(value, 'a string'))
  if (type.scalar === 'y') return fromBase64(textual(value, 'base64 text'))
  if (type.scalar === 't') return timeBytes(value, false)
  if (type.scalar === 'm') return timeBytes(value, true)
  if (type.scalar === 'u') return durationBytes(value)
  return type.scalar === 'q' ? quantityBytes(value) : intOrStringBytes(value)
}

function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new ProtobufError(`${where} is not an object`)
}

function truth(value: unknown): bigint {
  if (typeof value === 'boolean') return value ? 1n : 0n
  throw new ProtobufError(`${JSON.stringify(value)} is not true or false`)
}

function finite(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new ProtobufError(`${JSON.stringify(value)} is not a number`)
}
