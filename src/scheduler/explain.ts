/**
 * Why a pod can or cannot be on each node, computed from objects by the plugins themselves: slow, plain, and the
 * measure for the columns.
 */
import type { KubeObject } from '../api/object.ts'
import type { View } from '../store/view.ts'
import { factsOf, type PodFacts } from './facts.ts'
import type { ClusterFacts, NodeFacts, Refusal } from './plugin.ts'
import { filters, scores } from './plugins.ts'

/** One refusal: `node` '' when it holds for all nodes at once. */
export interface Explanation {
  readonly node: string
  readonly plugin: string
  readonly reason: string
}

/** What every plugin says of every node that it refuses; nodes that are not listed are feasible. */
export function explain(view: View, pod: KubeObject): Explanation[] {
  const cluster = clusterOf(view, pod)
  const facts = factsOf(pod)
  const found: Explanation[] = []
  for (const { node, plugin, refusal } of refusals(cluster, facts))
    for (const reason of refusal.reasons) found.push({ node, plugin, reason })
  return found
}

/** Names of the feasible nodes with their total points, best first; equal points by name. */
export function rank(view: View, pod: KubeObject): { readonly node: string; readonly points: number }[] {
  const cluster = clusterOf(view, pod)
  const facts = factsOf(pod)
  const out = new Set(refusals(cluster, facts).map((one) => one.node))
  const feasible = out.has('') ? [] : cluster.nodes.filter((node) => !out.has(node.name))
  const totals = feasible.map(() => 0)
  for (const { weight, score } of scores) {
    const scorer = score(facts, cluster, feasible)
    const raws = feasible.map(scorer.raw)
    const points = scorer.normalize?.(raws) ?? raws
    for (const [i, one] of points.entries()) totals[i] = (totals[i] as number) + weight * one
  }
  const ranked = feasible.map((node, i) => ({ node: node.name, points: totals[i] as number }))
  return ranked.sort((a, b) => b.points - a.points || (a.node < b.node ? -1 : 1))
}

/** The first refusal of every node that is refused; one without a node when the pod is refused everywhere at once. */
export function refusals(cluster: ClusterFacts, pod: PodFacts): { node: string; plugin: string; refusal: Refusal }[] {
  const checks = filters.map(({ name, filter }) => ({ name, check: filter(pod, cluster) }))
  for (const { name, check } of checks)
    if (typeof check !== 'function') return [{ node: '', plugin: name, refusal: check }]
  return cluster.nodes.flatMap((node) => {
    for (const { name, check } of checks) {
      const refusal = typeof check === 'function' ? check(node) : check
      if (refusal !== undefined) return [{ node: node.name, plugin: name, refusal }]
    }
    return []
  })
}

/** The nodes with their pods; finished pods and the pod itself hold nothing. */
export function clusterOf(view: View, pod: KubeObject): ClusterFacts {
  const on = new Map<string, PodFacts[]>()
  for (const other of view.list('pods')) {
    const name: string = other.spec?.nodeName ?? ''
    const done = other.status?.phase === 'Succeeded' || other.status?.phase === 'Failed'
    if (name === '' || done || other.metadata.uid === pod.metadata.uid) continue
    const list = on.get(name)
    if (list === undefined) on.set(name, [factsOf(other)])
    else list.push(factsOf(other))
  }
  const nodes: NodeFacts[] = view.list('nodes').map((node) => {
    const name = node.metadata.name
    return { node, name, labels: node.metadata.labels ?? {}, pods: on.get(name) ?? [] }
  })
  const namespaces = (name: string) => view.get('namespaces', '', name)?.metadata.labels ?? {}
  return { nodes, namespaces, view }
}
