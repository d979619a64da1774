/**
 * How each part of an object is owned: as a leaf (scalars, atomic lists and structs), or by its fields, keys or elements.
 * Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */
import type { Definition, Field, FieldType } from '../schema/schema.ts'
import { definition, schemaless } from '../schema/schema.ts'
import type { JsonObject } from './values.ts'
import { isObject, own } from './values.ts'

/** One part's way of being owned. `open` is an object without a schema: its fields are found by looking. */
export type Shape =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'open' }
  | { readonly kind: 'struct'; readonly definition: Definition }
  | { readonly kind: 'map'; readonly values: Shape }
  | { readonly kind: 'keyed'; readonly keys: readonly string[]; readonly items: Shape }
  | { readonly kind: 'set' }

const leaf: Shape = { kind: 'leaf' }
const open: Shape = { kind: 'open' }

/** What says how an object merges: the name of a built-in definition, the definition of a custom kind, or nothing. */
export type MergeSchema = string | Definition | undefined

/** The shape of a whole object of the definition; without one, of an object of which only metadata is known. */
export function shapeOf(name: MergeSchema): Shape {
  if (typeof name === 'object') return { kind: 'struct', definition: name }
  const root = name === undefined ? schemaless : definition(name)
  if (root === undefined) throw new Error(`KYB-SCHEMA-UNKNOWN: no definition ${name}`)
  return { kind: 'struct', definition: root }
}

function shapeOfType(type: FieldType, field?: Field): Shape {
  if (field?.mapType === 'atomic') return leaf
  if (type.kind === 'map') return { kind: 'map', values: shapeOfType(type.values) }
  if (type.kind === 'open') return open
  if (type.kind === 'struct') return type.definition.atomic ? leaf : { kind: 'struct', definition: type.definition }
  if (type.kind === 'ref') {
    const struct = definition(type.name)
    if (struct === undefined || (struct.atomic && field?.mapType !== 'granular')) return leaf
    return { kind: 'struct', definition: struct }
  }
  if (type.kind !== 'list' || field === undefined) return leaf
  if (field.listType === 'set') return { kind: 'set' }
  if (field.listType !== 'map') return leaf
  return { kind: 'keyed', keys: field.mapKeys ?? [], items: shapeOfType(type.items) }
}

/** Whether a path element is a named field of the shape, not a key of a map or an element of a list. */
export function isNamed(shape: Shape, element: string): boolean {
  if (!element.startsWith('f:')) return false
  if (shape.kind === 'open') return true
  if (shape.kind !== 'struct') return false
  if (shape.definition === schemaless || shape.definition.open === true) return true
  return Object.hasOwn(shape.definition.fields, element.slice(2))
}

/** The shape below a path element. */
export function shapeBelow(shape: Shape, element: string): Shape {
  switch (shape.kind) {
    case 'map':
      return shape.values
    case 'keyed':
      return shape.items
    case 'open':
      return open
    case 'struct': {
      const name = element.slice(2)
      const { fields } = shape.definition
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (field === undefined) return shape.definition === schemaless || shape.definition.open === true ? open : leaf
      return shapeOfType(field.type, field)
    }
    default:
      return leaf
  }
}

/** A part taken apart: its path elements with their values, in order; `undefined` for a leaf. */
export function partsOf(shape: Shape, value: unknown): Map<string, unknown> | undefined {
  switch (shape.kind) {
    case 'leaf':
      return undefined
    case 'keyed':
    case 'set':
      return Array.isArray(value) ? new Map(value.map((item) => [elementOf(shape, item), item])) : undefined
    default:
      return isObject(value) ? fieldsOf(value) : undefined
  }
}

function fieldsOf(value: JsonObject): Map<string, unknown> {
  const present = Object.entries(value).filter(([, item]) => item !== undefined)
  return new Map(present.map(([key, item]) => [`f:${key}`, item]))
}

/** The path element of a list's item. A missing `protocol` is TCP; other missing keys are left out. */
function elementOf(shape: Shape, item: unknown): string {
  if (shape.kind !== 'keyed' || !isObject(item)) return `v:${JSON.stringify(item)}`
  const keys = [...shape.keys].sort().flatMap((key) => {
    const value = own(item, key) ?? (key === 'protocol' ? 'TCP' : undefined)
    return value === undefined ? [] : [[key, value] as const]
  })
  return `k:${JSON.stringify(Object.fromEntries(keys))}`
}

/** Puts parts together again, the inverse of `partsOf`. */
export function assemble(shape: Shape, parts: ReadonlyMap<string, unknown>): unknown {
  if (shape.kind === 'keyed' || shape.kind === 'set') return [...parts.values()]
  return Object.fromEntries([...parts].map(([element, item]) => [element.slice(2), item]))
}
