/** Binding: core/v1. It is created and carried out at once: a pod gets its node. */
import { defineKind } from '../../api/kind.ts'

export const Binding = defineKind({
  group: '',
  version: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Binding',
  hasGeneration: false,
  verbs: ['create'],
  virtual: true,
})
