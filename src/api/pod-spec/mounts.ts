/**
 * The rules of volume mounts and block devices.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#volumes-1
 */
import { among, each, filled, isFilled, isSet, listOf, type Part, when } from '../checks.ts'
import { type FieldError, forbiddenValue, invalidValue, type Path, valueNotFound } from '../field-error.ts'
import { descendingPathFaults, noBackstepFaults } from './paths.ts'

type Volumes = ReadonlyMap<string, Part>

const propagations = ['Bidirectional', 'HostToContainer', 'None']
const recursions = ['Disabled', 'Enabled', 'IfPossible']

/** The faults of a container's mounts and devices. */
export function mountFaults(container: Part, volumes: Volumes, place: Path): FieldError[] {
  return [
    ...volumeMountFaults(container, volumes, place.child('volumeMounts')),
    ...deviceFaults(container, volumes, place.child('volumeDevices')),
  ]
}

function volumeMountFaults(container: Part, volumes: Volumes, place: Path): FieldError[] {
  const taken = new Set<string>()
  const devices = listOf(container.volumeDevices)
  return each(container.volumeMounts, place, (mount, at) => {
    const name: string = mount.name ?? ''
    const path: string = mount.mountPath ?? ''
    const again = taken.has(path)
    taken.add(path)
    const isDevice = devices.some((device) => device.name === name)
    const isDevicePath = devices.some((device) => device.devicePath === path)
    const pathAt = at.child('mountPath')
    return [
      ...filled(name, at.child('name')),
      ...when(!volumes.has(name), valueNotFound(at.child('name'), name)),
      ...filled(path, pathAt),
      ...when(again, invalidValue(pathAt, path, 'must be unique')),
      ...when(isDevice, invalidValue(at.child('name'), name, 'must not already exist in volumeDevices')),
      ...when(isDevicePath, invalidValue(pathAt, path, 'must not already exist as a path in volumeDevices')),
      ...subPathFaults(mount, at, place),
      ...propagationFaults(mount, container, place.child('mountPropagation')),
      ...recursionFaults(mount, place.child('recursiveReadOnly')),
    ]
  })
}

/** Wrong paths are named at the list's own path, as the API server does. */
function subPathFaults(mount: Part, place: Path, list: Path): FieldError[] {
  const { subPath, subPathExpr } = mount
  const both = isFilled(subPath) && isFilled(subPathExpr)
  const why = 'subPathExpr and subPath are mutually exclusive'
  return [
    ...(isFilled(subPath) ? descendingPathFaults(subPath, list.child('subPath')) : []),
    ...when(both, invalidValue(place.child('subPathExpr'), subPathExpr, why)),
    ...(isFilled(subPathExpr) ? descendingPathFaults(subPathExpr, list.child('subPathExpr')) : []),
  ]
}

function propagationFaults({ mountPropagation }: Part, container: Part, place: Path): FieldError[] {
  if (!isSet(mountPropagation)) return []
  const unprivileged = mountPropagation === 'Bidirectional' && container.securityContext?.privileged !== true
  const why = 'Bidirectional mount propagation is available only to privileged containers'
  return [...among(mountPropagation, propagations, place), ...when(unprivileged, forbiddenValue(place, why))]
}

function recursionFaults({ recursiveReadOnly, readOnly, mountPropagation }: Part, place: Path): FieldError[] {
  if (!isSet(recursiveReadOnly) || recursiveReadOnly === 'Disabled') return []
  if (!recursions.includes(recursiveReadOnly)) return among(recursiveReadOnly, recursions, place)
  const spreads = isSet(mountPropagation) && mountPropagation !== 'None'
  return [
    ...when(readOnly !== true, forbiddenValue(place, 'may only be specified when readOnly is true')),
    ...when(spreads, forbiddenValue(place, 'may only be specified when mountPropagation is None or not specified')),
  ]
}

function deviceFaults(container: Part, volumes: Volumes, place: Path): FieldError[] {
  const names = new Set<string>()
  const paths = new Set<string>()
  const mounts = listOf(container.volumeMounts)
  return each(container.volumeDevices, place, (device, at) => {
    const name: string = device.name ?? ''
    const path: string = device.devicePath ?? ''
    const nameAt = at.child('name')
    const pathAt = at.child('devicePath')
    const volume = volumes.get(name)
    const notBlock = volume !== undefined && !isSet(volume.persistentVolumeClaim) && !isSet(volume.ephemeral)
    const climbs = noBackstepFaults(path, pathAt).length > 0
    const isMount = mounts.some((mount) => mount.name === name)
    const isMountPath = mounts.some((mount) => mount.mountPath === path)
    const errors = [
      ...filled(name, nameAt),
      ...when(names.has(name), invalidValue(nameAt, name, 'must be unique')),
      ...when(
        notBlock,
        invalidValue(
          nameAt,
          name,
          'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
        ),
      ),
      ...when(volume === undefined, valueNotFound(nameAt, name)),
      ...filled(path, pathAt),
      ...when(paths.has(path), invalidValue(pathAt, path, 'must be unique')),
      ...when(climbs, invalidValue(pathAt, path, "can not contain backsteps ('..')")),
      ...when(isMount, invalidValue(nameAt, name, 'must not already exist in volumeMounts')),
      ...when(isMountPath, invalidValue(pathAt, path, 'must not already exist as a path in volumeMounts')),
    ]
    if (name !== '') names.add(name)
    if (!climbs) paths.add(path)
    return errors
  })
}
