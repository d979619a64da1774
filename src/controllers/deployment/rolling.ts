/**
 * One step of a rolling update: first the new ReplicaSet grows as far as maxSurge lets it; when it cannot, the old ones
 * shrink as far as maxUnavailable lets them, pods that are not available first.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment
 */
import type { KubeObject } from '../../api/object.ts'
import { isRollingUpdate, maxTotal, maxUnavailable, replicasOf } from './fenceposts.ts'
import { active, availableOf, everyOne, type Fleet, sized, total, withOne } from './fleet.ts'

/** The size the newest ReplicaSet may have now, given what all of them together want. */
export function newestSize(deployment: KubeObject, newest: KubeObject, wanted: number): number {
  const size = replicasOf(newest)
  if (!isRollingUpdate(deployment)) return replicasOf(deployment)
  const room = maxTotal(deployment) - wanted
  return room <= 0 ? size : size + Math.min(room, replicasOf(deployment) - size)
}

/** The fleet after one step. */
export function rolled(deployment: KubeObject, fleet: Fleet): Fleet {
  const { newest } = fleet
  if (newest === undefined) return fleet
  const size = replicasOf(newest)
  const wanted = replicasOf(deployment)
  if (size > wanted) return withOne(fleet, sized(newest, wanted, deployment))
  const grown = size === wanted ? size : newestSize(deployment, newest, total(everyOne(fleet), replicasOf))
  if (grown !== size) return withOne(fleet, sized(newest, grown, deployment))
  return shrunk(deployment, fleet)
}

function shrunk(deployment: KubeObject, fleet: Fleet): Fleet {
  const newest = fleet.newest as KubeObject
  const everyPod = total(everyOne(fleet), replicasOf)
  const leastAvailable = replicasOf(deployment) - maxUnavailable(deployment)
  const newUnavailable = replicasOf(newest) - availableOf(newest)
  const spare = everyPod - leastAvailable - newUnavailable
  if (spare <= 0 || active(fleet.old).length === 0) return fleet
  const cleaned = lessOf(deployment, fleet, spare, (one) => replicasOf(one) - availableOf(one))
  const available = total(everyOne(cleaned), surelyAvailable)
  return lessOf(deployment, cleaned, available - leastAvailable, replicasOf)
}

/**
 * Available pods that a ReplicaSet will keep. One that was just told to shrink still counts the pods it is about to
 * delete; they must not be counted on (kubernetes#19299).
 */
function surelyAvailable(replicaSet: KubeObject): number {
  return Math.min(availableOf(replicaSet), replicasOf(replicaSet))
}

/** Takes up to `most` pods from the old ReplicaSets, oldest first, from each at most what `give` says. */
function lessOf(deployment: KubeObject, fleet: Fleet, most: number, give: (one: KubeObject) => number): Fleet {
  let left = most
  let next = fleet
  for (const one of active(fleet.old)) {
    const less = Math.min(left, give(one))
    if (less <= 0) continue
    left -= less
    next = withOne(next, sized(one, replicasOf(one) - less, deployment))
  }
  return next
}
