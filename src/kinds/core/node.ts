/** Node: core/v1. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { nodeColumns } from '../columns.ts'
import { validateNode, withRanges } from './node-validate.ts'

export const Node = defineKind({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  categories: [],
  namespaced: false,
  schema: 'io.k8s.api.core.v1.Node',
  subresources: {
    proxy: {
      group: '',
      version: 'v1',
      kind: 'NodeProxyOptions',
      verbs: ['create', 'delete', 'get', 'patch', 'update'],
    },
    status: true,
  },
  life: 'node',
  hasGeneration: false,
  fields: { 'spec.unschedulable': (object) => String(object.spec?.unschedulable ?? false) },
  convert: withRanges,
  prepare: { create: withRanges, update: withRanges },
  validate: withFinalizerRule(validateNode),
  defaultPropagation: 'Background',
  columns: nodeColumns,
})
