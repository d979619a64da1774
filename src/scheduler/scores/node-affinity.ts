/** Preferred node affinity: the sum of the weights of the terms that match. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity-weight */
import type { KubeObject } from '../../api/object.ts'
import { matchesNodeSelectorTerm, type NodeSelectorTerm } from '../../api/scheduling.ts'
import type { PodFacts } from '../facts.ts'
import { proportional, type Score } from '../plugin.ts'

interface Preferred {
  readonly weight: number
  readonly preference: NodeSelectorTerm
}

/** The sum of weights; a preference without any requirement prefers nothing. */
export function affinityWeight(pod: PodFacts, node: KubeObject): number {
  const terms: readonly Preferred[] =
    pod.pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  return terms.reduce((sum, one) => sum + (matchesNodeSelectorTerm(one.preference, node) ? one.weight : 0), 0)
}

export const nodeAffinityScore: Score = {
  name: 'NodeAffinity',
  weight: 2,
  score: (pod) => ({
    raw: ({ node }) => affinityWeight(pod, node),
    normalize: (raws) => proportional(raws, false),
  }),
}
