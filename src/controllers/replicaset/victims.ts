/**
 * Which pods a ReplicaSet gives up first when it has too many.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#scaling-a-replicaset,
 * KEP-2255 (pod deletion cost), KEP-2185 (ages compared on a logarithmic scale)
 */
import type { KubeObject } from '../../api/object.ts'
import { isPodActive, podReadySince, podRestarts, sidecarRestarts } from '../../api/pod-status.ts'
import { parseTime } from '../../api/time.ts'

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost'
const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/** What is compared, worked out once for each pod. */
interface Candidate {
  readonly pod: KubeObject
  readonly uid: string
  readonly assigned: number
  readonly phase: number
  readonly readySince: number | undefined
  readonly cost: number
  readonly onNode: number
  readonly restarts: number
  readonly sidecarRestarts: number
  readonly created: number
}

/**
 * The `count` pods to delete. `related` are the pods of all ReplicaSets with the same owner: a pod that shares its node
 * with more of them goes sooner.
 */
export function victims(
  pods: readonly KubeObject[],
  related: readonly KubeObject[],
  count: number,
  now: number,
): readonly KubeObject[] {
  if (count >= pods.length) return pods
  const perNode = new Map<string, number>()
  for (const pod of related) {
    if (!isPodActive(pod)) continue
    const node = pod.spec?.nodeName ?? ''
    perNode.set(node, (perNode.get(node) ?? 0) + 1)
  }
  return pods
    .map((pod) => candidate(pod, perNode))
    .sort((a, b) => compare(a, b, now))
    .slice(0, count)
    .map(({ pod }) => pod)
}

function candidate(pod: KubeObject, perNode: ReadonlyMap<string, number>): Candidate {
  const node: string = pod.spec?.nodeName ?? ''
  const created = pod.metadata.creationTimestamp
  return {
    pod,
    uid: pod.metadata.uid ?? '',
    assigned: node === '' ? 0 : 1,
    phase: phaseOrder[pod.status?.phase ?? 'Pending'] ?? 0,
    readySince: podReadySince(pod),
    cost: costOf(pod),
    onNode: perNode.get(node) ?? 0,
    restarts: podRestarts(pod),
    sidecarRestarts: sidecarRestarts(pod),
    created: created === undefined ? 0 : parseTime(created),
  }
}

/** The annotation's value when it is a 32-bit integer without leading zeros or plus sign, else 0. */
function costOf(pod: KubeObject): number {
  const text = pod.metadata.annotations?.[deletionCost]
  if (text === undefined || !/^(0|-?[1-9]\d*)$/.test(text)) return 0
  const cost = Number(text)
  return cost >= -2_147_483_648 && cost <= 2_147_483_647 ? cost : 0
}

function compare(a: Candidate, b: Candidate, now: number): number {
  return (
    a.assigned - b.assigned ||
    a.phase - b.phase ||
    Number(a.readySince !== undefined) - Number(b.readySince !== undefined) ||
    a.cost - b.cost ||
    b.onNode - a.onNode ||
    younger(a, b, a.readySince ?? 0, b.readySince ?? 0, now) ||
    b.restarts - a.restarts ||
    b.sidecarRestarts - a.sidecarRestarts ||
    younger(a, b, a.created, b.created, now)
  )
}

/** Younger first, in powers of two; within one power the uid decides, so that not always the youngest suffers. */
function younger(a: Candidate, b: Candidate, timeA: number, timeB: number, now: number): number {
  if (timeA === timeB) return 0
  if (timeA === 0 || timeB === 0) return timeA === 0 ? -1 : 1
  const difference = power(now - timeA) - power(now - timeB)
  if (difference !== 0) return difference
  return a.uid < b.uid ? -1 : 1
}

/** The integer part of log2 of an age in nanoseconds; -1 for no age at all. */
function power(ageMs: number): number {
  return ageMs > 0 ? Math.floor(Math.log2(ageMs * 1_000_000)) : -1
}
