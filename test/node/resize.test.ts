/** Resizing pods in place: figures change while containers run, by a restart, later, or never. */
import { afterEach, expect, test } from 'vitest'
import { type Cluster, createCluster } from '../../src/index.ts'

let cluster: Cluster
afterEach(() => cluster.close())

async function running(...pods: { name: string; cpu: string; more?: object }[]): Promise<void> {
  cluster = await createCluster({ nodes: [{ name: 'node-1', cpu: '4', memory: '8Gi' }] })
  for (const { name, cpu, more } of pods)
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { containers: [{ name: 'main', image: 'app:1', resources: { requests: { cpu } }, ...more }] },
    })
  await cluster.settle()
}

const pod = (name = 'a') => cluster.get('Pod', name)
const status = (name = 'a') => pod(name)?.status.containerStatuses[0]
const resizes = (name = 'a') =>
  pod(name)
    ?.status.conditions.filter(({ type }: { type: string }) => type.startsWith('PodResize'))
    .map(({ type, reason = '', message = '' }: Record<string, string>) => [type, reason, message])
const events = () => cluster.list('Event').map(({ reason, message }) => `${reason}: ${message}`)

async function resize(cpu: string, name = 'a'): Promise<void> {
  const spec = { containers: [{ name: 'main', resources: { requests: { cpu } } }] }
  await cluster.patch('Pod', name, { spec }, { subresource: 'resize' })
  await cluster.settle()
}

test('a running container is given more without a restart', async () => {
  await running({ name: 'a', cpu: '1' })
  expect(status()).toMatchObject({ allocatedResources: { cpu: '1' }, resources: { requests: { cpu: '1' } } })
  await resize('2')
  expect(status()).toMatchObject({
    allocatedResources: { cpu: '2' },
    resources: { requests: { cpu: '2' } },
    restartCount: 0,
  })
  expect(resizes()).toEqual([])
  expect(pod()?.status.observedGeneration).toBe(2)
  const summary = '{"containers":[{"name":"main","resources":{"requests":{"cpu":"2"}}}],"generation":2}'
  expect(events()).toContain(`ResizeStarted: Pod resize started: ${summary}`)
  expect(events()).toContain(`ResizeCompleted: Pod resize completed: ${summary}`)
})

test('a container whose policy says so is restarted', async () => {
  const resizePolicy = [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }]
  await running({ name: 'a', cpu: '1', more: { resizePolicy } })
  const spec = { containers: [{ name: 'main', resources: { requests: { cpu: '2' } } }] }
  await cluster.patch('Pod', 'a', { spec }, { subresource: 'resize' })
  expect(resizes()).toEqual([['PodResizeInProgress', '', '']])
  expect(status()).toMatchObject({ allocatedResources: { cpu: '2' }, resources: { requests: { cpu: '1' } } })
  await cluster.settle()
  expect(status()).toMatchObject({ resources: { requests: { cpu: '2' } }, restartCount: 1 })
  expect(resizes()).toEqual([])
})

test('what is more than the node has is infeasible', async () => {
  await running({ name: 'a', cpu: '1' })
  await resize('5')
  expect(resizes()).toEqual([
    ['PodResizePending', 'Infeasible', "Node didn't have enough capacity: cpu, requested: 5000, capacity: 4000"],
  ])
  expect(status()).toMatchObject({ allocatedResources: { cpu: '1' }, resources: { requests: { cpu: '1' } } })
  await resize('1')
  expect(resizes()).toEqual([])
})

test('what others have now is waited for', async () => {
  await running({ name: 'a', cpu: '1' }, { name: 'b', cpu: '2' })
  await resize('3')
  expect(resizes()).toEqual([
    [
      'PodResizePending',
      'Deferred',
      "Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000",
    ],
  ])
  await cluster.delete('Pod', 'b', { graceSeconds: 0 })
  await cluster.settle()
  expect(resizes()).toEqual([])
  expect(status()).toMatchObject({ allocatedResources: { cpu: '3' }, resources: { requests: { cpu: '3' } } })
})
