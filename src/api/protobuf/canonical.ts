/**
 * What a built-in object looks like after a real server has read and written it: empty values of optional fields are
 * gone, fields that are always written are there. The marks of the message table
 * say which is which; nothing else knows them.
 * Source: https://pkg.go.dev/encoding/json#Marshal and the json tags of k8s.io/api
 */
import type { KubeObject } from '../object.ts'
import { type Field, type FieldType, type Message, messageOf, messageOfKind } from './messages.ts'
import { unionField } from './special.ts'

type Fields = Readonly<Record<string, unknown>>

/** Not written when empty although it is a struct: the one field of its kind (omitzero). */
const omittedZero = new Set(['creationTimestamp'])
/** Pointers that are written even when they point nowhere. */
const nulls = new Set([
  'authentication.v1.TokenRequestSpec.boundObjectRef',
  'core.v1.AzureFilePersistentVolumeSource.secretNamespace',
  'core.v1.TypedLocalObjectReference.apiGroup',
  'core.v1.TypedObjectReference.apiGroup',
  'resource.v1.CapacityRequestPolicy.default',
])
const zeroOf: Readonly<Record<string, unknown>> = {
  s: '',
  y: null,
  i: 0,
  d: 0,
  b: false,
  q: '0',
  x: 0,
  t: null,
  m: null,
  j: null,
  u: '0s',
}

/**
 * The object in canonical form. Pure; parts that are canonical keep their reference. Kinds without a message are
 * returned as they are.
 */
export function canonicalObject(object: KubeObject): KubeObject {
  const name = messageOfKind(object.apiVersion, object.kind)
  return name === undefined ? object : (struct(name, object) as KubeObject)
}

function struct(name: string, value: unknown): unknown {
  const message = messageOf(name)
  if (message.wraps !== undefined) return Array.isArray(value) ? list(message.wraps, value) : value
  if (unionField(name) !== undefined || typeof value !== 'object' || value === null || Array.isArray(value))
    return value
  return fields(message, value as Fields)
}

function fields(message: Message, value: Fields): Fields {
  let next: Record<string, unknown> | undefined
  for (const field of message.fields) {
    if (field.name === '') {
      const inlined = inline(field, next ?? value)
      if (inlined !== (next ?? value)) next = { ...inlined }
      continue
    }
    const given = (next ?? value)[field.name]
    const found = fieldValue(field, given)
    const made = found === undefined && nulls.has(`${message.name}.${field.name}`) ? null : found
    if (made === given && (made !== undefined || !Object.hasOwn(value, field.name))) continue
    next ??= { ...value }
    if (made === undefined) delete next[field.name]
    else next[field.name] = made
  }
  return next ?? value
}

/** A struct whose fields stand in its parent's JSON; behind a pointer it is nothing when none of them is there. */
function inline(field: Field, value: Fields): Fields {
  const message = messageOf(field.message as string)
  if (field.pointer && !message.fields.some(({ name }) => Object.hasOwn(value, name))) return value
  return fields(message, value)
}

/** The field's canonical value; undefined when it is not written. */
function fieldValue(field: Field, given: unknown): unknown {
  const value = given === null ? undefined : given
  if (field.pointer) return value === undefined ? undefined : one(field, value)
  if (field.shape === 'list') {
    if (!Array.isArray(value)) return value ?? (field.omitempty ? undefined : null)
    return field.omitempty && value.length === 0 ? undefined : list(field, value)
  }
  if (field.shape === 'map') {
    if (typeof value !== 'object') return value ?? (field.omitempty ? undefined : null)
    return field.omitempty && Object.keys(value).length === 0 ? undefined : map(field, value as Fields)
  }
  if (field.message !== undefined) return wrapped(field, value)
  if (value === undefined) return absent(field)
  const plain =
    field.scalar === 's' || field.scalar === 'i' || field.scalar === 'd' || field.scalar === 'b' || field.scalar === 'y'
  if (field.omitempty && plain && (value === '' || value === 0 || value === false)) return undefined
  return one(field, value)
}

/** A struct that is no pointer is always written; one that is a list in JSON is left out when it may be. */
function wrapped(field: Field, value: unknown): unknown {
  const message = messageOf(field.message as string)
  if (message.wraps === undefined) return struct(field.message as string, value ?? {})
  if (value === undefined || (Array.isArray(value) && value.length === 0))
    return field.omitempty ? undefined : (value ?? null)
  return struct(field.message as string, value)
}

/** What stands for a scalar that was not given: nothing when it is optional, unless Go cannot tell that it is empty. */
function absent(field: Field): unknown {
  const code = field.scalar as string
  if (omittedZero.has(field.name)) return undefined
  const isStruct = 'tmqxju'.includes(code)
  return field.omitempty && !isStruct ? undefined : zeroOf[code]
}

function one(field: FieldType, value: unknown): unknown {
  if (field.shape === 'list') return Array.isArray(value) ? list(field, value) : value
  if (field.shape === 'map') return typeof value === 'object' ? map(field, value as Fields) : value
  return item(field, value)
}

function item(field: FieldType, value: unknown): unknown {
  if (field.message !== undefined) return struct(field.message, value ?? {})
  if (value === null || value === undefined) return zeroOf[field.scalar as string]
  return value
}

function list(field: FieldType, values: readonly unknown[]): readonly unknown[] {
  const made = values.map((value) => item(field, value))
  return made.some((value, index) => value !== values[index]) ? made : values
}

function map(field: FieldType, values: Fields): Fields {
  const made = Object.entries(values).map(([key, value]) => [key, item(field, value)] as const)
  return made.some(([key, value]) => value !== values[key]) ? Object.fromEntries(made) : values
}
