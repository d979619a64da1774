/** Namespace: core/v1. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { nameIsDnsLabel } from '../../api/names.ts'
import { namespaceColumns } from '../columns.ts'
import { prepareNamespace, prepareNamespaceUpdate, validateNamespace } from './namespace-rules.ts'

export const Namespace = defineKind({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  categories: [],
  namespaced: false,
  marksDeletion: (namespace) => ({ ...namespace, status: { ...namespace.status, phase: 'Terminating' } }),
  schema: 'io.k8s.api.core.v1.Namespace',
  subresources: { status: true, finalize: { group: '', version: 'v1', kind: 'Namespace', verbs: ['update'] } },
  life: 'namespace',
  hasGeneration: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  fields: { 'status.phase': (object) => object.status?.phase ?? '' },
  nameRule: nameIsDnsLabel,
  prepare: {
    create: prepareNamespace,
    update: (next, previous, { subresource }) => prepareNamespaceUpdate(next, previous, subresource),
  },
  validate: withFinalizerRule(validateNamespace),
  defaultPropagation: 'Background',
  columns: namespaceColumns,
})
