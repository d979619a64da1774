/**
 * A Deployment's status: numbers summed over its ReplicaSets, and whether it is available and getting on.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
 */
import { getCondition } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import { type Conditions, type Said, said, saidAgain, updatedAt, without } from './conditions.ts'
import { maxUnavailable, replicasOf } from './fenceposts.ts'
import { availableOf, everyOne, type Fleet, total } from './fleet.ts'

/** progressDeadlineSeconds of this value means that there is no deadline. */
const noDeadline = 2_147_483_647

/** status of a Deployment; counts of zero are absent. */
export interface DeploymentStatus {
  readonly observedGeneration: number
  readonly replicas?: number
  readonly updatedReplicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly unavailableReplicas?: number
  readonly terminatingReplicas?: number
  readonly collisionCount?: number
  readonly conditions: Conditions
}

export function conditionsOf(deployment: KubeObject): Conditions {
  return deployment.status?.conditions ?? []
}

export function hasDeadline(deployment: KubeObject): boolean {
  const seconds = deployment.spec.progressDeadlineSeconds
  return seconds !== undefined && seconds !== null && seconds !== noDeadline
}

/** The numbers, with the Available condition; `conditions` is what else was said in this reconcile. */
export function countedStatus(
  deployment: KubeObject,
  fleet: Fleet,
  conditions: Conditions,
  now: number,
): DeploymentStatus {
  const all = everyOne(fleet)
  const available = total(all, availableOf)
  // A ReplicaSet that nobody has counted yet counts for none.
  const terminating = all.map(
    ({ status }) => status?.terminatingReplicas ?? (status?.observedGeneration ? undefined : 0),
  )
  const enough = available >= replicasOf(deployment) - maxUnavailable(deployment)
  const collisionCount = deployment.status?.collisionCount
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...some('replicas', total(all, createdOf)),
    ...some('updatedReplicas', fleet.newest === undefined ? 0 : createdOf(fleet.newest)),
    ...some(
      'readyReplicas',
      total(all, (one) => one.status?.readyReplicas ?? 0),
    ),
    ...some('availableReplicas', available),
    ...some('unavailableReplicas', Math.max(0, total(all, replicasOf) - available)),
    ...(terminating.every((n) => n !== undefined) && { terminatingReplicas: terminating.reduce((a, b) => a + b, 0) }),
    ...(collisionCount !== undefined && { collisionCount }),
    conditions: said(conditions, availability(enough), now),
  }
}

function createdOf(replicaSet: KubeObject): number {
  return replicaSet.status?.replicas ?? 0
}

function some(field: string, count: number): Readonly<Record<string, number>> {
  return count > 0 ? { [field]: count } : {}
}

function availability(enough: boolean): Said {
  return enough
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      }
}

/** Whether every replica is of the present revision, available, and no other is left. */
export function isComplete(deployment: KubeObject, status: Partial<DeploymentStatus>): boolean {
  const wanted = replicasOf(deployment)
  const counts = [status.updatedReplicas, status.replicas, status.availableReplicas]
  return (
    counts.every((count) => (count ?? 0) === wanted) &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  )
}

/** The status of a rollout: the numbers, and what the Progressing and ReplicaFailure conditions make of them. */
export function rolloutStatus(
  deployment: KubeObject,
  fleet: Fleet,
  conditions: Conditions,
  now: number,
): DeploymentStatus {
  const status = countedStatus(deployment, fleet, conditions, now)
  const progress = hasDeadline(deployment)
    ? progressed(deployment, fleet, status, now)
    : without(status.conditions, 'Progressing')
  return { ...status, conditions: withFailure(fleet, progress, now) }
}

function progressed(deployment: KubeObject, fleet: Fleet, status: DeploymentStatus, now: number): Conditions {
  const { conditions } = status
  const current = getCondition(conditions, 'Progressing')
  if (status.replicas === status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable') return conditions
  const subject =
    fleet.newest === undefined
      ? `Deployment "${deployment.metadata.name}"`
      : `ReplicaSet "${fleet.newest.metadata.name}"`
  const progressing = (status: Said['status'], reason: string, words: string): Said => ({
    type: 'Progressing',
    status,
    reason,
    message: `${subject} ${words}`,
  })
  if (isComplete(deployment, status))
    return said(conditions, progressing('True', 'NewReplicaSetAvailable', 'has successfully progressed.'), now)
  if (isFurther(deployment.status ?? {}, status))
    return saidAgain(conditions, progressing('True', 'ReplicaSetUpdated', 'is progressing.'), now)
  if (isTimedOut(deployment, conditions, now))
    return said(conditions, progressing('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'), now)
  return conditions
}

/** Progress: more of the new, fewer of the old, more ready or more available than the stored status says. */
function isFurther(before: Partial<DeploymentStatus>, after: DeploymentStatus): boolean {
  const old = (status: Partial<DeploymentStatus>) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  )
}

function isTimedOut(deployment: KubeObject, conditions: Conditions, now: number): boolean {
  const current = getCondition(conditions, 'Progressing')
  if (current === undefined || current.reason === 'NewReplicaSetAvailable') return false
  if (current.reason === 'ProgressDeadlineExceeded') return true
  return updatedAt(current) + deployment.spec.progressDeadlineSeconds * 1000 < now
}

/** When a rollout that stops moving now is to be called stuck (ms); undefined when there is nothing to watch. */
export function deadlineAt(deployment: KubeObject, status: DeploymentStatus): number | undefined {
  const current = getCondition(status.conditions, 'Progressing')
  if (!hasDeadline(deployment) || current === undefined || deployment.spec.paused === true) return undefined
  const settled = current.reason === 'ProgressDeadlineExceeded' || current.reason === 'NewReplicaSetAvailable'
  if (isComplete(deployment, status) || settled) return undefined
  return updatedAt(current) + deployment.spec.progressDeadlineSeconds * 1000 + 1
}

/** What a ReplicaSet says of pods it could not make becomes the Deployment's; the newest one's word goes first. */
function withFailure(fleet: Fleet, conditions: Conditions, now: number): Conditions {
  const heard = [...(fleet.newest === undefined ? [] : [fleet.newest]), ...fleet.old]
  const failure = heard
    .map((one) => getCondition(one.status?.conditions, 'ReplicaFailure'))
    .find((condition) => condition !== undefined)
  if (failure === undefined) return without(conditions, 'ReplicaFailure')
  const { status, reason = '', message = '' } = failure
  return said(conditions, { type: 'ReplicaFailure', status, reason, message }, now)
}

/** The Progressing condition while paused and after: neither counts against the deadline. */
export function pausedConditions(deployment: KubeObject, now: number): Conditions {
  const conditions = conditionsOf(deployment)
  const current = getCondition(conditions, 'Progressing')
  if (!hasDeadline(deployment) || current?.reason === 'ProgressDeadlineExceeded') return conditions
  const paused = deployment.spec.paused === true
  const marked = current?.reason === 'DeploymentPaused'
  if (paused === marked) return conditions
  const [reason, message] = paused
    ? ['DeploymentPaused', 'Deployment is paused']
    : ['DeploymentResumed', 'Deployment is resumed']
  return said(conditions, { type: 'Progressing', status: 'Unknown', reason, message }, now)
}
