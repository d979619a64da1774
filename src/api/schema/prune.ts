/**
 * Drops what decoding into Go's structs and encoding again would drop: unknown fields and nulls. A null in a list or as
 * a map's value becomes the zero value of its type; quantities and times get their canonical text. Returns the same reference when nothing changes.
 */
import { canonical } from './canonical.ts'
import type { Definition, FieldType } from './schema.ts'
import { definition, fieldOf, schemaless } from './schema.ts'

/** Prunes a value by the named definition. Without one only `metadata` is pruned and the rest is kept as it is. */
export function prune<T>(name: string | undefined, value: T): T {
  const root = name === undefined ? schemaless : definition(name)
  if (root === undefined) throw new Error(`KYB-SCHEMA-UNKNOWN: no definition ${name}`)
  return pruneStruct(root, value) as T
}

function pruneStruct(struct: Definition, value: unknown): unknown {
  if (!isObject(value)) return value
  return rebuild(value, (key, item) => {
    const field = fieldOf(struct, key)
    if (field === undefined) return undefined
    if (item === null) return field.type.kind === 'json' && struct === schemaless ? null : undefined
    return pruneType(field.type, item)
  })
}

function pruneType(type: FieldType, value: unknown): unknown {
  if (type.kind === 'ref') return pruneStruct(definition(type.name) ?? schemaless, value)
  if (type.kind === 'list' && Array.isArray(value)) {
    const items = value.map((item) => (item === null ? zero(type.items) : pruneType(type.items, item)))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  if (type.kind === 'map' && isObject(value)) {
    return rebuild(value, (_, item) => (item === null ? zero(type.values) : pruneType(type.values, item)))
  }
  return canonical(type, value)
}

/** Maps the entries of an object; `undefined` drops one. The same reference when nothing differs. */
function rebuild(value: Readonly<Record<string, unknown>>, change: (key: string, item: unknown) => unknown): unknown {
  let changed = false
  const next: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    const kept = change(key, item)
    if (kept !== item || kept === undefined) changed = true
    if (kept === undefined) continue
    if (key === '__proto__') Object.defineProperty(next, key, { value: kept, enumerable: true })
    else next[key] = kept
  }
  return changed ? next : value
}

function zero(type: FieldType): unknown {
  switch (type.kind) {
    case 'string':
    case 'bytes':
      return ''
    case 'int32':
    case 'int64':
    case 'number':
    case 'int-or-string':
      return 0
    case 'boolean':
      return false
    case 'quantity':
      return '0'
    case 'list':
      return []
    case 'map':
    case 'ref':
    case 'object':
      return {}
    default:
      return null
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
