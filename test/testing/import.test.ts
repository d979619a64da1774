/** A cluster that begins with another one's objects: nothing that was stable moves, and everything goes on from there. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { KubeObject } from '../../src/api/object.ts'
import { type Cluster, createCluster, handle } from '../../src/index.ts'
import type { Change } from '../../src/store/transition.ts'
import { importWorld, type StartWorld } from '../../src/testing/import.ts'

const kindText = readFileSync(new URL('../../fixtures/worlds/kind.yaml', import.meta.url), 'utf8')

/** Everything a cluster has, as `kubectl get -A -o yaml` of all kinds prints it. */
function exported(cluster: Cluster): string {
  const items = Object.values(cluster.snapshot.collections).flatMap((tree) => tree.valuesArray())
  return stringify(
    { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } },
    { aliasDuplicateObjects: false },
  )
}

const list = (...items: object[]): string =>
  stringify({ apiVersion: 'v1', kind: 'List', items }, { aliasDuplicateObjects: false })
const labels = { app: 'web' }
const template = (app: string) => ({
  metadata: { labels: { app } },
  spec: {
    containers: [{ name: app, image: 'nginx:1', readinessProbe: { httpGet: { port: 80 }, initialDelaySeconds: 5 } }],
  },
})

async function lived(): Promise<Cluster> {
  const cluster = await createCluster({ nodes: 3, seed: 5 })
  const workload = (kind: string, name: string, spec: object) => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template: template(name), ...spec },
  })
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
  const once = { restartPolicy: 'Never', containers: [{ name: 'a', image: 'busybox', command: ['true'] }] }
  await cluster.apply([
    workload('Deployment', 'web', { replicas: 3 }),
    workload('StatefulSet', 'db', { serviceName: 'db', replicas: 2, volumeClaimTemplates: [claim] }),
    workload('DaemonSet', 'agent', {}),
    { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' }, spec: { template: { spec: once } } },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'nightly' },
      spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: { spec: once } } } },
    },
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: labels, ports: [{ port: 80 }] } },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
  ])
  await cluster.settle()
  await cluster.patch('Deployment', 'web', {
    spec: { template: { spec: { containers: [{ name: 'web', image: 'nginx:2' }] } } },
  })
  await cluster.settle()
  return cluster
}

/** What was written since the world began, without heartbeats. */
function written(cluster: Cluster, world: StartWorld): string[] {
  const changes = (cluster.plane.world.store.log.since(world.revision + 1) ?? []) as readonly Change[]
  const isBeat = ({ resource, cause }: Change): boolean =>
    cause.by === 'kubelet' && (resource === 'leases.coordination.k8s.io' || resource === 'nodes')
  return changes
    .filter((change) => !isBeat(change))
    .map(({ type, resource, key, cause }) => `${cause.by} ${type} ${resource} ${key}`)
}

const pods = (cluster: Cluster, namespace = 'default'): KubeObject[] => cluster.list('Pod', { namespace })
const uids = (cluster: Cluster): string[] =>
  pods(cluster, '*').map(
    ({ metadata, spec, status }) =>
      `${metadata.name} ${metadata.uid} ${spec.nodeName} ${status?.podIP} ${status?.startTime}`,
  )

