/** Why a pod is, or is not, on each node: every filter plugin asked about every node, by the objects of a moment. */
import type { KubeObject } from '../api/object.ts'
import type { Registry } from '../api/registry.ts'
import { orderedOf } from '../lib/ordered.ts'
import { clusterOf, rank } from '../scheduler/explain.ts'
import { factsOf } from '../scheduler/facts.ts'
import { filters } from '../scheduler/plugins.ts'
import { Latest } from '../store/latest.ts'
import { viewOver } from '../store/read.ts'
import { emptySnapshot, type Snapshot, withObject } from '../store/snapshot.ts'
import type { View } from '../store/view.ts'
import type { Past } from './past.ts'
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
  const view = viewOf(registry, past)
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

/** A view of the moment with its indexes, of the kinds the plugins look at. */
function viewOf(registry: Registry, past: Past): View {
  let snapshot: Snapshot = { ...emptySnapshot(past.time), revision: past.revision }
  const all = past.objects()
  for (const resource of looked) {
    const kind = registry.kinds.find((one) => one.resource === resource)
    const objects = all.get(resource) ?? []
    if (kind === undefined) continue
    if (Object.keys(kind.indexes ?? {}).length === 0) {
      const tree = orderedOf(objects.map((one) => [keyIn(one), one] as const))
      snapshot = { ...snapshot, collections: { ...snapshot.collections, [resource]: tree } }
    } else for (const one of objects) snapshot = withObject(snapshot, kind, one, keyIn(one), past.time)
  }
  return viewOver({ ...snapshot, revision: past.revision }, registry, past.time, new Latest(snapshot))
}

function keyIn({ metadata: { namespace = '', name } }: KubeObject): string {
  return namespace === '' ? name : `${namespace}/${name}`
}
