/**
 * Checks a JSON value against a schema the way Go's strict JSON decoding does: wrong types, unknown fields, and the
 * formats of quantities, times and int-or-strings. Missing required fields are no decode errors; validation finds them.
 * Sources: https://kubernetes.io/docs/reference/using-api/api-concepts/#validation-for-unrecognized-or-duplicate-fields,
 * https://pkg.go.dev/encoding/json#UnmarshalTypeError
 */
export { prune } from './prune.ts'

import { whyNotBase64, whyNotQuantity, whyNotTime } from './scalars.ts'
import type { Definition, FieldType, ScalarKind } from './schema.ts'
import { definition, fieldOf, schemaless } from './schema.ts'

/** One value that cannot be decoded. `path` is `spec.containers[0].image`; `message` is what decoding JSON says. */
export interface DecodeError {
  readonly path: string
  readonly message: string
  /** What converting an already patched object says (strategic merge patch and apply). */
  readonly conversion: string
}

/** A field that the schema does not have. */
export interface UnknownField {
  readonly path: string
}

/** All findings of one pass, in document order. Kubernetes reports only the first error but every unknown field. */
export interface CheckResult {
  readonly errors: readonly DecodeError[]
  readonly unknown: readonly UnknownField[]
}

interface Place {
  /** Path with indexes and keys. */
  readonly path: string
  /** The Go struct the value is a field of, and the names of the fields down to it, without indexes. */
  readonly struct: string
  readonly fields: string
}

interface Findings {
  readonly errors: DecodeError[]
  readonly unknown: UnknownField[]
}

/** Checks a value against the named definition; without a definition only the metadata is checked. */
export function check(name: string | undefined, value: unknown): CheckResult {
  const found: Findings = { errors: [], unknown: [] }
  const root = name === undefined ? schemaless : definition(name)
  if (root === undefined) throw new Error(`KYB-SCHEMA-UNKNOWN: no definition ${name}`)
  checkStruct(root, value, { path: '', struct: '', fields: '' }, found)
  return found
}

function checkType(type: FieldType, value: unknown, at: Place, found: Findings): void {
  if (value === null || value === undefined || type.kind === 'json') return
  if (type.kind === 'open' || type.kind === 'struct') return
  if (type.kind === 'ref') checkStruct(definition(type.name) ?? schemaless, value, at, found)
  else if (type.kind === 'list') checkList(type, value, at, found)
  else if (type.kind === 'map') checkMap(type, value, at, found)
  else {
    const why = whyNotText(type.kind, value)
    if (why !== undefined) found.errors.push({ path: at.path, message: why, conversion: why })
    else if (!fits(type.kind, value)) mismatch(value, goType(type), at, found)
  }
}

function checkList(type: FieldType & { kind: 'list' }, value: unknown, at: Place, found: Findings): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      checkType(type.items, item, { ...at, path: `${at.path}[${index}]` }, found)
    }
  } else mismatch(value, goType(type), at, found)
}

function checkMap(type: FieldType & { kind: 'map' }, value: unknown, at: Place, found: Findings): void {
  if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      checkType(type.values, item, { ...at, path: `${at.path}.${key}` }, found)
    }
  } else mismatch(value, goType(type), at, found)
}

function checkStruct(struct: Definition, value: unknown, at: Place, found: Findings): void {
  if (isObject(value)) {
    const name = struct.name.slice(struct.name.lastIndexOf('.') + 1)
    for (const [key, item] of Object.entries(value)) {
      const path = at.path === '' ? key : `${at.path}.${key}`
      const fields = at.fields === '' ? key : `${at.fields}.${key}`
      const field = fieldOf(struct, key)
      if (field === undefined) found.unknown.push({ path })
      else checkType(field.type, item, { path, struct: name, fields }, found)
    }
  } else mismatch(value, structType(struct.name), at, found)
}

/** What the unmarshallers of Go's own types say; `undefined` when they are content or the type has none. */
function whyNotText(kind: ScalarKind, value: unknown): string | undefined {
  switch (kind) {
    case 'quantity':
      return whyNotQuantity(typeof value === 'object' ? JSON.stringify(value) : String(value))
    case 'time':
    case 'micro-time':
      return typeof value === 'string' ? whyNotTime(value, kind === 'micro-time') : unmarshal(value, 'string')
    case 'int-or-string':
      return typeof value === 'string' || isInteger(value, 'int32') ? undefined : unmarshal(value, 'int32')
    case 'bytes':
      return typeof value === 'string' ? whyNotBase64(value) : undefined
    default:
      return undefined
  }
}

function fits(kind: ScalarKind, value: unknown): boolean {
  switch (kind) {
    case 'int32':
    case 'int64':
      return isInteger(value, kind)
    case 'string':
    case 'bytes':
      return typeof value === 'string'
    case 'number':
    case 'boolean':
      return typeof value === kind
    default:
      return true
  }
}

function isInteger(value: unknown, kind: 'int32' | 'int64'): boolean {
  if (!Number.isInteger(value)) return false
  return kind === 'int64' ? Math.abs(value as number) <= 2 ** 63 : ((value as number) | 0) === value
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function mismatch(value: unknown, type: string, at: Place, found: Findings): void {
  const where =
    at.struct === '' ? `Go value of type ${type}` : `Go struct field ${at.struct}.${at.fields} of type ${type}`
  found.errors.push({
    path: at.path,
    message: `json: cannot unmarshal ${jsonWord(value, type)} into ${where}`,
    conversion: conversionMessage(value, type),
  })
}

function unmarshal(value: unknown, type: string): string {
  return `json: cannot unmarshal ${jsonWord(value, type)} into Go value of type ${type}`
}

/** Go names the JSON type, and the number itself when a number does not fit a number. */
function jsonWord(value: unknown, type: string): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return /^(int|float)/.test(type) ? `number ${value}` : 'number'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

function conversionMessage(value: unknown, type: string): string {
  const kind = conversionKind(value)
  if (type.startsWith('[]')) return `cannot restore slice from ${kind}`
  if (type.startsWith('map[')) return `cannot restore map from ${kind}`
  if (type.includes('.')) return `cannot restore struct from: ${kind}`
  if (kind === 'map' || kind === 'slice') return `unrecognized type: ${kind}`
  return typeof value === 'number' ? `cannot convert ${kind} to ${type}` : `unrecognized type: ${type}`
}

function conversionKind(value: unknown): string {
  if (Array.isArray(value)) return 'slice'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'object' ? 'map' : typeof value
}

function goType(type: FieldType): string {
  switch (type.kind) {
    case 'list':
      return `[]${goType(type.items)}`
    case 'map':
      return `map[string]${goType(type.values)}`
    case 'ref':
      return structType(type.name)
    case 'boolean':
      return 'bool'
    case 'number':
      return 'float64'
    case 'bytes':
      return '[]uint8'
    case 'quantity':
      return 'resource.Quantity'
    case 'time':
      return 'v1.Time'
    case 'micro-time':
      return 'v1.MicroTime'
    case 'int-or-string':
      return 'intstr.IntOrString'
    case 'object':
      return 'runtime.RawExtension'
    case 'json':
      return 'interface {}'
    default:
      return type.kind
  }
}

/** `io.k8s.api.apps.v1.DeploymentSpec` → `v1.DeploymentSpec`. */
function structType(name: string): string {
  return name === '' ? 'map[string]interface {}' : name.split('.').slice(-2).join('.')
}
