/**
 * How far a rollout may go: maxSurge and maxUnavailable as numbers of pods.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment
 */
import { scaledValue } from '../../api/int-or-string.ts'
import type { KubeObject } from '../../api/object.ts'

export function replicasOf(object: KubeObject): number {
  return object.spec.replicas ?? 1
}

export function isRollingUpdate(deployment: KubeObject): boolean {
  return (deployment.spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate'
}

/** Pods a rollout may have beyond spec.replicas; percentages round up. Zero for Recreate. */
export function maxSurge(deployment: KubeObject): number {
  if (!isRollingUpdate(deployment)) return 0
  return scaledValue(deployment.spec.strategy?.rollingUpdate?.maxSurge ?? '25%', replicasOf(deployment), true)
}

/**
 * Pods a rollout may be short of spec.replicas; percentages round down. One when surge and this would both be none,
 * for a rollout must be able to move. Zero for Recreate.
 */
export function maxUnavailable(deployment: KubeObject): number {
  const replicas = replicasOf(deployment)
  if (!isRollingUpdate(deployment) || replicas === 0) return 0
  const asked = scaledValue(deployment.spec.strategy?.rollingUpdate?.maxUnavailable ?? '25%', replicas, false)
  const moving = asked === 0 && maxSurge(deployment) === 0 ? 1 : asked
  return Math.min(moving, replicas)
}

/** The pods all ReplicaSets together may want at most while the deployment has its present size. */
export function maxTotal(deployment: KubeObject): number {
  return replicasOf(deployment) + maxSurge(deployment)
}
