/** PriorityClass: scheduling.k8s.io/v1. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { priorityClassColumns } from '../columns.ts'
import { validatePriorityClass } from './priority-class-validate.ts'

export const PriorityClass = defineKind({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  categories: [],
  namespaced: false,
  schema: 'io.k8s.api.scheduling.v1.PriorityClass',
  hasGeneration: true,
  validate: withFinalizerRule(validatePriorityClass),
  defaultPropagation: 'Background',
  columns: priorityClassColumns,
})
