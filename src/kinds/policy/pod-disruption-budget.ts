/** PodDisruptionBudget: policy/v1. */
import { defineKind } from '../../api/kind.ts'
import { nameIsPathSegment } from '../../api/names.ts'
import { podDisruptionBudgetColumns } from '../columns.ts'
import { withStatus } from '../without-status.ts'
import { validateBudget } from './pod-disruption-budget-validate.ts'

export const PodDisruptionBudget = defineKind({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  categories: [],
  updateNeedsVersion: true,
  namespaced: true,
  schema: 'io.k8s.api.policy.v1.PodDisruptionBudget',
  subresources: { status: true },
  nameRule: nameIsPathSegment,
  prepare: {
    create: (budget) =>
      withStatus(budget, { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }),
  },
  validate: validateBudget,
  defaultPropagation: 'Background',
  columns: podDisruptionBudgetColumns,
})
