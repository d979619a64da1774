/**
 * The binder from the claim's side: finds a volume, writes the binding into both (the volume first, so that a crash in
 * between is finished by the next look), asks a provisioner when there is none.
 * Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#lifecycle-of-a-volume-and-claim
 */
import { type KubeObject, keyOf, splitKey } from '../api/object.ts'
import { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Report, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller } from './controller.ts'
import { bestVolume, whyNot } from './persistent-volume/match.ts'
import {
  betaStorageProvisioner,
  bindCompleted,
  boundByController,
  classNameOf,
  classOf,
  component,
  isClaimOf,
  noProvisioner,
  storageProvisioner,
  waitsForConsumer,
  withAnnotations,
} from './persistent-volume/words.ts'
import { unlessTold } from './told.ts'
import { reportOf, statusOf, updateOf } from './writes.ts'

export function reconcile(view: View, key: string): Transition[] {
  const { namespace, name } = splitKey(key)
  const claim = view.get(PersistentVolumeClaim, namespace, name)
  if (claim === undefined) return []
  const wanted: string = claim.spec?.volumeName ?? ''
  if (claim.metadata.annotations?.[bindCompleted] !== undefined) return bound(view, claim, wanted)
  if (claim.metadata.deletionTimestamp !== undefined) return []
  return wanted === '' ? unbound(view, claim) : demanding(view, claim, wanted)
}

/** A claim that takes any volume that fits. */
function unbound(view: View, claim: KubeObject): Transition[] {
  const made = bestVolume(view, claim)
  if (made !== undefined && (made.spec?.claimRef || !waitsForConsumer(view, claim))) return bind(claim, made)
  if (waitsForConsumer(view, claim)) {
    const message = 'waiting for first consumer to be created before binding'
    return pending(view, claim, 'Normal', 'WaitForFirstConsumer', message)
  }
  const provisioner: string | undefined = classOf(view, claim)?.provisioner
  if (classNameOf(claim) === '' || provisioner === noProvisioner) {
    const message = 'no persistent volumes available for this claim and no storage class is set'
    return pending(view, claim, 'Normal', 'FailedBinding', message)
  }
  if (provisioner === undefined) {
    const message = `storageclass.storage.k8s.io "${classNameOf(claim)}" not found`
    return pending(view, claim, 'Warning', 'ProvisioningFailed', message)
  }
  return asked(view, claim, provisioner)
}

/** The claim says who shall provision it; the provisioner acts on that. */
function asked(view: View, claim: KubeObject, provisioner: string): Transition[] {
  if (claim.metadata.annotations?.[storageProvisioner] !== provisioner) {
    const more = { [storageProvisioner]: provisioner, [betaStorageProvisioner]: provisioner }
    return [updateOf(PersistentVolumeClaim, withAnnotations(claim, more))]
  }
  const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`
  return pending(view, claim, 'Normal', 'ExternalProvisioning', message)
}

/** A claim that names its volume. */
function demanding(view: View, claim: KubeObject, name: string): Transition[] {
  const volume = view.get(PersistentVolume, '', name)
  if (volume === undefined) return pending(view, claim)
  if (volume.spec?.claimRef) {
    if (isClaimOf(volume, claim)) return bind(claim, volume)
    return pending(view, claim, 'Warning', 'FailedBinding', `volume "${name}" already bound to a different claim.`)
  }
  const why = whyNot(volume, claim)
  if (why === '') return bind(claim, volume)
  return pending(view, claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume "${name}": ${why}`)
}