describe("a kybern cluster's own objects", () => {
  it('come to rest as they are, and go on', async () => {
    await using source = await lived()
    const world = importWorld(exported(source))
    expect(world.notes).toEqual([])
    await using cluster = await createCluster({ world })
    expect(cluster.now.getTime() - source.now.getTime()).toBeLessThanOrEqual(0)
    await cluster.settle()
    expect(written(cluster, world)).toEqual([])
    expect(uids(cluster)).toEqual(uids(source))
    await cluster.advance('30m')
    expect(written(cluster, world)).toEqual([])
  })

  it('are scaled, rolled back, killed and forked like any others', async () => {
    await using source = await lived()
    await using cluster = await createCluster({ world: exported(source), seed: 9 })
    await using other = cluster.fork()
    await other.patch('Deployment', 'web', { spec: { replicas: 5 } })
    await other.patch('StatefulSet', 'db', { spec: { replicas: 1 } })
    await other.settle()
    expect(other.get('Deployment', 'web')?.status).toMatchObject({ readyReplicas: 5, updatedReplicas: 5 })
    expect(other.get('Pod', 'db-0')?.metadata.uid).toBe(source.get('Pod', 'db-0')?.metadata.uid)
    expect(other.get('Pod', 'db-1')).toBeUndefined()
    const running = pods(other).filter((pod) => pod.status?.phase === 'Running')
    const addresses = running.map((pod) => pod.status?.podIP)
    expect(new Set(addresses).size).toBe(addresses.length)
    cluster.fault({ kill: 'node-1' })
    await cluster.advance('15m')
    const web = cluster
      .list('Pod', { labelSelector: 'app=web' })
      .filter((pod) => pod.metadata.deletionTimestamp === undefined)
    expect(web.map((pod) => [pod.status?.phase, pod.spec.nodeName === 'node-1'])).toEqual(
      web.map(() => ['Running', false]),
    )
    expect(web).toHaveLength(3)
    cluster.fault({ restore: 'node-1' })
    await cluster.settle()
    expect(cluster.get('StatefulSet', 'db')?.status.readyReplicas).toBe(2)
  })

  it('a node that was silent stays silent until it is restored', async () => {
    await using source = await lived()
    source.fault({ kill: 'node-2' })
    await source.advance('2m')
    await using cluster = await createCluster({ world: exported(source) })
    const ready = () =>
      cluster.get('Node', 'node-2')?.status.conditions.find((one: { type: string }) => one.type === 'Ready').status
    await cluster.advance('1m')
    expect(ready()).toBe('Unknown')
    cluster.fault({ restore: 'node-2' })
    await cluster.advance('1m')
    expect(ready()).toBe('True')
  })
})

describe('the objects of a kind cluster', () => {
  const world = importWorld(kindText)

  it('are taken over with what they lack noted', () => {
    expect(world.notes).toEqual([expect.stringMatching(/kindnet had no ControllerRevision/)])
    expect(new Date(world.now).toISOString()).toBe('2026-11-23T09:29:57.000Z')
  })

  it('rest: no write but heartbeats', async () => {
    await using cluster = await createCluster({ world })
    await cluster.settle()
    await cluster.advance('1h')
    const classes = ['node', 'cluster'].map(
      (word) => `kybern ADDED priorityclasses.scheduling.k8s.io system-${word}-critical`,
    )
    expect(written(cluster, world).sort()).toEqual(classes.sort())
    const coredns = pods(cluster, 'kube-system').filter((pod) => pod.metadata.labels?.['k8s-app'] === 'kube-dns')
    expect(coredns.map((pod) => pod.status?.containerStatuses[0].containerID)).toEqual([
      expect.stringMatching(/^containerd:/),
      expect.stringMatching(/^containerd:/),
    ])
  })

  it('a killed worker loses its pods to the other one; daemons and static pods stay', async () => {
    await using cluster = await createCluster({ world })
    const system = (): string[] => pods(cluster, 'kube-system').map((pod) => `${pod.metadata.name} ${pod.metadata.uid}`)
    const before = system()
    cluster.fault({ kill: 'kind-worker' })
    await cluster.advance('15m')
    const shop = pods(cluster, 'shop').filter((pod) => pod.metadata.deletionTimestamp === undefined)
    expect(shop.map((pod) => [pod.spec.nodeName, pod.status?.phase])).toEqual(
      Array(3).fill(['kind-worker2', 'Running']),
    )
    expect(shop.every((pod) => pod.status?.podIP.startsWith('10.244.2.') && pod.status?.hostIP === '172.19.0.4')).toBe(
      true,
    )
    expect(system()).toEqual(before)
  })

  it('restarted containers go on counting, and keep their names until then', async () => {
    await using cluster = await createCluster({ world })
    const name = pods(cluster, 'shop')[0]?.metadata.name as string
    const image = { spec: { containers: [{ name: 'shop', image: 'nginx:1.30' }] } }
    await cluster.patch('Pod', name, image, { namespace: 'shop' })
    await cluster.settle()
    const status = cluster.get('Pod', name, 'shop')?.status.containerStatuses[0]
    expect(status).toMatchObject({ restartCount: 1, ready: true, image: 'nginx:1.30' })
    expect(status.containerID).toMatch(/^simulated:/)
    const scheduler = cluster.get('Pod', 'kube-scheduler-kind-control-plane', 'kube-system')?.status
      .containerStatuses[0]
    expect(scheduler).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 1 } } })
  })

  it('are served, and watched from their versions on', async () => {
    await using cluster = await createCluster({ world })
    const response = await handle(cluster, new Request('https://x/api/v1/namespaces/shop/pods'))
    const { items, metadata } = (await response.json()) as {
      items: KubeObject[]
      metadata: { resourceVersion: string }
    }
    expect(items).toHaveLength(3)
    expect(Number(metadata.resourceVersion)).toBeGreaterThanOrEqual(world.revision)
  })
})

