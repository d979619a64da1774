/**
 * Whether a configuration that somebody applies fits the schema as server-side apply reads it: every field declared,
 * every value of its type, no element of a keyed list twice.
 * Source: https://github.com/kubernetes-sigs/structured-merge-diff (typed validation: the behaviour, not the code)
 */
import type { Definition, Field, FieldType } from '../schema/schema.ts'
import { definition } from '../schema/schema.ts'
import { isObject, own } from './values.ts'

/** What is wrong, one line or a list of lines; undefined when nothing is. `name` is the kind's definition. */
export function whyUntyped(name: string | Definition, object: unknown): string | undefined {
  const faults: string[] = []
  const root = typeof name === 'string' ? definition(name) : name
  if (root !== undefined) struct(root, object, '', faults)
  if (faults.length < 2) return faults[0]
  return ['errors:', ...faults.map((fault) => `  ${fault}`)].join('\n')
}

function struct(of: Definition, value: unknown, path: string, faults: string[]): void {
  if (value === null || value === undefined) return
  if (!isObject(value)) return said(path, `expected map, got ${shown(value)}`, faults)
  for (const [key, item] of Object.entries(value)) {
    const field = Object.hasOwn(of.fields, key) ? of.fields[key] : undefined
    if (field === undefined && of.open === true) continue
    if (field === undefined) said(`${path}.${key}`, 'field not declared in schema', faults)
    else typed(field.type, field, item, `${path}.${key}`, faults)
  }
}

function typed(type: FieldType, field: Field | undefined, value: unknown, path: string, faults: string[]): void {
  if (value === null || value === undefined || type.kind === 'json') return
  if (type.kind === 'open') return
  if (type.kind === 'struct') struct(type.definition, value, path, faults)
  else if (type.kind === 'ref') {
    const below = definition(type.name)
    if (below !== undefined) struct(below, value, path, faults)
  } else if (type.kind === 'list') list(type, field, value, path, faults)
  else if (type.kind === 'map') {
    if (!isObject(value)) return said(path, `expected map, got ${shown(value)}`, faults)
    for (const [key, item] of Object.entries(value)) typed(type.values, undefined, item, `${path}.${key}`, faults)
  } else scalar(type.kind, value, path, faults)
}

function list(
  type: Extract<FieldType, { kind: 'list' }>,
  field: Field | undefined,
  value: unknown,
  path: string,
  faults: string[],
): void {
  if (!Array.isArray(value)) return said(path, `expected list, got ${shown(value)}`, faults)
  const seen = new Set<string>()
  for (const [index, item] of value.entries()) {
    const element = elementOf(field, item, index)
    if (seen.has(element)) said(path, `duplicate entries for key ${element}`, faults)
    seen.add(element)
    typed(type.items, undefined, item, path + element, faults)
  }
}

/** How a path names an element: by index, by value, by its keys (by index when it has none of them). */
function elementOf(field: Field | undefined, item: unknown, index: number): string {
  if (field?.listType === 'set') return `[=${JSON.stringify(item)}]`
  if (field?.listType !== 'map' || !isObject(item)) return `[${index}]`
  const keys = [...(field.mapKeys ?? [])].sort().flatMap((key) => {
    const value = own(item, key) ?? (key === 'protocol' ? 'TCP' : undefined)
    return value === undefined || value === null ? [] : [`${key}=${JSON.stringify(value)}`]
  })
  return keys.length === 0 ? `[${index}]` : `[${keys.join(',')}]`
}

const goType = (value: unknown): string =>
  typeof value === 'string'
    ? 'string'
    : typeof value === 'boolean'
      ? 'bool'
      : Array.isArray(value)
        ? '[]interface {}'
        : 'map[string]interface {}'

function scalar(kind: string, value: unknown, path: string, faults: string[]): void {
  const kindOf = typeof value
  if (kind === 'string' || kind === 'time' || kind === 'micro-time' || kind === 'bytes') {
    if (kindOf !== 'string') said(path, `expected string, got ${shown(value)}`, faults)
  } else if (kind === 'boolean') {
    if (kindOf !== 'boolean') said(path, `expected boolean, got ${shown(value)}`, faults)
  } else if (kind === 'quantity' || kind === 'int-or-string') {
    if (kindOf === 'object') said(path, `expected any scalar, got ${shown(value)}`, faults)
  } else if (kindOf !== 'number') said(path, `expected numeric (int or float), got ${goType(value)}`, faults)
}

function said(path: string, why: string, faults: string[]): void {
  faults.push(path === '' ? why : `${path}: ${why}`)
}

/** A value as the messages print it: the reflection of a decoded JSON value. */
function shown(value: unknown): string {
  return `&value.valueUnstructured{Value:${typeof value === 'string' ? JSON.stringify(value) : String(JSON.stringify(value))}}`
}
