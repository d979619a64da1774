/** Nodes: registration, heartbeats, silence, death, return; nodes that come and go; admission by the kubelet. */
import { afterEach, describe, expect, test } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { createCluster } from '../../src/cluster.ts'
import { conditionOf, containerOf, eventsOf, phaseOf, podNamed } from '../support/node-scene.ts'

let cluster: Cluster
afterEach(() => cluster.close())

const lease = (name: string) => cluster.get('Lease', name, 'kube-node-lease')?.spec.renewTime as string
const nodeReady = (name: string): string => {
  const conditions: { type: string; status: string }[] = cluster.get('Node', name)?.status.conditions ?? []
  return conditions.find((one) => one.type === 'Ready')?.status ?? ''
}
/** An event for a node's actor, as somebody outside sends it. */
function tell(name: string, event: { type: string; [field: string]: unknown }): void {
  cluster.plane.loop.deliverTo('kubelet', `nodes/${name}`, event)
  cluster.driver.act()
}

describe('a node', () => {
  test('is Ready at once, with lease, addresses, range and capacity', async () => {
    cluster = await createCluster({ nodes: 2 })
    expect(['node-1', 'node-2'].map(nodeReady)).toEqual(['True', 'True'])
    const node = cluster.get('Node', 'node-2')
    expect(node?.spec).toMatchObject({ podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] })
    expect(node?.status.addresses).toContainEqual({ type: 'Hostname', address: 'node-2' })
    expect(node?.status.allocatable).toMatchObject({ cpu: '4', pods: '110' })
    expect(lease('node-1')).toBe('2026-01-01T00:00:00.000000Z')
    expect(cluster.actor('Node', 'node-1').getSnapshot().value).toEqual({ ready: 'schedulable' })
  })

  test('renews its lease every ten seconds and its status every five minutes, and settle does not wait', async () => {
    cluster = await createCluster({ nodes: 1 })
    await cluster.settle()
    expect(cluster.now.toISOString()).toBe('2026-01-01T00:00:00.000Z')
    await cluster.advance('25s')
    expect(lease('node-1')).toBe('2026-01-01T00:00:20.000000Z')
    await cluster.advance('10m')
    const [first] = cluster.get('Node', 'node-1')?.status.conditions ?? []
    expect(first.lastHeartbeatTime > '2026-01-01T00:04:00Z').toBe(true)
    expect(first.lastTransitionTime).toBe('2026-01-01T00:00:00Z')
    expect(nodeReady('node-1')).toBe('True')
  })

  test('shows in its actor that it is cordoned, also through a death', async () => {
    cluster = await createCluster({ nodes: 1 })
    await cluster.patch('Node', 'node-1', { spec: { unschedulable: true } })
    expect(cluster.actor('Node', 'node-1').getSnapshot().value).toEqual({ ready: 'cordoned' })
    cluster.fault({ kill: 'node-1' })
    cluster.fault({ restore: 'node-1' })
    expect(cluster.actor('Node', 'node-1').getSnapshot().value).toEqual({ ready: 'cordoned' })
    await cluster.patch('Node', 'node-1', { spec: { unschedulable: null } }, { type: 'merge' })
    expect(cluster.actor('Node', 'node-1').getSnapshot().value).toEqual({ ready: 'schedulable' })
  })
})

describe('a silent node', () => {
  test('is found out, keeps its containers, and says so when it is back', async () => {
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply(podNamed('web'))
    await cluster.settle()
    cluster.fault({ silence: 'node-1' })
    await cluster.advance('60s')
    expect(lease('node-1') < '2026-01-01T00:00:15Z').toBe(true)
    expect(nodeReady('node-1')).toBe('Unknown')
    expect(conditionOf(cluster, 'web', 'Ready')).toBe('False')
    const { startedAt } = containerOf(cluster, 'web').state.running
    cluster.fault({ restore: 'node-1' })
    await cluster.settle()
    expect(nodeReady('node-1')).toBe('True')
    expect(conditionOf(cluster, 'web', 'Ready')).toBe('True')
    expect(containerOf(cluster, 'web')).toMatchObject({ restartCount: 0, state: { running: { startedAt } } })
  })

  test('carries out a deletion only when it is back, and starts nothing that was deleted', async () => {
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply(podNamed('web'))
    await cluster.settle()
    cluster.fault({ silence: 'node-1' })
    await cluster.delete('Pod', 'web')
    await cluster.advance('2m')
    expect(cluster.get('Pod', 'web')?.metadata.deletionTimestamp).toBeDefined()
    cluster.fault({ restore: 'node-1' })
    await cluster.settle()
    expect(cluster.get('Pod', 'web')).toBeUndefined()
  })
})

