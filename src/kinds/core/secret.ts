/** Secret: core/v1. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { secretColumns } from '../columns.ts'
import { prepareSecretUpdate, withTextAsData } from './secret-prepare.ts'
import { validateSecret } from './secret-validate.ts'

export const Secret = defineKind({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  shortNames: [],
  categories: [],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Secret',
  hasGeneration: false,
  fields: { type: (secret) => secret.type ?? '' },
  convert: withTextAsData,
  prepare: { create: withTextAsData, update: prepareSecretUpdate },
  validate: withFinalizerRule(validateSecret),
  defaultPropagation: 'Background',
  columns: secretColumns,
})
