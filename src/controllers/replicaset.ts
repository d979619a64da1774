/**
 * A ReplicaSet keeps a number of identical pods alive: it claims those that match, makes what is missing and deletes
 * what is too much.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/
 */
import { type KubeObject, keyOf, splitKey } from '../api/object.ts'
import { controllerOf } from '../api/owner.ts'
import { matchesLabelSelector } from '../api/selector.ts'
import { Pod, ReplicaSet } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { claim } from './claim.ts'
import { controller, type Intent, type Wake } from './controller.ts'
import { podFrom } from './pod-template.ts'
import { backoff, type Wait } from './replicaset/backoff.ts'
import { counted, statusFrom } from './replicaset/status.ts'
import { victims } from './replicaset/victims.ts'
import { createOf, deleteOf, reportOf, statusOf } from './writes.ts'

const component = 'replicaset-controller'

/** Pods made or deleted in one reconcile at most; the pods' own changes ask for the rest. */
export const burstReplicas = 500

/** Claims, then status, then pods: a refused creation (a quota) leaves an honest status behind. */
export function reconcile(view: View, key: string): readonly Intent[] {
  const { namespace, name } = splitKey(key)
  const replicaSet = view.get(ReplicaSet, namespace, name)
  if (replicaSet === undefined) return []
  const matches = (pod: KubeObject) => matchesLabelSelector(replicaSet.spec.selector, pod.metadata.labels)
  const candidates = [...view.by(Pod, 'owner', replicaSet.metadata.uid ?? ''), ...view.by(Pod, 'orphan', namespace)]
  const { kept, intents } = claim(ReplicaSet, replicaSet, Pod, candidates, matches)
  const numbers = counted(replicaSet, kept, view.now)
  const status = statusFrom(replicaSet, numbers)
  const written = equal(status, replicaSet.status) ? [] : [statusOf(ReplicaSet, { ...replicaSet, status })]
  const surplus = numbers.active.length - (replicaSet.spec.replicas ?? 1)
  const wait = surplus < 0 ? backoff(numbers.failed, replicaSet.spec.replicas ?? 1, view.now) : undefined
  const managed = wait === undefined ? manage(view, replicaSet, numbers.active, surplus) : []
  return [...intents, ...written, ...wakes(numbers.nextAvailableAt, wait), ...managed]
}

/** One wake, the earlier of the two; in the background only when nothing but a long back-off is waited for. */
function wakes(availableAt: number | undefined, wait: Wait | undefined): readonly Wake[] {
  if (wait === undefined) return availableAt === undefined ? [] : [{ type: 'wake', at: availableAt }]
  const { until, background } = wait
  if (availableAt === undefined) return [{ type: 'wake', at: until, background }]
  return [{ type: 'wake', at: Math.min(availableAt, until) }]
}

function manage(
  view: View,
  replicaSet: KubeObject,
  active: readonly KubeObject[],
  surplus: number,
): readonly Transition[] {
  if (replicaSet.metadata.deletionTimestamp !== undefined || surplus === 0) return []
  const count = Math.min(Math.abs(surplus), burstReplicas)
  if (surplus < 0) return creations(replicaSet, count)
  return victims(active, relatedPods(view, replicaSet), count, view.now).flatMap((pod) => [
    deleteOf(Pod, pod),
    reportOf(component, replicaSet, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`),
  ])
}

function creations(replicaSet: KubeObject, count: number): readonly Transition[] {
  const pod = podFrom(replicaSet, replicaSet.spec.template)
  const made = createOf(Pod, replicaSet.metadata.namespace ?? '', pod)
  const told = reportOf(component, replicaSet, 'Normal', 'SuccessfulCreate', 'Created pod: $(name)')
  return Array.from({ length: count }, () => [made, told]).flat()
}

/** The pods of every ReplicaSet with the same controller, this one included; none when it has no controller. */
function relatedPods(view: View, replicaSet: KubeObject): readonly KubeObject[] {
  const owner = controllerOf(replicaSet)
  if (owner === undefined) return []
  return view.by(ReplicaSet, 'owner', owner.uid).flatMap((sibling) => view.by(Pod, 'owner', sibling.metadata.uid ?? ''))
}

/** The ReplicaSets an orphan pod could be adopted by. */
function wouldAdopt(pod: KubeObject, view: View): readonly string[] {
  if (controllerOf(pod) !== undefined || pod.metadata.labels === undefined) return []
  return view
    .list(ReplicaSet, pod.metadata.namespace)
    .filter((replicaSet) => matchesLabelSelector(replicaSet.spec.selector, pod.metadata.labels))
    .map(keyOf)
}

export const replicaSetController = controller({
  name: 'replicaset',
  of: ReplicaSet,
  owns: [Pod],
  watches: [{ kind: Pod, keys: wouldAdopt }],
  reconcile,
})
