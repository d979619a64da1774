/**
 * Which paths an object has, and which of them differ between two objects.
 * Source: https://github.com/kubernetes-sigs/structured-merge-diff (the behaviour, not the code)
 */
import type { FieldSet } from './field-set.ts'
import { emptySet, fieldSet } from './field-set.ts'
import type { Shape } from './shape.ts'
import { isNamed, partsOf, shapeBelow } from './shape.ts'
import { equal } from './values.ts'

/** The paths that only the new object has, only the old one has, and whose leaf differs. */
export interface Comparison {
  readonly added: FieldSet
  readonly removed: FieldSet
  readonly modified: FieldSet
}

/**
 * The paths of an object that somebody who applies it wants: leaves, keys of maps, elements of lists, empty parts.
 */
export function pathsOfObject(shape: Shape, value: unknown): FieldSet {
  const parts = partsOf(shape, value)
  if (parts === undefined) return emptySet
  const members: string[] = []
  const children: [string, FieldSet][] = []
  for (const [element, item] of parts) {
    const below = shapeBelow(shape, element)
    const nested = partsOf(below, item)
    if (nested === undefined || !isNamed(shape, element) || isEmptyMap(below, nested)) members.push(element)
    if (nested !== undefined) children.push([element, pathsOfObject(below, item)])
  }
  return fieldSet(members, children)
}

function isEmptyMap(shape: Shape, parts: ReadonlyMap<string, unknown>): boolean {
  return parts.size === 0 && shape.kind !== 'keyed' && shape.kind !== 'set'
}

/** Makes the named fields on the way to a path members, which a field's own absence from the set does not say. */
export function withNamedFields(shape: Shape, set: FieldSet): FieldSet {
  const named = [...set.children.keys()].filter((element) => isNamed(shape, element))
  return fieldSet(
    [...set.members, ...named],
    [...set.children].map(([element, child]) => [element, withNamedFields(shapeBelow(shape, element), child)] as const),
  )
}

const nothing: Comparison = { added: emptySet, removed: emptySet, modified: emptySet }

/** Compares two objects path by path. What is wholly new or gone is named itself and with everything below it. */
export function compare(shape: Shape, before: unknown, after: unknown): Comparison {
  if (before === after) return nothing
  const old = partsOf(shape, before) ?? new Map<string, unknown>()
  const now = partsOf(shape, after) ?? new Map<string, unknown>()
  const sets = { added: collector(), removed: collector(), modified: collector() }
  for (const element of new Set([...old.keys(), ...now.keys()])) {
    const below = shapeBelow(shape, element)
    const [left, right] = [old.get(element), now.get(element)]
    if (left === right && old.has(element) === now.has(element)) continue
    if (!old.has(element)) sets.added.members.push(element)
    else if (!now.has(element)) sets.removed.members.push(element)
    else if (isLeaf(below, left, right) && !equal(left, right)) sets.modified.members.push(element)
    if (isLeaf(below, left, right)) continue
    const deeper = compare(below, left, right)
    sets.added.children.push([element, deeper.added])
    sets.removed.children.push([element, deeper.removed])
    sets.modified.children.push([element, deeper.modified])
  }
  return {
    added: fieldSet(sets.added.members, sets.added.children),
    removed: fieldSet(sets.removed.members, sets.removed.children),
    modified: fieldSet(sets.modified.members, sets.modified.children),
  }
}

function collector(): { members: string[]; children: [string, FieldSet][] } {
  return { members: [], children: [] }
}

/** Two empty parts count as a leaf, and so does a part that changes between a leaf and something with parts. */
function isLeaf(shape: Shape, left: unknown, right: unknown): boolean {
  const [old, now] = [partsOf(shape, left), partsOf(shape, right)]
  if (isThere(left) && isThere(right) && (old === undefined) !== (now === undefined)) return true
  return (old?.size ?? 0) === 0 && (now?.size ?? 0) === 0
}

/** Null stands for a part that is always written and holds nothing: it is there, and everything below it is new. */
function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}
