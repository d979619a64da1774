/**
 * The numbers of a budget: how many pods there should be, how many must be healthy, how many are.
 * Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
import { isPercent, scaledValue } from '../../api/int-or-string.ts'
import type { KubeObject } from '../../api/object.ts'
import { controllerOf } from '../../api/owner.ts'
import { isPodReady } from '../../api/pod-status.ts'
import { parseTime } from '../../api/time.ts'
import type { View } from '../../store/view.ts'

/** How long an evicted pod may stay before the budget gets its disruption back. */
export const evictionPatienceMs = 120_000

export interface Expected {
  readonly expectedPods: number
  readonly desiredHealthy: number
  /** Pods without a controller: they cannot be counted on, and are named in an event. */
  readonly unmanaged: readonly KubeObject[]
}

/** Throws with Kubernetes' text when a pod's controller cannot be found or has no scale. */
export function expected(view: View, budget: KubeObject, pods: readonly KubeObject[]): Expected {
  const { minAvailable, maxUnavailable } = budget.spec ?? {}
  const unmanaged = pods.filter((pod) => controllerOf(pod) === undefined)
  if (maxUnavailable !== undefined) {
    const expectedPods = expectedScale(view, pods)
    const spared = scaledValue(maxUnavailable, expectedPods, true)
    return { expectedPods, desiredHealthy: Math.max(0, expectedPods - spared), unmanaged }
  }
  if (minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0, unmanaged: [] }
  if (typeof minAvailable === 'number' || !isPercent(minAvailable))
    return { expectedPods: pods.length, desiredHealthy: scaledValue(minAvailable, pods.length, true), unmanaged: [] }
  const expectedPods = expectedScale(view, pods)
  return { expectedPods, desiredHealthy: scaledValue(minAvailable, expectedPods, true), unmanaged }
}

/** The sum of the wanted replicas of the pods' controllers, each counted once. */
function expectedScale(view: View, pods: readonly KubeObject[]): number {
  const scales = new Map<string, number>()
  for (const pod of pods) {
    const found = scaleOf(view, pod)
    if (found !== undefined) scales.set(found.uid, found.replicas)
  }
  return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0)
}

/** The topmost controller with replicas: a ReplicaSet's Deployment rather than the ReplicaSet. */
function scaleOf(view: View, pod: KubeObject): { uid: string; replicas: number } | undefined {
  const reference = controllerOf(pod)
  if (reference === undefined) return undefined
  const owner = view.owner(reference, pod.metadata.namespace ?? '')
  if (owner === undefined || owner.metadata.uid !== reference.uid)
    throw new Error(`found no controllers for pod "${pod.metadata.name}"`)
  const above = owner.kind === 'ReplicaSet' ? controllerOf(owner) : undefined
  const top = above && view.owner(above, pod.metadata.namespace ?? '')
  const scaled = top !== undefined && top.metadata.uid === above?.uid ? top : owner
  const path = view.kindOf(scaled)?.subresources.scale
  const replicas = path === undefined ? undefined : (scaled.spec?.replicas ?? 1)
  if (replicas === undefined)
    throw new Error(`${scaled.kind}.${scaled.apiVersion} does not implement the scale subresource`)
  return { uid: scaled.metadata.uid ?? '', replicas }
}

/** Evictions that were granted and whose pods are still there, with the time (ms) of the first to expire. */
export interface Disrupted {
  readonly pods: Readonly<Record<string, string>>
  readonly expired: readonly KubeObject[]
  readonly recheckAt: number | undefined
}

export function disrupted(budget: KubeObject, pods: readonly KubeObject[], now: number): Disrupted {
  const granted: Readonly<Record<string, string>> = budget.status?.disruptedPods ?? {}
  const kept: Record<string, string> = {}
  const expired: KubeObject[] = []
  let recheckAt: number | undefined
  for (const pod of pods) {
    const since = granted[pod.metadata.name]
    if (since === undefined || pod.metadata.deletionTimestamp !== undefined) continue
    const expiry = parseTime(since) + evictionPatienceMs
    if (expiry <= now) {
      expired.push(pod)
      continue
    }
    kept[pod.metadata.name] = since
    recheckAt = Math.min(expiry, recheckAt ?? expiry)
  }
  return { pods: kept, expired, recheckAt }
}

/** Ready pods that are neither going nor about to be evicted. */
export function healthy(pods: readonly KubeObject[], leaving: Readonly<Record<string, string>>): number {
  return pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined && leaving[pod.metadata.name] === undefined && isPodReady(pod),
  ).length
}
