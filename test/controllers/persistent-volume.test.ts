/** Claims find volumes, volumes are made, released and reclaimed, and nothing goes while it is used. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { persistentVolumeController } from '../../src/controllers/persistent-volume.ts'
import { persistentVolumeClaimBinderController as binder } from '../../src/controllers/persistent-volume-claim-binder.ts'
import {
  persistentVolumeClaimProtectionController as claimProtection,
  persistentVolumeProtectionController as volumeProtection,
} from '../../src/controllers/volume-protection.ts'
import { volumeProvisionerController as provisioner } from '../../src/controllers/volume-provisioner.ts'
import { admission } from '../../src/store/admission/index.ts'
import { Bench } from '../support/bench.ts'
import { at, namespaceNamed, nodeNamed, podNamed } from '../support/core-objects.ts'
import { viewOf } from '../support/view.ts'

const all = [binder, persistentVolumeController, provisioner, claimProtection, volumeProtection]

type Fields = Readonly<Record<string, unknown>>

function volume(name: string, storage: string, spec: Fields = {}, metadata: Fields = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, uid: `uid-${name}`, finalizers: ['kubernetes.io/pv-protection'], ...metadata },
    spec: {
      capacity: { storage },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/x' },
      storageClassName: '',
      ...spec,
    },
  }
}

function claim(storage: string, spec: Fields = {}, metadata: Fields = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: 'c',
      namespace: 'default',
      uid: 'uid-c',
      finalizers: ['kubernetes.io/pvc-protection'],
      ...metadata,
    },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, storageClassName: '', ...spec },
    status: { phase: 'Pending' },
  }
}

function storageClass(more: Fields = {}, name = 'standard'): KubeObject {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, uid: `uid-${name}` },
    provisioner: 'kybern.dev/local',
    reclaimPolicy: 'Delete',
    ...more,
  }
}

const settled = (...objects: KubeObject[]): Bench => {
  const bench = new Bench([namespaceNamed('default'), ...objects], admission)
  bench.settle(all)
  return bench
}
const claimOf = (bench: Bench) => bench.view.get('persistentvolumeclaims', 'default', 'c')
const volumeOf = (bench: Bench, name: string) => bench.view.get('persistentvolumes', '', name)
const boundTo = (bench: Bench) => claimOf(bench)?.spec.volumeName
const reasons = (bench: Bench) => [...new Set(bench.view.list('events').map((event) => event.reason))]

describe('choosing a volume', () => {
  const modes = { accessModes: ['ReadWriteOnce', 'ReadWriteMany'] }
  const cases: [string, KubeObject[], string | undefined][] = [
    [
      'the smallest that is large enough',
      [claim('5Gi'), volume('a', '100Gi'), volume('b', '10Gi'), volume('c', '1Gi')],
      'b',
    ],
    ['quantities, not text', [claim('2Gi'), volume('a', '3000Mi'), volume('b', '10Gi')], 'a'],
    ['among equals the first by name', [claim('1Gi'), volume('b', '2Gi'), volume('a', '2Gi')], 'a'],
    [
      'of the same class only',
      [claim('1Gi', { storageClassName: 'x' }), volume('a', '1Gi'), volume('b', '2Gi', { storageClassName: 'x' })],
      'b',
    ],
    ['with every access mode', [claim('1Gi', modes), volume('a', '1Gi'), volume('b', '2Gi', modes)], 'b'],
    [
      'of the same volume mode',
      [claim('1Gi', { volumeMode: 'Block' }), volume('a', '1Gi'), volume('b', '2Gi', { volumeMode: 'Block' })],
      'b',
    ],
    [
      'that the selector selects',
      [
        claim('1Gi', { selector: { matchLabels: { x: 'y' } } }),
        volume('a', '1Gi'),
        volume('b', '2Gi', {}, { labels: { x: 'y' } }),
      ],
      'b',
    ],
    [
      'not one reserved for another claim',
      [claim('1Gi'), volume('a', '1Gi', { claimRef: { namespace: 'default', name: 'other' } }), volume('b', '2Gi')],
      'b',
    ],
    [
      'the one reserved for it, though another is smaller',
      [claim('1Gi'), volume('a', '1Gi'), volume('b', '5Gi', { claimRef: { namespace: 'default', name: 'c' } })],
      'b',
    ],
    [
      'not a released one',
      [
        claim('1Gi'),
        {
          ...volume('a', '1Gi', { claimRef: { namespace: 'default', name: 'c', uid: 'older' } }),
          status: { phase: 'Released' },
        },
      ],
      undefined,
    ],
    ['the one it names', [claim('1Gi', { volumeName: 'b' }), volume('a', '1Gi'), volume('b', '2Gi')], 'b'],
    [
      'none that is being deleted',
      [
        claim('1Gi'),
        volume('a', '1Gi', {}, { deletionTimestamp: at(0), deletionGracePeriodSeconds: 0, finalizers: ['test/hold'] }),
      ],
      undefined,
    ],
  ]
  it.each(cases)('%s', (_title, objects, wanted) => {
    const bench = settled(...objects)
    expect(boundTo(bench)).toBe(wanted)
    expect(claimOf(bench)?.status.phase).toBe(wanted === undefined ? 'Pending' : 'Bound')
    if (wanted !== undefined) expect(volumeOf(bench, wanted)?.status.phase).toBe('Bound')
  })

  it('writes both sides of the binding', () => {
    const bench = settled(claim('1Gi'), volume('a', '2Gi'))
    expect(volumeOf(bench, 'a')?.spec.claimRef).toMatchObject({
      kind: 'PersistentVolumeClaim',
      namespace: 'default',
      name: 'c',
      uid: 'uid-c',
    })
    expect(claimOf(bench)?.status).toMatchObject({
      phase: 'Bound',
      capacity: { storage: '2Gi' },
      accessModes: ['ReadWriteOnce'],
    })
    expect(claimOf(bench)?.metadata.annotations).toMatchObject({
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
    })
    for (const one of all) expect(one.reconcile(bench.view, 'default/c')).toEqual([])
  })

  it('comes to the same after a crash between any two writes (G4)', () => {
    for (const writes of [0, 1, 2]) {
      const bench = new Bench([namespaceNamed('default'), claim('1Gi'), volume('a', '1Gi'), volume('b', '1Gi')])
      bench.step(binder, 'default/c', writes)
      bench.settle(all)
      expect(boundTo(bench)).toBe('a')
      expect(volumeOf(bench, 'b')?.status.phase).toBe('Available')
    }
  })

  it('two claims never share a volume', () => {
    const second = claim('1Gi', {}, { name: 'd', uid: 'uid-d' })
    const bench = settled(claim('1Gi'), second, volume('a', '1Gi'))
    expect([boundTo(bench), bench.view.get('persistentvolumeclaims', 'default', 'd')?.spec.volumeName]).toEqual([
      'a',
      undefined,
    ])
  })
})

describe('why a claim waits', () => {
  const cases: [string, KubeObject[], string, string][] = [
    [
      'no class',
      [claim('1Gi')],
      'FailedBinding',
      'no persistent volumes available for this claim and no storage class is set',
    ],
    [
      'a class that does not exist',
      [claim('1Gi', { storageClassName: 'x' })],
      'ProvisioningFailed',
      'storageclass.storage.k8s.io "x" not found',
    ],
    [
      'a volume that is too small',
      [claim('5Gi', { volumeName: 'a' }), volume('a', '1Gi')],
      'VolumeMismatch',
      'Cannot bind to requested volume "a": requested PV is too small',
    ],
    [
      'a volume of another claim',
      [claim('1Gi', { volumeName: 'a' }), volume('a', '1Gi', { claimRef: { namespace: 'default', name: 'x' } })],
      'FailedBinding',
      'volume "a" already bound to a different claim.',
    ],
    [
      'the first consumer',
      [
        claim('1Gi', { storageClassName: 'standard' }),
        storageClass({ volumeBindingMode: 'WaitForFirstConsumer' }),
        volume('a', '1Gi', { storageClassName: 'standard' }),
      ],
      'WaitForFirstConsumer',
      'waiting for first consumer to be created before binding',
    ],
  ]
  it.each(cases)('%s', (_title, objects, reason, message) => {
    const bench = new Bench([namespaceNamed('default'), ...objects])
    bench.step(binder, 'default/c')
    expect(bench.view.list('events').map((event) => [event.reason, event.message])).toEqual([[reason, message]])
    expect(claimOf(bench)?.status.phase).toBe('Pending')
  })

  it('an external provisioner is asked for by annotation', () => {
    const bench = new Bench([
      claim('1Gi', { storageClassName: 'x' }),
      storageClass({ provisioner: 'csi.example' }, 'x'),
    ])
    bench.step(binder, 'default/c')
    expect(claimOf(bench)?.metadata.annotations?.['volume.kubernetes.io/storage-provisioner']).toBe('csi.example')
    bench.step(binder, 'default/c')
    expect(reasons(bench)).toEqual(['ExternalProvisioning'])
    expect(provisioner.reconcile(bench.view, 'default/c')).toEqual([])
  })
})

describe('provisioning', () => {
  it('makes a volume of the wanted size and binds it', () => {
    const bench = settled(claim('3Gi', { storageClassName: 'standard' }), storageClass())
    const made = volumeOf(bench, 'pvc-uid-c') as KubeObject
    expect(boundTo(bench)).toBe('pvc-uid-c')
    expect(made.spec).toMatchObject({
      capacity: { storage: '3Gi' },
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: 'standard',
    })
    expect(made.metadata.annotations?.['pv.kubernetes.io/provisioned-by']).toBe('kybern.dev/local')
    expect(made.metadata.finalizers).toEqual(['kubernetes.io/pv-protection'])
    expect(reasons(bench)).toContain('ProvisioningSucceeded')
  })

  it('waits for the node of the first consumer, and puts the volume there', () => {
    const late = storageClass({ volumeBindingMode: 'WaitForFirstConsumer' })
    const bench = settled(claim('1Gi', { storageClassName: 'standard' }), late, nodeNamed('n1'))
    expect(volumeOf(bench, 'pvc-uid-c')).toBeUndefined()
    const waiting = claimOf(bench) as KubeObject
    bench.put({
      ...waiting,
      metadata: { ...waiting.metadata, annotations: { 'volume.kubernetes.io/selected-node': 'n1' } },
    })
    bench.settle(all)
    expect(boundTo(bench)).toBe('pvc-uid-c')
    expect(volumeOf(bench, 'pvc-uid-c')?.spec.nodeAffinity.required.nodeSelectorTerms[0].matchFields[0].values).toEqual(
      ['n1'],
    )
  })

  it('a volume that fits is taken before one is made', () => {
    const bench = settled(
      claim('1Gi', { storageClassName: 'standard' }),
      storageClass(),
      volume('a', '1Gi', { storageClassName: 'standard' }),
    )
    expect(boundTo(bench)).toBe('a')
    expect(bench.view.list('persistentvolumes')).toHaveLength(1)
  })
})

describe('when the claim goes', () => {
  const removeClaim = (bench: Bench): void => {
    expect(
      bench.commit({ type: 'delete', ref: { resource: 'persistentvolumeclaims', namespace: 'default', name: 'c' } }).ok,
    ).toBe(true)
    bench.settle(all)
  }
  const policies: [string, Fields, string | undefined][] = [
    ['Retain keeps the volume, Released', { persistentVolumeReclaimPolicy: 'Retain' }, 'Released'],
    ['Delete deletes it', { persistentVolumeReclaimPolicy: 'Delete' }, undefined],
    ['Recycle fails', { persistentVolumeReclaimPolicy: 'Recycle' }, 'Failed'],
    [
      'Delete of what nobody here can delete fails',
      { persistentVolumeReclaimPolicy: 'Delete', hostPath: undefined, nfs: {} },
      'Failed',
    ],
  ]
  it.each(policies)('%s', (_title, spec, phase) => {
    const bench = settled(claim('1Gi'), volume('a', '1Gi', spec))
    removeClaim(bench)
    expect(claimOf(bench)).toBeUndefined()
    expect(volumeOf(bench, 'a')?.status.phase).toBe(phase)
  })

  it('a released volume is not bound again to a claim of the same name', () => {
    const bench = settled(claim('1Gi'), volume('a', '1Gi', { persistentVolumeReclaimPolicy: 'Retain' }))
    removeClaim(bench)
    bench.put(claim('1Gi', {}, { uid: 'uid-second' }))
    bench.settle(all)
    expect(boundTo(bench)).toBeUndefined()
  })

  it('a claim in use stays until its pod is gone', () => {
    const user = podNamed('user', {
      spec: { nodeName: 'n1', volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] },
    })
    const bench = settled(claim('1Gi'), volume('a', '1Gi'), user)
    removeClaim(bench)
    expect(claimOf(bench)?.metadata.deletionTimestamp).toBeDefined()
    expect(volumeOf(bench, 'a')?.status.phase).toBe('Bound')
    const outcome = bench.commit({
      type: 'delete',
      ref: { resource: 'pods', namespace: 'default', name: 'user' },
      graceSeconds: 0,
    })
    if (!outcome.ok || outcome.change === undefined) throw new Error('not deleted')
    expect(bench.keysFor(claimProtection, outcome.change)).toEqual(['default/c'])
    bench.settle(all)
    expect(claimOf(bench)).toBeUndefined()
  })

  it('a pod that has no node does not hold it', () => {
    const user = podNamed('user', { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] } })
    const bench = settled(claim('1Gi'), user)
    removeClaim(bench)
    expect(claimOf(bench)).toBeUndefined()
  })
})

describe('when the volume goes', () => {
  it('it stays while bound, and the claim is lost when it is gone all the same', () => {
    const bench = settled(claim('1Gi'), volume('a', '1Gi'))
    expect(bench.commit({ type: 'delete', ref: { resource: 'persistentvolumes', namespace: '', name: 'a' } }).ok).toBe(
      true,
    )
    bench.settle(all)
    expect(volumeOf(bench, 'a')?.metadata.deletionTimestamp).toBeDefined()
    const gone = viewOf([claimOf(bench) as KubeObject])
    expect(binder.reconcile(gone, 'default/c')).toMatchObject([
      { type: 'update', subresource: 'status', object: { status: { phase: 'Lost' } } },
      { type: 'report', reason: 'ClaimLost' },
    ])
  })

  it('protection is put back where it is missing', () => {
    const bench = settled(claim('1Gi', {}, { finalizers: [] }), volume('a', '1Gi', {}, { finalizers: [] }))
    expect(claimOf(bench)?.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection'])
    expect(volumeOf(bench, 'a')?.metadata.finalizers).toEqual(['kubernetes.io/pv-protection'])
  })
})
