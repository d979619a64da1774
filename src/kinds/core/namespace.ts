/** Namespace: core/v1. */
import { defineKind } from '../../api/kind.ts'
import { namespaceColumns } from '../columns.ts'

export const Namespace = defineKind({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  categories: [],
  namespaced: false,
  schema: 'io.k8s.api.core.v1.Namespace',
  subresources: { status: true, finalize: { group: '', version: 'v1', kind: 'Namespace', verbs: ['update'] } },
  life: 'namespace',
  hasGeneration: false,
  fields: { 'status.phase': (object) => object.status?.phase ?? '' },
  prepare: {
    create: (object) => ({
      ...object,
      metadata: {
        ...object.metadata,
        labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
      },
      spec: { ...object.spec, finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    }),
    update: (next, previous, { subresource }) =>
      subresource === 'finalize'
        ? { ...previous, spec: { ...previous.spec, finalizers: next.spec?.finalizers ?? [] } }
        : { ...next, spec: { ...next.spec, finalizers: previous.spec?.finalizers ?? [] } },
  },
  columns: namespaceColumns,
})
