/**
 * The status of a ReplicaSet, counted from its pods in one pass.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/replica-set-v1/#ReplicaSetStatus
 */
import { type Condition, isTrue, removeCondition, setCondition } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import { isPodFinished, podAvailableAt } from '../../api/pod-status.ts'
import { toRfc3339 } from '../../api/time.ts'

type Conditions = readonly Condition[]

export interface Counted {
  /** Pods that count as replicas: neither finished nor terminating. */
  readonly active: readonly KubeObject[]
  readonly terminating: number
  /** Failed pods that are not being deleted. */
  readonly failed: readonly KubeObject[]
  readonly fullyLabeled: number
  readonly ready: number
  readonly available: number
  /** When the next ready pod becomes available (ms), if one is waiting for minReadySeconds. */
  readonly nextAvailableAt: number | undefined
}

/** Sorts the claimed pods by what they count as, at time `now` (ms). */
export function counted(replicaSet: KubeObject, pods: readonly KubeObject[], now: number): Counted {
  const minReadySeconds: number = replicaSet.spec.minReadySeconds ?? 0
  const wanted = Object.entries<string>(replicaSet.spec.template?.metadata?.labels ?? {})
  const active: KubeObject[] = []
  const failed: KubeObject[] = []
  let [terminating, fullyLabeled, ready, available] = [0, 0, 0, 0]
  let nextAvailableAt: number | undefined
  for (const pod of pods) {
    if (isPodFinished(pod)) {
      if (pod.status.phase === 'Failed' && pod.metadata.deletionTimestamp === undefined) failed.push(pod)
      continue
    }
    if (pod.metadata.deletionTimestamp !== undefined) {
      terminating++
      continue
    }
    active.push(pod)
    if (wanted.every(([key, value]) => pod.metadata.labels?.[key] === value)) fullyLabeled++
    const at = podAvailableAt(pod, minReadySeconds)
    if (at === undefined) continue
    ready++
    if (at <= now) available++
    else if (Number.isFinite(at)) nextAvailableAt = Math.min(nextAvailableAt ?? at, at)
  }
  return { active, terminating, failed, fullyLabeled, ready, available, nextAvailableAt }
}

/** Why the last try did not give the pods their number, for the condition and for an event. */
export interface Failure {
  readonly reason: 'FailedCreate' | 'FailedDelete'
  readonly message: string
  /** What the event says. */
  readonly event: string
}

/** Says that pods could not be made or deleted; stays as it was first said until their number is right. */
function withFailure(replicaSet: KubeObject, surplus: number, failure: Failure | undefined, now: number): Conditions {
  const conditions: Conditions = replicaSet.status?.conditions ?? []
  const isGoing = replicaSet.metadata.deletionTimestamp !== undefined
  if (surplus === 0 || isGoing) return removeCondition(conditions, 'ReplicaFailure')
  if (failure === undefined || isTrue(conditions, 'ReplicaFailure')) return conditions
  const { reason, message } = failure
  return setCondition(conditions, { type: 'ReplicaFailure', status: 'True', reason, message }, toRfc3339(now))
}

/** The status object; counts of zero are left out as the server leaves them out, `replicas` excepted. */
export function statusFrom(
  replicaSet: KubeObject,
  numbers: Counted,
  failure: Failure | undefined,
  now: number,
): Readonly<Record<string, unknown>> {
  const surplus = numbers.active.length - (replicaSet.spec.replicas ?? 1)
  const conditions = withFailure(replicaSet, surplus, failure, now)
  return {
    replicas: numbers.active.length,
    ...(numbers.fullyLabeled > 0 && { fullyLabeledReplicas: numbers.fullyLabeled }),
    ...(numbers.ready > 0 && { readyReplicas: numbers.ready }),
    ...(numbers.available > 0 && { availableReplicas: numbers.available }),
    // ReplicationControllers do not tell.
    ...(replicaSet.kind === 'ReplicaSet' && { terminatingReplicas: numbers.terminating }),
    observedGeneration: replicaSet.metadata.generation ?? 0,
    ...(conditions.length > 0 && { conditions }),
  }
}
