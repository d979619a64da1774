/**
 * The rules of a pod's volumes.
 * Source: https://kubernetes.io/docs/concepts/storage/volumes/
 */
import {
  amongOptional,
  dnsLabel,
  each,
  faults,
  filled,
  isFilled,
  isSet,
  listOf,
  type Part,
  signOf,
  when,
} from '../checks.ts'
import {
  duplicate,
  type FieldError,
  forbiddenValue,
  invalidValue,
  type Path,
  path,
  required,
  tooLong,
} from '../field-error.ts'
import { byteLength } from '../go-text.ts'
import { isDns1123Label, isDns1123Subdomain } from '../names.ts'
import { claimSpecFaults } from './claim-spec.ts'
import { fieldRefFaults, resourceRefFaults, volumeFields } from './environment.ts'
import { fileModeFaults, localPathFaults, noBackstepFaults } from './paths.ts'

type Rule = (source: Part, place: Path) => FieldError[]

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
]

/** The sources in the order they are looked at; a source without rules of its own is only counted. */
const sources: Readonly<Record<string, Rule | undefined>> = {
  emptyDir: (source, place) =>
    when(
      signOf(source.sizeLimit) < 0,
      forbiddenValue(place.child('sizeLimit'), 'SizeLimit field must be a valid resource quantity'),
    ),
  hostPath: hostPathFaults,
  gitRepo: undefined,
  gcePersistentDisk: undefined,
  awsElasticBlockStore: undefined,
  secret: (source, place) => keyedFaults(source, 'secretName', place),
  nfs: nfsFaults,
  iscsi: undefined,
  glusterfs: undefined,
  flocker: undefined,
  persistentVolumeClaim: (source, place) => filled(source.claimName, place.child('claimName')),
  rbd: undefined,
  cinder: undefined,
  cephfs: undefined,
  quobyte: undefined,
  downwardAPI: (source, place) => [
    ...fileModeFaults(source.defaultMode, place.child('defaultMode')),
    ...listOf(source.items).flatMap((item) => downwardFileFaults(item, place)),
  ],
  fc: undefined,
  flexVolume: undefined,
  configMap: (source, place) => keyedFaults(source, 'name', place),
  azureFile: undefined,
  vsphereVolume: undefined,
  photonPersistentDisk: undefined,
  portworxVolume: undefined,
  azureDisk: undefined,
  storageos: undefined,
  projected: projectedFaults,
  scaleIO: undefined,
  csi: (source, place) => csiDriverFaults(source.driver, place.child('driver')),
  ephemeral: ephemeralFaults,
  image: (source, place) => filled(source.reference, place.child('reference')),
}

/** The faults of `volumes`. `podName` is unknown in a template. */
export function volumeFaults(volumes: unknown, podName: string | undefined, place: Path): FieldError[] {
  const names = new Set<string>()
  const made = new Set(
    listOf(volumes).flatMap((one) => (isSet(one.ephemeral) && podName ? [`${podName}-${one.name}`] : [])),
  )
  return each(volumes, place, (volume, at) => {
    const errors = [...sourceFaults(volume, at), ...volumeNameFaults(volume.name ?? '', names, at.child('name'))]
    if (errors.length === 0) names.add(volume.name)
    const claim = volume.persistentVolumeClaim?.claimName
    const why = 'must not reference a PVC that gets created for an ephemeral volume'
    return [
      ...errors,
      ...when(made.has(claim), invalidValue(at.child('persistentVolumeClaim', 'claimName'), claim, why)),
    ]
  })
}

function volumeNameFaults(name: string, names: ReadonlySet<string>, place: Path): FieldError[] {
  const form = name === '' ? [required(place)] : dnsLabel(name, place)
  return [...form, ...when(names.has(name), duplicate(place, name))]
}

function sourceFaults(volume: Part, place: Path): FieldError[] {
  const found = Object.keys(sources).filter((kind) => isSet(volume[kind]))
  if (found.length === 0) return [required(place, 'must specify a volume type')]
  return found.flatMap((kind, index) => {
    const at = place.child(kind)
    if (index > 0) return [forbiddenValue(at, 'may not specify more than 1 volume type')]
    return sources[kind]?.(volume[kind], at) ?? []
  })
}

/** The faults of a hostPath, in a pod or in a persistent volume. */
export function hostPathFaults(source: Part, place: Path): FieldError[] {
  if (!isFilled(source.path)) return [required(place.child('path'))]
  return [
    ...noBackstepFaults(source.path, place.child('path')),
    ...amongOptional(source.type, hostPathTypes, place.child('type')),
  ]
}

/** The faults of an NFS mount, in a pod or in a persistent volume. */
export function nfsFaults(source: Part, place: Path): FieldError[] {
  const path: string = source.path ?? ''
  return [
    ...filled(source.server, place.child('server')),
    ...filled(path, place.child('path')),
    ...when(!path.startsWith('/'), invalidValue(place.child('path'), path, 'must be an absolute path')),
  ]
}

const longestDriverName = 63

