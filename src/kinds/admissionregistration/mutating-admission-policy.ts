/**
 * MutatingAdmissionPolicy: admissionregistration.k8s.io/v1. Judging requests by it is an admission step.
 */
import { listOf } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { defineKind } from '../../api/kind.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { paramKindText } from './columns.ts'
import { validateMutatingPolicy } from './policy-validate.ts'

export const MutatingAdmissionPolicy = defineKind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicy',
  hasGeneration: true,
  updateNeedsVersion: true,
  validate: validateMutatingPolicy,
  columns: [
    nameColumn,
    column('Mutations', (object) => listOf(object.spec?.mutations).length, 'integer'),
    column('ParamKind', paramKindText),
    ageColumn,
  ],
})
