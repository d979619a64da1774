/**
 * Who owns which fields: reading and writing `metadata.managedFields`, and recording what an update changed.
 * Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
import type { KubeObject } from '../object.ts'
import { canonicalObject } from '../protobuf/canonical.ts'
import type { Comparison } from './field-compare.ts'
import { compare } from './field-compare.ts'
import type { FieldSet } from './field-set.ts'
import { difference, emptySet, fromFieldsV1, isEmpty, sameSet, toFieldsV1, union } from './field-set.ts'
import { type MergeSchema, shapeOf } from './shape.ts'
import type { JsonObject } from './values.ts'
import { isObject, own } from './values.ts'

/** One entry of managedFields as Kubernetes writes it. */
export interface ManagedFieldsEntry {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly time?: string
  readonly fieldsType: 'FieldsV1'
  readonly fieldsV1: JsonObject
  readonly subresource?: string
}

/** One manager with the set of fields it owns. */
export interface Manager {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly time?: string
  readonly subresource: string
  readonly set: FieldSet
}

/** Who writes. `now` is RFC 3339 with seconds, in UTC. */
export interface Writer {
  readonly manager: string
  /** The time of the write; none is kept for a write through the scale subresource. */
  readonly now?: string
  readonly subresource?: string
  /** An object as another version shows it, with that version's definition; undefined when there is no such version. */
  readonly translate?: Translate
}

export type Translate = (
  object: JsonObject,
  apiVersion: string,
) => { readonly name: MergeSchema; readonly object: JsonObject } | undefined

/** The fields that nobody owns because the server or the request's address sets them. */
const unowned = fromFieldsV1({
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:clusterName': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
  },
})

/** A set without the fields that nobody owns. */
export function ownable(set: FieldSet): FieldSet {
  return difference(set, unowned)
}

/** A comparison without the fields that nobody owns. */
export function ownableComparison(found: Comparison): Comparison {
  return { added: ownable(found.added), removed: ownable(found.removed), modified: ownable(found.modified) }
}

/** The key by which an entry is found again: an applier is the same manager in every version. */
export function managerKey(manager: Pick<Manager, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  const version = manager.operation === 'Apply' ? '' : manager.apiVersion
  return JSON.stringify([manager.manager, manager.operation, version, manager.subresource])
}

/** The managers of an object by key; entries that are no entries are skipped. */
export function managersOf(object: unknown): Map<string, Manager> {
  const entries = entriesOf(object)
  return new Map(entries.filter(isObject).map((entry) => withKey(decode(entry))))
}

function entriesOf(object: unknown): readonly unknown[] {
  const metadata = isObject(object) ? own(object, 'metadata') : undefined
  const entries = isObject(metadata) ? own(metadata, 'managedFields') : undefined
  return Array.isArray(entries) ? entries : []
}

function withKey(manager: Manager): [string, Manager] {
  return [managerKey(manager), manager]
}

function decode(entry: JsonObject): Manager {
  const time = own(entry, 'time')
  return {
    manager: String(own(entry, 'manager') ?? ''),
    operation: own(entry, 'operation') === 'Apply' ? 'Apply' : 'Update',
    apiVersion: String(own(entry, 'apiVersion') ?? ''),
    subresource: String(own(entry, 'subresource') ?? ''),
    ...(typeof time === 'string' ? { time } : {}),
    set: fromFieldsV1(own(entry, 'fieldsV1')),
  }
}

/** The entries as they are stored: appliers first, then by time, name, version and subresource. */
export function entriesFrom(managers: Iterable<Manager>): ManagedFieldsEntry[] {
  const kept = [...managers].filter((manager) => !isEmpty(manager.set))
  return kept.sort(byAge).map((each) => ({
    apiVersion: each.apiVersion,
    fieldsType: 'FieldsV1' as const,
    fieldsV1: toFieldsV1(each.set),
    manager: each.manager,
    operation: each.operation,
    ...(each.time === undefined ? {} : { time: each.time }),
    ...(each.subresource === '' ? {} : { subresource: each.subresource }),
  }))
}

function byAge(left: Manager, right: Manager): number {
  const order = (...pairs: [string, string][]) => {
    const differing = pairs.find(([a, b]) => a !== b)
    return differing === undefined ? 0 : differing[0] < differing[1] ? -1 : 1
  }
  return order(
    [left.operation, right.operation],
    [left.time ?? '', right.time ?? ''],
    [left.manager, right.manager],
    [left.apiVersion, right.apiVersion],
    [left.subresource, right.subresource],
  )
}

/** What a write did as the managers of one version see it; undefined for a version that is no longer served. */
export type Seen = (apiVersion: string) => Comparison | undefined

