/** Pods with claims: found, bound, waiting for their first consumer. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { node, pod, Scene } from './scene.ts'

const ref = (resource: string, name: string, namespace = '') => ({ resource, namespace, name })

function storageClass(name: string, more: object = {}): KubeObject {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'p.example',
    ...more,
  }
}

function claim(name: string, storageClassName: string, spec: object = {}, status: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default' },
    spec: { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
    status: { phase: 'Pending', ...status },
  }
}

function volume(name: string, at: string, storage = '5Gi', spec: object = {}): KubeObject {
  const term = { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [at] }] }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'late',
      nodeAffinity: { required: { nodeSelectorTerms: [term] } },
      ...spec,
    },
    status: { phase: 'Available' },
  }
}

const late = storageClass('late', { volumeBindingMode: 'WaitForFirstConsumer' })
const user = (name = 'web', claimName = 'data') =>
  pod(name, {}, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] })
const bound = (name: string) => claim('data', 'late', { volumeName: name }, { phase: 'Bound' })

/** The claim as its controller leaves it. */
function bind(scene: Scene, volumeName: string): Scene {
  const stored = scene.view.get('persistentvolumeclaims', 'default', 'data') as KubeObject
  const spec = { ...stored.spec, volumeName }
  const to = ref('persistentvolumeclaims', 'data', 'default')
  scene.commit({ type: 'update', ref: to, object: { ...stored, spec }, trusted: true })
  const next = scene.view.get('persistentvolumeclaims', 'default', 'data') as KubeObject
  const status = { ...next.status, phase: 'Bound' }
  scene.commit({ type: 'update', ref: to, object: { ...next, status }, subresource: 'status', trusted: true })
  return scene
}

describe('claims', () => {
  it('must exist', () => {
    const scene = new Scene().add(node('node-1'), user()).run()
    expect(scene.why('web')).toBe(
      '0/1 nodes are available: persistentvolumeclaim "data" not found. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    )
    scene.add(late, volume('v', 'node-1'), bound('v')).run().advance(1000)
    expect(scene.placed.web).toBe('node-1')
  })

  it('of an immediate class must be bound already', () => {
    const scene = new Scene().add(node('node-1'), storageClass('now'), claim('data', 'now'), user()).run()
    expect(scene.why('web')).toMatch(
      /^0\/1 nodes are available: pod has unbound immediate PersistentVolumeClaims\. preem/,
    )
  })

  it('that are bound draw the pod to where their volume is', () => {
    const scene = new Scene().add(node('node-1'), node('node-2'), late, volume('v', 'node-2'), bound('v'), user()).run()
    expect(scene.placed.web).toBe('node-2')
    const away = new Scene().add(node('node-1'), late, volume('v', 'node-2'), bound('v'), user()).run()
    expect(away.why('web')).toContain("1 node(s) didn't match PersistentVolume's node affinity.")
    const lost = new Scene().add(node('node-1'), late, bound('v'), user()).run()
    expect(lost.why('web')).toContain('1 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s).')
  })

  it('that wait for a consumer are told the node, and the pod is bound when they are', () => {
    const scene = new Scene().add(node('node-1'), late, claim('data', 'late'), user()).run()
    const stored = scene.view.get('persistentvolumeclaims', 'default', 'data')
    expect(stored?.metadata.annotations).toEqual({ 'volume.kubernetes.io/selected-node': 'node-1' })
    expect(scene.placed.web).toBe('')
    expect(scene.state.assumed.get('default/web')?.node).toBe('node-1')
    bind(scene.add(volume('made', 'node-1')), 'made').run()
    expect(scene.placed.web).toBe('node-1')
    expect(scene.state.pods.size).toBe(0)
  })

  it('are promised the smallest volume that serves them, on a node that has one', () => {
    const local = storageClass('late', {
      volumeBindingMode: 'WaitForFirstConsumer',
      provisioner: 'kubernetes.io/no-provisioner',
    })
    const scene = new Scene().add(node('node-1'), node('node-2'), local, claim('data', 'late'))
    scene.add(
      volume('tiny', 'node-1', '500Mi'),
      volume('large', 'node-2', '9Gi'),
      volume('small', 'node-2', '2Gi'),
      user(),
    )
    scene.run()
    expect(scene.view.get('persistentvolumes', '', 'small')?.spec.claimRef).toMatchObject({ name: 'data' })
    expect(scene.view.get('persistentvolumes', '', 'large')?.spec.claimRef).toBeUndefined()
    expect(bind(scene, 'small').run().placed.web).toBe('node-2')
    const none = new Scene().add(node('node-1'), local, claim('data', 'late'), user()).run()
    expect(none.why('web')).toContain("1 node(s) didn't find available persistent volumes to bind.")
  })

  it('that are not bound in ten minutes give the node back', () => {
    const scene = new Scene().add(node('node-1'), late, claim('data', 'late'), user()).run()
    expect(scene.state.pods.get('default/web')).toMatchObject({ place: 'reserved' })
    const until = scene.now + 600_000
    expect(scene.timers.get('volumes')).toBe(until)
    scene.advance(600_000)
    expect(scene.state.pods.get('default/web')?.attempts).toBeGreaterThan(0)
    expect(scene.state.pods.get('default/web')?.place).toBe('backoff')
    expect(scene.state.assumed.size).toBe(0)
  })
})
