/** Preferred (anti-)affinity between pods, in both directions; required affinity of pods already there counts 1. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity */
import type { PodFacts } from '../facts.ts'
import type { ClusterFacts, Score } from '../plugin.ts'
import { type AffinityTerm, selects } from '../terms.ts'

/** The lowest raw points become 0, the highest 100. */
export function stretched(raw: number, least: number, most: number): number {
  return most > least ? Math.trunc(100 * ((raw - least) / (most - least))) : 0
}

/** The terms of a pod already there that speak for or against newcomers. */
export function symmetricTerms({ terms }: PodFacts): readonly AffinityTerm[] {
  if (terms.affinity.length + terms.preferred.length + terms.avoided.length === 0) return []
  return [...terms.affinity, ...terms.preferred, ...terms.avoided]
}

export const interPodAffinityScore: Score = {
  name: 'InterPodAffinity',
  weight: 2,
  score: (pod, cluster) => {
    const weights = weightsOf(pod, cluster)
    return {
      raw: ({ labels }) => {
        let sum = 0
        for (const [key, values] of weights) sum += labels[key] === undefined ? 0 : (values.get(labels[key]) ?? 0)
        return sum
      },
      normalize: (raws) => {
        const [least, most] = [Math.min(...raws), Math.max(...raws)]
        return raws.map((raw) => stretched(raw, least, most))
      },
    }
  },
}

function weightsOf(pod: PodFacts, cluster: ClusterFacts): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const weights = new Map<string, Map<string, number>>()
  const own = [...pod.terms.preferred, ...pod.terms.avoided]
  for (const { labels, pods } of cluster.nodes) {
    const count = (term: AffinityTerm, target: PodFacts) => {
      const value = labels[term.topologyKey]
      if (value === undefined) return
      if (!selects(term.selection, target.namespace, target.labels, cluster.namespaces)) return
      const values = weights.get(term.topologyKey) ?? new Map<string, number>()
      weights.set(term.topologyKey, values.set(value, (values.get(value) ?? 0) + term.weight))
    }
    for (const other of pods) {
      for (const term of own) count(term, other)
      for (const term of symmetricTerms(other)) count(term, pod)
    }
  }
  return weights
}