/** What became of `before` by a write that made it `after`, in the version written and in every other one asked for. */
export function seenBy(
  found: Comparison,
  before: JsonObject | undefined,
  after: JsonObject,
  apiVersion: string,
  translate: Translate | undefined,
): Seen {
  if (translate === undefined) return () => found
  const known = new Map<string, Comparison | undefined>([[apiVersion, found]])
  return (version) => {
    if (!known.has(version)) known.set(version, compared(translate, before, after, version))
    return known.get(version)
  }
}

function compared(
  translate: Translate,
  before: JsonObject | undefined,
  after: JsonObject,
  version: string,
): Comparison | undefined {
  const now = translate(after, version)
  if (now === undefined) return undefined
  const then = before === undefined ? undefined : translate(before, version)
  return comparison(now.name, then?.object, now.object)
}

/** The managers other than one, without the paths taken from them; those who own nothing more are left out. */
export function takeFrom(managers: ReadonlyMap<string, Manager>, seen: Seen, except?: string): Map<string, Manager> {
  const left = new Map<string, Manager>()
  for (const [key, manager] of managers) {
    const found = key === except ? undefined : seen(manager.apiVersion)
    if (key === except) left.set(key, manager)
    if (found === undefined) continue
    const set = difference(manager.set, union(union(found.added, found.modified), found.removed))
    if (!isEmpty(set)) left.set(key, { ...manager, set })
  }
  return left
}

/**
 * The object as its Go struct is written: parts that are always there, even empty, are nobody's to add or remove.
 */
function complete(name: MergeSchema, object: JsonObject): JsonObject {
  const { apiVersion, kind } = object
  if (name === undefined || typeof apiVersion !== 'string' || typeof kind !== 'string') return object
  return canonicalObject(object as unknown as KubeObject) as unknown as JsonObject
}

/**
 * The managedFields of `after`, written by an update, patch or create (`before` is undefined). The writer gains what it
 * added or changed; others lose what it changed or removed. An object whose sender cleared managedFields (`[{}]`) loses
 * all of them. `after` is compared as it will be stored: with defaults.
 */
export function trackUpdate(
  name: MergeSchema,
  before: JsonObject | undefined,
  after: JsonObject,
  writer: Writer,
): readonly ManagedFieldsEntry[] {
  const sent = entriesOf(after)
  if (sent.length === 1 && isObject(sent[0]) && Object.keys(sent[0]).length === 0) return []
  const managers = managersOf(sent.length > 0 ? after : before)
  const found = comparison(name, before, after)
  const identity = {
    manager: writer.manager,
    operation: 'Update' as const,
    apiVersion: String(own(after, 'apiVersion') ?? ''),
    subresource: writer.subresource ?? '',
  }
  const gained = union(found.added, found.modified)
  const next = takeFrom(managers, seenBy(found, before, after, identity.apiVersion, writer.translate))
  if (!isEmpty(gained)) {
    const key = managerKey(identity)
    next.set(key, { ...identity, ...timed(writer), set: union(gained, next.get(key)?.set ?? emptySet) })
  }
  return sameManagers(managers, next)
    ? (entriesOf(sent.length > 0 ? after : before) as ManagedFieldsEntry[])
    : entriesFrom(capped(next).values())
}

/** The time an entry gets. */
export function timed(writer: Writer): { time?: string } {
  return writer.now === undefined ? {} : { time: writer.now }
}

/** What an update changed, with the parts of Go's structs that are always there on both sides. */
function comparison(name: MergeSchema, before: JsonObject | undefined, after: JsonObject): Comparison {
  const { apiVersion, kind } = after
  const old = complete(name, before ?? { apiVersion, kind, metadata: {} })
  return ownableComparison(compare(shapeOf(name), old, complete(name, after)))
}

/** The most entries that updates may have; the oldest beyond it become one entry, as nobody asks for them by name. */
const maxUpdaters = 10
const ancient = 'ancient-changes'

function capped(managers: ReadonlyMap<string, Manager>): Map<string, Manager> {
  const updaters = [...managers].filter(([, each]) => each.operation === 'Update').sort(([, a], [, b]) => byAge(a, b))
  const result = new Map(managers)
  for (const [key, oldest] of updaters.slice(0, Math.max(0, updaters.length - maxUpdaters + 1))) {
    if (updaters.length <= maxUpdaters || oldest.manager === ancient) continue
    const bucket = { ...oldest, manager: ancient, subresource: '' }
    const known = result.get(managerKey(bucket))?.set ?? emptySet
    result.delete(key)
    result.set(managerKey(bucket), { ...bucket, set: union(known, oldest.set) })
  }
  return result
}

function sameManagers(left: ReadonlyMap<string, Manager>, right: ReadonlyMap<string, Manager>): boolean {
  if (left.size !== right.size) return false
  return [...left].every(([key, manager]) => {
    const other = right.get(key)
    return other !== undefined && other.time === manager.time && sameSet(other.set, manager.set)
  })
}
