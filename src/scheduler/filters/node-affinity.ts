/** spec.nodeSelector and required node affinity. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity */
import { matchesNodeAffinity, type NodeSelectorTerm } from '../../api/scheduling.ts'
import type { PodFacts } from '../facts.ts'
import { type Filter, refusedForGood } from '../plugin.ts'

const refusal = refusedForGood("node(s) didn't match Pod's node affinity/selector")
const conflict = refusedForGood('pod affinity terms conflict')
/** What Kubernetes says of nodes it never looked at because every term names others. */
const notNamed = refusedForGood("node(s) didn't satisfy plugin(s) [NodeAffinity]")

export const nodeAffinity: Filter = {
  name: 'NodeAffinity',
  filter: (pod) => {
    const named = namedNodes(pod)
    if (named?.size === 0) return conflict
    return ({ node, name }) => {
      if (named !== undefined && !named.has(name)) return notNamed
      return matchesNodeAffinity({ spec: pod.pod.spec }, node) ? undefined : refusal
    }
  },
}

/** The node names the required terms leave when every one of them lists names; undefined when any does not. */
export function namedNodes(pod: PodFacts): ReadonlySet<string> | undefined {
  const required = pod.pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const terms: readonly NodeSelectorTerm[] = required?.nodeSelectorTerms ?? []
  if (terms.length === 0) return undefined
  const all = new Set<string>()
  for (const term of terms) {
    const lists = (term.matchFields ?? []).filter((one) => one.key === 'metadata.name' && one.operator === 'In')
    const [first, ...others] = lists.map((one) => one.values ?? [])
    if (first === undefined) return undefined
    for (const name of first) if (others.every((list) => list.includes(name))) all.add(name)
  }
  return all
}
