/** Why a pod is, or is not, on each node: every filter plugin asked about every node, by the objects of a moment. */
import type { KubeObject } from '../api/object.ts'
import type { Registry } from '../api/registry.ts'
import { clusterOf, rank } from '../scheduler/explain.ts'
import { factsOf } from '../scheduler/facts.ts'
import { filters } from '../scheduler/plugins.ts'
import type { Past } from './past.ts'
import { viewOfPast } from './past-view.ts'
import type { SchedulingAnswer } from './questions.ts'

/** Resources that filters and scores look at. */
const looked: readonly string[] = [
  'pods',
  'nodes',
  'namespaces',
  'persistentvolumes',
  'persistentvolumeclaims',
  'services',
  'replicationcontrollers',
  'storageclasses.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'csistoragecapacities.storage.k8s.io',
  'replicasets.apps',
  'statefulsets.apps',
]

/** The table of nodes and plugins. Unlike the scheduler, which stops at the first refusal, it hears every plugin. */
export function schedulingOf(registry: Registry, past: Past, pod: KubeObject): SchedulingAnswer {
  const { nodeName: _node, ...spec } = pod.spec ?? {}
  const asked = { ...pod, spec }
  const view = viewOfPast(registry, past, looked)
  const cluster = clusterOf(view, asked)
  const facts = factsOf(asked)
  const checks = filters.map(({ name, filter }) => ({ plugin: name, check: filter(facts, cluster) }))
  const everywhere = checks.flatMap(({ plugin, check }) =>
    typeof check === 'function' ? [] : check.reasons.map((reason) => ({ plugin, reason })),
  )
  const points = new Map(rank(view, asked).map((one) => [one.node, one.points]))
  const conditions: readonly { type: string; message?: string }[] = pod.status?.conditions ?? []
  return {
    pod: `${pod.metadata.namespace}/${pod.metadata.name}`,
    node: pod.spec?.nodeName ?? '',
    message: conditions.find(({ type }) => type === 'PodScheduled')?.message ?? '',
    plugins: filters.map(({ name }) => name),
    everywhere,
    nodes: cluster.nodes.map((node) => {
      const refusals = checks.flatMap(({ plugin, check }) => {
        const refusal = typeof check === 'function' ? check(node) : undefined
        return (refusal?.reasons ?? []).map((reason) => ({ plugin, reason }))
      })
      const feasible = everywhere.length === 0 && refusals.length === 0
      const total = points.get(node.name)
      return { node: node.name, feasible, ...(feasible && total !== undefined ? { points: total } : {}), refusals }
    }),
  }
}
