/** ClusterRole: rbac.authorization.k8s.io/v1. */
import { defineKind } from '../../api/kind.ts'
import { nameIsPathSegment } from '../../api/names.ts'
import { roleColumns } from './columns.ts'
import { validateClusterRole } from './rules-validate.ts'

export const ClusterRole = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
  schema: 'io.k8s.api.rbac.v1.ClusterRole',
  hasGeneration: false,
  nameRule: nameIsPathSegment,
  validate: validateClusterRole,
  defaultPropagation: 'Background',
  columns: roleColumns,
})
