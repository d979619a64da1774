/**
 * Keeping a number of identical pods: what a ReplicaSet and the older ReplicationController have in common.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/
 */
import type { Kind } from '../../api/kind.ts'
import { type KubeObject, splitKey } from '../../api/object.ts'
import { controllerOf } from '../../api/owner.ts'
import { isPodActive } from '../../api/pod-status.ts'
import { matchesLabelSelector } from '../../api/selector.ts'
import { Pod } from '../../kinds/index.ts'
import { equal } from '../../lib/equal.ts'
import type { Transition } from '../../store/transition.ts'
import type { View } from '../../store/view.ts'
import { claim } from '../claim.ts'
import type { Intent, Refusal, Wake } from '../controller.ts'
import { podFrom } from '../pod-template.ts'
import { createOf, deleteOf, reportOf, statusOf } from '../writes.ts'
import { backoff, type Wait } from './backoff.ts'
import { counted, type Failure, statusFrom } from './status.ts'
import { victims } from './victims.ts'

/** Pods made or deleted in one reconcile at most; the pods' own changes ask for the rest. */
export const burstReplicas = 500

/** The kind that wants the pods, and who says so in events. */
export interface Keeper {
  readonly kind: Kind
  readonly component: string
}

/** Whether the pod is one of those that the owner selects; a ReplicationController's selector is a map of labels. */
export function selects(owner: KubeObject, pod: KubeObject): boolean {
  const { selector = {} } = owner.spec
  const isMap = owner.kind === 'ReplicationController'
  return matchesLabelSelector(isMap ? { matchLabels: selector } : selector, pod.metadata.labels)
}

/** Claims, then status, then pods: a refused creation (a quota) leaves an honest status behind. */
export function reconcileReplicas(keeper: Keeper, view: View, key: string, refusal?: Refusal): readonly Intent[] {
  const { kind } = keeper
  const { namespace, name } = splitKey(key)
  const replicaSet = view.get(kind, namespace, name)
  if (replicaSet === undefined) return []
  const matches = (pod: KubeObject) => selects(replicaSet, pod)
  const candidates = [...view.by(Pod, 'owner', replicaSet.metadata.uid ?? ''), ...view.by(Pod, 'orphan', namespace)]
  // Only what runs, or will, is taken on and let go.
  const { kept, intents } = claim(kind, replicaSet, Pod, candidates.filter(isPodActive), matches)
  const ending = candidates.filter((pod) => !isPodActive(pod) && controllerOf(pod) !== undefined && matches(pod))
  const numbers = counted(replicaSet, [...kept, ...ending], view.now)
  const surplus = numbers.active.length - (replicaSet.spec.replicas ?? 1)
  const failure = failureOf(surplus, refusal)
  const status = statusFrom(replicaSet, numbers, failure, view.now)
  const written = equal(status, replicaSet.status) ? [] : [statusOf(kind, { ...replicaSet, status })]
  const wait = surplus < 0 ? backoff(numbers.failed, replicaSet.spec.replicas ?? 1, view.now) : undefined
  const managed = wait === undefined ? manage(keeper, view, replicaSet, numbers.active, surplus) : []
  const told =
    failure === undefined ? [] : [reportOf(keeper.component, replicaSet, 'Warning', failure.reason, failure.event)]
  return [...intents, ...written, ...told, ...wakes(numbers.nextAvailableAt, wait), ...managed]
}

/** Whether the last try was refused the pods, or the deletions, that are still asked for. */
function failureOf(surplus: number, refusal: Refusal | undefined): Failure | undefined {
  if (refusal?.resource !== Pod.resource) return undefined
  const { type, message } = refusal
  if (type === 'create' && surplus < 0) return { reason: 'FailedCreate', message, event: `Error creating: ${message}` }
  if (type !== 'delete' || surplus <= 0) return undefined
  return { reason: 'FailedDelete', message: `unable to delete pods: ${message}`, event: `Error deleting: ${message}` }
}

/** One wake, the earlier of the two; in the background only when nothing but a long back-off is waited for. */
function wakes(availableAt: number | undefined, wait: Wait | undefined): readonly Wake[] {
  if (wait === undefined) return availableAt === undefined ? [] : [{ type: 'wake', at: availableAt }]
  const { until, background } = wait
  if (availableAt === undefined) return [{ type: 'wake', at: until, background }]
  return [{ type: 'wake', at: Math.min(availableAt, until) }]
}

function manage(
  keeper: Keeper,
  view: View,
  replicaSet: KubeObject,
  active: readonly KubeObject[],
  surplus: number,
): readonly Transition[] {
  if (replicaSet.metadata.deletionTimestamp !== undefined || surplus === 0) return []
  const count = Math.min(Math.abs(surplus), burstReplicas)
  if (surplus < 0) return creations(keeper, replicaSet, count)
  return victims(active, relatedPods(keeper, view, replicaSet), count, view.now).flatMap((pod) => [
    deleteOf(Pod, pod),
    reportOf(keeper.component, replicaSet, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`),
  ])
}

function creations(keeper: Keeper, replicaSet: KubeObject, count: number): readonly Transition[] {
  const pod = podFrom(replicaSet, replicaSet.spec.template)
  const made = createOf(Pod, replicaSet.metadata.namespace ?? '', pod)
  const told = reportOf(keeper.component, replicaSet, 'Normal', 'SuccessfulCreate', 'Created pod: $(name)')
  return Array.from({ length: count }, () => [made, told]).flat()
}

/** The pods of every ReplicaSet with the same controller, this one included; none when it has no controller. */
function relatedPods({ kind }: Keeper, view: View, replicaSet: KubeObject): readonly KubeObject[] {
  const owner = controllerOf(replicaSet)
  if (owner === undefined) return []
  return view.by(kind, 'owner', owner.uid).flatMap((sibling) => view.by(Pod, 'owner', sibling.metadata.uid ?? ''))
}
