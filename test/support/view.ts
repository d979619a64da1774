/** A View over a handful of objects, for tables of reconcile tests: no store, no kernel. */
import type { Kind } from '../../src/api/kind.ts'
import { type KubeObject, keyOf } from '../../src/api/object.ts'
import { createRegistry } from '../../src/api/registry.ts'
import { kinds } from '../../src/kinds/index.ts'
import type { View } from '../../src/store/view.ts'

export const t0 = 1_767_225_600_000

/** Builds a view of the given objects at `now` (ms). Kinds are found by apiVersion and kind among the built-in ones. */
export function viewOf(objects: readonly KubeObject[], now: number = t0, revision = 1000): View {
  const registry = createRegistry(kinds)
  const sorted = [...objects].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const kindOf = (object: KubeObject) => registry.byKind(object.apiVersion, object.kind)
  const kindFor = (kind: Kind | string) => (typeof kind === 'string' ? registry.byResource(kind) : kind)
  const list = (kind: Kind | string, namespace?: string) =>
    sorted.filter((o) => kindOf(o) === kindFor(kind) && (namespace === undefined || o.metadata.namespace === namespace))
  const owners = (o: KubeObject) => (o.metadata.ownerReferences ?? []).map((r) => r.uid)
  return {
    revision,
    now,
    list,
    kindOf,
    get: (kind, namespace, name) =>
      list(kind).find((o) => (o.metadata.namespace ?? '') === namespace && o.metadata.name === name),
    count: (kind) => list(kind).length,
    by: (kind, index, value) =>
      list(kind).filter((o) =>
        (index === 'owner' ? owners(o) : (kindFor(kind)?.indexes?.[index]?.(o) ?? [])).includes(value),
      ),
    dependents: (uid) => sorted.filter((o) => owners(o).includes(uid)),
    owner: (ref, namespace) =>
      sorted.find(
        (o) =>
          o.apiVersion === ref.apiVersion &&
          o.kind === ref.kind &&
          o.metadata.name === ref.name &&
          ['', namespace].includes(o.metadata.namespace ?? ''),
      ),
  }
}