describe('a node that dies', () => {
  test('takes its containers along; they start again when it is back', async () => {
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply(podNamed('web'))
    await cluster.settle()
    cluster.fault({ kill: 'node-1' })
    expect(cluster.actor('Container', 'web/main').getSnapshot().value).toBe('exited')
    await cluster.advance('20s')
    cluster.fault({ restore: 'node-1' })
    await cluster.settle()
    expect(containerOf(cluster, 'web')).toMatchObject({
      ready: true,
      restartCount: 1,
      lastState: { terminated: { exitCode: 255, reason: 'Unknown' } },
    })
  })

  test('leaves what had ended as it was, and starts no crashed container while it is dead', async () => {
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply(podNamed('done', { script: 'exit 0', spec: { restartPolicy: 'Never' } }))
    await cluster.apply(podNamed('crash', { script: 'exit 1' }))
    await cluster.settle()
    cluster.fault({ kill: 'node-1' })
    await cluster.advance('30s')
    expect(cluster.actor('Container', 'crash/main').getSnapshot().value).toBe('exited')
    cluster.fault({ restore: 'node-1' })
    await cluster.settle()
    expect(phaseOf(cluster, 'done')).toBe('Succeeded')
    expect(containerOf(cluster, 'done').state.terminated.exitCode).toBe(0)
  })

  test('fails pods that never restart', async () => {
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply(podNamed('once', { spec: { restartPolicy: 'Never' } }))
    await cluster.settle()
    cluster.fault({ kill: 'node-1' })
    cluster.fault({ restore: 'node-1' })
    await cluster.settle()
    expect(phaseOf(cluster, 'once')).toBe('Failed')
  })
})

describe('at run time', () => {
  test('a node joins with its own size and labels', async () => {
    cluster = await createCluster({ nodes: 1 })
    tell('big', { type: 'node.added', spec: { name: 'big', cpu: '32', labels: { disk: 'ssd' } } })
    await cluster.settle()
    expect(cluster.get('Node', 'big')).toMatchObject({
      metadata: { labels: { disk: 'ssd' } },
      spec: { podCIDR: '10.244.1.0/24' },
      status: { allocatable: { cpu: '32' } },
    })
    await cluster.apply(podNamed('web', { node: 'big' }))
    await cluster.settle()
    expect(phaseOf(cluster, 'web')).toBe('Running')
    expect(cluster.get('Pod', 'web')?.status.podIP).toBe('10.244.1.2')
  })

  test('a node leaves, and may join again', async () => {
    cluster = await createCluster({ nodes: 2 })
    tell('node-2', { type: 'node.removed' })
    await cluster.settle()
    expect(cluster.get('Node', 'node-2')).toBeUndefined()
    tell('node-2', { type: 'node.added', spec: { name: 'node-2' } })
    await cluster.settle()
    expect(nodeReady('node-2')).toBe('True')
    expect(cluster.get('Node', 'node-2')?.spec.podCIDR).toBe('10.244.1.0/24')
  })

  test('a Node that somebody deleted comes back with its kubelet', async () => {
    cluster = await createCluster({ nodes: 1 })
    await cluster.delete('Node', 'node-1')
    await cluster.advance('5s')
    expect(cluster.get('Node', 'node-1')).toBeUndefined()
    cluster.fault({ silence: 'node-1' })
    cluster.fault({ restore: 'node-1' })
    expect(nodeReady('node-1')).toBe('True')
  })
})

