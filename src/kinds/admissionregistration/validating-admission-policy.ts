/**
 * ValidatingAdmissionPolicy: admissionregistration.k8s.io/v1. Judging requests by it is an admission step.
 */
import { listOf } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { defineKind } from '../../api/kind.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { withoutStatus } from '../without-status.ts'
import { paramKindText } from './columns.ts'
import { validateValidatingPolicy } from './policy-validate.ts'

export const ValidatingAdmissionPolicy = defineKind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy',
  hasGeneration: true,
  updateNeedsVersion: true,
  subresources: { status: true },
  prepare: { create: withoutStatus },
  validate: validateValidatingPolicy,
  columns: [
    nameColumn,
    column('Validations', (object) => listOf(object.spec?.validations).length, 'integer'),
    column('ParamKind', paramKindText),
    ageColumn,
  ],
})
