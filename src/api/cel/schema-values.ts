/**
 * JSON as values of expressions by its schema, converted when asked. Sets and lists with keys compare and join by their
 * rules. Source: k8s.io/apiserver pkg/cel/common (values).
 */

import { fromBase64 } from '../protobuf/base64.ts'
import { semanticEqual } from '../semantic-equal.ts'
import { equal } from './equality.ts'
import { escapeName, unescapeName } from './escaping.ts'
import { type CelSchema, rootSchema, valueSchema } from './schema.ts'
import { goTimeFault, parseDate, parseDuration, parseTimestamp } from './time-text.ts'
import { CelDouble, CelDuration, CelError, CelList, CelMap, CelObject, noOverload, type Value } from './values.ts'

type Json = Readonly<Record<string, unknown>>

const isMap = (json: unknown): json is Json => typeof json === 'object' && json !== null && !Array.isArray(json)

/** The JSON behind a value, for comparing elements. */
function rawOf(value: Value): unknown {
  if (value instanceof CelList) return value.raw ?? Array.from({ length: value.size }, (_, at) => rawOf(value.get(at)))
  if (value instanceof CelMap)
    return value.raw ?? Object.fromEntries(value.keys().map((key) => [String(key), rawOf(value.find(key) as Value)]))
  return value instanceof CelDouble ? value.value : value
}

class SchemaList extends CelList {
  override readonly raw: readonly unknown[]
  override readonly strict = true
  protected readonly items: CelSchema
  constructor(raw: readonly unknown[], items: CelSchema) {
    super()
    this.raw = raw
    this.items = items
  }
  get size(): number {
    return this.raw.length
  }
  get(index: number): Value {
    return schemaValue(this.raw[index], this.items)
  }
  protected made(raw: readonly unknown[]): CelList {
    return new SchemaList(raw, this.items)
  }
  protected rawsOf(other: CelList): unknown[] {
    return Array.from({ length: other.size }, (_, index) => rawOf(other.get(index)))
  }
  override join(other: CelList): CelList {
    return this.made([...this.raw, ...this.rawsOf(other)])
  }
}

class SchemaSet extends SchemaList {
  protected override made(raw: readonly unknown[]): CelList {
    return new SchemaSet(raw, this.items)
  }
  override join(other: CelList): CelList {
    return this.made([...new Set([...this.raw, ...this.rawsOf(other)])])
  }
  override same = (other: CelList): boolean => {
    if (this.size !== other.size) return false
    const known = new Set(this.raw)
    return this.rawsOf(other).every((item) => known.has(item))
  }
}

/** What names an element of a list with keys, `undefined` for elements that lack one. */
export function listKeyOf(element: unknown, keys: readonly string[]): string | undefined {
  if (!isMap(element)) return undefined
  const values = keys.map((key) => element[key])
  return values.every((value) => ['string', 'number', 'boolean'].includes(typeof value))
    ? JSON.stringify(values)
    : undefined
}

class SchemaMapList extends SchemaList {
  private readonly keys: readonly string[]
  constructor(raw: readonly unknown[], items: CelSchema, keys: readonly string[]) {
    super(raw, items)
    this.keys = keys
  }
  protected override made(raw: readonly unknown[]): CelList {
    return new SchemaMapList(raw, this.items, this.keys)
  }
  override join(other: CelList): CelList {
    const places = new Map(this.raw.map((item, index) => [listKeyOf(item, this.keys), index]))
    const joined = [...this.raw]
    for (const item of this.rawsOf(other)) {
      const place = places.get(listKeyOf(item, this.keys))
      if (place === undefined) joined.push(item)
      else joined[place] = item
    }
    return this.made(joined)
  }
  override same = (other: CelList): boolean | CelError => {
    if (this.size !== other.size) return false
    const byKey = new Map(this.raw.map((item) => [listKeyOf(item, this.keys), item]))
    for (let index = 0; index < other.size; index++) {
      const item = other.get(index)
      const mine = byKey.get(listKeyOf(rawOf(item), this.keys))
      if (mine === undefined) return false
      const same = equal(schemaValue(mine, this.items), item)
      if (same !== true) return same
    }
    return true
  }
}

