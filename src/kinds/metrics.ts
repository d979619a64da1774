/**
 * PodMetrics and NodeMetrics (metrics.k8s.io/v1beta1): what the simulated runtime measures, as the autoscaler and
 * `kubectl top` read it.
 * Source: https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/
 */
import { defineKind } from '../api/kind.ts'

const group = 'metrics.k8s.io'
const version = 'v1beta1'
const verbs = ['get', 'list']

export const PodMetrics = defineKind({
  group,
  version,
  kind: 'PodMetrics',
  plural: 'pods',
  singular: '',
  namespaced: true,
  verbs,
  hasGeneration: false,
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
})
