/** Volumes and claims further: what keeps them, what their statuses tell, and which volume a claim gets. */
import type { KubeObject } from '../../api/object.ts'
import { podClaims } from '../../api/pod-claims.ts'
import { value } from '../../api/quantity.ts'
import type { Moment } from '../moment.ts'
import { settled, step, type Write } from '../property.ts'
import { page, row } from './row.ts'
import { claims, eachOf, isBy, isGoing, named, orElse, uidOf } from './words.ts'

const docs = page('concepts/storage/persistent-volumes/')
const volumes = 'persistentvolumes'
const claimFinalizer = 'kubernetes.io/pvc-protection'
const volumeFinalizer = 'kubernetes.io/pv-protection'

const classOf = ({ metadata, spec }: KubeObject): string =>
  metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? ''
const sizeOf = (volume: KubeObject): number => value(volume.spec?.capacity?.storage ?? '0')
const modesOf = ({ spec }: KubeObject): readonly string[] => spec?.accessModes ?? []
const holds = (object: KubeObject, finalizer: string): boolean =>
  object.metadata.finalizers?.includes(finalizer) === true

/** A pod on a node that names the claim; claims of a pod's own are left out. */
const userOf = (s: Moment, claim: KubeObject): KubeObject | undefined =>
  s
    .list('pods', { namespace: claim.metadata.namespace ?? '' })
    .find(
      (pod) =>
        pod.spec?.nodeName && podClaims(pod).some(({ name, ephemeral }) => !ephemeral && name === claim.metadata.name),
    )

/** `[release(c) ⇒ no pod on a node uses c]`. */
export const claimsInUseStay = row(
  {
    id: 'V6',
    name: 'claimsInUseStay',
    says: 'The protection of a claim is taken away only when no pod on a node uses it, whether or not the pod has ended.',
    class: 'C',
    source: `${docs}#storage-object-in-use-protection`,
  },
  step((write) => {
    const { resource, object, previous, believed } = write
    if (resource !== claims || previous === undefined || !isBy(write, 'persistent-volume-claim-protection'))
      return undefined
    if (!holds(previous, claimFinalizer) || holds(object, claimFinalizer)) return undefined
    const user = userOf(believed, object)
    return orElse(user === undefined, () => `${named(object)} was let go, and ${user?.metadata.name} uses it`)
  }),
)

/** `settled ∧ going(o) ∧ ¬used(o) ⇒ the protection does not hold it`. */
export const unusedStorageGoes = row(
  {
    id: 'V6b',
    name: 'unusedStorageGoes',
    says: 'When nothing is left to do, no deleted claim is held by its protection that no pod on a node names, and no deleted volume that is not bound.',
    class: 'C',
    source: `${docs}#storage-object-in-use-protection`,
  },
  settled((s) => {
    const own = (claim: KubeObject): boolean =>
      claim.metadata.ownerReferences?.some(({ kind }) => kind === 'Pod') === true
    const idle = s
      .list(claims)
      .find((one) => isGoing(one) && holds(one, claimFinalizer) && !own(one) && userOf(s, one) === undefined)
    if (idle !== undefined) return `${named(idle)} is deleted, nobody uses it, and it stays`
    const free = s
      .list(volumes)
      .find((one) => isGoing(one) && holds(one, volumeFinalizer) && one.status?.phase !== 'Bound')
    return orElse(free === undefined, () => `${named(free as KubeObject)} is deleted, is not bound, and stays`)
  }),
)

/** `settled ⇒ phase(v) = what becomes of its claim`. */
export const volumesTellTheirClaim = row(
  {
    id: 'V7',
    name: 'volumesTellTheirClaim',
    says: 'When nothing is left to do, a volume says that it is available, bound to a claim that has it, or released when that very claim is gone.',
    class: 'C',
    source: `${docs}#phase`,
  },
  settled((s) =>
    eachOf(s.list(volumes), (volume) => {
      const { claimRef } = volume.spec ?? {}
      const phase: string | undefined = volume.status?.phase
      if (!claimRef?.uid) return orElse(phase === 'Available', () => `${named(volume)} is free and says ${phase}`)
      const claim = s.get(claims, claimRef.name, claimRef.namespace)
      if (claim === undefined || uidOf(claim) !== claimRef.uid)
        return orElse(
          phase === 'Released' || phase === 'Failed',
          () => `${named(volume)} lost its claim and says ${phase}`,
        )
      if (claim.spec?.volumeName !== volume.metadata.name) return true
      return orElse(phase === 'Bound', () => `${named(volume)} has a claim and says ${phase}`)
    }),
  ),
)