interface Property {
  readonly name: string
  readonly schema: CelSchema
}

const propertyMemo = new WeakMap<CelSchema, ReadonlyMap<string, Property>>()

/** The properties of an object by identifier. */
function propertiesOf(schema: CelSchema): ReadonlyMap<string, Property> {
  const known = propertyMemo.get(schema)
  if (known) return known
  const found = new Map<string, Property>()
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const identifier = escapeName(name)
    if (identifier !== undefined) found.set(identifier, { name, schema: property })
  }
  propertyMemo.set(schema, found)
  return found
}

class SchemaMap extends CelMap {
  override readonly raw: Json
  override readonly strict = true
  private readonly schema: CelSchema
  constructor(raw: Json, schema: CelSchema) {
    super()
    this.raw = raw
    this.schema = schema
  }
  get size(): number {
    return Object.keys(this.raw).length
  }
  private schemaOf(name: string): CelSchema | undefined {
    const { properties } = this.schema
    if (properties === undefined) return valueSchema(this.schema)
    return Object.hasOwn(properties, name) ? properties[name] : undefined
  }
  find(key: Value): Value | undefined {
    if (typeof key !== 'string') return noOverload
    const isObject = this.schema.properties !== undefined
    const property = isObject ? propertiesOf(this.schema).get(key) : undefined
    if (property) {
      const json = Object.hasOwn(this.raw, property.name) ? this.raw[property.name] : undefined
      return json === undefined || json === null ? undefined : schemaValue(json, property.schema)
    }
    const name = isObject ? unescapeName(key) : key
    if (name === undefined || !Object.hasOwn(this.raw, name)) return undefined
    const json = this.raw[name]
    if (json === undefined || (isObject && json === null)) return undefined
    const schema = this.schemaOf(name)
    return schema && schemaValue(json, schema)
  }
  keys(): Value[] {
    const known = Object.keys(this.raw).filter((name) => this.schemaOf(name) !== undefined)
    return this.schema.properties === undefined ? known : known.map((name) => escapeName(name) ?? name)
  }
  override same = (other: CelMap): boolean | CelError => {
    if (this.size !== other.size) return false
    for (const name of Object.keys(this.raw)) {
      if (this.schemaOf(name) !== undefined) {
        const mine = this.find(name)
        const its = other.find(name)
        if ((mine === undefined) !== (its === undefined)) return false
        const same = mine === undefined || its === undefined ? true : equal(mine, its)
        if (same !== true) return same
      } else if (!(other instanceof SchemaMap)) return noOverload
      else if (Object.hasOwn(other.raw, name) && !semanticEqual(this.raw[name], other.raw[name])) return false
    }
    return true
  }
}

/** Data kept by `x-kubernetes-preserve-unknown-fields`: only equality is known. */
class Preserved extends CelObject {
  readonly typeName = 'unknown'
  readonly json: unknown
  constructor(json: unknown) {
    super()
    this.json = json
  }
  equals(other: Value): boolean {
    return semanticEqual(this.json, other instanceof Preserved ? other.json : rawOf(other))
  }
}

const longUnits: readonly (readonly [RegExp, bigint])[] = [
  [/^(ns|nano)/, 1n],
  [/^(us|µs|micro)/, 1000n],
  [/^(ms|milli)/, 1_000_000n],
  [/^(s|sec)/, 1_000_000_000n],
  [/^(m|min)/, 60_000_000_000n],
  [/^(h|hr|hour)/, 3_600_000_000_000n],
  [/^(d|day)/, 86_400_000_000_000n],
  [/^(w|wk|week)/, 604_800_000_000_000n],
]

