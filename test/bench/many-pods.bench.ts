/** Many pods created by Deployments, scheduled and run until all are ready: one whole run a line, in a process of its own. */
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

async function withPods(nodes: number, pods: number): Promise<Cluster> {
  const cluster = await createCluster({ nodes })
  const each = 1000
  const count = Math.max(1, Math.ceil(pods / each))
  await cluster.apply(Array.from({ length: count }, (_, i) => deployment(`d-${i}`, Math.min(each, pods))))
  await cluster.settle()
  return cluster
}

const once = { iterations: 1, time: 0, warmupIterations: 0, warmupTime: 0 }

describe('many pods: created, scheduled, running', () => {
  bench('100 nodes, 2,000 pods', async () => void (await withPods(100, 2000)), once)
  bench('1,000 nodes, 20,000 pods', async () => void (await withPods(1000, 20_000)), once)
})
