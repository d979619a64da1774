/** ServiceAccount: core/v1. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { serviceAccountColumns } from '../columns.ts'

export const ServiceAccount = defineKind({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  categories: [],
  namespaced: true,
  answersDeleted: true,
  schema: 'io.k8s.api.core.v1.ServiceAccount',
  hasGeneration: false,
  subresources: {
    token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] },
  },
  validate: withFinalizerRule(),
  defaultPropagation: 'Background',
  columns: serviceAccountColumns,
})
