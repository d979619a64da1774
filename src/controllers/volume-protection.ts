/**
 * Protection of storage in use: a claim that is deleted stays while a pod on a node uses it, a volume while it is bound.
 * Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection
 */
import type { Kind } from '../api/kind.ts'
import { type KubeObject, keyOf, splitKey } from '../api/object.ts'
import { type PodClaim, podClaims, whyNotOwnClaim } from '../api/pod-claims.ts'
import { PersistentVolume, PersistentVolumeClaim, Pod, VolumeAttributesClass } from '../kinds/index.ts'
import type { Change, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller } from './controller.ts'
import { updateOf } from './writes.ts'

/** Keeps the finalizer on live objects, and takes it from deleted ones that nothing uses. */
function reconcile(view: View, key: string, kind: Kind, finalizer: string, used: typeof usedByPod): Transition[] {
  const { namespace, name } = splitKey(key)
  const object = view.get(kind, namespace, name)
  if (object === undefined) return []
  const finalizers = object.metadata.finalizers ?? []
  const has = finalizers.includes(finalizer)
  const deleting = object.metadata.deletionTimestamp !== undefined
  if (has !== deleting || (deleting && used(view, object))) return []
  const next = deleting ? finalizers.filter((one) => one !== finalizer) : [...finalizers, finalizer]
  return [updateOf(kind, { ...object, metadata: { ...object.metadata, finalizers: next } })]
}

/** Pods that are not on a node yet do not count: they will not start with a claim that is being deleted. */
function usedByPod(view: View, claim: KubeObject): boolean {
  const pods = view.list(Pod, claim.metadata.namespace)
  return pods.some((pod) => pod.spec?.nodeName && podClaims(pod).some((one) => uses(pod, one, claim)))
}

/** A pod that has ended and is only kept by finalizers no longer uses its own claims: it may be waiting for them to go. */
function uses(pod: KubeObject, { name, ephemeral }: PodClaim, claim: KubeObject): boolean {
  if (name !== claim.metadata.name) return false
  return !ephemeral || (!isShutDown(pod) && whyNotOwnClaim(pod, claim) === '')
}

function isShutDown({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0
}

function usedByClaim(_view: View, volume: KubeObject): boolean {
  return volume.status?.phase === 'Bound'
}

function freedClaims(pod: KubeObject, view: View, change: Change): string[] {
  if (change.type !== 'DELETED' && !isShutDown(pod)) return []
  const namespace = pod.metadata.namespace ?? ''
  return podClaims(pod).flatMap(({ name }) => {
    const claim = view.get(PersistentVolumeClaim, namespace, name)
    return claim?.metadata.deletionTimestamp === undefined ? [] : [keyOf(claim)]
  })
}

export const persistentVolumeClaimProtectionController = controller({
  name: 'persistent-volume-claim-protection',
  of: PersistentVolumeClaim,
  live: true,
  watches: [{ kind: Pod, keys: freedClaims }],
  reconcile: (view, key) => reconcile(view, key, PersistentVolumeClaim, 'kubernetes.io/pvc-protection', usedByPod),
})

export const persistentVolumeProtectionController = controller({
  name: 'persistent-volume-protection',
  of: PersistentVolume,
  reconcile: (view, key) => reconcile(view, key, PersistentVolume, 'kubernetes.io/pv-protection', usedByClaim),
})

/** The classes of attributes that a claim or a volume names: wished for, on the way, or there. */
function classesOf({ spec, status }: KubeObject): string[] {
  const { currentVolumeAttributesClassName: current, modifyVolumeStatus: modified } = status ?? {}
  return [spec?.volumeAttributesClassName, current, modified?.targetVolumeAttributesClassName].filter(Boolean)
}

function usedByVolumes(view: View, { metadata }: KubeObject): boolean {
  const objects = [...view.list(PersistentVolumeClaim), ...view.list(PersistentVolume)]
  return objects.some((object) => classesOf(object).includes(metadata.name))
}

function freedClasses(object: KubeObject, view: View, { previous }: Change): string[] {
  const names = [...classesOf(object), ...(previous === undefined ? [] : classesOf(previous))]
  const leaving = (name: string): boolean =>
    view.get(VolumeAttributesClass, '', name)?.metadata.deletionTimestamp !== undefined
  return [...new Set(names)].filter(leaving)
}

export const volumeAttributesClassProtectionController = controller({
  name: 'volume-attributes-class-protection',
  of: VolumeAttributesClass,
  watches: [PersistentVolumeClaim, PersistentVolume].map((kind) => ({ kind, keys: freedClasses })),
  reconcile: (view, key) => reconcile(view, key, VolumeAttributesClass, 'kubernetes.io/vac-protection', usedByVolumes),
})
