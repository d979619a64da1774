/** ControllerRevision: apps/v1. */

import { nonNegative } from '../../api/checks.ts'
import { path, required } from '../../api/field-error.ts'
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { validateImmutable } from '../../api/meta.ts'
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
  validate: withFinalizerRule((revision, previous) => {
    const { data } = revision
    const number = nonNegative(revision.revision, path('revision'))
    if (previous !== undefined)
      return [...number, ...validateImmutable(data ?? null, previous.data ?? null, path('data'))]
    if (data === undefined || data === null) return [...number, required(path('data'), 'data is mandatory')]
    const isObject = typeof data === 'object' && !Array.isArray(data)
    return isObject ? number : [...number, required(path('data'), 'data must be a valid JSON object')]
  }),
  defaultPropagation: 'Background',
  columns: controllerRevisionColumns,
})
