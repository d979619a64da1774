/** A past moment as controllers and the scheduler see the present: a view with its indexes. */
import type { KubeObject } from '../api/object.ts'
import type { Registry } from '../api/registry.ts'
import { orderedOf } from '../lib/ordered.ts'
import { Latest } from '../store/latest.ts'
import { viewOver } from '../store/read.ts'
import { emptySnapshot, type Snapshot, withObject } from '../store/snapshot.ts'
import type { View } from '../store/view.ts'
import type { Past } from './past.ts'

/** Of these resources. */
export function viewOfPast(registry: Registry, past: Past, resources: readonly string[]): View {
  let snapshot: Snapshot = { ...emptySnapshot(past.time), revision: past.revision }
  const all = past.objects()
  for (const resource of resources) {
    const kind = registry.kinds.find((one) => one.resource === resource)
    const objects = all.get(resource) ?? []
    if (kind === undefined) continue
    if (Object.keys(kind.indexes ?? {}).length === 0) {
      const tree = orderedOf(objects.map((one) => [keyIn(one), one] as const))
      snapshot = { ...snapshot, collections: { ...snapshot.collections, [resource]: tree } }
    } else for (const one of objects) snapshot = withObject(snapshot, kind, one, keyIn(one), past.time)
  }
  return viewOver({ ...snapshot, revision: past.revision }, registry, past.time, new Latest(snapshot))
}

function keyIn({ metadata: { namespace = '', name } }: KubeObject): string {
  return namespace === '' ? name : `${namespace}/${name}`
}
