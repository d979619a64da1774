/** EndpointSlice: discovery.k8s.io/v1. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { endpointSliceColumns } from '../columns.ts'
import { validateEndpointSlice } from './endpoint-slice-validate.ts'

/** Changed labels count as a change of what the slice says. */
function countedLabels(next: KubeObject, previous: KubeObject): KubeObject {
  const { generation } = previous.metadata
  if (generation === undefined || semanticEqual(next.metadata.labels, previous.metadata.labels)) return next
  return { ...next, metadata: { ...next.metadata, generation: generation + 1 } }
}

export const EndpointSlice = defineKind({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  shortNames: [],
  categories: [],
  namespaced: true,
  schema: 'io.k8s.api.discovery.v1.EndpointSlice',
  hasGeneration: true,
  indexes: {
    service: (slice) => {
      const name = slice.metadata.labels?.['kubernetes.io/service-name']
      return name === undefined ? [] : [`${slice.metadata.namespace}/${name}`]
    },
  },
  prepare: { update: countedLabels },
  validate: withFinalizerRule(validateEndpointSlice),
  defaultPropagation: 'Background',
  columns: endpointSliceColumns,
})
