/** Messages that expressions make: `Object{spec: Object.spec{…}}`, `JSONPatch{op: "add", …}`; values as JSON. */
import { toBase64 } from '../protobuf/base64.ts'
import { equal } from './equality.ts'
import { durationText, timestampText } from './time-text.ts'
import { dynType, stringType, structType, type Type } from './types.ts'
import {
  CelDouble,
  CelDuration,
  CelError,
  CelList,
  CelMap,
  CelObject,
  CelOptional,
  CelTimestamp,
  CelUint,
  isInt,
  type Value,
} from './values.ts'

/** A message with the fields that were given. */
export class CelMessage extends CelObject {
  readonly typeName: string
  readonly fields: ReadonlyMap<string, Value>
  constructor(typeName: string, fields: ReadonlyMap<string, Value>) {
    super()
    this.typeName = typeName
    this.fields = fields
  }
  override field(name: string): Value | undefined {
    const found = this.fields.get(name)
    return found === undefined && this.typeName === 'JSONPatch' && name !== 'value' ? '' : found
  }
  override has(name: string): boolean {
    return this.fields.has(name)
  }
  equals(other: Value): boolean {
    if (!(other instanceof CelMessage) || other.typeName !== this.typeName) return false
    if (other.fields.size !== this.fields.size) return false
    return [...this.fields].every(([name, value]) => {
      const its = other.fields.get(name)
      return its !== undefined && equal(value, its) === true
    })
  }
}

const patchFields: Readonly<Record<string, Type>> = {
  op: stringType,
  path: stringType,
  from: stringType,
  value: dynType,
}

/** Fields that JSONPatch does not have are of no type, so that nothing may be given to them. */
const unknownType = structType('')

/** The fields of `JSONPatch`, `Object` and `Object.<field>…`; every field of an object may be given. */
export function messageFields(typeName: string): ((name: string) => Type | undefined) | undefined {
  if (typeName === 'JSONPatch') return (name) => (Object.hasOwn(patchFields, name) ? patchFields[name] : unknownType)
  return typeName === 'Object' || typeName.startsWith('Object.') ? () => dynType : undefined
}

/** Which messages do not have the type of the field in which they stand. */
export function typeNameFaults(value: Value, path = 'Object'): string[] {
  if (value instanceof CelList)
    return Array.from({ length: value.size }, (_, at) => typeNameFaults(value.get(at), path)).flat()
  if (value instanceof CelMap) return value.keys().flatMap((key) => typeNameFaults(value.find(key) as Value, path))
  if (!(value instanceof CelMessage)) return []
  const expected = 'which matches field name path from root Object type'
  const own =
    value.typeName === path ? [] : [`unexpected type name "${value.typeName}", expected "${path}", ${expected}`]
  return [...own, ...[...value.fields].flatMap(([name, each]) => typeNameFaults(each, `${path}.${name}`))]
}

/** A value as plain JSON, or an error value for what has none. */
export function toJson(value: Value): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (isInt(value)) return Number(value)
  if (value instanceof CelUint) return Number(value.value)
  if (value instanceof CelDouble) return value.value
  if (value instanceof Uint8Array) return toBase64(value)
  if (value instanceof CelTimestamp) return timestampText(value)
  if (value instanceof CelDuration) return durationText(value)
  if (value instanceof CelOptional) return value.value === undefined ? null : toJson(value.value)
  if (value instanceof CelList) {
    if (value.raw) return value.raw
    return Array.from({ length: value.size }, (_, at) => toJson(value.get(at)))
  }
  if (value instanceof CelMap) {
    if (value.raw) return value.raw
    return Object.fromEntries(value.keys().map((key) => [String(toJson(key)), toJson(value.find(key) as Value)]))
  }
  if (value instanceof CelMessage)
    return Object.fromEntries([...value.fields].map(([name, each]) => [name, toJson(each)]))
  return new CelError('unsupported value')
}
