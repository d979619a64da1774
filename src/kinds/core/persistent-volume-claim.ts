/** PersistentVolumeClaim: core/v1. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { persistentVolumeClaimColumns } from '../columns.ts'
import { withStatus } from '../without-status.ts'
import { validatePersistentVolumeClaim, withDataSources, withKnownSource } from './persistent-volume-claim-validate.ts'

export const PersistentVolumeClaim = defineKind({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  categories: [],
  namespaced: true,
  answersDeleted: true,
  schema: 'io.k8s.api.core.v1.PersistentVolumeClaim',
  subresources: { status: true },
  life: 'persistent-volume-claim',
  hasGeneration: false,
  prepare: {
    create: (claim) => withStatus(withDataSources(withKnownSource(claim)), { phase: 'Pending' }),
    update: (next, _previous, { subresource }) => (subresource === '' ? withDataSources(next) : next),
  },
  validate: withFinalizerRule(validatePersistentVolumeClaim),
  defaultPropagation: 'Background',
  columns: persistentVolumeClaimColumns,
})
