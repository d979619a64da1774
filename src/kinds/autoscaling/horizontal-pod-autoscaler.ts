/** HorizontalPodAutoscaler: autoscaling/v2. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { withStatus } from '../without-status.ts'
import { horizontalPodAutoscalerColumns } from './horizontal-pod-autoscaler-columns.ts'
import { autoscalingV1 } from './horizontal-pod-autoscaler-v1.ts'
import { validateAutoscaler } from './horizontal-pod-autoscaler-validate.ts'

export const HorizontalPodAutoscaler = defineKind({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  subresources: { status: true },
  versions: [autoscalingV1],
  life: 'horizontal-pod-autoscaler',
  hasGeneration: false,
  prepare: { create: (autoscaler) => withStatus(autoscaler, { desiredReplicas: 0, currentMetrics: null }) },
  validate: withFinalizerRule(validateAutoscaler),
  defaultPropagation: 'Background',
  columns: horizontalPodAutoscalerColumns,
})
