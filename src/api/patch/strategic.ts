/**
 * Strategic merge patch: like a merge patch, but lists with a merge key are merged element by element, and directives
 * (`$patch`, `$retainKeys`, `$setElementOrder/x`, `$deleteFromPrimitiveList/x`) say what merging alone cannot.
 * Source: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
import type { Definition, Field, FieldType } from '../schema/schema.ts'
import { definition } from '../schema/schema.ts'
import { goValue, PatchError } from './patch-error.ts'
import { checkOrder, inOrder } from './strategic-order.ts'
import type { JsonObject } from './values.ts'
import { equal, isObject, own } from './values.ts'

const orderPrefix = '$setElementOrder/'
const deletePrefix = '$deleteFromPrimitiveList/'

/**
 * Applies a strategic merge patch to an object of the named definition. Pure; parts that do not change keep their
 * reference. Throws `BadRequest` for malformed directives and `InternalError` for elements without their merge key.
 */
export function strategicMergePatch<T>(name: string, original: T, patch: unknown): T {
  const root = definition(name)
  if (root === undefined) throw new Error(`KYB-SCHEMA-UNKNOWN: no definition ${name}`)
  if (!isObject(original) || !isObject(patch)) throw new PatchError('BadRequest', 'invalid JSON document')
  return mergeMap(root, original, patch) as T
}

/** Merges a patch into a map; without a definition lists are replaced. */
function mergeMap(struct: Definition | undefined, original: JsonObject, patch: JsonObject): JsonObject {
  const directive = own(patch, '$patch')
  if (directive === 'replace') return withoutDirectives(omit(patch, '$patch')) as JsonObject
  if (directive === 'delete') return {}
  if (directive !== undefined && directive !== 'merge') throw badDirective(directive, patch)
  const result = new Map(Object.entries(original))
  retainKeys(result, patch)
  const ordered = mergeOrderedLists(struct, result, patch)
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$patch' || key === '$retainKeys' || key.startsWith(orderPrefix) || ordered.has(key)) continue
    if (key.startsWith(deletePrefix)) deletePrimitives(result, key.slice(deletePrefix.length), value)
    else mergeKey(fieldIn(struct, key), result, key, value)
  }
  return sameEntries(original, result) ? original : Object.fromEntries(result)
}

function mergeKey(field: Field | undefined, result: Map<string, unknown>, key: string, value: unknown): void {
  if (value === null) return void result.delete(key)
  const before = result.get(key)
  if (isObject(before) && isObject(value)) {
    const replaced = field?.patchStrategy.includes('replace') === true
    result.set(key, replaced ? withoutDirectives(value) : mergeMap(structOf(field?.type), before, value))
  } else if (Array.isArray(before) && Array.isArray(value)) {
    result.set(key, mergeList(field, before, value))
  } else {
    const next = withoutDirectives(value)
    if (next !== undefined) result.set(key, next)
  }
}

/** Handles every `$setElementOrder/x` together with the list x; returns the lists that are done with. */
function mergeOrderedLists(
  struct: Definition | undefined,
  result: Map<string, unknown>,
  patch: JsonObject,
): Set<string> {
  const done = new Set<string>()
  for (const [directive, order] of Object.entries(patch)) {
    if (!directive.startsWith(orderPrefix)) continue
    const key = directive.slice(orderPrefix.length)
    const field = fieldIn(struct, key)
    const list = own(patch, key)
    if (!Array.isArray(order) || (list !== undefined && list !== null && !Array.isArray(list))) {
      throw new PatchError('BadRequest', 'invalid patch format of setElementOrder list')
    }
    if (list === null) continue
    checkOrder(list ?? [], order, field?.mergeKey)
    done.add(key)
    const before = result.get(key)
    const present = Array.isArray(before)
    if (!present && list === undefined) continue
    const merged = !present
      ? (withoutDirectives(list) as unknown[])
      : list === undefined
        ? before
        : mergeList(field, before, list)
    const deletions = own(patch, deletePrefix + key)
    const kept = Array.isArray(deletions) ? merged.filter((item) => !deletions.includes(item)) : merged
    const sorted = inOrder(kept, order, present ? before : [], field?.mergeKey)
    result.set(key, present && sameItems(before, sorted) ? before : sorted)
  }
  return done
}

function mergeList(
  field: Field | undefined,
  original: readonly unknown[],
  patch: readonly unknown[],
): readonly unknown[] {
  if (field?.patchStrategy.includes('merge') !== true) return withoutDirectives(patch) as unknown[]
  const both = [...original, ...patch]
  if (both.some(Array.isArray)) throw new PatchError('Invalid', 'lists of lists are not supported')
  if (!both.some(isObject)) {
    const merged = [...new Set(both)]
    return keepIfSame(original, inOrder(merged, patch, original, undefined))
  }
  if (field.mergeKey === undefined) {
    throw new PatchError('InternalError', `cannot merge lists without merge key for ${field.name}`)
  }
  const { kept, changes } = applyElementDirectives(original, patch, field.mergeKey)
  const merged = mergeElements(field, kept, changes, field.mergeKey)
  return keepIfSame(original, inOrder(merged, changes, kept, field.mergeKey))
}

