/**
 * DefaultStorageClass and StorageObjectInUseProtection: claims that name no class get the default one; claims and
 * volumes carry the finalizers that keep them while they are used.
 * Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/ and …/storage/storage-classes/#default-storageclass
 */
import type { KubeObject } from '../../api/object.ts'
import { parseTime } from '../../api/time.ts'
import type { AdmissionStep } from '../admission-step.ts'
import type { View } from '../view.ts'

const defaultClassAnnotations = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]
const finalizers: Readonly<Record<string, string>> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
  'volumeattributesclasses.storage.k8s.io': 'kubernetes.io/vac-protection',
}

/** Gives a new claim without storageClassName (and without the old annotation) the default class, if there is one. */
export const defaultStorageClass: AdmissionStep = ({ operation, kind, object }, view) => {
  if (operation !== 'CREATE' || kind.resource !== 'persistentvolumeclaims') return object
  const old = object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class']
  const named = object.spec?.storageClassName
  if ((named !== undefined && named !== null) || old !== undefined) return object
  const chosen = defaultClass(view)
  if (chosen === undefined) return object
  return { ...object, spec: { ...object.spec, storageClassName: chosen.metadata.name } }
}

/** Of several default classes the newest wins, then the first by name. */
function defaultClass(view: View): KubeObject | undefined {
  const made = (one: KubeObject) =>
    one.metadata.creationTimestamp === undefined ? 0 : parseTime(one.metadata.creationTimestamp)
  const defaults = view
    .list('storageclasses.storage.k8s.io')
    .filter((one) => defaultClassAnnotations.some((name) => one.metadata.annotations?.[name] === 'true'))
  return defaults.sort((a, b) => made(b) - made(a) || (a.metadata.name < b.metadata.name ? -1 : 1))[0]
}

/** Adds the protection finalizer to new claims and volumes. */
export const storageObjectInUseProtection: AdmissionStep = ({ operation, kind, object }) => {
  const finalizer = finalizers[kind.resource]
  if (operation !== 'CREATE' || finalizer === undefined) return object
  const own = object.metadata.finalizers ?? []
  if (own.includes(finalizer)) return object
  return { ...object, metadata: { ...object.metadata, finalizers: [...own, finalizer] } }
}