/** `settled ∧ bound(c) ⇒ status(c) = volume(c)`. */
export const claimsTellTheirVolume = row(
  {
    id: 'V8',
    name: 'claimsTellTheirVolume',
    says: 'When nothing is left to do, the status of a bound claim tells the capacity and the access modes of its volume.',
    class: 'C',
    source: page(
      'reference/kubernetes-api/config-and-storage-resources/persistent-volume-claim-v1/#PersistentVolumeClaimStatus',
    ),
  },
  settled((s) =>
    eachOf(s.list(claims), (claim) => {
      const volume = s.get(volumes, claim.spec?.volumeName ?? '', '')
      if (volume === undefined || claim.status?.phase !== 'Bound' || isGoing(claim)) return true
      const said = value(claim.status.capacity?.storage ?? '0')
      const modes: readonly string[] = claim.status.accessModes ?? []
      const isSame = said === sizeOf(volume) && [...modes].sort().join() === [...modesOf(volume)].sort().join()
      return orElse(isSame, () => `${named(claim)} tells ${said} ${modes.join()} of ${named(volume)}, and it is not so`)
    }),
  ),
)

/** A claim that the binder gives a volume which nobody kept for it; undefined for any other write. */
function given(write: Write): KubeObject | undefined {
  const { resource, object, previous, believed } = write
  if (resource !== volumes || !isBy(write, 'persistent-volume-claim-binder')) return undefined
  const { claimRef } = object.spec ?? {}
  if (!claimRef?.uid || previous === undefined || previous.spec?.claimRef) return undefined
  return believed.get(claims, claimRef.name, claimRef.namespace)
}

/** Why the volume is none for the claim, size apart. */
function mismatch(volume: KubeObject, claim: KubeObject): string | undefined {
  if (isGoing(volume)) return 'is being deleted'
  if (classOf(volume) !== classOf(claim)) return 'is of another class'
  if ((volume.spec?.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem'))
    return 'is of another mode'
  const lacking = modesOf(claim).find((mode) => !modesOf(volume).includes(mode))
  return lacking === undefined ? undefined : `cannot be had as ${lacking}`
}

/** `[bind(v, c) ⇒ v fits c]`. */
export const volumesFit = row(
  {
    id: 'V9',
    name: 'volumesFit',
    says: 'The binder gives a claim only a volume of its class and mode that has all its access modes and is not being deleted.',
    class: 'C',
    source: `${docs}#binding`,
  },
  step((write) => {
    const claim = given(write)
    const why = claim === undefined ? undefined : mismatch(write.previous as KubeObject, claim)
    return orElse(why === undefined, () => `${named(write.object)}, which ${why}, was given to ${claim?.metadata.name}`)
  }),
)

/** `[bind(v, c) ⇒ no free v′ that fits is smaller]`, of claims that name none and select by nothing. */
export const smallestVolumeFirst = row(
  {
    id: 'V9b',
    name: 'smallestVolumeFirst',
    says: 'A claim that names no volume is given the smallest that fits, of those that any node can reach.',
    class: 'B',
    source: `${docs}#binding`,
  },
  step((write) => {
    const claim = given(write)
    if (claim === undefined || claim.spec?.volumeName || claim.spec?.selector || write.object.spec?.nodeAffinity)
      return undefined
    const asked = value(claim.spec?.resources?.requests?.storage ?? '0')
    const smaller = write.believed
      .list(volumes)
      .find(
        (one) =>
          !one.spec?.claimRef &&
          one.status?.phase === 'Available' &&
          one.spec?.nodeAffinity === undefined &&
          mismatch(one, claim) === undefined &&
          sizeOf(one) >= asked &&
          sizeOf(one) < sizeOf(write.object),
      )
    return orElse(
      smaller === undefined,
      () => `${claim.metadata.name} was given ${named(write.object)}, and ${smaller?.metadata.name} would do`,
    )
  }),
)

/** `[bind(v, c) ∧ class waits ⇒ the node of c is chosen]`. */
export const consumersComeFirst = row(
  {
    id: 'V10',
    name: 'consumersComeFirst',
    says: 'The binder gives a claim whose class waits for the first consumer no volume before its node is chosen.',
    class: 'C',
    source: page('concepts/storage/storage-classes/#volume-binding-mode'),
  },
  step((write) => {
    const claim = given(write)
    if (claim === undefined || claim.spec?.volumeName) return undefined
    const mode = write.believed.get('storageclasses.storage.k8s.io', classOf(claim), '')?.volumeBindingMode
    const chosen = claim.metadata.annotations?.['volume.kubernetes.io/selected-node'] !== undefined
    return orElse(
      mode !== 'WaitForFirstConsumer' || chosen,
      () => `${named(claim)} got a volume before anybody used it`,
    )
  }),
)
