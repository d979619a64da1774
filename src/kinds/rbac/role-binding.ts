/** RoleBinding: rbac.authorization.k8s.io/v1. */
import { defineKind } from '../../api/kind.ts'
import { nameIsPathSegment } from '../../api/names.ts'
import { bindingColumns } from './columns.ts'
import { validateRoleBinding } from './rules-validate.ts'

export const RoleBinding = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
  schema: 'io.k8s.api.rbac.v1.RoleBinding',
  hasGeneration: false,
  nameRule: nameIsPathSegment,
  validate: validateRoleBinding,
  defaultPropagation: 'Background',
  columns: bindingColumns('roleBinding'),
})
