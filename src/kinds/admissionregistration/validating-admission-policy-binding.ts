/**
 * ValidatingAdmissionPolicyBinding: admissionregistration.k8s.io/v1. It says where a policy holds.
 */
import { column } from '../../api/column.ts'
import { defineKind } from '../../api/kind.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { validateValidatingBinding } from './binding-validate.ts'
import { paramRefText } from './columns.ts'

export const ValidatingAdmissionPolicyBinding = defineKind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding',
  hasGeneration: true,
  updateNeedsVersion: true,
  validate: validateValidatingBinding,
  columns: [
    nameColumn,
    column('PolicyName', (object) => object.spec?.policyName ?? ''),
    column('ParamRef', paramRefText),
    ageColumn,
  ],
})
