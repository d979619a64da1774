/**
 * The defaults the API server fills in before an object is validated and stored, for all built-in kinds.
 * Source: the "Defaults to" sentences of https://kubernetes.io/docs/reference/kubernetes-api/
 */
import { computedDefaults } from './default-functions.ts'
import { fixedDefaults } from './default-values.ts'
import type { Definition, FieldType } from './schema.ts'
import { definition, definitionName, shortName } from './schema.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * The object with all defaults of its kind. Pure: parts that need no default keep their reference, and so does the
 * whole object. Kinds that are not built in are returned as they are.
 */
export function applyDefaults<T extends object>(apiVersion: string, kind: string, object: T): T {
  const name = definitionName(apiVersion, kind)
  const root = name === undefined ? undefined : definition(name)
  return root === undefined ? object : (defaultStruct(root, object as Fields) as T)
}

/** A part of an object (a pod template's spec, say) with the defaults of its definition. */
export function applyDefaultsTo<T extends object>(name: string, part: T): T {
  const root = definition(name)
  if (root === undefined) throw new Error(`KYB-SCHEMA-UNKNOWN: no definition ${name}`)
  return defaultStruct(root, part as Fields) as T
}

/** A struct's own defaults first, then those of its fields, as Kubernetes orders them. */
function defaultStruct(struct: Definition, value: Fields): Fields {
  const short = shortName(struct.name) ?? ''
  const fixed = Object.hasOwn(fixedDefaults, short) ? fixedDefaults[short] : undefined
  const computed = Object.hasOwn(computedDefaults, short) ? computedDefaults[short] : undefined
  const filled = fixed === undefined ? value : fill(value, fixed)
  const complete = computed === undefined ? filled : computed(filled)
  let next: Record<string, unknown> | undefined
  for (const [key, item] of Object.entries(complete)) {
    const field = key === 'metadata' || !Object.hasOwn(struct.fields, key) ? undefined : struct.fields[key]
    const changed = field === undefined ? item : defaultType(field.type, item)
    if (changed !== item) {
      next ??= { ...complete }
      next[key] = changed
    }
  }
  return next ?? complete
}

function defaultType(type: FieldType, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (type.kind === 'ref') {
    const struct = definition(type.name)
    return struct === undefined || Array.isArray(value) ? value : defaultStruct(struct, value as Fields)
  }
  if (type.kind === 'list' && Array.isArray(value)) {
    const items = value.map((item) => defaultType(type.items, item))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  if (type.kind !== 'map' || Array.isArray(value) || type.values.kind !== 'ref') return value
  const entries = Object.entries(value).map(([key, item]) => [key, defaultType(type.values, item)] as const)
  return entries.some(([key, item]) => item !== (value as Fields)[key]) ? Object.fromEntries(entries) : value
}

/** Sets fields that are absent. A value whose Go field is no pointer is also set over '' or 0: see `zero`. */
function fill(value: Fields, fixed: { unset?: Fields; zero?: Fields }): Fields {
  let next: Record<string, unknown> | undefined
  const set = (key: string, fallback: unknown) => {
    next ??= { ...value }
    next[key] = fallback
  }
  for (const [key, fallback] of Object.entries(fixed.unset ?? {})) {
    if (value[key] === undefined || value[key] === null) set(key, fallback)
  }
  for (const [key, fallback] of Object.entries(fixed.zero ?? {})) {
    if (value[key] === undefined || value[key] === null || value[key] === '' || value[key] === 0) set(key, fallback)
  }
  return next ?? value
}