describe('custom kinds', () => {
  const condition = (type: string) => ({
    type,
    status: 'True',
    reason: 'x',
    message: '',
    lastTransitionTime: '2026-11-23T09:00:00Z',
  })
  const names = { plural: 'addons', singular: 'addon', kind: 'Addon', listKind: 'AddonList' }
  const schema = {
    openAPIV3Schema: {
      type: 'object',
      properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    },
  }
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: 'addons.k3s.cattle.io',
      uid: 'crd-1',
      resourceVersion: '12',
      creationTimestamp: '2026-11-23T09:00:00Z',
    },
    spec: {
      group: 'k3s.cattle.io',
      scope: 'Namespaced',
      names,
      versions: [{ name: 'v1', served: true, storage: true, schema }],
      conversion: { strategy: 'None' },
    },
    status: {
      acceptedNames: names,
      conditions: [condition('NamesAccepted'), condition('Established')],
      storedVersions: ['v1'],
    },
  }
  const addon = {
    apiVersion: 'k3s.cattle.io/v1',
    kind: 'Addon',
    metadata: {
      name: 'ccm',
      namespace: 'kube-system',
      uid: 'addon-1',
      resourceVersion: '40',
      creationTimestamp: '2026-11-23T09:00:00Z',
    },
    spec: { source: '/var/lib/ccm.yaml' },
  }

  it('come with their definitions', async () => {
    await using cluster = await createCluster({ world: list(addon, definition) })
    await cluster.settle()
    expect(cluster.get('Addon', 'ccm', 'kube-system')).toMatchObject(addon)
    const patched = await cluster.patch('Addon', 'ccm', { spec: { checksum: 'x' } }, { namespace: 'kube-system' })
    expect(patched.spec).toEqual({ source: '/var/lib/ccm.yaml', checksum: 'x' })
  })

  it('without their definitions are named, unless they are left out', () => {
    expect(() => importWorld(list(addon, addon))).toThrow(/2 of Addon \(k3s.cattle.io\/v1\)/)
    expect(importWorld(list(addon), { leaveOut: ['Addon.k3s.cattle.io'] }).objects).toEqual({})
  })
})

describe('what cannot be taken over is named', () => {
  const pod = (more: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'a', image: 'a' }], ...more },
  })

  it.each([
    [list(pod({ nodeName: 'gone' })), /nodes that are not in the text: gone/],
    [list(pod({ hostNetwork: 'yes' })), /Pod default\/a: .*hostNetwork/],
    [list({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }), /ConfigMap has no name/],
    [
      list({ ...pod({}), metadata: { name: 'a', uid: '1' } }, { ...pod({}), metadata: { name: 'a', uid: '2' } }),
      /there twice/,
    ],
    [
      list({
        ...pod({}),
        metadata: { name: 'a', ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'r' }] },
      }),
      /1 Pod objects owned by a ReplicaSet, and no object of the owners' kinds/,
    ],
    [
      list({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'c' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, volumeName: 'pv' },
      }),
      /1 claims are bound to PersistentVolumes/,
    ],
    ['kind: [', /KYB-YAML|YAML/],
  ])('%#', (text, why) => {
    expect(() => importWorld(text)).toThrow(why)
  })

  it('what was incomplete is completed and told', async () => {
    const world = importWorld(list(pod({ unknown: 1 })))
    expect(world.notes).toEqual([
      expect.stringMatching(/unknown field "spec.unknown"/),
      expect.stringMatching(/Pod a was given what it lacked: uid, resourceVersion, creationTimestamp/),
      expect.stringMatching(/no Namespaces default/),
    ])
    await using cluster = await createCluster({ world, nodes: 1 })
    await cluster.settle()
    expect(cluster.get('Pod', 'a')?.status?.phase).toBe('Running')
  })
})
