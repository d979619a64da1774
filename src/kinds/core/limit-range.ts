/** LimitRange: core/v1. What its limits do to pods and claims is an admission step. */
import { createdAtColumns } from '../../api/column.ts'
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { validateLimitRange } from './limit-range-validate.ts'

export const LimitRange = defineKind({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.LimitRange',
  hasGeneration: false,
  createOnUpdate: true,
  namesItself: true,
  validate: withFinalizerRule(validateLimitRange),
  columns: createdAtColumns,
})