/** Durations of OpenAPI may also be written `3 days`. */
function openDuration(text: string): CelDuration | undefined {
  const parsed = parseDuration(text)
  if (parsed) return parsed
  let total = 0n
  let found = false
  for (const [, count = '0', unit = ''] of text.matchAll(/(\d+)\s*([A-Za-zµ]+)/g)) {
    const scale = longUnits.find(([pattern]) => pattern.test(unit.toLowerCase()))?.[1]
    if (scale === undefined) return undefined
    total += BigInt(count) * scale
    found = true
  }
  return found ? new CelDuration(total) : undefined
}

function textValue(text: unknown, format: string | undefined): Value {
  if (typeof text !== 'string') return wrong('string', text)
  switch (format) {
    case 'duration':
      return openDuration(text) ?? new CelError(`Invalid duration ${text}: unable to parse ${text} as duration`)
    case 'date':
      return parseDate(text) ?? new CelError(`Invalid date formatted string ${text}: ${goTimeFault(text, false)}`)
    case 'date-time':
      return (
        parseTimestamp(text.toUpperCase()) ??
        new CelError(`Invalid date-time formatted string ${text}: ${goTimeFault(text, true)}`)
      )
    case 'byte':
      return bytesValue(text)
  }
  return text
}

function bytesValue(text: string): Value {
  try {
    return fromBase64(text)
  } catch {
    return new CelError(
      `Invalid byte formatted string ${text}: illegal base64 data at input byte ${Math.max(0, text.search(/[^A-Za-z0-9+/]/))}`,
    )
  }
}

function goKind(json: unknown): string {
  if (json === null || json === undefined) return '<nil>'
  if (Array.isArray(json)) return '[]interface {}'
  if (typeof json === 'object') return 'map[string]interface {}'
  if (typeof json === 'number') return Number.isInteger(json) ? 'int64' : 'float64'
  return typeof json === 'boolean' ? 'bool' : 'string'
}

const wrong = (wanted: string, json: unknown) => new CelError(`invalid data, expected ${wanted}, got ${goKind(json)}`)

function objectValue(json: unknown, schema: CelSchema): Value {
  if (!isMap(json)) return new CelError('invalid data, expected a map for the provided schema with type=object')
  return new SchemaMap(json, schema['x-kubernetes-embedded-resource'] ? rootSchema(schema) : schema)
}

function listValue(json: unknown, schema: CelSchema): Value {
  if (!Array.isArray(json))
    return new CelError('invalid data, expected an array for the provided schema with type=array')
  const { items } = schema
  if (!items) return new CelError('invalid array type, expected Items with a non-empty Schema')
  switch (schema['x-kubernetes-list-type']) {
    case 'map':
      return new SchemaMapList(json, items, schema['x-kubernetes-list-map-keys'] ?? [])
    case 'set':
      return new SchemaSet(json, items)
    default:
      return new SchemaList(json, items)
  }
}

/** The value of JSON by its schema. Data that does not fit is an error value. */
export function schemaValue(json: unknown, schema: CelSchema): Value {
  if (json === null || json === undefined)
    return schema.nullable ? null : new CelError('invalid data, got null for schema with nullable=false')
  if (schema['x-kubernetes-int-or-string']) {
    if (typeof json === 'string' || (typeof json === 'number' && Number.isInteger(json))) return json
    return new CelError('invalid data, expected XIntOrString value to be either a string or integer')
  }
  switch (schema.type) {
    case 'object':
      return objectValue(json, schema)
    case 'array':
      return listValue(json, schema)
    case 'string':
      return textValue(json, schema.format)
    case 'number':
      return typeof json === 'number' ? new CelDouble(json) : wrong('float', json)
    case 'integer':
      return typeof json === 'number' && Number.isInteger(json) ? json + 0 : wrong('int', json)
    case 'boolean':
      return typeof json === 'boolean' ? json : wrong('bool', json)
  }
  if (schema['x-kubernetes-preserve-unknown-fields']) return new Preserved(json)
  return new CelError(
    `invalid type, expected object, array, number, integer, boolean or string, or no type with x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields is true, got ${schema.type ?? ''}`,
  )
}
