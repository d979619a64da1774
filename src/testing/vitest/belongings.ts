/** An object and what belongs to it, a line each, with the words that say how it is. */
import type { KubeObject } from '../../api/object.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { type ObjectHandle, on, statesOf } from './handle.ts'

/** Lines a story spends on them. */
const most = 12

/** What is owned by the object, directly or through others, owners first. */
export function belongingsOf({ cluster, object }: ObjectHandle): KubeObject[] {
  if (object === undefined) return []
  const found: KubeObject[] = []
  const owners = new Set([object.metadata.uid])
  const all = cluster.kinds.flatMap(({ resource }) => cluster.view.list(resource) as readonly KubeObject[])
  const owned = all.filter(({ metadata }) => metadata.ownerReferences !== undefined)
  for (let before = -1; before !== found.length; ) {
    before = found.length
    for (const one of owned) {
      const { uid, ownerReferences = [] } = one.metadata
      if (owners.has(uid) || !ownerReferences.some((owner) => owners.has(owner.uid))) continue
      owners.add(uid)
      found.push(one)
    }
  }
  return found
}

/** One line for each, the first dozen. */
export function objectLines(cluster: Cluster, objects: readonly KubeObject[]): string[] {
  const lines = objects.slice(0, most).map((one) => {
    const { name, namespace } = one.metadata
    const words = [...new Set(statesOf(on(cluster, one.kind, name, namespace)))]
    return `  ${one.kind} ${name}: ${[countsOf(one), ...words].filter((word) => word !== '').join(', ')}`
  })
  return objects.length > most ? [...lines, `  and ${objects.length - most} more`] : lines
}

function countsOf({ spec, status }: KubeObject): string {
  return typeof spec?.replicas === 'number' ? `${status?.readyReplicas ?? 0} of ${spec.replicas} ready` : ''
}