/** The faults of a CSI driver's name, which may be in any case. */
export function csiDriverFaults(driver: string | undefined, place: Path): FieldError[] {
  const name = driver ?? ''
  if (name === '') return [required(place)]
  const isLong = byteLength(name) > longestDriverName
  return [
    ...when(isLong, tooLong(place, longestDriverName)),
    ...faults(place, name, isDns1123Subdomain(name.toLowerCase())),
  ]
}

function keyedFaults(source: Part, name: 'name' | 'secretName', place: Path): FieldError[] {
  return [
    ...filled(source[name], place.child(name)),
    ...fileModeFaults(source.defaultMode, place.child('defaultMode')),
    ...each(source.items, place.child('items'), keyToPathFaults),
  ]
}

function keyToPathFaults(item: Part, place: Path): FieldError[] {
  return [
    ...filled(item.key, place.child('key')),
    ...filled(item.path, place.child('path')),
    ...localPathFaults(item.path ?? '', place.child('path')),
    ...fileModeFaults(item.mode, place.child('mode')),
  ]
}

function downwardFileFaults(file: Part, place: Path): FieldError[] {
  const both = isSet(file.fieldRef) && isSet(file.resourceFieldRef)
  const neither = !isSet(file.fieldRef) && !isSet(file.resourceFieldRef)
  return [
    ...filled(file.path, place.child('path')),
    ...localPathFaults(file.path ?? '', place.child('path')),
    ...(isSet(file.fieldRef) ? fieldRefFaults(file.fieldRef, volumeFields, place.child('fieldRef')) : []),
    ...when(both, invalidValue(place, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')),
    ...(isSet(file.resourceFieldRef) && !both
      ? resourceRefFaults(file.resourceFieldRef, true, place.child('resourceFieldRef'))
      : []),
    ...when(neither, required(place, 'one of fieldRef and resourceFieldRef is required')),
    ...fileModeFaults(file.mode, place.child('mode')),
  ]
}

const projections = [
  'secret',
  'configMap',
  'downwardAPI',
  'serviceAccountToken',
  'clusterTrustBundle',
  'podCertificate',
]

function projectedFaults(volume: Part, place: Path): FieldError[] {
  const paths = new Set<string>()
  return [
    ...fileModeFaults(volume.defaultMode, place.child('defaultMode')),
    ...each(volume.sources, place.child('sources'), (source, at) => {
      const found = projections.filter((kind) => isSet(source[kind]))
      const many = found.length > 1
      return [
        ...found.flatMap((kind) => projectionFaults(kind, source[kind], paths, place, at.child(kind))),
        ...when(many, forbiddenValue(at, 'may not specify more than 1 volume type')),
      ]
    }),
  ]
}

function projectionFaults(kind: string, source: Part, paths: Set<string>, volume: Path, place: Path): FieldError[] {
  if (kind === 'serviceAccountToken') return tokenFaults(source, volume, place)
  if (kind !== 'secret' && kind !== 'configMap' && kind !== 'downwardAPI') return []
  const isDownward = kind === 'downwardAPI'
  const items = each(source.items, place.child('items'), (item, at) => {
    const own = isDownward ? downwardFileFaults(item, place) : keyToPathFaults(item, at)
    const path: string = item.path ?? ''
    const taken = path !== '' && paths.has(path)
    if (path !== '') paths.add(path)
    const value = isDownward ? path : (source.name ?? '')
    return [...own, ...when(taken, invalidValue(volume, value, 'conflicting duplicate paths'))]
  })
  return [...(isDownward ? [] : filled(source.name, place.child('name'))), ...items]
}

const shortestTokenSeconds = 600
const longestTokenSeconds = 2 ** 32

function tokenFaults(source: Part, volume: Path, place: Path): FieldError[] {
  const seconds: number = source.expirationSeconds ?? 0
  const at = place.child('expirationSeconds')
  const path: string = source.path ?? ''
  return [
    ...when(
      seconds < shortestTokenSeconds,
      invalidValue(at, seconds, 'may not specify a duration less than 10 minutes'),
    ),
    ...when(
      seconds > longestTokenSeconds,
      invalidValue(at, seconds, 'may not specify a duration larger than 2^32 seconds'),
    ),
    ...(path === '' ? [required(volume.child('path'))] : localPathFaults(path, volume.child('path'))),
  ]
}

function ephemeralFaults(source: Part, place: Path): FieldError[] {
  const at = place.child('volumeClaimTemplate')
  const template = source.volumeClaimTemplate
  if (!isSet(template)) return [required(at)]
  return claimSpecFaults(template.spec ?? {}, at.child('spec'))
}

/** What mounts ask of volumes: the well-formed ones by name. */
export function volumesByName(volumes: unknown): ReadonlyMap<string, Part> {
  return new Map(
    listOf(volumes)
      .filter((volume) => isDns1123Label(volume.name ?? '').length === 0 && sourceFaults(volume, path()).length === 0)
      .map((volume) => [volume.name, volume]),
  )
}
