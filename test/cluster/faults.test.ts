/** Faults as rules on a running cluster: requests that fail, get lost, wait or come twice; senders that crash; late watches. */
import { expect, test } from 'vitest'
import { createCluster, fault, handle } from '../../src/index.ts'

const deployment = (replicas = 3) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } },
  },
})
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } }

test('refused writes are tried again, and the cluster comes to the same end', async () => {
  await using cluster = await createCluster({ nodes: 2 })
  const refused = cluster.fault(fault.on('update deployments/status').times(2).status(409))
  const failed = cluster.fault(fault.on('create pods').from('replicaset').after(1).times(1).status(500))
  await cluster.apply(deployment())
  await cluster.settle()
  expect([refused.hits, failed.hits]).toEqual([2, 1])
  expect(cluster.get('Deployment', 'web')?.status.readyReplicas).toBe(3)
  expect(cluster.list('Pod')).toHaveLength(3)
})

test('a lost answer: it is done, though the sender is told 504', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  const lost = cluster.fault(fault.on('create configmaps').times(1).lost())
  await expect(cluster.apply(configMap)).rejects.toMatchObject({ code: 504 })
  expect(cluster.get('ConfigMap', 'one')?.metadata.name).toBe('one')
  expect(lost.hits).toBe(1)
})

test('a dropped request never arrives; a delayed one arrives when its time has come', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  cluster.fault(fault.on('create configmaps').times(1).drop())
  await expect(cluster.apply(configMap)).rejects.toMatchObject({ code: 504 })
  expect(cluster.get('ConfigMap', 'one')).toBeUndefined()
  cluster.fault(fault.on('create configmaps').times(1).delay('30s'))
  const applied = cluster.apply(configMap)
  await cluster.advance('29s')
  expect(cluster.get('ConfigMap', 'one')).toBeUndefined()
  await cluster.advance('2s')
  await applied
  expect(cluster.get('ConfigMap', 'one')?.metadata.creationTimestamp).toBe('2026-01-01T00:00:30Z')
})

test('a request that arrives twice makes two pods, and one too many goes again', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  let most = 0
  cluster.transition$.subscribe(() => {
    most = Math.max(most, cluster.list('Pod').length)
  })
  cluster.fault(fault.on('create pods').times(1).duplicate())
  await cluster.apply(deployment(2))
  await cluster.settle()
  await cluster.advance('2m')
  expect(most).toBe(3)
  expect(cluster.list('Pod')).toHaveLength(2)
})

test('a controller that crashes before a write begins again and gets there', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const crash = cluster.fault(fault.on('create pods').from('controller/replicaset').after(1).times(1).crash())
  await cluster.apply(deployment())
  await cluster.settle()
  expect(crash.hits).toBe(1)
  expect(cluster.list('Pod').map((pod) => pod.status.phase)).toEqual(['Running', 'Running', 'Running'])
})

test('a held watch: the controller acts on what it saw last, until the fault is lifted', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(deployment(2))
  await cluster.settle()
  const held = cluster.fault(fault.watch('replicasets').from('replicaset').hold())
  await cluster.patch('Deployment', 'web', { spec: { replicas: 4 } })
  await cluster.settle()
  expect(cluster.list('ReplicaSet')[0]?.spec.replicas).toBe(4)
  expect(cluster.list('Pod')).toHaveLength(2)
  const fork = cluster.fork()
  held.lift()
  await cluster.settle()
  expect(cluster.list('Pod')).toHaveLength(4)
  await fork.advance('1h')
  expect(fork.list('Pod')).toHaveLength(2)
  await fork.close()
})

test('a watch that is always one change behind still comes to the same end when it is lifted', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const late = cluster.fault(fault.watch('pods').from('deployment').lag(1))
  await cluster.apply(deployment(2))
  await cluster.settle()
  late.lift()
  await cluster.settle()
  expect(cluster.get('Deployment', 'web')?.status.availableReplicas).toBe(2)
})

test('clients over HTTP meet the same faults: reads that fail, lists and gets that are old', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  const get = async (path: string, agent = 'client/1.0') => {
    const request = new Request(`https://x${path}`, { headers: { 'user-agent': agent } })
    const response = await handle(cluster, request)
    return { code: response.status, body: (await response.json()) as { items?: unknown[]; reason?: string } }
  }
  const path = '/api/v1/namespaces/default/configmaps'
  await cluster.apply(configMap)
  const busy = cluster.fault(fault.on('list configmaps').times(1).status(429))
  expect(await get(path)).toMatchObject({ code: 429, body: { reason: 'TooManyRequests' } })
  const before = (await get(path)).body.items?.length
  const stale = cluster.fault(fault.watch('configmaps').from('client').hold())
  await cluster.apply({ ...configMap, metadata: { name: 'two' } })
  expect((await get(path)).body.items).toHaveLength(before ?? -1)
  expect((await get(`${path}/two`)).code).toBe(404)
  expect((await get(path, 'another/2.0')).body.items).toHaveLength((before ?? 0) + 1)
  stale.lift()
  expect((await get(`${path}/two`)).code).toBe(200)
  expect(busy.hits).toBe(1)
})

test('the likelihood of a fault comes from the seed', async () => {
  const struck = async (seed: number) => {
    await using cluster = await createCluster({ nodes: 0, seed })
    cluster.fault(fault.on('create configmaps').chance(0.5).status(503))
    const codes: number[] = []
    for (let i = 0; i < 20; i++) {
      const made = cluster.apply({ ...configMap, metadata: { name: `c${i}` } })
      codes.push(
        await made.then(
          () => 200,
          (error: { code: number }) => error.code,
        ),
      )
    }
    return codes
  }
  const first = await struck(1)
  expect(await struck(1)).toEqual(first)
  expect(first.filter((code) => code === 503).length).toBeGreaterThan(4)
  expect(first.filter((code) => code === 200).length).toBeGreaterThan(4)
})

test.each([
  ['a verb there is none of', () => fault.on('make pods')],
  ['no resource', () => fault.on('create')],
  ['no such code', () => fault.on('create pods').status(418)],
  ['half a time', () => fault.on('create pods').times(0.5)],
])('bad words: %s', (_name, make) => {
  expect(make).toThrow('KYB-FAULT')
})

test('a rule that does not say what happens', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  expect(() => cluster.fault(fault.on('create pods') as never)).toThrow('KYB-FAULT')
})
