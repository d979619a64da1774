/** Statuses of pods: the image a container runs, not the one its spec asks for by now; what is over stays over. */
import { expect, it } from 'vitest'
import { createCluster } from '../../src/index.ts'

it('the status keeps the old image until the container has come back with the new one', async () => {
  await using cluster = await createCluster({ nodes: 1, scripts: { 'nginx:1': 'stop after 12s' } })
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'web', image: 'nginx:1' }] },
  })
  await cluster.settle()
  const image = () => cluster.get('Pod', 'web')?.status.containerStatuses[0]
  const before = image()
  expect(before.image).toBe('nginx:1')
  await cluster.patch('Pod', 'web', { spec: { containers: [{ name: 'web', image: 'nginx:2' }] } })
  await cluster.advance('5s')
  await cluster.patch('Pod', 'web', { metadata: { labels: { looked: 'at' } } })
  await cluster.advance('1s')
  expect(image()).toMatchObject({ image: 'nginx:1', imageID: before.imageID, restartCount: 0 })
  await cluster.settle()
  expect(image()).toMatchObject({ image: 'nginx:2', restartCount: 1, lastState: { terminated: { exitCode: 0 } } })
})

it('a pod that somebody else said has failed is not said to run again', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'web', image: 'nginx:1', readinessProbe: { httpGet: { port: 80 } } }] },
  })
  await cluster.settle()
  await cluster.patch('Pod', 'web', { status: { phase: 'Failed', reason: 'Lost' } }, { subresource: 'status' })
  await cluster.patch('Pod', 'web', { spec: { containers: [{ name: 'web', image: 'nginx:2' }] } })
  await cluster.settle()
  expect(cluster.get('Pod', 'web')?.status.phase).toBe('Failed')
})
