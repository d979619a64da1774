/** EndpointSlice: discovery.k8s.io/v1. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { endpointSliceColumns } from '../columns.ts'
import { validateEndpointSlice } from './endpoint-slice-validate.ts'

export const EndpointSlice = defineKind({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  shortNames: [],
  categories: [],
  namespaced: true,
  schema: 'io.k8s.api.discovery.v1.EndpointSlice',
  indexes: {
    service: (slice) => {
      const name = slice.metadata.labels?.['kubernetes.io/service-name']
      return name === undefined ? [] : [`${slice.metadata.namespace}/${name}`]
    },
  },
  validate: withFinalizerRule(validateEndpointSlice),
  defaultPropagation: 'Background',
  columns: endpointSliceColumns,
})