/** A claim whose binding was complete once: it holds, or it is lost. */
function bound(view: View, claim: KubeObject, name: string): Transition[] {
  if (name === '')
    return lost(claim, 'ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!')
  const volume = view.get(PersistentVolume, '', name)
  if (volume === undefined)
    return lost(claim, 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!')
  if (volume.spec?.claimRef && !isClaimOf(volume, claim))
    return lost(claim, 'ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly')
  return bind(claim, volume)
}

/** Brings volume, claim and status together, as far as they are not. */
function bind(claim: KubeObject, volume: KubeObject): Transition[] {
  const held = withClaim(volume, claim)
  const named = withVolume(claim, volume)
  const writes: Transition[] = []
  if (!equal(held, volume)) writes.push(updateOf(PersistentVolume, held))
  if (!equal(named, claim)) return [...writes, updateOf(PersistentVolumeClaim, named)]
  const { accessModes, capacity } = volume.spec
  const status = { ...claim.status, phase: 'Bound', accessModes, capacity }
  if (!equal(status, claim.status)) writes.push(statusOf(PersistentVolumeClaim, { ...claim, status }))
  return writes
}

function withClaim(volume: KubeObject, claim: KubeObject): KubeObject {
  const { namespace, name, uid, resourceVersion } = claim.metadata
  const before = volume.spec?.claimRef
  if (before?.uid === uid) return volume
  const { apiVersion, kind } = claim
  const claimRef = { ...before, apiVersion, kind, namespace, name, uid, resourceVersion }
  const next = { ...volume, spec: { ...volume.spec, claimRef } }
  return before ? next : withAnnotations(next, { [boundByController]: 'yes' })
}

function withVolume(claim: KubeObject, volume: KubeObject): KubeObject {
  const chosen = claim.spec?.volumeName === volume.metadata.name
  const marks: Record<string, string> = chosen ? {} : { [boundByController]: 'yes' }
  if (claim.metadata.annotations?.[bindCompleted] === undefined) marks[bindCompleted] = 'yes'
  if (chosen && Object.keys(marks).length === 0) return claim
  const spec = { ...claim.spec, volumeName: volume.metadata.name }
  return withAnnotations({ ...claim, spec }, marks)
}

/** Says why nothing happens, once. */
function pending(view: View, claim: KubeObject, level?: Report['level'], reason = '', message = ''): Transition[] {
  const said = level === undefined ? [] : unlessTold(view, reportOf(component, claim, level, reason, message))
  if (claim.status?.phase === 'Pending') return said
  return [...said, statusOf(PersistentVolumeClaim, { ...claim, status: { ...claim.status, phase: 'Pending' } })]
}

function lost(claim: KubeObject, reason: string, message: string): Transition[] {
  if (claim.status?.phase === 'Lost') return []
  const { capacity: _capacity, accessModes: _modes, ...status } = claim.status ?? {}
  return [
    statusOf(PersistentVolumeClaim, { ...claim, status: { ...status, phase: 'Lost' } }),
    reportOf(component, claim, 'Warning', reason, message),
  ]
}

/** The claim a volume means, or those that may take it. */
function claimsFor(volume: KubeObject, view: View): string[] {
  const reference = volume.spec?.claimRef
  if (reference) return [`${reference.namespace}/${reference.name}`]
  const open = view.list(PersistentVolumeClaim).filter((claim) => claim.status?.phase !== 'Bound')
  const named = (claim: KubeObject) => (claim.spec?.volumeName ?? '') === volume.metadata.name
  return open.filter((claim) => named(claim) || classNameOf(claim) === classNameOf(volume)).map(keyOf)
}

export const persistentVolumeClaimBinderController = controller({
  name: 'persistent-volume-claim-binder',
  of: PersistentVolumeClaim,
  watches: [
    {
      kind: PersistentVolume,
      keys: (volume, view, { previous }) => [
        ...new Set([...claimsFor(volume, view), ...(previous?.spec?.claimRef ? claimsFor(previous, view) : [])]),
      ],
    },
    {
      kind: StorageClass,
      keys: (storageClass, view) =>
        view
          .list(PersistentVolumeClaim)
          .filter((claim) => claim.status?.phase !== 'Bound' && classNameOf(claim) === storageClass.metadata.name)
          .map(keyOf),
    },
  ],
  reconcile,
})
