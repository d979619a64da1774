/**
 * What a pod's status says to those who manage pods: active, ready, available. Times are ms since the epoch.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
 */
import type { KubeObject } from './object.ts'
import { parseTime } from './time.ts'

interface PodCondition {
  readonly type: string
  readonly status: string
  readonly lastTransitionTime?: string
}

/** Failed and Succeeded pods never run again. */
export function isPodFinished(pod: KubeObject): boolean {
  const phase = pod.status?.phase
  return phase === 'Failed' || phase === 'Succeeded'
}

/** Neither finished nor being deleted: the pods that count as replicas. */
export function isPodActive(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp === undefined && !isPodFinished(pod)
}

/** Being deleted, and not finished yet. */
export function isPodTerminating(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp !== undefined && !isPodFinished(pod)
}

export function isPodReady(pod: KubeObject): boolean {
  return readyCondition(pod) !== undefined
}

/** Since when the pod has been ready, in ms; undefined when it is not, 0 when its condition carries no time. */
export function podReadySince(pod: KubeObject): number | undefined {
  const condition = readyCondition(pod)
  if (condition === undefined) return undefined
  return condition.lastTransitionTime === undefined ? 0 : parseTime(condition.lastTransitionTime)
}

/**
 * From when on the pod counts as available (ms): ready for `minReadySeconds`. Undefined when it is not ready, infinite
 * when nobody says since when it is.
 */
export function podAvailableAt(pod: KubeObject, minReadySeconds: number): number | undefined {
  if (minReadySeconds === 0) return isPodReady(pod) ? 0 : undefined
  const since = podReadySince(pod)
  if (since === undefined) return undefined
  return since === 0 ? Number.POSITIVE_INFINITY : since + minReadySeconds * 1000
}

/** The highest restart count among the containers. */
export function podRestarts(pod: KubeObject): number {
  const containers: readonly { restartCount?: number }[] = pod.status?.containerStatuses ?? []
  return containers.reduce((most, container) => Math.max(most, container.restartCount ?? 0), 0)
}

/** The highest restart count among the sidecars: init containers that go on. */
export function sidecarRestarts(pod: KubeObject): number {
  const sidecars = ((pod.spec?.initContainers ?? []) as { name: string; restartPolicy?: string }[])
    .filter(({ restartPolicy }) => restartPolicy === 'Always')
    .map(({ name }) => name)
  const statuses: readonly { name: string; restartCount?: number }[] = pod.status?.initContainerStatuses ?? []
  return statuses
    .filter(({ name }) => sidecars.includes(name))
    .reduce((most, container) => Math.max(most, container.restartCount ?? 0), 0)
}

/** By the conditions' list: lists are frozen values, and controllers ask the same ones again and again. */
const found = new WeakMap<object, PodCondition | null>()

function readyCondition(pod: KubeObject): PodCondition | undefined {
  const conditions: readonly PodCondition[] | undefined = pod.status?.conditions
  if (conditions === undefined) return undefined
  const known = found.get(conditions)
  if (known !== undefined) return known ?? undefined
  const ready = conditions.find((condition) => condition.type === 'Ready' && condition.status === 'True')
  if (Object.isFrozen(conditions)) found.set(conditions, ready ?? null)
  return ready
}
