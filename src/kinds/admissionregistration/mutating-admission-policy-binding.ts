/**
 * MutatingAdmissionPolicyBinding: admissionregistration.k8s.io/v1. It says where a policy holds.
 */
import { column } from '../../api/column.ts'
import { defineKind } from '../../api/kind.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { validateMutatingBinding } from './binding-validate.ts'
import { paramRefText } from './columns.ts'

export const MutatingAdmissionPolicyBinding = defineKind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBinding',
  hasGeneration: true,
  updateNeedsVersion: true,
  validate: validateMutatingBinding,
  columns: [
    nameColumn,
    column('PolicyName', (object) => object.spec?.policyName ?? ''),
    column('ParamRef', paramRefText),
    ageColumn,
  ],
})
