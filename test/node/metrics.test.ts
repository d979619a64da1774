/** What simulated containers use: published while an autoscaler reads it, and only when it changes. */
import { afterEach, expect, test } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { createCluster } from '../../src/cluster.ts'
import { podNamed } from '../support/node-scene.ts'

let cluster: Cluster
afterEach(() => cluster.close())

const resources = { requests: { cpu: '100m' } }
const containers = [{ name: 'main', image: 'app:1', ports: [{ containerPort: 80 }], resources }]
const pod = (name: string, script: string) => podNamed(name, { labels: { app: 'web' }, script, spec: { containers } })
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
}
const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' }, annotations: { 'kybern.dev/script': 'cpu 10m; cpu 5m per request' } },
      spec: { containers },
    },
  },
})
const autoscaler = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    minReplicas: 1,
    maxReplicas: 6,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
  },
}
const usage = (name: string) => cluster.get('PodMetrics', name)?.containers?.[0]?.usage

test('nothing is published while nobody reads it', async () => {
  cluster = await createCluster({ nodes: 1 })
  await cluster.apply(pod('a', 'cpu 30m'))
  await cluster.settle()
  await cluster.advance('5m')
  expect(cluster.list('PodMetrics')).toEqual([])
})

test('an autoscaler’s namespace gets the figures of the scripts and each pod’s share of the traffic', async () => {
  cluster = await createCluster({ nodes: 1 })
  await cluster.apply([service, pod('a', 'cpu 30m; memory 64Mi; cpu 4m per request'), pod('b', 'cpu 50m'), autoscaler])
  await cluster.settle()
  await cluster.advance('30s')
  expect(usage('a')).toEqual({ cpu: '30m', memory: '65536Ki' })
  expect(usage('b').cpu).toBe('50m')
  cluster.network.load('http://web', { requestsPerSecond: 40 })
  await cluster.advance('30s')
  expect(usage('a').cpu).toBe('110m')
  expect(usage('b').cpu).toBe('50m')
  cluster.network.load('http://web', { requestsPerSecond: 0 })
  await cluster.advance('30s')
  expect(usage('a').cpu).toBe('30m')
})

test('figures that stay the same are not written again, those of a pod that went go', async () => {
  cluster = await createCluster({ nodes: 1 })
  await cluster.apply([pod('a', 'cpu 30m'), autoscaler])
  await cluster.advance('10m')
  const { resourceVersion } = cluster.get('PodMetrics', 'a')?.metadata ?? {}
  expect(resourceVersion).toBeDefined()
  await cluster.advance('30m')
  expect(cluster.get('PodMetrics', 'a')?.metadata.resourceVersion).toBe(resourceVersion)
  await cluster.delete('Pod', 'a')
  await cluster.advance('1m')
  expect(cluster.list('PodMetrics')).toEqual([])
})

test('traffic makes an autoscaler add pods, its end lets them go again', async () => {
  cluster = await createCluster({ nodes: 3 })
  await cluster.apply([service, deployment(1), autoscaler])
  await cluster.settle()
  cluster.network.load('http://web', { requestsPerSecond: 40 })
  await cluster.advance('15m')
  expect(cluster.get('Deployment', 'web')?.spec.replicas).toBe(5)
  cluster.network.load('http://web', { requestsPerSecond: 0 })
  await cluster.advance('30m')
  expect(cluster.get('Deployment', 'web')?.spec.replicas).toBe(1)
})
