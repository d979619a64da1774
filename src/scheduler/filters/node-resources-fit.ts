/** A node must have free what a pod requests. Source: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-requests-are-scheduled */
import type { PodFacts } from '../facts.ts'
import type { Filter, NodeFacts, Refusal } from '../plugin.ts'
import { amountsOf } from '../requests.ts'
import { amountOf } from '../room.ts'

/** One resource: what is asked, what is used and what there is. */
export interface Shortage {
  readonly resource: string
  readonly reason: string
  /** More is asked than the whole node has. */
  readonly beyond: boolean
}

export const nodeResourcesFit: Filter = {
  name: 'NodeResourcesFit',
  filter: (pod) => (node) => refusalOf(shortages(pod, node)),
}

/** The refusal of these shortages, undefined when there are none. */
export function refusalOf(shortages: readonly Shortage[]): Refusal | undefined {
  if (shortages.length === 0) return undefined
  return { reasons: shortages.map((one) => one.reason), unresolvable: shortages.some((one) => one.beyond) }
}

function shortages(pod: PodFacts, node: NodeFacts): Shortage[] {
  const allocatable = amountsOf(node.node.status?.allocatable ?? node.node.status?.capacity)
  const found: Shortage[] = []
  const { cpuMilli, memoryBytes, storageBytes, extended } = pod.requests
  if (node.pods.length + 1 > (allocatable.pods ?? 0))
    found.push({ resource: 'pods', reason: 'Too many pods', beyond: false })
  const asked: (readonly [string, number])[] = [
    ['cpu', cpuMilli],
    ['memory', memoryBytes],
    ['ephemeral-storage', storageBytes],
    ...extended,
  ]
  for (const [resource, amount] of asked) {
    const total = allocatable[resource] ?? 0
    const used = node.pods.reduce((sum, other) => sum + amountOf(other.requests, resource), 0)
    if (amount > 0 && amount > total - used)
      found.push({ resource, reason: `Insufficient ${resource}`, beyond: amount > total })
  }
  return found
}
