/** ControllerRevision: apps/v1. */
import { defineKind } from '../../api/kind.ts'
import { controllerRevisionColumns } from '../columns.ts'

export const ControllerRevision = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  shortNames: [],
  categories: [],
  namespaced: true,
  schema: 'io.k8s.api.apps.v1.ControllerRevision',
  hasGeneration: false,
  indexes: {
    orphan: (revision) =>
      revision.metadata.ownerReferences?.some((owner) => owner.controller) ? [] : [revision.metadata.namespace ?? ''],
  },
  columns: controllerRevisionColumns,
})
