/**
 * CSIStorageCapacity: storage.k8s.io/v1, how much room a class has for a set of nodes.
 * Source: https://kubernetes.io/docs/concepts/storage/storage-capacity/
 */
import { dnsSubdomain, isSet, nonNegativeQuantity, when } from '../../api/checks.ts'
import { createdAtColumns } from '../../api/column.ts'
import { type FieldError, invalidValue, path } from '../../api/field-error.ts'
import { shownSelector } from '../../api/go-shown.ts'
import { defineKind } from '../../api/kind.ts'
import { immutableMessage, validateLabelSelector } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'

function validate(object: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const { nodeTopology, storageClassName = '', capacity } = object
  const [topologyAt, classAt] = [path('nodeTopology'), path('storageClassName')]
  const moved = previous !== undefined && !semanticEqual(nodeTopology, previous.nodeTopology)
  const renamed = previous !== undefined && storageClassName !== (previous.storageClassName ?? '')
  return [
    ...validateLabelSelector(nodeTopology ?? undefined, topologyAt),
    ...dnsSubdomain(storageClassName, classAt),
    ...(isSet(capacity) ? nonNegativeQuantity(capacity, path('capacity')) : []),
    ...when(moved, invalidValue(topologyAt, shownSelector(nodeTopology), immutableMessage)),
    ...when(renamed, invalidValue(classAt, storageClassName, immutableMessage)),
  ]
}

export const CSIStorageCapacity = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  namespaced: true,
  schema: 'io.k8s.api.storage.v1.CSIStorageCapacity',
  hasGeneration: false,
  updateNeedsVersion: true,
  validate,
  columns: createdAtColumns,
})
