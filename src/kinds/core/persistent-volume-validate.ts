/**
 * The rules of PersistentVolumes, and the time of their last phase.
 * Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/
 */
import {
  among,
  amongOptional,
  dnsSubdomain,
  entriesOf,
  filled,
  isFilled,
  isSet,
  type Part,
  positiveQuantity,
  signOf,
  when,
} from '../../api/checks.ts'
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  type Path,
  path,
  required,
} from '../../api/field-error.ts'
import { validateImmutable } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { nodeSelectorFaults } from '../../api/pod-spec/affinity.ts'
import { accessModeFaults, volumeModes } from '../../api/pod-spec/claim-spec.ts'
import { noBackstepFaults } from '../../api/pod-spec/paths.ts'
import { csiDriverFaults, hostPathFaults, nfsFaults } from '../../api/pod-spec/volumes.ts'
import { formatQuantity, value } from '../../api/quantity.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { toRfc3339 } from '../../api/time.ts'
import { withStatus } from '../without-status.ts'

type Rule = (source: Part, place: Path) => FieldError[]

/** The sources in the order they are looked at; a source without rules of its own is only counted. */
const csiSecrets = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
]
const sources: Readonly<Record<string, Rule | undefined>> = {
  hostPath: hostPathFaults,
  gcePersistentDisk: undefined,
  awsElasticBlockStore: undefined,
  glusterfs: undefined,
  flocker: undefined,
  nfs: nfsFaults,
  rbd: undefined,
  quobyte: undefined,
  cephfs: undefined,
  iscsi: undefined,
  cinder: undefined,
  fc: undefined,
  flexVolume: undefined,
  azureFile: undefined,
  vsphereVolume: undefined,
  photonPersistentDisk: undefined,
  portworxVolume: undefined,
  azureDisk: undefined,
  scaleIO: undefined,
  local: (source, place) =>
    isFilled(source.path) ? noBackstepFaults(source.path, place.child('path')) : [required(place.child('path'))],
  storageos: undefined,
  csi: (source, place) => [
    ...csiDriverFaults(source.driver, place.child('driver')),
    ...csiSecrets.flatMap((field) =>
      isSet(source[field])
        ? [
            ...filled(source[field].name, place.child(field, 'name')),
            ...filled(source[field].namespace, place.child(field, 'namespace')),
          ]
        : [],
    ),
    ...filled(source.volumeHandle, place.child('volumeHandle')),
  ],
}

/** The faults of a PersistentVolume; its status has none of its own. */
export function validatePersistentVolume(volume: KubeObject, previous: KubeObject | undefined, subresource: string) {
  if (subresource === 'status') return []
  const spec: Part = volume.spec ?? {}
  return [...specFaults(spec, path('spec')), ...(previous === undefined ? [] : changeFaults(spec, previous.spec ?? {}))]
}

function specFaults(spec: Part, place: Path): FieldError[] {
  const policy = place.child('persistentVolumeReclaimPolicy')
  const classes = place.child('volumeAttributesClassName')
  const recyclesRoot = spec.persistentVolumeReclaimPolicy === 'Recycle' && /^\/+$/.test(spec.hostPath?.path ?? '')
  return [
    ...filled(spec.accessModes, place.child('accessModes')),
    ...accessModeFaults(spec.accessModes, place.child('accessModes')),
    ...capacityFaults(spec.capacity, place.child('capacity')),
    ...(isFilled(spec.persistentVolumeReclaimPolicy)
      ? among(spec.persistentVolumeReclaimPolicy, ['Delete', 'Recycle', 'Retain'], policy)
      : []),
    ...affinityFaults(spec.nodeAffinity, place.child('nodeAffinity')),
    ...sourceFaults(spec, place),
    ...when(recyclesRoot, forbiddenValue(policy, "may not be 'recycle' for a hostPath mount of '/'")),
    ...(isFilled(spec.storageClassName) ? dnsSubdomain(spec.storageClassName, place.child('storageClassName')) : []),
    ...amongOptional(spec.volumeMode, volumeModes, place.child('volumeMode')),
    ...(isSet(spec.volumeAttributesClassName) ? attributesFaults(spec, classes, place.child('csi')) : []),
  ]
}

