/** The words the rows are said in: who owns what, what a write did, and the first thing that is wrong in a list. */
import type { KubeObject } from '../../api/object.ts'
import { controllerOf } from '../../api/owner.ts'
import { parseTime } from '../../api/time.ts'
import type { Held, Write } from '../property.ts'
import { matchesLabelSelector } from './documented.ts'

export const replicaSets = 'replicasets.apps'
export const deployments = 'deployments.apps'
export const statefulSets = 'statefulsets.apps'
export const daemonSets = 'daemonsets.apps'
export const jobs = 'jobs.batch'
export const cronJobs = 'cronjobs.batch'
export const budgets = 'poddisruptionbudgets.policy'
export const slices = 'endpointslices.discovery.k8s.io'
export const claims = 'persistentvolumeclaims'
export const autoscalers = 'horizontalpodautoscalers.autoscaling'

/** The uid of an object; '' when it has none. */
export const uidOf = ({ metadata }: KubeObject): string => metadata.uid ?? ''

/** `namespace/name` for sentences. */
export const named = ({ kind, metadata: { namespace, name } }: KubeObject): string =>
  namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`

/** It is being deleted. */
export const isGoing = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined

/** spec.replicas; one when it is not said. */
export const replicasOf = (object: KubeObject): number => object.spec?.replicas ?? 1

/** spec.priority; 0 when it is not said. */
export const priorityOf = ({ spec }: KubeObject): number => spec?.priority ?? 0

/** The uid of the controller that owns the object; undefined when none does. */
export const keeperOf = (object: KubeObject): string | undefined => controllerOf(object)?.uid

/** Does the object's own label selector select the other? An absent selector selects nothing. */
export const selects = (object: KubeObject, other: KubeObject): boolean =>
  matchesLabelSelector(object.spec?.selector ?? undefined, other.metadata.labels)

/** ms of a time in an object; undefined when it is absent. */
export const timeOf = (text: unknown): number | undefined =>
  typeof text === 'string' && text !== '' ? parseTime(text) : undefined

/** Did a controller of this name write? */
export const isBy = (write: Write, controller: string): boolean => write.by === `controller/${controller}`

/** Any controller, the scheduler or a kubelet, not a user. */
export const isByPlane = ({ by }: Write): boolean =>
  by.startsWith('controller/') || by === 'scheduler' || by.startsWith('kubelet')

/** The write began a deletion: the object is going now, or gone, and was not going before. */
export function isDeletion({ type, object, previous }: Write): boolean {
  if (previous === undefined || isGoing(previous)) return false
  return type === 'DELETED' || isGoing(object)
}

/** True, or the first sentence about an object that is not as it should be. */
export function eachOf<T>(objects: Iterable<T>, held: (object: T) => Held): Held {
  for (const object of objects) {
    const one = held(object)
    if (one !== true) return one
  }
  return true
}

/** The claim with words for when it does not hold. */
export const orElse = (holds: boolean, why: () => string): Held => holds || why()
