/** ConfigMap: core/v1. */
import { defineKind } from '../../api/kind.ts'
import { configMapColumns } from '../columns.ts'

export const ConfigMap = defineKind({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  categories: [],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.ConfigMap',
  hasGeneration: false,
  columns: configMapColumns,
})