function attributesFaults({ volumeAttributesClassName: name, csi }: Part, place: Path, csiAt: Path): FieldError[] {
  const form = name === '' ? [required(place, 'an empty string is disallowed')] : dnsSubdomain(name, place)
  return [...form, ...when(!isSet(csi), required(csiAt, 'has to be specified when using volumeAttributesClassName'))]
}

function capacityFaults(capacity: Part, place: Path): FieldError[] {
  const amounts = entriesOf(capacity)
  const other = amounts.length !== 1 || amounts[0]?.[0] !== 'storage'
  return [
    ...when(amounts.length === 0, required(place)),
    ...when(other, notSupported(place, shownCapacity(capacity), ['storage'])),
    ...amounts.flatMap(([name, amount]) => [
      ...when(signOf(amount) < 0, invalidValue(place.key(name), value(amount), 'must be a valid resource quantity')),
      ...positiveQuantity(amount, place.key(name)),
    ]),
  ]
}

function shownCapacity(capacity: Part): Readonly<Record<string, string>> | null {
  if (!isSet(capacity)) return null
  return Object.fromEntries(entriesOf(capacity).map(([name, amount]) => [name, formatQuantity(amount)]))
}

function affinityFaults(affinity: Part, place: Path): FieldError[] {
  if (!isSet(affinity)) return []
  const at = place.child('required')
  return isSet(affinity.required)
    ? nodeSelectorFaults(affinity.required, at)
    : [required(at, 'must specify required node constraints')]
}

function sourceFaults(spec: Part, place: Path): FieldError[] {
  const found = Object.keys(sources).filter((kind) => isSet(spec[kind]))
  if (found.length === 0) return [required(place, 'must specify a volume type')]
  const local = found[0] === 'local' && !isSet(spec.nodeAffinity)
  const errors = found.flatMap((kind, index) => {
    const at = place.child(kind)
    if (index > 0) return [forbiddenValue(at, 'may not specify more than 1 volume type')]
    return sources[kind]?.(spec[kind], at) ?? []
  })
  return [...errors, ...when(local, required(place.child('nodeAffinity'), 'Local volume requires node affinity'))]
}

function changeFaults(next: Part, previous: Part): FieldError[] {
  const changed = Object.keys(sources).some((kind) => !semanticEqual(next[kind], previous[kind]))
  const why = 'spec.persistentvolumesource is immutable after creation'
  const classes = path('spec', 'volumeAttributesClassName')
  const unset = isSet(previous.volumeAttributesClassName) && !isSet(next.volumeAttributesClassName)
  return [
    ...when(changed, forbiddenValue(path('spec', 'persistentvolumesource'), why)),
    ...validateImmutable(next.volumeMode ?? null, previous.volumeMode ?? null, path('volumeMode')),
    ...nodeAffinityChange(next.nodeAffinity, previous.nodeAffinity),
    ...when(unset, forbiddenValue(classes, 'update from non-nil value to nil is forbidden')),
  ]
}

function nodeAffinityChange(next: Part, previous: Part): FieldError[] {
  if (!isSet(previous) || semanticEqual(next, previous)) return []
  return validateImmutable(next ?? null, previous, path('nodeAffinity'))
}

/** A new volume is Pending from now on. */
export function preparePersistentVolume(volume: KubeObject, now: number): KubeObject {
  return withStatus(volume, { phase: 'Pending', lastPhaseTransitionTime: toRfc3339(now) })
}

/** A phase that changes is given its time when the writer gave none. */
export function preparePersistentVolumeUpdate(
  next: KubeObject,
  previous: KubeObject,
  subresource: string,
  now: number,
) {
  if (subresource !== 'status') return next
  const { phase, lastPhaseTransitionTime: at } = next.status ?? {}
  const { phase: oldPhase, lastPhaseTransitionTime: oldAt } = previous.status ?? {}
  if (phase === oldPhase) {
    if (isSet(at) || !isSet(oldAt)) return next
    return { ...next, status: { ...next.status, lastPhaseTransitionTime: oldAt } }
  }
  if (isSet(at) && at !== oldAt) return next
  return { ...next, status: { ...next.status, lastPhaseTransitionTime: toRfc3339(now) } }
}
