/**
 * Whether a node is heard of: its Lease and its conditions, and what its conditions become when it is not.
 * Source: https://kubernetes.io/docs/concepts/architecture/nodes/#node-controller
 */
import type { Condition } from '../../api/conditions.ts'
import { getCondition } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import { parseTime, toRfc3339 } from '../../api/time.ts'
import { Lease } from '../../kinds/index.ts'
import type { View } from '../../store/view.ts'

export const leaseNamespace = 'kube-node-lease'
/** node-monitor-grace-period and node-startup-grace-period. */
export const graceMs = 40_000
export const startupGraceMs = 60_000

const watched = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const

/** status.conditions Ready, or undefined before the kubelet first spoke. */
export function readyOf(node: KubeObject): Condition | undefined {
  return getCondition(node.status?.conditions, 'Ready')
}

/** When (ms) a node that stays silent is lost. Past the deadline, not at it. */
export function silentAfter(view: View, node: KubeObject): number {
  const ready = readyOf(node)
  const renewed = view.get(Lease, leaseNamespace, node.metadata.name)?.spec?.renewTime
  const heartbeat = ready?.lastHeartbeatTime as string | undefined
  const heard = [renewed, heartbeat].flatMap((text) => (text ? [parseTime(text)] : []))
  const born = node.metadata.creationTimestamp
  if (ready === undefined && heard.length === 0)
    return (born === undefined ? view.now : parseTime(born)) + startupGraceMs
  return Math.max(...heard, ...(heard.length === 0 && born ? [parseTime(born)] : [])) + graceMs
}

/** The node with every watched condition Unknown, or the same node when they all are. */
export function silenced(node: KubeObject, now: number): KubeObject {
  const conditions: readonly Condition[] = node.status?.conditions ?? []
  const next = [...conditions]
  for (const type of watched) {
    const at = next.findIndex((condition) => condition.type === type)
    const found = next[at]
    if (found === undefined) next.push(neverPosted(node, type, now))
    else if (found.status !== 'Unknown') next[at] = stopped(found, now)
  }
  if (next.length === conditions.length && next.every((condition, at) => condition === conditions[at])) return node
  return { ...node, status: { ...node.status, conditions: next } }
}

function neverPosted(node: KubeObject, type: string, now: number): Condition {
  return {
    type,
    status: 'Unknown',
    lastHeartbeatTime: node.metadata.creationTimestamp,
    lastTransitionTime: toRfc3339(now),
    reason: 'NodeStatusNeverUpdated',
    message: 'Kubelet never posted node status.',
  }
}

function stopped(condition: Condition, now: number): Condition {
  return {
    ...condition,
    status: 'Unknown',
    lastTransitionTime: toRfc3339(now),
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  }
}
