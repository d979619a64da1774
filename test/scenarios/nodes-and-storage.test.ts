/** Whole clusters: lost nodes, namespaces that go, claims that bind, services that follow their pods. */
import { describe, expect, it } from 'vitest'
import { getCondition, isTrue } from '../../src/api/conditions.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { createCluster } from '../../src/cluster.ts'

const web = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
`

type Cluster = Awaited<ReturnType<typeof createCluster>>
const podsOf = (cluster: Cluster): KubeObject[] => [...cluster.list('Pod')] as KubeObject[]
const isReady = (object: KubeObject) => isTrue(object.status?.conditions, 'Ready')
const readyEndpoints = (cluster: Cluster): string[] =>
  (cluster.list('EndpointSlice', { labelSelector: 'kubernetes.io/service-name=web' }) as KubeObject[]).flatMap(
    (slice) =>
      slice.endpoints
        .filter((one: { conditions: { ready: boolean } }) => one.conditions.ready)
        .map((one: { targetRef: { name: string } }) => one.targetRef.name),
  )

describe('a lost node', () => {
  it('is Unknown after 40 seconds, its pods leave the service, and are replaced elsewhere after five minutes', async () => {
    const cluster = await createCluster({ nodes: 3, seed: 7 })
    await cluster.apply(web)
    await cluster.settle()
    expect(readyEndpoints(cluster)).toHaveLength(3)
    const [victim] = podsOf(cluster) as [KubeObject]
    const node: string = victim.spec.nodeName
    cluster.fault({ silence: node })
    await cluster.advance('51s')
    expect(getCondition((cluster.get('Node', node) as KubeObject).status.conditions, 'Ready')?.status).toBe('Unknown')
    const there = podsOf(cluster).filter((pod) => pod.spec.nodeName === node)
    expect(there.map(isReady)).toEqual(there.map(() => false))
    expect(readyEndpoints(cluster)).not.toContain(victim.metadata.name)
    expect(there.every((pod) => pod.metadata.deletionTimestamp === undefined)).toBe(true)
    await cluster.advance('5m30s')
    const elsewhere = podsOf(cluster).filter((pod) => pod.spec.nodeName !== node && isReady(pod))
    expect(elsewhere).toHaveLength(3)
    expect(readyEndpoints(cluster).sort()).toEqual(elsewhere.map((pod) => pod.metadata.name).sort())
    cluster.fault({ restore: node })
    await cluster.advance('1m')
    expect((cluster.get('Node', node) as KubeObject).spec.taints ?? []).toEqual([])
    expect(podsOf(cluster)).toHaveLength(3)
    await cluster.close()
  })

  it('of a cluster whose nodes are all lost is not given up (N3)', async () => {
    const cluster = await createCluster({ nodes: 2, seed: 7 })
    await cluster.apply(web)
    await cluster.settle()
    for (const node of ['node-1', 'node-2']) cluster.fault({ silence: node })
    await cluster.advance('1h')
    expect(podsOf(cluster).map((pod) => pod.metadata.deletionTimestamp)).toEqual([undefined, undefined, undefined])
    await cluster.close()
  })
})

describe('a namespace', () => {
  it('goes with everything in it, pods gracefully, and takes nothing new in meanwhile', async () => {
    const cluster = await createCluster({ nodes: 2, seed: 7 })
    await cluster.apply('{apiVersion: v1, kind: Namespace, metadata: {name: team}}')
    await cluster.settle()
    await cluster.apply(web.replaceAll('metadata: {name: web}', 'metadata: {name: web, namespace: team}'))
    await cluster.settle()
    expect(cluster.list('Pod', { namespace: 'team' })).toHaveLength(3)
    await cluster.delete('Namespace', 'team')
    expect((cluster.get('Namespace', 'team') as KubeObject).status.phase).toBe('Terminating')
    const late = cluster.apply('{apiVersion: v1, kind: ConfigMap, metadata: {name: late, namespace: team}}')
    await expect(late).rejects.toThrow('because it is being terminated')
    await cluster.settle()
    expect(cluster.get('Namespace', 'team')).toBeUndefined()
    for (const kind of ['Pod', 'ReplicaSet', 'Service', 'EndpointSlice', 'ServiceAccount', 'Event'])
      expect(cluster.list(kind, { namespace: 'team' })).toEqual([])
    await cluster.close()
  })
})

describe('ownership', () => {
  it('a deleted Deployment takes ReplicaSets and pods along; orphaned pods stay', async () => {
    const cluster = await createCluster({ nodes: 2, seed: 7 })
    await cluster.apply(web)
    await cluster.settle()
    await cluster.delete('Deployment', 'web')
    await cluster.settle()
    expect([cluster.list('ReplicaSet'), cluster.list('Pod')]).toEqual([[], []])
    expect((cluster.get('PodDisruptionBudget', 'web') as KubeObject).status).toMatchObject({
      expectedPods: 0,
      disruptionsAllowed: 0,
    })
    expect(readyEndpoints(cluster)).toEqual([])
    await cluster.close()
  })
})

describe('storage', () => {
  it('a claim is bound where its first pod runs, and its volume goes with it', async () => {
    const cluster = await createCluster({ nodes: 2, seed: 7 })
    await cluster.apply(`
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: late}
provisioner: kybern.dev/local
reclaimPolicy: Delete
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {storageClassName: late, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`)
    await cluster.settle()
    expect((cluster.get('PersistentVolumeClaim', 'data') as KubeObject).status.phase).toBe('Pending')
    await cluster.apply(`
apiVersion: v1
kind: Pod
metadata: {name: user}
spec: {volumes: [{name: d, persistentVolumeClaim: {claimName: data}}], containers: [{name: c, image: nginx}]}
`)
    await cluster.settle()
    const claim = cluster.get('PersistentVolumeClaim', 'data') as KubeObject
    expect(claim.status.phase).toBe('Bound')
    const pod = cluster.get('Pod', 'user') as KubeObject
    expect(pod.status.phase).toBe('Running')
    const volume = cluster.get('PersistentVolume', claim.spec.volumeName) as KubeObject
    expect(volume.spec.nodeAffinity.required.nodeSelectorTerms[0].matchFields[0].values).toEqual([pod.spec.nodeName])
    await cluster.delete('PersistentVolumeClaim', 'data')
    await cluster.settle()
    expect(cluster.get('PersistentVolumeClaim', 'data')).toBeDefined()
    await cluster.delete('Pod', 'user')
    await cluster.settle()
    expect(cluster.get('PersistentVolumeClaim', 'data')).toBeUndefined()
    expect(cluster.list('PersistentVolume')).toEqual([])
    await cluster.close()
  })
})

describe('the default class', () => {
  it('is given to a claim that names none, and provisions for it', async () => {
    const cluster = await createCluster({ nodes: 1, seed: 7 })
    await cluster.apply(`
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: user}
spec: {volumes: [{name: d, persistentVolumeClaim: {claimName: data}}], containers: [{name: c, image: nginx}]}
`)
    await cluster.settle()
    const claim = cluster.get('PersistentVolumeClaim', 'data') as KubeObject
    expect([claim.status.phase, claim.spec.storageClassName, claim.spec.volumeName]).toEqual([
      'Bound',
      'standard',
      `pvc-${claim.metadata.uid}`,
    ])
    expect((cluster.get('Pod', 'user') as KubeObject).status.phase).toBe('Running')
    await cluster.close()
  })
})

describe('a quiet day', () => {
  it('leaves a running application as it is and forgets its events', async () => {
    const cluster = await createCluster({ nodes: 3, seed: 7 })
    await cluster.apply(web)
    await cluster.settle()
    const before = podsOf(cluster).map((pod) => pod.metadata.uid)
    await cluster.advance('24h')
    expect(podsOf(cluster).map((pod) => pod.metadata.uid)).toEqual(before)
    expect(cluster.list('Event', { namespace: '*' })).toEqual([])
    expect(readyEndpoints(cluster)).toHaveLength(3)
    await cluster.close()
  })
})
