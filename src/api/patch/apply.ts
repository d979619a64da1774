/**
 * Server-side apply: an applier says the fields it wants; it owns them, others' claims are conflicts, and what it wanted
 * before and wants no more goes unless somebody else owns it.
 * Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/, KEP-555
 */

import { canonicalJson } from '../../lib/digest.ts'
import { compare, pathsOfObject, withNamedFields } from './field-compare.ts'
import { overlay, without } from './field-merge.ts'
import type { FieldSet } from './field-set.ts'
import { difference, emptySet, intersection, isEmpty, singlePaths, union } from './field-set.ts'
import type { ManagedFieldsEntry, Manager, Writer } from './managed-fields.ts'
import {
  entriesFrom,
  managerKey,
  managersOf,
  ownable,
  ownableComparison,
  type Seen,
  seenBy,
  takeFrom,
  timed,
} from './managed-fields.ts'
import type { Shape } from './shape.ts'
import { type MergeSchema, shapeOf } from './shape.ts'
import type { JsonObject } from './values.ts'
import { equal, isObject, own } from './values.ts'

/** A field that another manager owns with another value: a cause of a 409. */
export interface Conflict {
  /** Who owns it, as Kubernetes prints it: `"kubectl" using apps/v1`. */
  readonly manager: string
  /** `.spec.replicas` */
  readonly path: string
  /** The same path as a set. */
  readonly at: FieldSet
}

/** Who applies, and whether it takes what others own. */
export interface Applier extends Writer {
  readonly force: boolean
}

/** With conflicts `object` is the live one; without, the merged one with its new managedFields, before defaults. */
export interface Applied {
  readonly object: JsonObject
  readonly conflicts: readonly Conflict[]
}

/**
 * Applies a configuration to the live object (`undefined` creates it). `name` is the kind's definition, `undefined` for
 * custom kinds, whose lists are owned as a whole. The configuration must have been checked, and hold no nulls. Pure; the
 * live object itself is returned when nothing changes.
 */
export function apply(name: MergeSchema, live: JsonObject | undefined, config: JsonObject, applier: Applier): Applied {
  const first = applyOnce(name, live, config, applier)
  if (applier.manager !== kubectl || live === undefined) return first
  const before = lastApplied(live)
  if (before === undefined) return first
  const own = unchangedSince(shapeOf(name), before, live)
  const others = first.conflicts.filter(({ at }) => isEmpty(intersection(at, own)))
  if (others.length > 0) return { object: live, conflicts: others }
  const { object } = first.conflicts.length === 0 ? first : applyOnce(name, live, config, { ...applier, force: true })
  return { object: withLastApplied(object, config), conflicts: [] }
}

function applyOnce(name: MergeSchema, live: JsonObject | undefined, config: JsonObject, applier: Applier): Applied {
  const shape = shapeOf(name)
  const wanted = withoutManagedFields(config)
  const base = live === undefined ? undefined : withoutManagedFields(live)
  const known = live === undefined ? new Map<string, Manager>() : managersOf(live)
  const managers = known.size === 0 && live !== undefined ? beforeFirstApply(shape, live, applier) : known
  const self = {
    manager: applier.manager,
    operation: 'Apply' as const,
    apiVersion: String(own(config, 'apiVersion') ?? ''),
    subresource: applier.subresource ?? '',
  }
  const key = managerKey(self)
  const last = managers.get(key)
  const claimed = new Map(managers)
  claimed.set(key, { ...self, ...timed(applier), set: ownable(pathsOfObject(shape, wanted)) })
  const merged = overlay(shape, base, wanted)
  const next = (prune(shape, merged, claimed, last?.set ?? emptySet) ?? {}) as JsonObject
  const found = ownableComparison(compare(shape, base ?? {}, next))
  const seen = seenBy(found, base, next, self.apiVersion, applier.translate)
  const conflicts = applier.force ? [] : conflictsWith(managers, seen, key)
  if (conflicts.length > 0) return { object: live ?? {}, conflicts }
  const left = takeFrom(claimed, seen, key)
  const same = base !== undefined && equal(next, base)
  if (same) left.set(key, { ...self, ...timeOf(last), set: (left.get(key) as Manager).set })
  return { object: withManagedFields(live, next, entriesFrom(left.values())), conflicts: [] }
}

/** The time of an entry that stays: an apply that changes nothing is not dated, not even the first one of its manager. */
function timeOf(last: Manager | undefined): { time?: string } {
  return last?.time === undefined ? {} : { time: last.time }
}

/** The manager that moves from client-side apply to server-side apply, and where the former kept its last word. */
const kubectl = 'kubectl'
const lastAppliedKey = 'kubectl.kubernetes.io/last-applied-configuration'

