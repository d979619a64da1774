/**
 * The rules of a claim's spec, in a PersistentVolumeClaim or in a pod's ephemeral volume, and of access modes.
 * Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/
 */
import {
  among,
  amongOptional,
  dnsSubdomain,
  faults,
  filled,
  isFilled,
  isSet,
  listOf,
  type Part,
  positiveQuantity,
  when,
} from '../checks.ts'
import { type FieldError, forbiddenValue, invalidValue, type Path, required } from '../field-error.ts'
import { validateLabelSelector } from '../meta.ts'
import { isDns1123Label } from '../names.ts'
import { semanticEqual } from '../semantic-equal.ts'

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
export const volumeModes = ['Block', 'Filesystem'] as const

/** The faults of access modes beyond their being there. */
export function accessModeFaults(modes: unknown, place: Path): FieldError[] {
  const list = listOf(modes)
  const mixed =
    list.includes('ReadWriteOncePod') && list.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode))
  return [
    ...list.flatMap((mode) => among(mode, accessModes, place)),
    ...when(mixed, forbiddenValue(place, 'may not use ReadWriteOncePod with other access modes')),
  ]
}

/** The faults of a claim's spec. */
export function claimSpecFaults(spec: Part, place: Path): FieldError[] {
  const modes = place.child('accessModes')
  const storage = spec.resources?.requests?.storage
  const amount = place.child('resources').key('storage')
  return [
    ...when(!isFilled(spec.accessModes), required(modes, 'at least 1 access mode is required')),
    ...(isSet(spec.selector) ? validateLabelSelector(spec.selector, place.child('selector')) : []),
    ...accessModeFaults(spec.accessModes, modes),
    ...(isSet(storage) ? positiveQuantity(storage, amount) : [required(amount)]),
    ...(isFilled(spec.storageClassName) ? dnsSubdomain(spec.storageClassName, place.child('storageClassName')) : []),
    ...amongOptional(spec.volumeMode, volumeModes, place.child('volumeMode')),
    ...(isFilled(spec.volumeAttributesClassName)
      ? dnsSubdomain(spec.volumeAttributesClassName, place.child('volumeAttributesClassName'))
      : []),
    ...dataSourceFaults(spec, place),
  ]
}

/** Where the data comes from: both fields say the same, or one is absent. */
function dataSourceFaults({ dataSource, dataSourceRef }: Part, place: Path): FieldError[] {
  const errors = [
    ...referenceFaults(dataSource, place.child('dataSource')),
    ...referenceFaults(dataSourceRef, place.child('dataSourceRef')),
  ]
  if (!isSet(dataSource) || !isSet(dataSourceRef)) return errors
  if (isFilled(dataSourceRef.namespace)) {
    return [...errors, invalidValue(place, {}, 'may not be specified when dataSourceRef.namespace is specified')]
  }
  const same = (['apiGroup', 'kind', 'name'] as const).every((field) =>
    semanticEqual(dataSource[field], dataSourceRef[field]),
  )
  return [...errors, ...when(!same, invalidValue(place, {}, 'must match dataSourceRef'))]
}

function referenceFaults(reference: Part, at: Path): FieldError[] {
  if (!isSet(reference)) return []
  const { name, kind, apiGroup, namespace } = reference
  const foreign = !isFilled(apiGroup) && kind !== 'PersistentVolumeClaim'
  const why = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
  return [
    ...filled(name, at.child('name')),
    ...filled(kind, at.child('kind')),
    ...when(foreign, invalidValue(at, kind ?? '', why)),
    ...(isFilled(apiGroup) ? dnsSubdomain(apiGroup, at.child('apiGroup')) : []),
    ...(isFilled(namespace) ? faults(at.child('namespace'), namespace, isDns1123Label(namespace)) : []),
  ]
}
