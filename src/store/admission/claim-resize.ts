/**
 * PersistentVolumeClaimResize: only bound claims grow, and only when their class lets them.
 * Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims
 */
import type { KubeObject } from '../../api/object.ts'
import { compareQuantity, type Quantity } from '../../api/quantity.ts'
import { readList, zero } from '../../api/resource-list.ts'
import { type AdmissionCheck, refusal } from '../admission-step.ts'
import type { View } from '../view.ts'

export const claimResize: AdmissionCheck = (request, view) => {
  const { kind, operation, subresource, object, previous } = request
  if (kind.resource !== 'persistentvolumeclaims' || operation !== 'UPDATE' || subresource !== '') return
  if (previous === undefined || compareQuantity(sizeOf(object), sizeOf(previous)) <= 0) return
  if (previous.status?.phase !== 'Bound') throw refusal(request, 'Only bound persistent volume claims can be expanded')
  if (mayGrow(object, previous, view)) return
  throw refusal(
    request,
    'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
  )
}

function sizeOf(claim: KubeObject): Quantity {
  return readList(claim.spec?.resources?.requests).get('storage') ?? zero
}

function mayGrow(claim: KubeObject, previous: KubeObject, view: View): boolean {
  const name = classOf(claim)
  if (name === '' || name !== classOf(previous)) return false
  return view.get('storageclasses.storage.k8s.io', '', name)?.allowVolumeExpansion === true
}

function classOf({ metadata, spec }: KubeObject): string {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? ''
}
