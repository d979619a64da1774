/**
 * ResourceClaimTemplate: resource.k8s.io/v1, from which each pod gets a claim of its own.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/resource-claim-template-v1/
 */
import { type FieldError, invalidValue, path } from '../../api/field-error.ts'
import { defineKind } from '../../api/kind.ts'
import { immutableMessage, validateAnnotations, validateLabels } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { deviceClaimFaults } from './claim-rules.ts'
import { shownClaimSpec } from './shown.ts'

function validate({ spec = {} }: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const place = path('spec')
  const shown = { ...spec.metadata, Spec: shownClaimSpec(spec.spec) }
  if (previous !== undefined)
    return semanticEqual(spec, previous.spec) ? [] : [invalidValue(place, shown, immutableMessage)]
  return [
    ...validateAnnotations(spec.metadata?.annotations, place.child('metadata', 'annotations')),
    ...validateLabels(spec.metadata?.labels, place.child('metadata', 'labels')),
    ...deviceClaimFaults(spec.spec?.devices, place.child('spec', 'devices')),
  ]
}

export const ResourceClaimTemplate = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  namespaced: true,
  schema: 'io.k8s.api.resource.v1.ResourceClaimTemplate',
  hasGeneration: false,
  answersDeleted: true,
  validate,
  columns: [nameColumn, ageColumn],
})
