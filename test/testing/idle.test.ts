/** Operators outside the process: the clock moves while they are idle, and faults find them on the server's side. */
import {
  AppsV1Api,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1Deployment,
} from '@kubernetes/client-node'
import { expect, test } from 'vitest'
import { OperatorTime } from '../../src/edge/idle.ts'
import { type ApiEndpoint, serve } from '../../src/edge/server.ts'
import { type Cluster, createCluster, fault, handle, type KubeObject } from '../../src/index.ts'

const user = 'kubernetes-admin'

const deployment = (growTo: number): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', annotations: { 'example.com/grow-to': String(growTo) } },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } },
  },
})

/** Grows a Deployment by one replica whenever it is available and smaller than its annotation says. */
async function startOperator({ kubeconfig }: ApiEndpoint) {
  const config = new KubeConfig()
  config.loadFromString(kubeconfig)
  const apps = config.makeApiClient(AppsV1Api)
  const failures: number[] = []
  const grow = async (seen: V1Deployment): Promise<void> => {
    const { name = '', namespace = '', annotations, generation } = seen.metadata ?? {}
    const { replicas = 1 } = seen.spec ?? {}
    const { availableReplicas = 0, observedGeneration = 0 } = seen.status ?? {}
    const isDone = availableReplicas === replicas && observedGeneration >= (generation ?? 0)
    if (!isDone || replicas >= Number(annotations?.['example.com/grow-to'] ?? 0)) return
    const body = { spec: { replicas: replicas + 1 } }
    await apps
      .patchNamespacedDeployment({ name, namespace, body }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch))
      .catch((error: { code: number }) => {
        failures.push(error.code)
        return grow(seen)
      })
  }
  const list = () => apps.listNamespacedDeployment({ namespace: 'default' })
  const informer = makeInformer<V1Deployment>(config, '/apis/apps/v1/namespaces/default/deployments', list)
  informer.on('add', (seen) => void grow(seen))
  informer.on('update', (seen) => void grow(seen))
  await informer.start()
  return { failures, stop: () => informer.stop() }
}

const replicas = (cluster: Cluster): number => cluster.get('Deployment', 'web')?.spec.replicas

test('an operator over HTTPS takes part in virtual time: each step waits for it, faults and old watches find it', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const server = await serve(cluster, { idle: { quietMs: 150 } })
  const operator = await startOperator(server)
  await server.idle.watched()
  try {
    const failed = cluster.fault(fault.on('patch deployments').from(user).times(2).status(503))
    const begin = cluster.now.getTime()
    await cluster.apply(deployment(4))
    await server.idle.settle({ within: '1h' })
    expect(replicas(cluster)).toBe(4)
    expect(cluster.list('Pod').map(({ status }) => status.phase)).toEqual(['Running', 'Running', 'Running', 'Running'])
    expect(operator.failures).toEqual([503, 503])
    expect(failed.hits).toBe(2)
    expect(cluster.now.getTime()).toBeGreaterThan(begin)

    const held = cluster.fault(fault.watch('deployments').from(user).hold())
    await cluster.patch('Deployment', 'web', { metadata: { annotations: { 'example.com/grow-to': '5' } } })
    await server.idle.settle()
    expect(replicas(cluster)).toBe(4)
    held.lift()
    await server.idle.until((c) => replicas(c) === 5, { within: '1m' })
    await server.idle.settle()
    expect(cluster.get('Deployment', 'web')?.status.availableReplicas).toBe(5)
  } finally {
    await operator.stop()
    await server.close()
  }
})

test('the clock stands still while a request is under way, and says who asks without end', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const time = new OperatorTime(cluster, { quietMs: 2, patienceMs: 60 })
  let finish: (response: Response) => void = () => {}
  const asked = time.noting(() => new Promise((resolve) => (finish = resolve)))
  const request = asked(new Request('https://x/api/v1/pods'), undefined)
  const before = cluster.now.getTime()
  await expect(time.advance('1m')).rejects.toThrow('GET /api/v1/pods')
  expect(cluster.now.getTime()).toBe(before)
  finish(new Response('{}'))
  await request
  await time.advance('1m')
  expect(cluster.now.getTime()).toBe(before + 60_000)
})

test('only the clients it is told of are waited for', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const time = new OperatorTime(cluster, { quietMs: 2, patienceMs: 60, client: 'my-operator' })
  const asked = time.noting(() => new Promise(() => {}))
  void asked(new Request('https://x/api/v1/pods', { headers: { 'user-agent': 'dashboard/2' } }), undefined)
  await time.advance('1m')
  void asked(new Request('https://x/api/v1/pods', { headers: { 'user-agent': 'my-operator/2' } }), undefined)
  await expect(time.advance('1m')).rejects.toThrow('KYB-IDLE')
})

test('a request that a fault delays in virtual time does not stop the clock', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  const time = new OperatorTime(cluster, { quietMs: 2 })
  const asked = time.noting((request) => handle(cluster, request))
  cluster.fault(fault.on('create deployments').from(user).times(1).delay('30s'))
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify(deployment(1)) }
  const made = asked(new Request('https://x/apis/apps/v1/namespaces/default/deployments', init), undefined)
  await time.until((c) => c.get('Deployment', 'web') !== undefined)
  expect((await made).status).toBe(201)
  expect(cluster.get('Deployment', 'web')?.metadata.creationTimestamp).toBe('2026-01-01T00:00:30Z')
})

test('it refuses clocks that somebody else moves, and endpoints that were not asked for it', async () => {
  await using eager = await createCluster({ nodes: 0, time: 'eager' })
  await expect(serve(eager, { idle: {} })).rejects.toThrow('KYB-IDLE')
  await using cluster = await createCluster({ nodes: 0 })
  const server = await serve(cluster)
  await expect(server.idle.settle()).rejects.toThrow('KYB-IDLE')
  await server.close()
  expect(() => new OperatorTime(cluster, { quietMs: 0 })).toThrow('KYB-IDLE')
})
