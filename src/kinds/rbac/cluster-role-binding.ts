/** ClusterRoleBinding: rbac.authorization.k8s.io/v1. */
import { defineKind } from '../../api/kind.ts'
import { nameIsPathSegment } from '../../api/names.ts'
import { bindingColumns } from './columns.ts'
import { validateClusterRoleBinding } from './rules-validate.ts'

export const ClusterRoleBinding = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
  schema: 'io.k8s.api.rbac.v1.ClusterRoleBinding',
  hasGeneration: false,
  nameRule: nameIsPathSegment,
  validate: validateClusterRoleBinding,
  defaultPropagation: 'Background',
  columns: bindingColumns('clusterRoleBinding'),
})
