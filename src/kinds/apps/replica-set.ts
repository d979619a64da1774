/** ReplicaSet: apps/v1. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { replicaSetColumns } from '../columns.ts'
import { withStatus } from '../without-status.ts'
import { validateReplicaSet } from './replica-set-validate.ts'

const replicaScale = { spec: '.spec.replicas', status: '.status.replicas', selector: '.spec.selector' }

export const ReplicaSet = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.apps.v1.ReplicaSet',
  subresources: { status: true, scale: replicaScale },
  life: 'replicaset',
  fields: { 'status.replicas': (set) => String(set.status?.replicas ?? 0) },
  indexes: {
    orphan: (set) =>
      set.metadata.ownerReferences?.some((owner) => owner.controller) ? [] : [set.metadata.namespace ?? ''],
  },
  prepare: { create: (set) => withStatus(set, { replicas: 0 }) },
  validate: withFinalizerRule(validateReplicaSet),
  defaultPropagation: 'Background',
  columns: replicaSetColumns,
})
