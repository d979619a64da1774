/** ScheduleAnyway spread constraints, and the cluster's default ones for pods of services and workloads. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#internal-default-constraints */
import { controllerOf } from '../../api/owner.ts'
import { type LabelSelector, matchesMap } from '../../api/selector.ts'
import type { View } from '../../store/view.ts'
import type { PodFacts } from '../facts.ts'
import { matchesByDomain, matchesOn } from '../filters/pod-topology-spread.ts'
import type { NodeFacts, Score } from '../plugin.ts'
import { isEmptySelector, type SpreadConstraint, spreadSelection } from '../terms.ts'

export const hostname = 'kubernetes.io/hostname'
const zone = 'topology.kubernetes.io/zone'

/** The soft constraints of a pod; `strict` when a node must have all their labels to be scored. */
export interface SoftSpread {
  readonly constraints: readonly SpreadConstraint[]
  readonly strict: boolean
}

/** A pod's own soft constraints, or the default ones: at most 3 more per host and 5 more per zone. */
export function softSpread(pod: PodFacts, view: View): SoftSpread {
  if ((pod.pod.spec?.topologySpreadConstraints?.length ?? 0) > 0)
    return { constraints: pod.terms.softSpread, strict: true }
  const selector = defaultSelector(pod, view)
  if (isEmptySelector(selector)) return { constraints: [], strict: false }
  const selection = spreadSelection(pod.namespace, selector)
  const common = { selection, minDomains: 1, honorsAffinity: true, honorsTaints: false, matchesSelf: true }
  const constraints = [
    { ...common, topologyKey: hostname, maxSkew: 3 },
    { ...common, topologyKey: zone, maxSkew: 5 },
  ]
  return { constraints, strict: false }
}

/** What the services and the owner of a pod select, together. Empty when nothing does. */
function defaultSelector(pod: PodFacts, view: View): LabelSelector {
  const matchLabels: Record<string, string> = {}
  for (const service of view.list('services', pod.namespace)) {
    const selector = service.spec?.selector
    if (selector && Object.keys(selector).length > 0 && matchesMap(selector, pod.labels))
      Object.assign(matchLabels, selector)
  }
  const owner = controllerOf(pod.pod)
  const kinds: Readonly<Record<string, string>> = {
    'apps/v1/ReplicaSet': 'replicasets.apps',
    'apps/v1/StatefulSet': 'statefulsets.apps',
  }
  const resource = owner === undefined ? undefined : kinds[`${owner.apiVersion}/${owner.kind}`]
  if (owner === undefined || resource === undefined) return { matchLabels }
  const selector: LabelSelector = view.get(resource, pod.namespace, owner.name)?.spec?.selector ?? {}
  // Requirements are put beside each other rather than merged: a service and a workload may ask for the same key.
  const own = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  }))
  return { matchLabels, matchExpressions: [...own, ...(selector.matchExpressions ?? [])] }
}

/** The weight of a constraint with this many domains. */
export function domainWeight(domains: number): number {
  return Math.log(domains + 2)
}

/** Half away from zero, as Go rounds; JavaScript rounds halves up, which is the same for positive numbers. */
export function spreadPoints(raw: number, least: number, most: number): number {
  return most === 0 ? 100 : Math.trunc((100 * (most + least - raw)) / most)
}

export const podTopologySpreadScore: Score = {
  name: 'PodTopologySpread',
  weight: 2,
  score: (pod, cluster, feasible) => {
    const { constraints, strict } = softSpread(pod, cluster.view)
    if (constraints.length === 0) return { raw: () => 0, normalize: (raws) => raws.map(() => 0) }
    const keys = constraints.map((one) => one.topologyKey)
    const complete = (node: NodeFacts) => keys.every((key) => node.labels[key] !== undefined)
    const scored = feasible.filter((node) => !strict || complete(node))
    const counts = constraints.map((one) => matchesByDomain(one, strict ? keys : [], pod, cluster))
    const weights = constraints.map((one) =>
      domainWeight(
        one.topologyKey === hostname
          ? scored.length
          : new Set(scored.map((node) => node.labels[one.topologyKey] ?? '')).size,
      ),
    )
    const raw = (node: NodeFacts) => {
      if (strict && !complete(node)) return Number.NaN
      let sum = 0
      for (const [i, one] of constraints.entries()) {
        const value = node.labels[one.topologyKey]
        if (value === undefined) continue
        const onNode = one.topologyKey === hostname
        const count = onNode ? matchesOn(one, node, cluster) : (counts[i]?.get(value) ?? 0)
        sum += count * (weights[i] as number) + (one.maxSkew - 1)
      }
      return Math.round(sum)
    }
    return { raw, normalize: normalizeSpread }
  },
}

/** Nodes that are not scored (NaN) get 0. */
function normalizeSpread(raws: readonly number[]): number[] {
  const known = raws.filter((raw) => !Number.isNaN(raw))
  const [least, most] = [Math.min(...known), Math.max(0, ...known)]
  return raws.map((raw) => (Number.isNaN(raw) ? 0 : spreadPoints(raw, least, most)))
}
