/** A View over one snapshot. Nothing is copied but the answers. */
import type { Kind } from '../api/kind.ts'
import { type KubeObject, objectKey, type ResourceKey } from '../api/object.ts'
import type { Registry } from '../api/registry.ts'
import { valuesWithPrefix } from '../lib/ordered.ts'
import { Latest } from './latest.ts'
import { indexedKeys, type Snapshot } from './snapshot.ts'
import type { View } from './view.ts'

/** Reads `snapshot`; `now` is the clock in ms, `latest` the lookups of the newest snapshot when there are any. */
export function viewOver(snapshot: Snapshot, registry: Registry, now: number, latest = new Latest(snapshot)): View {
  const nameOf = (kind: Kind | ResourceKey): ResourceKey => (typeof kind === 'string' ? kind : kind.resource)
  const objects = (resource: ResourceKey, keys: readonly string[]): KubeObject[] =>
    keys.flatMap((key) => latest.at(snapshot, resource, key) ?? [])
  return {
    revision: snapshot.revision,
    now,
    get: (kind, namespace, name) => latest.at(snapshot, nameOf(kind), objectKey(namespace, name)),
    list(kind, namespace) {
      const tree = snapshot.collections[nameOf(kind)]
      if (tree === undefined) return []
      return namespace === undefined || namespace === '' ? tree.valuesArray() : valuesWithPrefix(tree, `${namespace}/`)
    },
    count: (kind) => snapshot.collections[nameOf(kind)]?.size ?? 0,
    by(kind, index, value) {
      const resource = nameOf(kind)
      return objects(resource, indexedKeys(snapshot, resource, index, value))
    },
    dependents: (uid) =>
      registry.kinds.flatMap((kind) => objects(kind.resource, indexedKeys(snapshot, kind.resource, 'owner', uid))),
    owner(reference, namespace) {
      const kind = registry.byKind(reference.apiVersion, reference.kind)
      if (kind === undefined) return undefined
      return latest.at(snapshot, kind.resource, objectKey(kind.namespaced ? namespace : '', reference.name))
    },
    kindOf: (object) => registry.byKind(object.apiVersion, object.kind),
  }
}