function lastApplied(live: JsonObject): JsonObject | undefined {
  const metadata = own(live, 'metadata')
  const annotations = isObject(metadata) ? own(metadata, 'annotations') : undefined
  const text = isObject(annotations) ? own(annotations, lastAppliedKey) : undefined
  if (typeof text !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The fields of client-side apply's last word that still have the value it gave them: kubectl may take those over. */
function unchangedSince(shape: Shape, before: JsonObject, live: JsonObject): FieldSet {
  const { added, removed, modified } = compare(shape, before, live)
  return difference(pathsOfObject(shape, before), union(union(added, removed), modified))
}

/** Server-side apply by kubectl keeps the annotation, so that going back to client-side apply finds it true. */
function withLastApplied(object: JsonObject, config: JsonObject): JsonObject {
  const metadata = own(object, 'metadata') as JsonObject
  const annotations = own(metadata, 'annotations') as JsonObject
  const said = own(config, 'metadata') as JsonObject
  const { [lastAppliedKey]: _old, ...rest } = (own(said, 'annotations') ?? {}) as Record<string, unknown>
  const { annotations: _all, ...bare } = said
  const kept = Object.keys(rest).length === 0 ? bare : { ...bare, annotations: rest }
  const text = `${canonicalJson({ ...config, metadata: kept })}\n`
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [lastAppliedKey]: text } } }
}

/** Whoever wrote an object of which nothing was recorded owns all of it. */
function beforeFirstApply(shape: Shape, live: JsonObject, applier: Applier): Map<string, Manager> {
  const manager: Manager = {
    manager: 'before-first-apply',
    operation: 'Update',
    apiVersion: String(own(live, 'apiVersion') ?? ''),
    subresource: '',
    ...timed(applier),
    set: ownable(pathsOfObject(shape, live)),
  }
  return isEmpty(manager.set) ? new Map() : new Map([[managerKey(manager), manager]])
}

/** Takes away what this applier applied last time and nobody owns now. */
function prune(shape: Shape, merged: unknown, managers: ReadonlyMap<string, Manager>, last: FieldSet): unknown {
  if (isEmpty(last)) return merged
  const named = (set: FieldSet) => withNamedFields(shape, set)
  const all = named(pathsOfObject(shape, merged))
  const owned = [...managers.values()].reduce((set, manager) => union(set, manager.set), emptySet)
  const bare = without(shape, merged, named(last))
  const present = named(pathsOfObject(shape, bare))
  const backed = without(shape, merged, difference(all, union(present, named(owned))))
  const remaining = named(pathsOfObject(shape, backed))
  return without(shape, merged, intersection(difference(all, remaining), named(last)))
}

function conflictsWith(managers: ReadonlyMap<string, Manager>, seen: Seen, self: string): Conflict[] {
  const found: Conflict[] = []
  for (const [key, manager] of managers) {
    const compared = key === self ? undefined : seen(manager.apiVersion)
    if (compared === undefined) continue
    const changed = union(compared.modified, compared.added)
    const at = intersection(manager.set, changed)
    for (const [path, only] of singlePaths(at)) found.push({ manager: printed(manager), path, at: only })
  }
  return found
}

function printed(manager: Manager): string {
  const who = JSON.stringify(manager.manager)
  const where = manager.subresource === '' ? who : `${who} with subresource "${manager.subresource}"`
  return manager.operation === 'Update' ? `${where} using ${manager.apiVersion}` : where
}

/** The message of the 409: one conflict in a line, several as a list under each manager. */
export function conflictMessage(conflicts: readonly Conflict[]): string {
  const [first] = conflicts
  if (first !== undefined && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.path}`
  }
  const managers = [...new Set(conflicts.map((conflict) => conflict.manager))].sort()
  const lines = managers.flatMap((manager) => [
    `conflicts with ${manager}:`,
    ...conflicts.filter((conflict) => conflict.manager === manager).map((conflict) => `- ${conflict.path}`),
  ])
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`
}

function withoutManagedFields(object: JsonObject): JsonObject {
  const metadata = own(object, 'metadata')
  if (!isObject(metadata) || !Object.hasOwn(metadata, 'managedFields')) return object
  const { managedFields: _dropped, ...rest } = metadata
  return { ...object, metadata: rest }
}

function withManagedFields(
  live: JsonObject | undefined,
  next: JsonObject,
  entries: readonly ManagedFieldsEntry[],
): JsonObject {
  const metadata = own(next, 'metadata')
  const object = { ...next, metadata: { ...(isObject(metadata) ? metadata : {}), managedFields: entries } }
  return live !== undefined && equal(live, object) ? live : object
}
