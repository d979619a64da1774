/** Nodes that come and go as objects: a Node somebody creates gets a simulated kubelet, one that is deleted loses its pods. */
import { expect, it } from 'vitest'
import { waitFor } from 'xstate'
import { createCluster } from '../../src/index.ts'

const labels = { app: 'agent' }
const template = { metadata: { labels }, spec: { containers: [{ name: 'agent', image: 'agent:1' }] } }
const daemon = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent' },
  spec: { selector: { matchLabels: labels }, template },
}
const node = (name: string, annotations = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { rack: 'r1' }, annotations },
})

it('a DaemonSet follows Node objects that come and go', async () => {
  await using cluster = await createCluster({ nodes: 2 })
  const places = () =>
    cluster
      .list('Pod')
      .map((pod) => pod.spec.nodeName)
      .sort()
  await cluster.apply(daemon)
  await cluster.settle()
  expect(places()).toEqual(['node-1', 'node-2'])
  await cluster.delete('Node', 'node-2')
  await cluster.apply(node('late'))
  await waitFor(cluster.actor('Node', 'late'), (state) => state.matches('ready'))
  await cluster.settle()
  expect(places()).toEqual(['late', 'node-1'])
  expect(cluster.get('Node', 'late')?.metadata.labels).toMatchObject({ rack: 'r1', 'kubernetes.io/hostname': 'late' })
  await cluster.advance('10m')
  expect(places()).toEqual(['late', 'node-1'])
})

it('a Node that asks for no kubelet gets none', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(node('mine', { 'kybern.dev/kubelet': 'none' }))
  await cluster.advance('2m')
  expect(cluster.get('Node', 'mine')?.status?.nodeInfo?.kubeletVersion ?? '').toBe('')
})
