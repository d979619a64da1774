/**
 * The provisioner of the built-in class: makes a hostPath volume for each claim that asks for `kybern.dev/local`, on the
 * node the scheduler chose when the class waits for a consumer.
 * Source: https://kubernetes.io/docs/concepts/storage/dynamic-provisioning/
 */
import { type KubeObject, splitKey } from '../api/object.ts'
import { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../kinds/index.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller } from './controller.ts'
import {
  classNameOf,
  classOf,
  localProvisioner,
  provisionedBy,
  selectedNode,
  storageProvisioner,
  waitsForConsumer,
} from './persistent-volume/words.ts'
import { createOf, reportOf } from './writes.ts'

/** Makes the volume `pvc-<uid of the claim>`, bound beforehand to the claim. */
export function reconcile(view: View, key: string): Transition[] {
  const { namespace, name } = splitKey(key)
  const claim = view.get(PersistentVolumeClaim, namespace, name)
  if (claim === undefined || claim.metadata.deletionTimestamp !== undefined || claim.spec?.volumeName) return []
  if (claim.metadata.annotations?.[storageProvisioner] !== localProvisioner) return []
  const storageClass = classOf(view, claim)
  if (storageClass === undefined || waitsForConsumer(view, claim)) return []
  const volume = volumeFor(claim, storageClass)
  if (view.get(PersistentVolume, '', volume.metadata.name) !== undefined) return []
  const begun = `External provisioner is provisioning volume for claim "${key}"`
  const done = `Successfully provisioned volume ${volume.metadata.name}`
  return [
    reportOf(localProvisioner, claim, 'Normal', 'Provisioning', begun),
    createOf(PersistentVolume, '', volume),
    reportOf(localProvisioner, claim, 'Normal', 'ProvisioningSucceeded', done),
  ]
}

function volumeFor(claim: KubeObject, storageClass: KubeObject): KubeObject {
  const { namespace, name, uid, resourceVersion } = claim.metadata
  const volume = `pvc-${uid}`
  const mountOptions = storageClass.mountOptions === undefined ? {} : { mountOptions: storageClass.mountOptions }
  return {
    apiVersion: PersistentVolume.apiVersion,
    kind: PersistentVolume.kind,
    metadata: { name: volume, annotations: { [provisionedBy]: localProvisioner } },
    spec: {
      capacity: { storage: claim.spec?.resources?.requests?.storage ?? '0' },
      hostPath: { path: `/var/lib/kybern/volumes/${volume}_${namespace}_${name}`, type: 'DirectoryOrCreate' },
      accessModes: claim.spec?.accessModes ?? [],
      claimRef: { apiVersion: claim.apiVersion, kind: claim.kind, namespace, name, uid, resourceVersion },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: classNameOf(claim),
      ...mountOptions,
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
      ...affinityOf(claim),
    },
  }
}

/** A local volume is where its first consumer is. */
function affinityOf(claim: KubeObject): Readonly<Record<string, unknown>> {
  const node = claim.metadata.annotations?.[selectedNode]
  if (node === undefined) return {}
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }]
  return { nodeAffinity: { required: { nodeSelectorTerms: [{ matchFields }] } } }
}

export const volumeProvisionerController = controller({
  name: 'volume-provisioner',
  of: PersistentVolumeClaim,
  matters: ({ type }) => type !== 'DELETED',
  watches: [
    {
      kind: StorageClass,
      keys: (storageClass, view) =>
        view
          .list(PersistentVolumeClaim)
          .filter((claim) => !claim.spec?.volumeName && classNameOf(claim) === storageClass.metadata.name)
          .map((claim) => `${claim.metadata.namespace}/${claim.metadata.name}`),
    },
  ],
  reconcile,
})
