/** Volumes made for claims, and where they can be had: provisioning, places, claims that must not wait for ever. */
import type { KubeObject } from '../../api/object.ts'
import { podClaims } from '../../api/pod-claims.ts'
import { value } from '../../api/quantity.ts'
import type { Moment } from '../moment.ts'
import { settled, step } from '../property.ts'
import { matchesNodeAffinity } from './documented.ts'
import { page, row } from './row.ts'
import { claims, eachOf, isBy, isGoing, named, orElse, uidOf } from './words.ts'

const docs = page('concepts/storage/persistent-volumes/')
const volumes = 'persistentvolumes'

const classOf = ({ metadata, spec }: KubeObject): string =>
  metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? ''

/** Is the volume to be had on the node? One that says nothing of nodes is everywhere. */
function isThere(volume: KubeObject, node: KubeObject): boolean {
  const required = volume.spec?.nodeAffinity?.required
  if (!required) return true
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } }
  return matchesNodeAffinity({ spec: { affinity } } as never, node)
}

/** `[bind(p, n) ⇒ ∀ c bound of p: volume(c) is to be had on n]`. */
export const volumesAreWithinReach = row(
  {
    id: 'V11',
    name: 'volumesAreWithinReach',
    says: 'The scheduler binds a pod only to a node on which the volumes of its bound claims can be had.',
    class: 'C',
    source: `${docs}#node-affinity`,
  },
  step((write) => {
    const { verb, by, object: pod, believed } = write
    if (verb !== 'bind' || by !== 'scheduler') return undefined
    const node = believed.get('nodes', pod.spec?.nodeName ?? '', '')
    if (node === undefined) return undefined
    return eachOf(podClaims(pod), ({ name }) => {
      const claim = believed.get(claims, name, pod.metadata.namespace)
      const volume = believed.get(volumes, claim?.spec?.volumeName ?? '', '')
      return orElse(
        volume === undefined || isThere(volume, node),
        () => `${named(pod)} was bound to ${node.metadata.name}, where ${volume?.metadata.name} is not to be had`,
      )
    })
  }),
)

/** `[provision(v, c) ⇒ c is there, is not going, has no volume, and no other was made for it]`. */
export const provisionedOnce = row(
  {
    id: 'V12',
    name: 'provisionedOnce',
    says: 'A volume is provisioned only for a claim that is there, is not being deleted and has none, and one for each.',
    class: 'C',
    source: page('concepts/storage/dynamic-provisioning/'),
  },
  step((write, before) => {
    const { resource, type, object, believed } = write
    if (resource !== volumes || type !== 'ADDED' || !isBy(write, 'volume-provisioner')) return undefined
    const { name, namespace, uid } = object.spec?.claimRef ?? {}
    const claim = believed.get(claims, name ?? '', namespace)
    if (claim === undefined || uidOf(claim) !== uid) return `${named(object)} was made for a claim that is not there`
    if (isGoing(claim)) return `${named(object)} was made for ${named(claim)}, which is being deleted`
    if (claim.spec?.volumeName) return `${named(object)} was made for ${named(claim)}, which has a volume`
    const twin = before.list(volumes).find((one) => one.spec?.claimRef?.uid === uid)
    return orElse(twin === undefined, () => `${named(object)} and ${twin?.metadata.name} were made for ${named(claim)}`)
  }),
)

/** A free volume that the claim could have. */
const freeFor = (s: Moment, claim: KubeObject): KubeObject | undefined =>
  s.list(volumes).find((volume) => {
    const { spec, status } = volume
    if (isGoing(volume) || status?.phase !== 'Available' || spec?.claimRef) return false
    const modes: readonly string[] = spec?.accessModes ?? []
    return (
      classOf(volume) === classOf(claim) &&
      (spec?.volumeMode ?? 'Filesystem') === (claim.spec?.volumeMode ?? 'Filesystem') &&
      ((claim.spec?.accessModes ?? []) as string[]).every((mode) => modes.includes(mode)) &&
      value(spec?.capacity?.storage ?? '0') >= value(claim.spec?.resources?.requests?.storage ?? '0')
    )
  })

/** `settled ∧ ¬bound(c) ⇒ c waits for somebody: a consumer, a volume that is not there, a provisioner of others`. */
export const claimsAreServed = row(
  {
    id: 'V13',
    name: 'claimsAreServed',
    says: 'When nothing is left to do, no claim of a class that binds at once waits while a volume that fits is free, or while its class makes one.',
    class: 'C',
    source: `${docs}#binding`,
  },
  settled((s) =>
    eachOf(s.list(claims), (claim) => {
      if (isGoing(claim) || claim.status?.phase !== 'Pending' || claim.spec?.volumeName || claim.spec?.selector)
        return true
      const storageClass = s.get('storageclasses.storage.k8s.io', classOf(claim), '')
      const isChosen = claim.metadata.annotations?.['volume.kubernetes.io/selected-node'] !== undefined
      if (storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && !isChosen) return true
      if (storageClass?.provisioner === 'kybern.dev/local') return `${named(claim)} waits for its provisioner`
      if (isChosen) return true
      const free = freeFor(s, claim)
      return orElse(free === undefined, () => `${named(claim)} waits, and ${named(free as KubeObject)} is free`)
    }),
  ),
)

/** The volumes a container may need before it runs, by the claims that name them. */
const mountsBefore = (s: Moment, pod: KubeObject): readonly (KubeObject | undefined)[] =>
  podClaims(pod).map(({ name }) => s.get(claims, name, pod.metadata.namespace))

/** `[run(c) first ⇒ ∀ claims of its pod: bound]`. */
export const runsWithItsVolumes = row(
  {
    id: 'V14',
    name: 'runsWithItsVolumes',
    says: 'No container of a pod is begun before all claims that the pod names are there and bound.',
    class: 'C',
    source: `${docs}#claims-as-volumes`,
  },
  step((write) => {
    const { resource, by, object: pod, previous, believed } = write
    if (resource !== 'pods' || !by.startsWith('kubelet') || previous === undefined || podClaims(pod).length === 0)
      return undefined
    const hasBegun = ({ status }: KubeObject): boolean =>
      [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].some(
        ({ state }: { state?: { running?: object; terminated?: object } }) => state?.running ?? state?.terminated,
      )
    if (hasBegun(previous) || !hasBegun(pod) || previous.status?.startTime === undefined) return undefined
    const unbound = mountsBefore(believed, pod).find((claim) => claim?.status?.phase === 'Pending')
    return orElse(
      unbound === undefined,
      () => `${named(pod)} has begun, and ${named(unbound as KubeObject)} is not bound`,
    )
  }),
)
