/**
 * VolumeAttributesClass: storage.k8s.io/v1, attributes of volumes that a driver can change.
 * Source: https://kubernetes.io/docs/concepts/storage/volume-attributes-classes/
 */
import { isFilled, when } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { type FieldError, forbiddenValue, path, required } from '../../api/field-error.ts'
import { defineKind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { driverNameFaults, parameterFaults } from './storage-class-validate.ts'

function validate(object: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const { driverName = '', parameters } = object
  const [driverAt, parametersAt] = [path('driverName'), path('parameters')]
  const other = previous !== undefined && driverName !== (previous.driverName ?? '')
  const changed = previous !== undefined && !semanticEqual(parameters, previous.parameters)
  return [
    ...when(other, forbiddenValue(driverAt, 'updates to driverName are forbidden.')),
    ...when(changed, forbiddenValue(parametersAt, 'updates to parameters are forbidden.')),
    ...driverNameFaults(driverName, driverAt),
    ...parameterFaults(parameters, parametersAt),
    ...when(!isFilled(parameters), required(parametersAt, 'must contain at least one key/value pair')),
  ]
}

export const VolumeAttributesClass = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  namespaced: false,
  schema: 'io.k8s.api.storage.v1.VolumeAttributesClass',
  hasGeneration: false,
  answersDeleted: true,
  validate,
  columns: [nameColumn, column('DriverName', (object) => object.driverName ?? ''), ageColumn],
})
