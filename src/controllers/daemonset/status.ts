/**
 * A DaemonSet's status: counts of nodes.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/daemon-set-v1/#DaemonSetStatus
 */
import type { KubeObject } from '../../api/object.ts'
import { isPodReady, podAvailableAt } from '../../api/pod-status.ts'
import type { Scene } from './manage.ts'
import { isUpdated } from './pods.ts'

export interface Counted {
  readonly status: Readonly<Record<string, unknown>>
  /** When the next ready pod becomes available (ms), if one is waiting for minReadySeconds. */
  readonly nextAvailableAt: number | undefined
}

/** A node counts by its oldest pod. */
export function counted({ daemonSet, nodes, pods, hash, now }: Scene): Counted {
  const minReadySeconds: number = daemonSet.spec.minReadySeconds ?? 0
  let [desired, current, misscheduled, ready, available, updated] = [0, 0, 0, 0, 0, 0]
  for (const [node, { run }] of nodes) {
    const pod = pods.get(node)?.[0]
    if (run) desired++
    else if (pod !== undefined) misscheduled++
    if (!run || pod === undefined) continue
    current++
    if (isUpdated(pod, hash)) updated++
    if (!isPodReady(pod)) continue
    ready++
    if ((podAvailableAt(pod, minReadySeconds) ?? Number.POSITIVE_INFINITY) <= now) available++
  }
  const { collisionCount, conditions } = daemonSet.status ?? {}
  const status = {
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    observedGeneration: daemonSet.metadata.generation ?? 0,
    ...(updated > 0 && { updatedNumberScheduled: updated }),
    ...(available > 0 && { numberAvailable: available }),
    ...(desired > available && { numberUnavailable: desired - available }),
    ...(collisionCount !== undefined && { collisionCount }),
    ...(conditions !== undefined && { conditions }),
  }
  return { status, nextAvailableAt: nextAvailable([...pods.values()].flat(), minReadySeconds, now) }
}

/** Of any pod: while surging it is the newer one of a node that the rollout waits for. */
function nextAvailable(pods: readonly KubeObject[], minReadySeconds: number, now: number): number | undefined {
  const times = pods.flatMap((pod) => podAvailableAt(pod, minReadySeconds) ?? [])
  const next = times.reduce((least, at) => (at > now ? Math.min(least, at) : least), Number.POSITIVE_INFINITY)
  return Number.isFinite(next) ? next : undefined
}
