/** PodDisruptionBudget: policy/v1. */
import { defineKind } from '../../api/kind.ts'
import { podDisruptionBudgetColumns } from '../columns.ts'

export const PodDisruptionBudget = defineKind({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  categories: [],
  namespaced: true,
  schema: 'io.k8s.api.policy.v1.PodDisruptionBudget',
  subresources: { status: true },
  prepare: {
    create: (object) => ({
      ...object,
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    }),
  },
  columns: podDisruptionBudgetColumns,
})
