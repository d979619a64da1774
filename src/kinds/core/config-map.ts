/** ConfigMap: core/v1. */

import { entriesOf, when } from '../../api/checks.ts'
import { invalidValue, path } from '../../api/field-error.ts'
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { byteLength } from '../../api/go-text.ts'
import { defineKind } from '../../api/kind.ts'
import { configMapColumns } from '../columns.ts'
import { base64Bytes, keyFaults, lockedFaults, sizeFaults } from './data-rules.ts'

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
  validate: withFinalizerRule((map, previous) => {
    const texts = entriesOf(map.data)
    const binary = entriesOf(map.binaryData)
    const bytes =
      texts.reduce((sum, [, text]) => sum + byteLength(text ?? ''), 0) +
      binary.reduce((sum, [, text]) => sum + base64Bytes(text), 0)
    const twice = 'duplicate of key present in binaryData'
    return [
      ...lockedFaults(map, previous, ['data', 'binaryData']),
      ...texts.flatMap(([key]) => [
        ...keyFaults({ [key]: '' }, path('data')),
        ...when(Object.hasOwn(map.binaryData ?? {}, key), invalidValue(path('data').key(key), key, twice)),
      ]),
      ...keyFaults(map.binaryData, path('binaryData')),
      ...sizeFaults(bytes, '[]'),
    ]
  }),
  defaultPropagation: 'Background',
  columns: configMapColumns,
})
