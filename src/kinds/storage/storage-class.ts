/** StorageClass: storage.k8s.io/v1. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { storageClassColumns } from '../columns.ts'
import { validateStorageClass } from './storage-class-validate.ts'

export const StorageClass = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  categories: [],
  namespaced: false,
  answersDeleted: true,
  schema: 'io.k8s.api.storage.v1.StorageClass',
  hasGeneration: false,
  validate: withFinalizerRule(validateStorageClass),
  defaultPropagation: 'Background',
  columns: storageClassColumns,
})