test('kubelets that crash and restart go on where the containers are', async () => {
  cluster = await createCluster({ nodes: 3 })
  await cluster.apply(podNamed('web', { node: 'node-3' }))
  await cluster.apply(podNamed('gone', { node: 'node-3' }))
  await cluster.settle()
  const before = containerOf(cluster, 'web').state
  cluster.fault({ crash: 'kubelet' })
  await cluster.delete('Pod', 'gone', { graceSeconds: 0 })
  await cluster.advance('5s')
  cluster.fault({ restart: 'kubelet' })
  await cluster.advance('25s')
  expect(lease('node-3') > '2026-01-01T00:00:25Z').toBe(true)
  expect(containerOf(cluster, 'web')).toMatchObject({ state: before, restartCount: 0 })
  expect(() => cluster.actor('Pod', 'gone')).toThrow('KYB-ACTOR-NONE')
  await cluster.apply(podNamed('next', { node: 'node-3' }))
  await cluster.settle()
  expect(cluster.get('Pod', 'next')?.status).toMatchObject({ phase: 'Running', podIP: '10.244.2.3' })
})

describe('the kubelet refuses a pod bound to a node', () => {
  const refused = async (): Promise<{ reason: string; message: string }> => {
    await cluster.settle()
    expect(phaseOf(cluster, 'web')).toBe('Failed')
    return cluster.get('Pod', 'web')?.status
  }
  const asking = (requests: object) => ({ containers: [{ name: 'main', image: 'app:1', resources: { requests } }] })

  test('that has too little CPU left', async () => {
    cluster = await createCluster({ nodes: [{ name: 'node-1', cpu: '2' }] })
    await cluster.apply(podNamed('big', { spec: asking({ cpu: '1500m' }) }))
    await cluster.apply(podNamed('web', { spec: asking({ cpu: '1' }) }))
    expect(await refused()).toMatchObject({
      reason: 'OutOfcpu',
      message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 1000, used: 1500, capacity: 2000",
    })
    expect(eventsOf(cluster, 'web')[0]).toMatch(/^OutOfcpu: Node didn't have enough resource: cpu/)
  })

  test('that came at the same moment as another', async () => {
    cluster = await createCluster({ nodes: [{ name: 'node-1', pods: 1 }] })
    await cluster.apply([podNamed('a'), podNamed('web')])
    expect(await refused()).toMatchObject({ reason: 'OutOfpods' })
    expect(phaseOf(cluster, 'a')).toBe('Running')
  })

  test('whose init containers need more than there is', async () => {
    cluster = await createCluster({ nodes: [{ name: 'node-1', memory: '1Gi' }] })
    const initContainers = [{ name: 'i', image: 'i:1', resources: { requests: { memory: '2Gi' } } }]
    await cluster.apply(podNamed('web', { spec: { initContainers } }))
    expect((await refused()).reason).toBe('OutOfmemory')
  })

  test('whose host port is taken', async () => {
    cluster = await createCluster({ nodes: 1 })
    const spec = { containers: [{ name: 'main', image: 'app:1', ports: [{ containerPort: 80, hostPort: 8080 }] }] }
    await cluster.apply(podNamed('first', { spec }))
    await cluster.apply(podNamed('web', { spec }))
    expect(await refused()).toMatchObject({
      reason: 'NodePorts',
      message:
        "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    })
  })

  test('whose labels it does not want', async () => {
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply(podNamed('web', { spec: { nodeSelector: { disk: 'ssd' } } }))
    expect((await refused()).reason).toBe('NodeAffinity')
    expect(containerOf(cluster, 'web')).toEqual({})
  })

  test('whose NoExecute taint it does not tolerate', async () => {
    cluster = await createCluster({
      nodes: [{ name: 'node-1', taints: [{ key: 'bad', effect: 'NoExecute' }] }],
    })
    await cluster.apply(podNamed('web'))
    await cluster.advance(0)
    const seen = cluster.get('Pod', 'web')
    if (seen !== undefined) expect(seen.status).toMatchObject({ phase: 'Failed', reason: 'TaintToleration' })
    expect(eventsOf(cluster, 'web').join('\n')).toContain(
      "TaintToleration: Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
    )
  })
})
