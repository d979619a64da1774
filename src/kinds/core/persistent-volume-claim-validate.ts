/**
 * The rules of PersistentVolumeClaims, and where their data comes from.
 * Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#persistentvolumeclaims
 */
import { entriesOf, isFilled, isSet, type Part, signOf, when } from '../../api/checks.ts'
import { type FieldError, forbiddenValue, invalidValue, path } from '../../api/field-error.ts'
import { validateImmutable } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { claimSpecFaults } from '../../api/pod-spec/claim-spec.ts'
import { compareQuantity, isQuantity, parseQuantity, type Quantity, value } from '../../api/quantity.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'

const place = path('spec')
const betaClass = 'volume.beta.kubernetes.io/storage-class'

/** The faults of a claim, or of its status. */
export function validatePersistentVolumeClaim(
  claim: KubeObject,
  previous: KubeObject | undefined,
  subresource: string,
) {
  if (subresource === 'status') return statusFaults(claim.status)
  const spec: Part = claim.spec ?? {}
  return [...claimSpecFaults(spec, place), ...(previous === undefined ? [] : changeFaults(claim, previous))]
}

function statusFaults(status: Part): FieldError[] {
  const at = path('status', 'capacity')
  return entriesOf(status?.capacity).flatMap(([name, amount]) =>
    when(signOf(amount) < 0, invalidValue(at.key(name), value(amount), 'must be a valid resource quantity')),
  )
}

function changeFaults(claim: KubeObject, previous: KubeObject): FieldError[] {
  const next: Part = claim.spec ?? {}
  const old: Part = previous.spec ?? {}
  const oldAnnotation = previous.metadata.annotations?.[betaClass] ?? ''
  const annotation = claim.metadata.annotations?.[betaClass] ?? ''
  const why =
    'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
  const isSame = semanticEqual(withChangeableOf(claim, previous), old)
  const at = path('metadata', 'annotations', betaClass)
  return [
    ...when(annotation !== oldAnnotation, invalidValue(at, annotation, 'field is immutable')),
    ...when(!isSame, forbiddenValue(place, why)),
    ...shrinkFaults(next, old, previous.status),
    ...validateImmutable(next.volumeMode ?? null, old.volumeMode ?? null, path('volumeMode')),
    ...attributesFaults(next, old, previous.status),
  ]
}

/** The new spec with the old values of all that may change. */
function withChangeableOf(claim: KubeObject, previous: KubeObject): Part {
  const next: Part = claim.spec ?? {}
  const old: Part = previous.spec ?? {}
  const isBound = claim.status?.phase === 'Bound'
  const oldAnnotation = previous.metadata.annotations?.[betaClass]
  const fitsAnnotation = oldAnnotation === undefined || next.storageClassName === oldAnnotation
  const gainsClass = isSet(next.storageClassName) && !isSet(old.storageClassName) && fitsAnnotation
  const { resources, volumeAttributesClassName } = old
  const asked = next.resources?.requests
  const requests = isSet(asked) ? { requests: { ...asked, storage: resources?.requests?.storage ?? '0' } } : {}
  return {
    ...next,
    ...(isFilled(old.volumeName) ? {} : { volumeName: old.volumeName }),
    ...(gainsClass ? { storageClassName: old.storageClassName } : {}),
    ...(isBound ? { resources: { ...next.resources, ...requests }, volumeAttributesClassName } : {}),
  }
}

function shrinkFaults(next: Part, old: Part, status: Part): FieldError[] {
  const wanted = amountOf(next.resources?.requests)
  if (compareQuantity(wanted, amountOf(old.resources?.requests)) >= 0) return []
  const given = amountOf(status?.capacity)
  const at = path('spec', 'resources', 'requests', 'storage')
  return when(compareQuantity(wanted, given) <= 0, forbiddenValue(at, 'field can not be less than status.capacity'))
}

/** How much storage; nothing when it is not said. */
function amountOf(amounts: Part): Quantity {
  return parseQuantity(isQuantity(amounts?.storage) ? amounts.storage : '0')
}

function attributesFaults(next: Part, old: Part, status: Part): FieldError[] {
  const name = next.volumeAttributesClassName
  if (name === old.volumeAttributesClassName || !isSet(status?.currentVolumeAttributesClassName)) return []
  const at = path('spec', 'volumeAttributesClassName')
  const to = (what: string) => `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`
  if (!isSet(name)) return [forbiddenValue(at, to('nil'))]
  return when(name === '', forbiddenValue(at, to('empty string')))
}

/** Without a dataSourceRef, a new claim's dataSource is only kept when it is a claim or a snapshot. */
export function withKnownSource(claim: KubeObject): KubeObject {
  const { dataSource, dataSourceRef, ...spec } = claim.spec ?? {}
  if (!isSet(dataSource) || isSet(dataSourceRef)) return claim
  const { apiGroup, kind } = dataSource
  const isClaim = !isFilled(apiGroup) && kind === 'PersistentVolumeClaim'
  const isSnapshot = apiGroup === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot'
  return isClaim || isSnapshot ? claim : { ...claim, spec }
}

/** dataSource and dataSourceRef say the same: whichever is given fills the other. */
export function withDataSources(claim: KubeObject): KubeObject {
  const { dataSource, dataSourceRef } = claim.spec ?? {}
  if (isFilled(dataSourceRef?.namespace)) {
    // Sources in other namespaces are not enabled.
    const { dataSourceRef: _dropped, ...spec } = claim.spec
    return withDataSources({ ...claim, spec })
  }
  if (isSet(dataSource) && !isSet(dataSourceRef)) {
    return { ...claim, spec: { ...claim.spec, dataSourceRef: dataSource } }
  }
  if (isSet(dataSource) || !isSet(dataSourceRef)) return claim
  const { namespace: _none, ...reference } = dataSourceRef
  return { ...claim, spec: { ...claim.spec, dataSource: reference } }
}
