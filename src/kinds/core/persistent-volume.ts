/** PersistentVolume: core/v1. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { persistentVolumeColumns } from '../columns.ts'
import {
  preparePersistentVolume,
  preparePersistentVolumeUpdate,
  validatePersistentVolume,
} from './persistent-volume-validate.ts'

export const PersistentVolume = defineKind({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  shortNames: ['pv'],
  categories: [],
  namespaced: false,
  answersDeleted: true,
  schema: 'io.k8s.api.core.v1.PersistentVolume',
  subresources: { status: true },
  life: 'persistent-volume',
  hasGeneration: false,
  indexes: {
    claim: (volume) =>
      volume.spec?.claimRef ? [`${volume.spec.claimRef.namespace}/${volume.spec.claimRef.name}`] : [],
  },
  prepare: {
    create: (volume, { now }) => preparePersistentVolume(volume, now),
    update: (next, previous, { subresource, now }) => preparePersistentVolumeUpdate(next, previous, subresource, now),
  },
  validate: withFinalizerRule(validatePersistentVolume),
  defaultPropagation: 'Background',
  columns: persistentVolumeColumns,
})
