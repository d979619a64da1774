/**
 * The binder from the volume's side: its phase, and what becomes of it when its claim is gone.
 * Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming
 */
import type { KubeObject } from '../api/object.ts'
import { PersistentVolume, PersistentVolumeClaim } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller } from './controller.ts'
import { boundByController, component, localProvisioner, provisionedBy } from './persistent-volume/words.ts'
import { deleteOf, reportOf, statusOf, updateOf } from './writes.ts'

export function reconcile(view: View, key: string): Transition[] {
  const volume = view.get(PersistentVolume, '', key)
  if (volume === undefined) return []
  const reference = volume.spec?.claimRef
  if (!reference?.uid) return phase(volume, 'Available')
  const claim = view.get(PersistentVolumeClaim, reference.namespace, reference.name)
  if (claim === undefined || claim.metadata.uid !== reference.uid) return claimGone(volume)
  if (claim.spec?.volumeName === key) return phase(volume, 'Bound')
  if (!claim.spec?.volumeName) return volume.status?.phase === undefined ? phase(volume, 'Available') : []
  return volume.metadata.annotations?.[provisionedBy] !== undefined && policyOf(volume) === 'Delete'
    ? claimGone(volume)
    : [updateOf(PersistentVolume, withoutClaim(volume))]
}

/** The claim took another volume: what the binder wrote goes, what a person wrote loses only the uid. */
function withoutClaim(volume: KubeObject): KubeObject {
  const { claimRef, ...spec } = volume.spec
  const { [boundByController]: byUs, ...annotations } = volume.metadata.annotations ?? {}
  if (byUs !== undefined) return { ...volume, metadata: { ...volume.metadata, annotations }, spec }
  const { uid: _uid, resourceVersion: _version, ...named } = claimRef
  return { ...volume, spec: { ...spec, claimRef: named } }
}

/** Released first; then kept, or deleted by whoever made it. */
function claimGone(volume: KubeObject): Transition[] {
  const was = volume.status?.phase
  if (was !== 'Released' && was !== 'Failed') return phase(volume, 'Released')
  if (was === 'Failed' || volume.metadata.deletionTimestamp !== undefined) return []
  const policy = policyOf(volume)
  if (policy === 'Recycle') return failed(volume, 'VolumeFailedRecycle', 'No recycler plugin found for the volume!')
  if (policy !== 'Delete') return []
  const maker = volume.metadata.annotations?.[provisionedBy]
  if (maker === localProvisioner || (maker === undefined && volume.spec?.hostPath !== undefined))
    return [deleteOf(PersistentVolume, volume)]
  if (maker !== undefined) return []
  const why = `error getting deleter volume plugin for volume "${volume.metadata.name}": no deletable volume plugin matched`
  return failed(volume, 'VolumeFailedDelete', why)
}

function policyOf(volume: KubeObject): string {
  return volume.spec?.persistentVolumeReclaimPolicy ?? 'Retain'
}

function phase(volume: KubeObject, next: string, message?: string): Transition[] {
  const { message: _message, ...before } = volume.status ?? {}
  const status = { ...before, phase: next, ...(message === undefined ? {} : { message }) }
  return equal(status, volume.status) ? [] : [statusOf(PersistentVolume, { ...volume, status })]
}

function failed(volume: KubeObject, reason: string, message: string): Transition[] {
  return [...phase(volume, 'Failed', message), reportOf(component, volume, 'Warning', reason, message)]
}

function volumesOf(claim: KubeObject, view: View): string[] {
  const key = `${claim.metadata.namespace}/${claim.metadata.name}`
  const held = view.by(PersistentVolume, 'claim', key).map((volume) => volume.metadata.name)
  const named: string = claim.spec?.volumeName ?? ''
  return named === '' || held.includes(named) ? held : [...held, named]
}

export const persistentVolumeController = controller({
  name: 'persistent-volume',
  of: PersistentVolume,
  watches: [{ kind: PersistentVolumeClaim, keys: volumesOf }],
  reconcile,
})
