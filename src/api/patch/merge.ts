/**
 * JSON merge patch: objects are merged, null removes a field, everything else replaces.
 * Source: RFC 7386; https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
 */
import { PatchError } from './patch-error.ts'
import type { JsonObject } from './values.ts'
import { goWord, isObject, own } from './values.ts'

/** Applies a merge patch. Pure; parts that do not change keep their reference. Throws when the patch is no object. */
export function mergePatch<T>(original: T, patch: unknown): T {
  if (!isObject(patch))
    throw new PatchError(
      'BadRequest',
      `error decoding patch: json: cannot unmarshal ${goWord(patch)} into Go value of type map[string]interface {}`,
    )
  return merge(original, patch) as T
}

function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const base: JsonObject = isObject(target) ? target : {}
  const next = new Map(Object.entries(base))
  let changed = base !== target
  for (const [key, value] of Object.entries(patch)) {
    const before = own(base, key)
    const after = value === null || value === undefined ? undefined : merge(before, value)
    if (after === before && Object.hasOwn(base, key) === (after !== undefined)) continue
    changed = true
    if (after === undefined) next.delete(key)
    else next.set(key, after)
  }
  return changed ? Object.fromEntries(next) : target
}
