/**
 * Lays an applied object over the live one, and takes paths out of an object.
 * Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */
import type { FieldSet } from './field-set.ts'
import { isEmpty } from './field-set.ts'
import type { Shape } from './shape.ts'
import { assemble, partsOf, shapeBelow } from './shape.ts'

/** The live object with everything the applied one says; leaves are replaced, parts are merged. Pure. */
export function overlay(shape: Shape, live: unknown, applied: unknown): unknown {
  if (applied === undefined) return live
  if (live === undefined || live === applied) return applied
  const [old, wanted] = [partsOf(shape, live), partsOf(shape, applied)]
  if (old === undefined || wanted === undefined) return applied
  const merged = new Map<string, unknown>()
  for (const element of mergedOrder([...old.keys()], [...wanted.keys()])) {
    merged.set(element, overlay(shapeBelow(shape, element), old.get(element), wanted.get(element)))
  }
  const keys = [...merged.keys()]
  const same =
    merged.size === old.size && [...old].every(([key, item], at) => keys[at] === key && merged.get(key) === item)
  return same ? live : assemble(shape, merged)
}

/** The applied order for what is applied; what only the live object has stays after its predecessor. */
function mergedOrder(live: readonly string[], applied: readonly string[]): string[] {
  const [inLive, inApplied] = [new Set(live), new Set(applied)]
  const shared = applied.filter((element) => inLive.has(element))
  const order: string[] = []
  let [left, right, next] = [0, 0, 0]
  while (left < live.length || right < applied.length) {
    const [old, wanted] = [live[left], applied[right]]
    if (old !== undefined && old === wanted) {
      order.push(old)
      left++
      right++
      if (shared[next] === old) next++
    } else if (old !== undefined && !inApplied.has(old)) {
      order.push(old)
      left++
    } else if (old !== undefined && wanted !== undefined && shared[next] !== undefined && shared[next] !== old) {
      left++
    } else if (wanted !== undefined) {
      order.push(wanted)
      right++
      if (shared[next] === wanted) next++
    } else left++
  }
  return [...new Set(order)]
}

/** The object without the paths of the set; parts of which nothing is left go too. Pure. */
export function without(shape: Shape, value: unknown, removed: FieldSet): unknown {
  const parts = partsOf(shape, value)
  if (parts === undefined || isEmpty(removed)) return value
  const kept = new Map<string, unknown>()
  let changed = false
  for (const [element, item] of parts) {
    const below = removed.children.get(element)
    const next = removed.members.has(element)
      ? undefined
      : below === undefined
        ? item
        : without(shapeBelow(shape, element), item, below)
    if (next !== item) changed = true
    if (next !== undefined) kept.set(element, next)
  }
  if (!changed) return value
  return kept.size === 0 ? undefined : assemble(shape, kept)
}
