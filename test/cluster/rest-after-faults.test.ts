/** After any fault and its end the cluster comes to the same rest. */
import { expect, it } from 'vitest'
import { type Cluster, createCluster } from '../../src/index.ts'

const deployment = (replicas: number, image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } },
  },
})
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
}

/** What the cluster came to, without names, addresses and times. */
function restOf(cluster: Cluster) {
  const pods = cluster.list('Pod', { namespace: '*' })
  const [slice] = cluster.list('EndpointSlice', { labelSelector: 'kubernetes.io/service-name=web' })
  const ready = (slice?.endpoints ?? []).filter((one: { conditions: { ready: boolean } }) => one.conditions.ready)
  return {
    phases: pods.map((pod) => pod.status?.phase).sort(),
    images: [...new Set(pods.map((pod) => pod.spec.containers[0].image))],
    status: cluster.get('Deployment', 'web')?.status.readyReplicas,
    endpoints: ready.length,
    nodes: cluster.list('Node').map(({ spec }) => spec.taints ?? []),
  }
}

const expected = {
  phases: ['Running', 'Running', 'Running', 'Running'],
  images: ['nginx:2'],
  status: 4,
  endpoints: 4,
  nodes: [[], [], []],
}

const agents = [
  'deployment',
  'replicaset',
  'scheduler',
  'kubelet',
  'endpointslice',
  'node-lifecycle',
  'garbage-collector',
]
const faults: [string, (cluster: Cluster) => void, (cluster: Cluster) => void][] = [
  ['none', () => {}, () => {}],
  ['kill', (c) => c.fault({ kill: 'node-1' }), (c) => c.fault({ restore: 'node-1' })],
  ['silence', (c) => c.fault({ silence: 'node-2' }), (c) => c.fault({ restore: 'node-2' })],
  ...agents.map((agent): (typeof faults)[number] => [
    `crash ${agent}`,
    (c) => c.fault({ crash: agent }),
    (c) => c.fault({ restart: agent }),
  ]),
]

it.each(faults)('%s in the middle of a rollout', async (_, begin, end) => {
  for (const lasting of ['3s', '7m']) {
    await using cluster = await createCluster({ nodes: 3, seed: 5 })
    await cluster.apply([deployment(3, 'nginx:1'), service])
    await cluster.settle()
    await cluster.apply(deployment(4, 'nginx:2'))
    await cluster.advance('1500ms')
    begin(cluster)
    await cluster.advance(lasting)
    end(cluster)
    await cluster.advance('10m')
    await cluster.settle()
    expect(restOf(cluster), lasting).toEqual(expected)
  }
})
