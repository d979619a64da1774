/** PersistentVolumeClaim: core/v1. */
import { defineKind } from '../../api/kind.ts'
import { persistentVolumeClaimColumns } from '../columns.ts'

export const PersistentVolumeClaim = defineKind({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  categories: [],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.PersistentVolumeClaim',
  subresources: { status: true },
  life: 'persistent-volume-claim',
  hasGeneration: false,
  prepare: { create: (object) => ({ ...object, status: { phase: 'Pending' } }) },
  columns: persistentVolumeClaimColumns,
})
