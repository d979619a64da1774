/**
 * Pruning and defaulting of custom resources: what the schema does not know goes, what it has a default for and the
 * object does not say comes.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning and #defaulting
 */
import { type Fields, isFields, type Structural, schemaOf } from './schema.ts'

export interface Pruned {
  readonly value: unknown
  /** Paths of what the schema does not know, as `spec.foo` or `spec.list[0].foo`. */
  readonly unknown: readonly string[]
}

const typeMeta = new Set(['apiVersion', 'kind', 'metadata'])

/** The object without fields its schema does not know. apiVersion, kind and metadata of the root always stay. */
export function pruned(schema: Structural, object: Fields): Pruned {
  const unknown: string[] = []
  const value = prunedFields(schema, object, '', true, unknown)
  return { value, unknown }
}

function prunedValue(schema: Structural | undefined, value: unknown, path: string, unknown: string[]): unknown {
  if (schema === undefined) return value
  if (Array.isArray(value)) {
    const { items } = schema
    if (items === undefined) return value
    const next = value.map((item, index) => prunedValue(items, item, `${path}[${index}]`, unknown))
    return next.some((item, index) => item !== value[index]) ? next : value
  }
  if (!isFields(value)) return value
  return prunedFields(schema, value, path, schema['x-kubernetes-embedded-resource'] === true, unknown)
}

function prunedFields(schema: Structural, value: Fields, path: string, isResource: boolean, unknown: string[]): Fields {
  const keeps = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true
  let next: Record<string, unknown> | undefined
  for (const [key, item] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`
    if (isResource && typeMeta.has(key)) continue
    const below = schemaOf(schema, key)
    if (below === undefined && !keeps) {
      unknown.push(at)
      next ??= { ...value }
      delete next[key]
      continue
    }
    const kept = prunedValue(below, item, at, unknown)
    if (kept === item) continue
    next ??= { ...value }
    next[key] = kept
  }
  return next ?? value
}

/** The object with the defaults of its schema. Nulls that may not be go, or give way to the default. Parts without defaults keep their reference. */
export function defaulted<T>(schema: Structural, value: T): T {
  return defaultedValue(schema, value) as T
}

function defaultedValue(schema: Structural | undefined, value: unknown): unknown {
  if (schema === undefined) return value
  if (Array.isArray(value)) {
    const next = value.map((item) => defaultedValue(schema.items, item))
    return next.some((item, index) => item !== value[index]) ? next : value
  }
  if (!isFields(value)) return value
  let next: Record<string, unknown> | undefined
  for (const [key, below] of Object.entries(schema.properties ?? {})) {
    const given = value[key]
    const missing = given === undefined || (given === null && below.nullable !== true)
    if (!missing || (given === undefined && below.default === undefined)) continue
    next ??= { ...value }
    if (below.default !== undefined) next[key] = below.default
    else delete next[key]
  }
  const filled = next ?? value
  for (const [key, item] of Object.entries(filled)) {
    const made = defaultedValue(schemaOf(schema, key), item)
    if (made === item) continue
    next ??= { ...value }
    next[key] = made
  }
  return next ?? value
}
