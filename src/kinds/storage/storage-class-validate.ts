/**
 * The rules of StorageClasses: what they are made of, and that it does not change.
 * Source: https://kubernetes.io/docs/concepts/storage/storage-classes/
 */
import { among, each, entriesOf, filled, isFilled, isSet, type Part, qualifiedName, when } from '../../api/checks.ts'
import { duplicate, type FieldError, invalidValue, type Path, path, required, tooLong } from '../../api/field-error.ts'
import { byteLength } from '../../api/go-text.ts'
import { validateImmutable, validateLabelName } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'

const mostParameters = 512
const parametersLimitBytes = 256 * 1024
const fixed = ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const

/** The faults of a StorageClass. */
export function validateStorageClass(object: KubeObject, previous: KubeObject | undefined): FieldError[] {
  return [...wholeFaults(object), ...(previous === undefined ? [] : changeFaults(object, previous))]
}

function changeFaults(next: KubeObject, previous: KubeObject): FieldError[] {
  const nothing = { parameters: null, provisioner: '', reclaimPolicy: null, volumeBindingMode: null }
  return fixed.flatMap((field) =>
    semanticEqual(next[field], previous[field])
      ? []
      : validateImmutable(next[field] ?? nothing[field], previous[field] ?? nothing[field], path(field)),
  )
}

function wholeFaults(object: KubeObject): FieldError[] {
  const provisioner: string = object.provisioner ?? ''
  const at = path('provisioner')
  return [
    ...driverNameFaults(provisioner, at),
    ...parameterFaults(object.parameters, path('parameters')),
    ...(isFilled(object.reclaimPolicy) ? among(object.reclaimPolicy, ['Delete', 'Retain'], path('reclaimPolicy')) : []),
    ...modeFaults(object.volumeBindingMode, path('volumeBindingMode')),
    ...each(object.allowedTopologies, path('allowedTopologies'), termFaults),
  ]
}

/** The faults of the name of the driver behind a class; case does not matter. */
export function driverNameFaults(name: string, place: Path): FieldError[] {
  return name === '' ? [required(place)] : qualifiedName(name.toLowerCase(), place)
}

function modeFaults(mode: unknown, place: Path): FieldError[] {
  return isSet(mode) ? among(mode, ['Immediate', 'WaitForFirstConsumer'], place) : [required(place)]
}

/** The faults of a driver's parameters. */
export function parameterFaults(parameters: unknown, place: Path): FieldError[] {
  const entries = entriesOf(parameters)
  if (entries.length > mostParameters) return [tooLong(place, mostParameters)]
  const bytes = entries.reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0)
  return [
    ...when(
      entries.some(([key]) => key === ''),
      invalidValue(place, '', 'field can not be empty.'),
    ),
    ...when(bytes > parametersLimitBytes, tooLong(place, parametersLimitBytes)),
  ]
}

function termFaults(term: Part, place: Path): FieldError[] {
  const keys = new Set<string>()
  return each(term.matchLabelExpressions, place.child('matchLabelExpressions'), ({ key = '', values }, at) => {
    const again = keys.has(key)
    keys.add(key)
    const seen = new Set<string>()
    const valuesAt = at.child('values')
    return [
      ...filled(values, valuesAt),
      ...each(isFilled(values) ? values : [], valuesAt, (value, valueAt) => {
        const twice = seen.has(value)
        seen.add(value)
        return when(twice, duplicate(valueAt, value))
      }),
      ...validateLabelName(key, at.child('key')),
      ...when(again, duplicate(at.child('key'), key)),
    ]
  })
}
