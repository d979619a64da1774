/** Annotations, names and defaults of volume binding. Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/ */
import type { KubeObject } from '../../api/object.ts'
import { StorageClass } from '../../kinds/index.ts'
import type { View } from '../../store/view.ts'

export const component = 'persistentvolume-controller'
export const bindCompleted = 'pv.kubernetes.io/bind-completed'
export const boundByController = 'pv.kubernetes.io/bound-by-controller'
export const provisionedBy = 'pv.kubernetes.io/provisioned-by'
export const storageProvisioner = 'volume.kubernetes.io/storage-provisioner'
export const betaStorageProvisioner = 'volume.beta.kubernetes.io/storage-provisioner'
export const selectedNode = 'volume.kubernetes.io/selected-node'
/** The provisioner that is part of this control plane. */
export const localProvisioner = 'kybern.dev/local'
/** A class of this provisioner only groups volumes people make. */
export const noProvisioner = 'kubernetes.io/no-provisioner'

/** The class an object names, '' for none; the old annotation counts before the field. */
export function classNameOf(object: KubeObject): string {
  return object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? object.spec?.storageClassName ?? ''
}

export function classOf(view: View, claim: KubeObject): KubeObject | undefined {
  const name = classNameOf(claim)
  return name === '' ? undefined : view.get(StorageClass, '', name)
}

/** True while binding must wait until a pod that uses the claim has been given a node. */
export function waitsForConsumer(view: View, claim: KubeObject): boolean {
  if (claim.metadata.annotations?.[selectedNode] !== undefined) return false
  return classOf(view, claim)?.volumeBindingMode === 'WaitForFirstConsumer'
}

export function withAnnotations(object: KubeObject, more: Readonly<Record<string, string>>): KubeObject {
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...more } } }
}

/** The name and the uid of a volume's claim; true when the reference means this very claim, or anyone of its name. */
export function isClaimOf(volume: KubeObject, claim: KubeObject): boolean {
  const reference = volume.spec?.claimRef
  if (!reference) return false
  const { namespace, name, uid } = claim.metadata
  return reference.namespace === namespace && reference.name === name && (!reference.uid || reference.uid === uid)
}
