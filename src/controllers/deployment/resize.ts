/**
 * A change of spec.replicas, or any size while paused: the ReplicaSets in the middle of a rollout are resized in
 * proportion, so that a change of size does not hasten the rollout.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#proportional-scaling
 */
import type { KubeObject } from '../../api/object.ts'
import { isRollingUpdate, maxTotal, replicasOf } from './fenceposts.ts'
import { active, availableOf, byAge, everyOne, type Fleet, sized, total, withOne } from './fleet.ts'
import { annotatedNumber, desiredKey, maxKey } from './revision.ts'

/** True when spec.replicas is not what an active ReplicaSet was last told. */
export function isResized(deployment: KubeObject, fleet: Fleet): boolean {
  return active(everyOne(fleet)).some((one) => {
    const told = annotatedNumber(one, desiredKey)
    return told !== undefined && told !== replicasOf(deployment)
  })
}

/** The fleet at the Deployment's size. */
export function resized(deployment: KubeObject, fleet: Fleet): Fleet {
  const wanted = replicasOf(deployment)
  const running = active(everyOne(fleet))
  if (running.length <= 1) {
    const only = running[0] ?? fleet.newest ?? fleet.old.at(-1)
    return only === undefined ? fleet : withOne(fleet, sized(only, wanted, deployment))
  }
  if (isSaturated(deployment, fleet.newest)) {
    return active(fleet.old).reduce((next, one) => withOne(next, sized(one, 0, deployment)), fleet)
  }
  return isRollingUpdate(deployment) ? proportionally(deployment, fleet, running) : fleet
}

function isSaturated(deployment: KubeObject, newest: KubeObject | undefined): boolean {
  if (newest === undefined) return false
  const wanted = replicasOf(deployment)
  return [replicasOf(newest), annotatedNumber(newest, desiredKey), availableOf(newest)].every((n) => n === wanted)
}

/** Each ReplicaSet gets its share, the largest first; what rounding leaves over goes to the largest. */
function proportionally(deployment: KubeObject, fleet: Fleet, running: readonly KubeObject[]): Fleet {
  const allowed = replicasOf(deployment) > 0 ? maxTotal(deployment) : 0
  const toAdd = allowed - total(running, replicasOf)
  const sorted = toAdd === 0 ? running : [...running].sort(toAdd > 0 ? largestThenNewest : largestThenOldest)
  let added = 0
  const sizes = sorted.map((one) => {
    const share = shareOf(deployment, one, toAdd, added)
    added += share
    return replicasOf(one) + share
  })
  const leftover = toAdd - added
  return sorted.reduce((next, one, index) => {
    const size = (sizes[index] as number) + (index === 0 ? leftover : 0)
    return withOne(next, sized(one, Math.max(0, size), deployment))
  }, fleet)
}

/** What one ReplicaSet gains (or loses), never beyond what is left to give. */
function shareOf(deployment: KubeObject, one: KubeObject, toAdd: number, added: number): number {
  const left = toAdd - added
  if (left === 0) return 0
  const share = fractionOf(deployment, one)
  return toAdd > 0 ? Math.min(share, left) : Math.max(share, left)
}

function fractionOf(deployment: KubeObject, one: KubeObject): number {
  const size = replicasOf(one)
  if (replicasOf(deployment) === 0) return -size
  const before = annotatedNumber(one, maxKey) || deployment.status?.replicas || 0
  if (before === 0) return 0
  return Math.round((size * maxTotal(deployment)) / before) - size
}

function largestThenNewest(a: KubeObject, b: KubeObject): number {
  return replicasOf(b) - replicasOf(a) || byAge(b, a)
}

function largestThenOldest(a: KubeObject, b: KubeObject): number {
  return replicasOf(b) - replicasOf(a) || byAge(a, b)
}
