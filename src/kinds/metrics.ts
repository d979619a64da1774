/**
 * PodMetrics and NodeMetrics (metrics.k8s.io/v1beta1): what the simulated runtime measures, as the autoscaler and
 * `kubectl top` read it.
 * Source: https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/
 */
import { column } from '../api/column.ts'
import { defineKind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { milliValue, value } from '../api/quantity.ts'
import { nameColumn } from '../api/table.ts'

const group = 'metrics.k8s.io'
const version = 'v1beta1'
const verbs = ['get', 'list']

interface Used {
  readonly usage?: Readonly<Record<string, string>>
}

const usedBy = (object: KubeObject): readonly Used[] => (object.containers as Used[] | undefined) ?? [object as Used]

const columns = [
  nameColumn,
  column('cpu', (object) => `${usedBy(object).reduce((sum, { usage }) => sum + milliValue(usage?.cpu ?? '0'), 0)}m`),
  column('memory', (object) => {
    const bytes = usedBy(object).reduce((sum, { usage }) => sum + value(usage?.memory ?? '0'), 0)
    return `${Math.round(bytes / 1024)}Ki`
  }),
  column('Window', (object) => String(object.window ?? '')),
]

export const PodMetrics = defineKind({
  group,
  version,
  kind: 'PodMetrics',
  plural: 'pods',
  singular: '',
  namespaced: true,
  verbs,
  hasGeneration: false,
  columns,
})

export const NodeMetrics = defineKind({
  group,
  version,
  kind: 'NodeMetrics',
  plural: 'nodes',
  singular: '',
  namespaced: false,
  verbs,
  hasGeneration: false,
  columns,
})
