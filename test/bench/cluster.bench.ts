/**
 * The figures of the README: starting, settling, forking, writing, a day at rest, a thousand nodes. Each line is one
 * whole act; `hz` is how often it happens in a second, `mean` how long it takes in ms.
 */
import { bench, describe } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { createCluster } from '../../src/cluster.ts'

function deployment(name: string, replicas: number): KubeObject {
  const labels = { app: name }
  const resources = { requests: { cpu: '100m', memory: '64Mi' } }
  const containers = [{ name: 'c', image: 'app:1', resources }]
  const template = { metadata: { labels }, spec: { containers } }
  const spec = { replicas, selector: { matchLabels: labels }, template }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec }
}

function configMap(i: number): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c-${i}` }, data: { value: String(i) } }
}

async function withPods(nodes: number, pods: number): Promise<Cluster> {
  const cluster = await createCluster({ nodes })
  const each = 1000
  const count = Math.max(1, Math.ceil(pods / each))
  await cluster.apply(Array.from({ length: count }, (_, i) => deployment(`d-${i}`, Math.min(each, pods))))
  await cluster.settle()
  return cluster
}

/** Pods that are only stored: bound to nodes nobody runs, so that many of them are quick to make. */
async function withStoredPods(count: number): Promise<Cluster> {
  const cluster = await createCluster({ nodes: 3 })
  for (let i = 0; i < count; i++) {
    const metadata = { name: `p-${i}`, namespace: 'default', labels: { app: `a-${i % 100}` } }
    const spec = { schedulerName: 'nobody', containers: [{ name: 'c', image: 'app:1' }] }
    const object = { apiVersion: 'v1', kind: 'Pod', metadata, spec }
    cluster.plane.api.next({ type: 'create', resource: 'pods', namespace: 'default', object, trusted: true })
  }
  await cluster.settle()
  return cluster
}

const worlds = {
  few: await withStoredPods(1_000),
  many: await withStoredPods(100_000),
  forked: await withPods(10, 200),
  writing: await createCluster({ nodes: 3 }),
}
let serial = 0

describe('starting', () => {
  bench('createCluster({ nodes: 3 }), warm', async () => {
    await createCluster({ nodes: 3 })
  })
  bench('a Deployment of 3 replicas, applied and settled (start included)', async () => {
    const cluster = await createCluster({ nodes: 3 })
    await cluster.apply(deployment('web', 3))
    await cluster.settle()
  })
})

describe('one write with every controller listening', () => {
  bench('an unrelated ConfigMap at 1,000 pods', async () => {
    await worlds.few.dispatch({
      type: 'create',
      resource: 'configmaps',
      namespace: 'default',
      object: configMap(serial++),
    })
  })
  bench('an unrelated ConfigMap at 100,000 pods', async () => {
    await worlds.many.dispatch({
      type: 'create',
      resource: 'configmaps',
      namespace: 'default',
      object: configMap(serial++),
    })
  })
  bench('1,000 writes in a row, controllers idle', async () => {
    for (let i = 0; i < 1000; i++) {
      const object = { ...configMap(serial++) }
      worlds.writing.plane.api.next({
        type: 'create',
        resource: 'configmaps',
        namespace: 'default',
        object,
        trusted: true,
      })
    }
    worlds.writing.plane.loop.drain()
  })
})

describe('forking', () => {
  bench('fork() of a cluster of about 500 objects', () => {
    worlds.forked.fork()
  })
})

const once = { iterations: 1, time: 0, warmupIterations: 0, warmupTime: 0 }

describe('a day at rest', () => {
  bench('24 h of an idle cluster of 3 nodes', async () => void (await worlds.writing.fork().advance('24h')), {
    ...once,
    iterations: 3,
  })
})
