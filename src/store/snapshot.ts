/**
 * The API's state as one immutable value: a root record over one persistent ordered tree for each kind, whose
 * leaves are frozen objects. Secondary indexes are trees too, so a fork is a pointer. The only door to immer.
 */
import { type Draft, produce } from 'immer'
import type { Kind } from '../api/kind.ts'
import { type KubeObject, keyOf, type ResourceKey } from '../api/object.ts'
import { deepFreeze } from '../lib/deep-freeze.ts'
import { emptyOrdered, type Ordered, orderedOf, valuesWithPrefix, withEntry, withoutKey } from '../lib/ordered.ts'

/** `indexes` holds `resource#index` → tree of `value\0key` with the key as its value. */
export interface Snapshot {
  /** The number of the last committed change; resourceVersions are these. */
  readonly revision: number
  /** Cluster time of the last change in ms. */
  readonly time: number
  readonly collections: Readonly<Record<ResourceKey, Ordered<KubeObject>>>
  readonly indexes: Readonly<Record<string, Ordered<string>>>
}

const separator = '\u0000'

/** The snapshot before anything was written. */
export function emptySnapshot(time: number): Snapshot {
  return frozen({ revision: 0, time, collections: {}, indexes: {} })
}

/** A snapshot that begins with these frozen objects of kinds without indexes, all of one revision. */
export function startedWith(
  snapshot: Snapshot,
  objects: Readonly<Record<ResourceKey, readonly KubeObject[]>>,
): Snapshot {
  const trees = Object.entries(objects).map(([resource, list]) => [
    resource,
    orderedOf(list.map((object) => [keyOf(object), object] as const)),
  ])
  const collections = Object.freeze({ ...snapshot.collections, ...Object.fromEntries(trees) })
  return Object.freeze({ ...snapshot, revision: snapshot.revision + 1, collections })
}

/** Deeply frozen; already frozen parts are taken as they are. */
export const frozen = deepFreeze

/** Edits a frozen object by Immer: the recipe changes a draft, untouched parts stay shared. */
export function edited<T>(value: T, recipe: (draft: Draft<T>) => void): T {
  return produce(value, recipe)
}

export function objectAt(snapshot: Snapshot, resource: ResourceKey, key: string): KubeObject | undefined {
  return snapshot.collections[resource]?.get(key)
}

/** The index values of one object, `owner` (every owner's uid) included. */
export function indexValues(kind: Kind, object: KubeObject | undefined): Record<string, readonly string[]> {
  if (object === undefined) return {}
  const values: Record<string, readonly string[]> = {}
  const owners = object.metadata.ownerReferences
  if (owners !== undefined && owners.length > 0) values.owner = owners.map((owner) => owner.uid)
  for (const name in kind.indexes) values[name] = kind.indexes[name]?.(object) ?? []
  return values
}

type Trees = Record<string, Ordered<string>>

function reindex(
  changed: Trees,
  snapshot: Snapshot,
  kind: Kind,
  key: string,
  from?: KubeObject,
  to?: KubeObject,
): void {
  const before = indexValues(kind, from)
  const after = indexValues(kind, to)
  for (const index in { ...before, ...after }) {
    const gone = before[index] ?? []
    const come = after[index] ?? []
    const name = `${kind.resource}#${index}`
    for (const value of gone) if (!come.includes(value)) update(name, value, false)
    for (const value of come) if (!gone.includes(value)) update(name, value, true)
  }
  function update(name: string, value: string, present: boolean): void {
    const tree = changed[name] ?? snapshot.indexes[name] ?? emptyOrdered<string>()
    const entry = value + separator + key
    changed[name] = present ? withEntry(tree, entry, key) : withoutKey(tree, entry)
  }
}

/** The snapshot with one object put or removed, at the next revision. */
export function withObject(
  snapshot: Snapshot,
  kind: Kind,
  next: KubeObject | undefined,
  key: string,
  time: number,
): Snapshot {
  const tree = snapshot.collections[kind.resource] ?? emptyOrdered<KubeObject>()
  const previous = tree.get(key)
  const grown = next === undefined ? withoutKey(tree, key) : withEntry(tree, key, next)
  const trees: Trees = {}
  reindex(trees, snapshot, kind, key, previous, next)
  const indexes = Object.keys(trees).length === 0 ? snapshot.indexes : Object.freeze({ ...snapshot.indexes, ...trees })
  const collections = Object.freeze({ ...snapshot.collections, [kind.resource]: grown })
  return Object.freeze({ revision: snapshot.revision + 1, time, collections, indexes })
}

/** The keys an index holds for a value, in order; at most `limit`. */
export function indexedKeys(
  snapshot: Snapshot,
  resource: ResourceKey,
  index: string,
  value: string,
  limit?: number,
): string[] {
  const tree = snapshot.indexes[`${resource}#${index}`]
  if (tree === undefined) return []
  const prefix = value + separator
  return valuesWithPrefix(tree, prefix, limit)
}
