/** Claims, volumes, classes and what CSI drivers say of themselves. */
import fc from 'fast-check'
import type { Recipes } from '../recipe.ts'
import * as words from '../words.ts'

const modes = fc.oneof(
  fc.subarray(['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'], { minLength: 1, maxLength: 2 }),
  fc.constant(['ReadWriteOncePod']),
)
const storage = words.bytesAmount.map((amount) => ({ storage: amount }))
const className = fc.constantFrom('standard', 'fast', '')
const driver = fc.constantFrom('disk.example.com', 'nfs.example.com')
const zone = { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['zone-a'] }

export const storageRecipes: Recipes = (tie) => ({
  'core.v1.PersistentVolumeClaim': { always: { spec: tie('core.v1.PersistentVolumeClaimSpec') } },
  'core.v1.PersistentVolumeClaimTemplate': { only: ['metadata'] },
  'core.v1.PersistentVolumeClaimSpec': {
    only: ['selector', 'storageClassName', 'volumeMode', 'volumeName'],
    always: { accessModes: modes, resources: storage.map((requests) => ({ requests })) },
    fields: { storageClassName: className },
  },
  'core.v1.PersistentVolume': { always: { spec: tie('core.v1.PersistentVolumeSpec') } },
  'core.v1.PersistentVolumeSpec': {
    oneOf: ['hostPath', 'nfs', 'csi', 'local'],
    only: ['claimRef', 'mountOptions', 'persistentVolumeReclaimPolicy', 'storageClassName', 'volumeMode'],
    always: { accessModes: modes, capacity: storage },
    fields: {
      storageClassName: className,
      persistentVolumeReclaimPolicy: fc.constantFrom('Retain', 'Delete'),
      mountOptions: fc.constant(['ro']),
      claimRef: words.name.map((name) => ({ namespace: 'default', name })),
    },
    // A local volume says where it is.
    refine: ({ nodeAffinity: _none, ...rest }) =>
      rest.local === undefined
        ? rest
        : { ...rest, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [zone] }] } } },
  },
  'core.v1.LocalVolumeSource': { always: { path: fc.constantFrom('/mnt/a', '/mnt/b') }, only: [] },
  'core.v1.CSIPersistentVolumeSource': {
    always: { driver, volumeHandle: words.name },
    only: ['fsType', 'readOnly', 'volumeAttributes'],
  },
  'storage.v1.StorageClass': {
    always: { provisioner: fc.constantFrom('example.com/disk', 'kybern.dev/local') },
    fields: {
      reclaimPolicy: fc.constantFrom('Delete', 'Retain'),
      allowedTopologies: fc.constant([{ matchLabelExpressions: [{ key: zone.key, values: zone.values }] }]),
    },
  },
  'storage.v1.CSIDriver': { always: { spec: tie('storage.v1.CSIDriverSpec') } },
  'storage.v1.CSIDriverSpec': {
    fields: {
      fsGroupPolicy: fc.constantFrom('File', 'None', 'ReadWriteOnceWithFSType'),
      volumeLifecycleModes: fc.constantFrom(['Persistent'], ['Ephemeral', 'Persistent']),
      tokenRequests: fc.constant([{ audience: 'a', expirationSeconds: 3600 }]),
      nodeAllocatableUpdatePeriodSeconds: fc.constant(60),
    },
    refine: ({ serviceAccountTokenInSecrets: inSecrets, ...rest }) =>
      inSecrets !== undefined && rest.tokenRequests !== undefined
        ? { ...rest, serviceAccountTokenInSecrets: inSecrets }
        : rest,
  },
  'storage.v1.CSINode': { always: { spec: tie('storage.v1.CSINodeSpec') } },
  'storage.v1.CSINodeSpec': {
    always: {
      drivers: fc.uniqueArray(tie('storage.v1.CSINodeDriver'), {
        maxLength: 2,
        selector: (one) => (one as { name: string }).name,
      }),
    },
  },
  'storage.v1.CSINodeDriver': {
    always: { name: driver, nodeID: words.name },
    fields: { topologyKeys: fc.constant(['example.com/zone']) },
  },
  'storage.v1.CSIStorageCapacity': {
    always: { storageClassName: fc.constantFrom('fast', 'standard') },
    fields: { capacity: words.bytesAmount, maximumVolumeSize: words.bytesAmount },
  },
  'storage.v1.VolumeAttachment': {
    always: {
      spec: fc.record({
        attacher: driver,
        nodeName: fc.constantFrom('node-1', 'node-2'),
        source: words.name.map((persistentVolumeName) => ({ persistentVolumeName })),
      }),
    },
  },
  'storage.v1.VolumeAttributesClass': {
    always: {
      driverName: driver,
      parameters: fc.dictionary(fc.constantFrom('iops', 'throughput'), fc.constantFrom('5', '10'), { minKeys: 1 }),
    },
  },
})
