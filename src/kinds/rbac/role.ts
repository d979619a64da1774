/** Role: rbac.authorization.k8s.io/v1. */
import { defineKind } from '../../api/kind.ts'
import { nameIsPathSegment } from '../../api/names.ts'
import { roleColumns } from './columns.ts'
import { validateRole } from './rules-validate.ts'

export const Role = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
  schema: 'io.k8s.api.rbac.v1.Role',
  hasGeneration: false,
  nameRule: nameIsPathSegment,
  validate: validateRole,
  defaultPropagation: 'Background',
  columns: roleColumns,
})
