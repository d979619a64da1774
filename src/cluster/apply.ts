/**
 * Declarative apply as `kubectl apply` does it: create with the last-applied annotation, or a three-way merge of what was
 * applied last, what is applied now and what is live. What others own (an autoscaler's replicas) stays.
 * Source: https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { mergePatch } from '../api/patch/merge.ts'
import { strategicMergePatch } from '../api/patch/strategic.ts'
import type { Registry } from '../api/registry.ts'
import { type Definition, definition, type FieldType } from '../api/schema/schema.ts'
import { equal } from '../lib/equal.ts'
import type { Create, Update } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { shownFrom } from './selecting.ts'
import { unknownKind } from './unknown-kind.ts'

export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** The object with the annotation that remembers what was applied, as kubectl writes it. */
export function withLastApplied(object: KubeObject): KubeObject {
  const annotations = { ...object.metadata.annotations }
  delete annotations[lastApplied]
  const bare = { ...object, metadata: { ...object.metadata, annotations } }
  const text = `${JSON.stringify(bare)}\n`
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [lastApplied]: text } } }
}

/** What is to be stored: `live` with `wanted` laid over it and with what was applied before and is no longer taken away. */
export function threeWay(kind: Kind, live: KubeObject, wanted: KubeObject): KubeObject {
  const before = previouslyApplied(live)
  const modified = withLastApplied(wanted)
  const root = kind.schema === undefined ? undefined : definition(kind.schema)
  const removals = (before === undefined ? {} : removed(root, before, modified)) as object
  if (root === undefined) return mergePatch(mergePatch(live, removals), modified) as KubeObject
  const without = strategicMergePatch(kind.schema as string, live, removals)
  return strategicMergePatch(kind.schema as string, without, modified)
}

function previouslyApplied(live: KubeObject): unknown {
  const text = live.metadata.annotations?.[lastApplied]
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What applying `wanted` comes to, as kubectl apply does it: a create, or an update with what the three-way merge says. */
export function applied(
  view: View,
  registry: Registry,
  wanted: KubeObject,
): { kind: Kind; transition: Create | Update } {
  const kind = registry.byKind(wanted.apiVersion, wanted.kind)
  if (kind?.served !== true) throw unknownKind(wanted)
  const namespace = kind.namespaced ? (wanted.metadata?.namespace ?? 'default') : ''
  const object = { ...wanted, metadata: { ...wanted.metadata, ...(kind.namespaced ? { namespace } : {}) } }
  const name = object.metadata.name
  const live = name === undefined ? undefined : view.get(kind, namespace, name)
  const { apiVersion, resource } = kind
  const said = { apiVersion, fieldValidation: 'Strict', manager: 'kubectl-client-side-apply' } as const
  if (live === undefined)
    return { kind, transition: { type: 'create', resource, namespace, object: withLastApplied(object), ...said } }
  const next = threeWay(kind, shownFrom(kind, live), object)
  return { kind, transition: { type: 'update', ref: { resource, namespace, name }, object: next, ...said } }
}

type Dict = Readonly<Record<string, unknown>>
const isDict = (value: unknown): value is Dict => value !== null && typeof value === 'object' && !Array.isArray(value)

/** A strategic patch that only removes: fields (null) and keyed list elements (`$patch: delete`) that are gone. */
function removed(struct: Definition | undefined, before: unknown, after: unknown): unknown {
  if (!isDict(before) || !isDict(after)) return {}
  const patch: Record<string, unknown> = {}
  for (const [name, old] of Object.entries(before)) {
    const now = after[name]
    const field = struct?.fields[name]
    if (now === undefined) patch[name] = null
    else if (isDict(old) && isDict(now)) put(patch, name, removed(structOf(field?.type), old, now))
    else if (Array.isArray(old) && Array.isArray(now) && field?.mergeKey !== undefined) {
      put(patch, name, removedElements(field.mergeKey, structOf(field.type), old, now))
    }
  }
  return patch
}

function removedElements(
  mergeKey: string,
  struct: Definition | undefined,
  before: unknown[],
  after: unknown[],
): unknown[] {
  const changes: unknown[] = []
  for (const element of before as Dict[]) {
    const key = element[mergeKey]
    const same = (after as Dict[]).find((one) => equal(one[mergeKey], key))
    if (same === undefined) changes.push({ $patch: 'delete', [mergeKey]: key })
    else {
      const inner = removed(struct, element, same) as Dict
      if (Object.keys(inner).length > 0) changes.push({ ...inner, [mergeKey]: key })
    }
  }
  return changes
}

function put(patch: Record<string, unknown>, name: string, value: unknown): void {
  const empty = Array.isArray(value) ? value.length === 0 : Object.keys(value as object).length === 0
  if (!empty) patch[name] = value
}

function structOf(type: FieldType | undefined): Definition | undefined {
  if (type?.kind === 'ref') return definition(type.name)
  if (type?.kind === 'list') return structOf(type.items)
  return undefined
}