/** Carries out `$patch: delete` and `$patch: replace` elements. */
function applyElementDirectives(original: readonly unknown[], patch: readonly unknown[], key: string) {
  let kept = original
  const changes: JsonObject[] = []
  let replace = false
  for (const item of patch) {
    if (!isObject(item)) throw new PatchError('InternalError', `expected a map, but received: ${goValue(item)}`)
    const directive = own(item, '$patch')
    if (directive === undefined) changes.push(item)
    else if (directive === 'replace') replace = true
    else if (directive === 'delete') {
      const value = keyOf(item, key)
      kept = kept.filter((each) => !isObject(each) || own(each, key) !== value)
    } else if (directive === 'merge') {
      throw new PatchError('InternalError', 'merging lists cannot yet be specified in the patch')
    } else throw badDirective(directive, item)
  }
  return replace ? { kept: changes.map((item) => withoutDirectives(item)), changes: [] } : { kept, changes }
}

function mergeElements(
  field: Field,
  original: readonly unknown[],
  changes: readonly JsonObject[],
  key: string,
): unknown[] {
  const struct = field.type.kind === 'list' ? structOf(field.type.items) : undefined
  const merged = [...original]
  for (const change of changes) {
    const value = keyOf(change, key)
    const index = merged.findIndex((item) => isObject(item) && own(item, key) === value)
    if (index < 0) merged.push(withoutDirectives(change))
    else merged[index] = mergeMap(struct, merged[index] as JsonObject, change)
  }
  return merged
}

function keyOf(item: JsonObject, key: string): unknown {
  if (Object.hasOwn(item, key)) return item[key]
  throw new PatchError('InternalError', `map: ${goValue(item)} does not contain declared merge key: ${key}`)
}

function retainKeys(result: Map<string, unknown>, patch: JsonObject): void {
  const keys = own(patch, '$retainKeys')
  if (keys === undefined) return
  const bad = () => new PatchError('BadRequest', 'invalid patch format of retainKeys list')
  if (!Array.isArray(keys)) throw bad()
  const kept = new Set(keys)
  for (const [key, value] of Object.entries(patch)) {
    if (!key.startsWith('$') && value !== null && !kept.has(key)) throw bad()
  }
  for (const key of [...result.keys()]) if (!kept.has(key)) result.delete(key)
}

function deletePrimitives(result: Map<string, unknown>, key: string, values: unknown): void {
  if (!Array.isArray(values)) throw new PatchError('BadRequest', 'invalid patch format of primitive list')
  const before = result.get(key)
  if (Array.isArray(before)) {
    result.set(
      key,
      keepIfSame(
        before,
        before.filter((item) => !values.includes(item)),
      ),
    )
  }
}

/** A value of the patch as it is stored when there is nothing to merge with: no directives, no nulls in maps. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined)
  if (!isObject(value)) return value
  if (own(value, '$patch') === 'delete') return undefined
  const kept: [string, unknown][] = []
  for (const [key, item] of Object.entries(value)) {
    const directive =
      key === '$patch' || key === '$retainKeys' || key.startsWith(orderPrefix) || key.startsWith(deletePrefix)
    const next = directive || item === null ? undefined : withoutDirectives(item)
    if (next !== undefined) kept.push([key, next])
  }
  return Object.fromEntries(kept)
}

function fieldIn(struct: Definition | undefined, key: string): Field | undefined {
  return struct !== undefined && Object.hasOwn(struct.fields, key) ? struct.fields[key] : undefined
}

/** The definition of a struct; the values of a map have none by name, and no built-in map holds mergeable lists. */
function structOf(type: FieldType | undefined): Definition | undefined {
  return type?.kind === 'ref' ? definition(type.name) : undefined
}

function omit(object: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))
}

function badDirective(directive: unknown, map: JsonObject): PatchError {
  return new PatchError('InternalError', `unknown patch type: ${goValue(directive)} in map: ${goValue(map)}`)
}

function keepIfSame(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  return sameItems(before, after) ? before : after
}

function sameItems(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.length === after.length && after.every((item, index) => equal(item, before[index]))
}

function sameEntries(before: JsonObject, after: ReadonlyMap<string, unknown>): boolean {
  const keys = Object.keys(before)
  return keys.length === after.size && keys.every((key) => after.has(key) && after.get(key) === before[key])
}
