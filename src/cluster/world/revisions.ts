/**
 * ControllerRevisions that a text lacks, as `kubectl get all` leaves them out: without them the pods of a DaemonSet or
 * StatefulSet would count as outdated and be replaced. Where all pods are of one revision, it is made from the template.
 */
import { type KubeObject, keyOf, type ResourceKey } from '../../api/object.ts'
import { controllerReference, isControlledBy } from '../../api/owner.ts'
import type { Complete } from './completions.ts'

const label = 'controller-revision-hash'
const resource = 'controllerrevisions.apps'
type Objects = Record<ResourceKey, KubeObject[]>

export function withRevisions(objects: Objects, complete: Complete, notes: string[]): Objects {
  const owners = [...(objects['daemonsets.apps'] ?? []), ...(objects['statefulsets.apps'] ?? [])]
  const made = owners.flatMap((owner) => {
    const { uid = '' } = owner.metadata
    if ((objects[resource] ?? []).some((one) => isControlledBy(one, uid))) return []
    const pods = (objects.pods ?? []).filter((pod) => isControlledBy(pod, uid))
    const hashes = new Set(pods.map((pod) => pod.metadata.labels?.[label] ?? ''))
    const [hash] = hashes
    if (hash === undefined) return []
    if (hashes.size > 1 || hash === '') {
      notes.push(
        `${owner.kind} ${keyOf(owner)} has no ControllerRevisions, and its pods are of several: they will be replaced`,
      )
      return []
    }
    notes.push(
      `${owner.kind} ${keyOf(owner)} had no ControllerRevision; one was made of its template, as all its pods are of ${hash}`,
    )
    return [complete(revisionOf(owner, hash), { kind: 'ControllerRevision', namespaced: true })]
  })
  return made.length === 0 ? objects : { ...objects, [resource]: [...(objects[resource] ?? []), ...made] }
}

/** A DaemonSet's pods carry the hash, a StatefulSet's the revision's whole name. */
function revisionOf(owner: KubeObject, hash: string): KubeObject {
  const { name, namespace = 'default' } = owner.metadata
  const { template } = owner.spec
  const isWhole = hash.startsWith(`${name}-`)
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: isWhole ? hash : `${name}-${hash}`,
      namespace,
      labels: { ...template.metadata?.labels, [label]: isWhole ? hash.slice(name.length + 1) : hash },
      ownerReferences: [controllerReference(owner)],
    },
    data: { spec: { template: { ...template, $patch: 'replace' } } },
    revision: 1,
  }
}
