/**
 * Deleting: preconditions, finalizers by propagation policy, grace. What waits gets a deletionTimestamp, what does not
 * is removed.
 * Source: https://kubernetes.io/docs/concepts/architecture/garbage-collection/ and …/overview/working-with-objects/finalizers/
 */
import { setCondition } from '../api/conditions.ts'
import type { Kind } from '../api/kind.ts'
import { type KubeObject, objectKey } from '../api/object.ts'
import { deletePreconditionFailed } from '../api/status-error.ts'
import { parseTime, toRfc3339 } from '../api/time.ts'
import { Admission, writeOptions } from './admit.ts'
import { type CommitContext, kindFor, type Plan, storedFor } from './plan.ts'
import { frozen } from './snapshot.ts'
import type { Delete } from './transition.ts'
import { isReleased } from './write-update.ts'

/** The plan of a delete, or a StatusError: 403, 404, 409. */
export function planDelete(context: CommitContext, transition: Delete): Plan {
  const kind = kindFor(context, transition.ref.resource, transition.apiVersion)
  const { ref } = transition
  // Namespaces have a storage of their own, which checks the uid with the words of an update.
  const stored = storedFor(context, kind, ref, kind.resource === 'namespaces' ? transition.uid : undefined)
  refuseOther(kind, stored, transition)
  const { namespace, name } = ref
  const admission = new Admission(context, transition)
  const request = requestOf(kind, stored, transition)
  admission.mutated(request)
  admission.validate(request)
  const said = admission.said()
  const asked = transition.eviction === undefined ? stored : evicted(stored, context.now)
  const marked = withDeletion(context, kind, withFinalizer(kind, asked, transition), transition)
  const key = objectKey(namespace, name)
  if (isReleased(kind, marked))
    return { kind, key, previous: stored, last: lastOf(kind, stored, marked), next: undefined, ...said }
  return { kind, key, previous: stored, next: marked === stored ? stored : frozen(marked), ...said }
}

/**
 * The pod says that it is evicted: what counts its end can tell a disruption from a failure.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions
 */
function evicted(pod: KubeObject, now: number): KubeObject {
  const message = 'Eviction API: evicting'
  const said = { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message } as const
  const conditions = setCondition(pod.status?.conditions, { ...said, lastProbeTime: null }, toRfc3339(now))
  if (conditions === pod.status?.conditions) return pod
  return { ...pod, status: { ...pod.status, conditions } }
}

/** What admission is told: a DELETE of the object, or the CREATE of the Eviction that leads to it. */
function requestOf(kind: Kind, stored: KubeObject, transition: Delete) {
  const { namespace, name } = transition.ref
  const { eviction, collection } = transition
  if (eviction !== undefined) {
    const options = writeOptions(transition)
    return { operation: 'CREATE', kind, namespace, name, object: eviction, subresource: 'eviction', options } as const
  }
  const shown = collection === true ? '' : name
  const options = deleteOptions(transition)
  const request = { operation: 'DELETE', kind, namespace, name: shown, object: stored, previous: stored } as const
  return { ...request, subresource: '', options } as const
}

/** DeleteOptions as admission is told them. */
function deleteOptions(transition: Delete): Readonly<Record<string, unknown>> {
  const { dryRun, graceSeconds, propagation, uid, resourceVersion } = transition
  const preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) }
  return {
    ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
    ...(uid || resourceVersion ? { preconditions } : {}),
    ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
    ...(dryRun === true ? { dryRun: ['All'] } : {}),
  }
}

function refuseOther(kind: Kind, stored: KubeObject, { uid, resourceVersion }: Delete): void {
  const { name, uid: storedUid, resourceVersion: version = '' } = stored.metadata
  if (uid !== undefined && uid !== '' && uid !== storedUid)
    throw deletePreconditionFailed(kind, name, uid, storedUid ?? '')
  if (resourceVersion === undefined || resourceVersion === '' || resourceVersion === version) return
  throw deletePreconditionFailed(kind, name, resourceVersion, version, 'ResourceVersion')
}

/** Foreground and orphan deletion are finalizers the garbage collector acts on; asking for one takes the other away. */
function withFinalizer(kind: Kind, stored: KubeObject, transition: Delete): KubeObject {
  const policy = transition.propagation ?? kind.defaultPropagation ?? 'Background'
  if (transition.propagation === undefined && stored.metadata.deletionTimestamp !== undefined) return stored
  const others = (stored.metadata.finalizers ?? []).filter((f) => f !== 'orphan' && f !== 'foregroundDeletion')
  const added = policy === 'Foreground' ? ['foregroundDeletion'] : policy === 'Orphan' ? ['orphan'] : []
  const finalizers = [...others, ...added]
  const before = stored.metadata.finalizers ?? []
  if (finalizers.length === before.length && finalizers.every((f) => before.includes(f))) return stored
  return { ...stored, metadata: { ...stored.metadata, finalizers } }
}

function withDeletion(context: CommitContext, kind: Kind, object: KubeObject, transition: Delete): KubeObject {
  const grace = Math.max(0, kind.graceSeconds?.(object, transition.graceSeconds) ?? 0)
  const meta = object.metadata
  const already = meta.deletionTimestamp !== undefined
  if (already && grace >= (meta.deletionGracePeriodSeconds ?? 0)) return object
  if (already) return shortened(context, object, grace)
  const deletionTimestamp = toRfc3339(context.now + grace * 1000)
  if (kind.marksDeletion !== undefined)
    return kind.marksDeletion({ ...object, metadata: { ...meta, deletionTimestamp } }, deletionTimestamp)
  const generation = meta.generation === undefined ? {} : { generation: meta.generation + 1 }
  const metadata = { ...meta, ...generation, deletionTimestamp, deletionGracePeriodSeconds: grace }
  return { ...object, metadata }
}

/** A deletion that is under way is given less time, counted from when it began; it is of the same generation. */
function shortened({ now }: CommitContext, object: KubeObject, grace: number): KubeObject {
  const { deletionTimestamp = '', deletionGracePeriodSeconds = 0 } = object.metadata
  const due = parseTime(deletionTimestamp) + (grace - deletionGracePeriodSeconds) * 1000
  const isPast = due < now
  const metadata = {
    ...object.metadata,
    deletionTimestamp: toRfc3339(isPast ? now : due),
    deletionGracePeriodSeconds: isPast && grace !== 0 ? 1 : grace,
  }
  return { ...object, metadata }
}

/** What is answered and told of an object that goes at once: only kinds with a graceful end are marked before they go. */
function lastOf(kind: Kind, stored: KubeObject, marked: KubeObject): KubeObject {
  return kind.graceSeconds === undefined && (stored.metadata.finalizers?.length ?? 0) === 0 ? stored : marked
}
