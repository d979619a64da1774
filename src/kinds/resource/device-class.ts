/**
 * DeviceClass: resource.k8s.io/v1, a sort of devices that claims can ask for.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/device-class-v1/
 */
import { isSet, when } from '../../api/checks.ts'
import { type FieldError, invalidValue, path } from '../../api/field-error.ts'
import { defineKind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { isExtendedResource } from '../../api/pod-spec/resources.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { bounded, configurationFaults, selectorsFaults } from './common-rules.ts'

const place = path('spec')
const mostConfigurations = 32

function validate({ spec = {} }: KubeObject): FieldError[] {
  const { extendedResourceName: name } = spec
  const foreign = isSet(name) && !isExtendedResource(name)
  return [
    ...selectorsFaults(spec.selectors, place.child('selectors')),
    ...bounded(spec.config, mostConfigurations, place.child('config'), configurationFaults),
    ...when(foreign, invalidValue(place.child('extendedResourceName'), name, 'must be a valid extended resource name')),
  ]
}

export const DeviceClass = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  namespaced: false,
  schema: 'io.k8s.api.resource.v1.DeviceClass',
  hasGeneration: true,
  answersDeleted: true,
  validate,
  columns: [nameColumn, ageColumn],
})
