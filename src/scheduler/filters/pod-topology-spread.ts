/** Spread constraints with DoNotSchedule: after placement no domain may lead the emptiest by more than maxSkew. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/ */
import { matchesNodeAffinity, untoleratedTaint } from '../../api/scheduling.ts'
import type { PodFacts } from '../facts.ts'
import { type ClusterFacts, type Filter, type NodeFacts, refused, refusedForGood } from '../plugin.ts'
import { isEmptySelector, type SpreadConstraint, selects } from '../terms.ts'

const skewed = "node(s) didn't match pod topology spread constraints"
export const tooSkewed = refused(skewed)
export const missingLabel = refusedForGood(`${skewed} (missing required label)`)

export const podTopologySpread: Filter = {
  name: 'PodTopologySpread',
  filter: (pod, cluster) => {
    const constraints = pod.terms.hardSpread
    const keys = constraints.map((one) => one.topologyKey)
    const counts = constraints.map((one) => matchesByDomain(one, keys, pod, cluster))
    return (node) => {
      for (const [i, one] of constraints.entries()) {
        const value = node.labels[one.topologyKey]
        if (value === undefined) return missingLabel
        const found = counts[i] as ReadonlyMap<string, number>
        const least = found.size < one.minDomains ? 0 : Math.min(...found.values(), Number.MAX_SAFE_INTEGER)
        const skew = (found.get(value) ?? 0) + (one.matchesSelf ? 1 : 0) - least
        if (skew > one.maxSkew) return tooSkewed
      }
      return undefined
    }
  },
}

/** Whether a node counts for a constraint: its inclusion policies hold. */
export function isIncluded(constraint: SpreadConstraint, pod: PodFacts, node: NodeFacts): boolean {
  if (constraint.honorsAffinity && !matchesNodeAffinity({ spec: pod.pod.spec }, node.node)) return false
  if (!constraint.honorsTaints) return true
  const effects = ['NoSchedule', 'NoExecute']
  return untoleratedTaint(node.node.spec?.taints, pod.pod.spec?.tolerations, effects) === undefined
}

/** How many matching pods there are in each eligible domain. `keys` must all be labels of a node that counts. */
export function matchesByDomain(
  constraint: SpreadConstraint,
  keys: readonly string[],
  pod: PodFacts,
  cluster: ClusterFacts,
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const node of cluster.nodes) {
    const value = node.labels[constraint.topologyKey]
    if (value === undefined || !keys.every((key) => node.labels[key] !== undefined)) continue
    if (!isIncluded(constraint, pod, node)) continue
    counts.set(value, (counts.get(value) ?? 0) + matchesOn(constraint, node, cluster))
  }
  return counts
}

/** How many of a node's pods match; none for an empty selector. */
export function matchesOn({ selection }: SpreadConstraint, node: NodeFacts, cluster: ClusterFacts): number {
  if (isEmptySelector(selection.selector)) return 0
  const counted = (other: PodFacts) =>
    !other.terminating && selects(selection, other.namespace, other.labels, cluster.namespaces)
  return node.pods.filter(counted).length
}
