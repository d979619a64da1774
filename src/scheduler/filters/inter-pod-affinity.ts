/** Required affinity and anti-affinity between pods, and the anti-affinity of the pods already there. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity */
import type { PodFacts } from '../facts.ts'
import { type ClusterFacts, type Filter, type NodeFacts, refused, refusedForGood } from '../plugin.ts'
import { type AffinityTerm, selects } from '../terms.ts'

export const unmetAffinity = refusedForGood("node(s) didn't match pod affinity rules")
export const unmetAntiAffinity = refused("node(s) didn't match pod anti-affinity rules")
export const unmetExisting = refused("node(s) didn't satisfy existing pods anti-affinity rules")

export const interPodAffinity: Filter = {
  name: 'InterPodAffinity',
  filter: (pod, cluster) => {
    const { affinity, antiAffinity } = pod.terms
    const near = countsOf(cluster, (other) => affinity.length > 0 && matchesAll(affinity, other, cluster), affinity)
    const far = antiAffinity.map((term) => countsOf(cluster, (other) => matchesAll([term], other, cluster), [term]))
    const existing = existingTerms(pod, cluster)
    const alone = near.size === 0 && matchesAll(affinity, pod, cluster)
    return (node) => {
      if (!affinity.every((term) => node.labels[term.topologyKey] !== undefined)) return unmetAffinity
      if (!alone && !affinity.every((term) => near.has(domain(term.topologyKey, node)))) return unmetAffinity
      if (antiAffinity.some((term, i) => far[i]?.has(domain(term.topologyKey, node)))) return unmetAntiAffinity
      const held = (key: string) => node.labels[key] !== undefined && existing.has(domain(key, node))
      return Object.keys(node.labels).some(held) ? unmetExisting : undefined
    }
  },
}

function domain(key: string, node: NodeFacts): string {
  return `${key} ${node.labels[key] ?? ''}`
}

/** The topology domains of the terms' keys in which a pod satisfies the test. */
function countsOf(cluster: ClusterFacts, test: (other: PodFacts) => boolean, terms: readonly AffinityTerm[]) {
  const found = new Set<string>()
  for (const node of cluster.nodes)
    for (const other of node.pods)
      if (test(other))
        for (const { topologyKey } of terms)
          if (node.labels[topologyKey] !== undefined) found.add(domain(topologyKey, node))
  return found
}

/** The domains that pods already there keep free of pods like this one. */
function existingTerms(pod: PodFacts, cluster: ClusterFacts): ReadonlySet<string> {
  const found = new Set<string>()
  for (const node of cluster.nodes)
    for (const other of node.pods)
      for (const term of other.terms.antiAffinity)
        if (node.labels[term.topologyKey] !== undefined && matchesAll([term], pod, cluster))
          found.add(domain(term.topologyKey, node))
  return found
}

function matchesAll(terms: readonly AffinityTerm[], other: PodFacts, cluster: ClusterFacts): boolean {
  return terms.every(({ selection }) => selects(selection, other.namespace, other.labels, cluster.namespaces))
}
