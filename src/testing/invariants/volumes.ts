/** PersistentVolumes and claims: whose a volume is, and what becomes of it. */
import type { KubeObject } from '../../api/object.ts'
import { value } from '../../api/quantity.ts'
import { settled, step } from '../property.ts'
import { page, row } from './row.ts'
import { claims, eachOf, isDeletion, named, orElse, uidOf } from './words.ts'

const docs = page('concepts/storage/persistent-volumes/')
const volumes = 'persistentvolumes'

const isBound = ({ status }: KubeObject): boolean => status?.phase === 'Bound'
const ownerOf = (volume: KubeObject | undefined): string | undefined => volume?.spec?.claimRef?.uid

/** `□ ∀v |{c bound: volume(c) = v}| ≤ 1`. */
export const volumesHaveOneClaim = row(
  {
    id: 'V1',
    name: 'volumesHaveOneClaim',
    says: 'No volume has two bound claims.',
    class: 'C',
    source: `${docs}#binding`,
  },
  step(({ type, resource, object }, _before, after) => {
    const volume: string | undefined = object.spec?.volumeName
    if (resource !== claims || type === 'DELETED' || !volume || !isBound(object)) return undefined
    const twin = after
      .list(claims)
      .find((one) => one.spec?.volumeName === volume && uidOf(one) !== uidOf(object) && isBound(one))
    return orElse(twin === undefined, () => `${named(object)} and ${twin?.metadata.name} have the volume ${volume}`)
  }),
)

/** `[claimRef = c ∧ claimRef′ = c′ ⇒ c = c′]`, but for users. */
export const volumesAreKept = row(
  {
    id: 'V2',
    name: 'volumesAreKept',
    says: 'No controller takes a volume from one claim and gives it to another.',
    class: 'C',
    source: `${docs}#binding`,
  },
  step(({ resource, by, object, previous }) => {
    const [was, is] = [ownerOf(previous), ownerOf(object)]
    if (resource !== volumes || by === 'user' || was === undefined || is === undefined) return undefined
    return orElse(was === is, () => `${named(object)} went from one claim to another`)
  }),
)

/** `[bind(v, c) ⇒ capacity(v) ≥ request(c)]`, and the claim is told of a volume that is its own. */
export const volumesSuffice = row(
  {
    id: 'V3',
    name: 'volumesSuffice',
    says: 'A claim gets a volume that is as large as it asks for, and none that is kept for another.',
    class: 'C',
    source: `${docs}#binding`,
  },
  step((write) => {
    const { resource, by, object, previous, believed } = write
    if (!by.startsWith('controller/')) return undefined
    if (resource === volumes) {
      const reference = object.spec?.claimRef
      if (!reference?.uid || ownerOf(previous) === reference.uid) return undefined
      const claim = believed.get(claims, reference.name, reference.namespace)
      if (claim?.metadata.uid !== reference.uid) return undefined
      const asked = value(claim?.spec?.resources?.requests?.storage ?? '0')
      const there = value(object.spec?.capacity?.storage ?? '0')
      return orElse(there >= asked, () => `${named(object)} has ${there} and ${reference.name} asks for ${asked}`)
    }
    const name: string | undefined = object.spec?.volumeName
    if (resource !== claims || !name || previous?.spec?.volumeName === name) return undefined
    const owner = ownerOf(believed.get(volumes, name, ''))
    return orElse(owner === undefined || owner === uidOf(object), () => `${named(object)} was given ${name} of another`)
  }),
)

/** `[delete v ⇒ policy(v) = Delete]`, but for users. */
export const volumesGoByPolicy = row(
  {
    id: 'V4',
    name: 'volumesGoByPolicy',
    says: 'A controller deletes a volume only when its reclaim policy says Delete.',
    class: 'C',
    source: `${docs}#reclaiming`,
  },
  step((write) => {
    if (write.resource !== volumes || !write.by.startsWith('controller/') || !isDeletion(write)) return undefined
    const policy: string = write.object.spec?.persistentVolumeReclaimPolicy ?? 'Retain'
    return orElse(policy === 'Delete', () => `${named(write.object)} was deleted; its policy is ${policy}`)
  }),
)

/** `settled ∧ bound(c) ⇒ claimRef(volume(c)) = c`. */
export const claimsAndVolumesAgree = row(
  {
    id: 'V5',
    name: 'claimsAndVolumesAgree',
    says: 'When nothing is left to do, a bound claim and its volume name each other.',
    class: 'C',
    source: `${docs}#binding`,
  },
  settled((s) =>
    eachOf(s.list(claims), (claim) => {
      const volume = s.get(volumes, claim.spec?.volumeName ?? '', '')
      if (volume === undefined || !isBound(claim)) return true
      return orElse(ownerOf(volume) === uidOf(claim), () => `${named(claim)} has ${named(volume)} of another claim`)
    }),
  ),
)
