/** Graceful deletion: TERM, grace, KILL, hooks, sidecars, finalizers; invariant N5. */
import { afterEach, describe, expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { createCluster } from '../../src/cluster.ts'
import { containerOf, eventsOf, phaseOf, podNamed, secondsIn } from '../support/node-scene.ts'

let cluster: Cluster
afterEach(() => cluster.close())

async function running(wish: Parameters<typeof podNamed>[1] = {}): Promise<void> {
  cluster = await createCluster({ nodes: 1 })
  await cluster.apply(podNamed('web', wish))
  await cluster.settle()
  expect(phaseOf(cluster, 'web')).toBe('Running')
}

/** Seconds from now until the pod is gone, and the last state it was seen in. */
async function untilGone(): Promise<{ seconds: number; last: KubeObject | undefined }> {
  let last = cluster.get('Pod', 'web')
  const from = secondsIn(cluster)
  await cluster.until((c) => {
    last = c.get('Pod', 'web') ?? last
    return c.get('Pod', 'web') === undefined
  })
  return { seconds: secondsIn(cluster) - from, last }
}

test('a well-behaved container ends soon after TERM and the object goes', async () => {
  await running()
  await cluster.delete('Pod', 'web')
  expect(cluster.get('Pod', 'web')?.metadata).toMatchObject({ deletionGracePeriodSeconds: 30 })
  expect(cluster.actor('Pod', 'web').getSnapshot().value).toBe('terminating')
  const { seconds } = await untilGone()
  expect(seconds).toBeLessThan(1)
  expect(eventsOf(cluster, 'web')).toContain('Killing: Stopping container main')
})

test('containers are said to have terminated before the object goes', async () => {
  await running()
  const seen: string[] = []
  cluster.transition$.subscribe(({ change }) => {
    if (change.resource !== 'pods') return
    const [status] = change.object.status?.containerStatuses ?? []
    seen.push(`${change.type} ${Object.keys(status?.state ?? {})[0]}`)
  })
  await cluster.delete('Pod', 'web')
  await cluster.settle()
  expect(seen.at(-1)).toBe('DELETED terminated')
  expect(seen.at(-2)).toBe('MODIFIED terminated')
})

describe('one that ignores TERM', () => {
  test('is killed when its grace is over, not before', async () => {
    await running({ script: 'ignore TERM', spec: { terminationGracePeriodSeconds: 12 } })
    await cluster.delete('Pod', 'web')
    await cluster.advance(11_900)
    expect(containerOf(cluster, 'web').state.running).toBeDefined()
    const { seconds, last } = await untilGone()
    expect(seconds).toBeLessThanOrEqual(0.2)
    expect(last?.metadata.deletionTimestamp).toBeDefined()
  })

  test('is killed sooner when a second deletion asks for less', async () => {
    await running({ script: 'ignore TERM' })
    await cluster.delete('Pod', 'web')
    await cluster.advance('5s')
    await cluster.delete('Pod', 'web', { graceSeconds: 3 })
    expect((await untilGone()).seconds).toBeLessThanOrEqual(3.2)
  })
})

test('a preStop hook runs first and is part of the grace', async () => {
  const lifecycle = { preStop: { exec: { command: ['sh', '-c', 'sleep 5'] } } }
  await running({ spec: { containers: [{ name: 'main', image: 'app:1', lifecycle }] } })
  await cluster.delete('Pod', 'web')
  const { seconds } = await untilGone()
  expect(seconds).toBeGreaterThanOrEqual(5)
  expect(seconds).toBeLessThanOrEqual(6)
})

test('force deletion removes the object at once', async () => {
  await running({ script: 'ignore TERM' })
  await cluster.delete('Pod', 'web', { graceSeconds: 0 })
  expect(cluster.get('Pod', 'web')).toBeUndefined()
  expect(() => cluster.actor('Container', 'web/main')).toThrow('KYB-ACTOR-NONE')
  await cluster.settle()
})

test('sidecars are stopped after the main containers', async () => {
  const initContainers = [{ name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' }]
  await running({ script: 'main: stop after 4s', spec: { initContainers } })
  await cluster.delete('Pod', 'web')
  await cluster.advance('3s')
  expect(containerOf(cluster, 'web', 'proxy').state.running).toBeDefined()
  const { last, seconds } = await untilGone()
  expect(seconds).toBeLessThan(2)
  expect(last?.status.containerStatuses[0].state.terminated).toBeDefined()
})

test('a finalizer keeps the object after its containers have ended; the kubelet asks once', async () => {
  await running()
  await cluster.patch('Pod', 'web', { metadata: { finalizers: ['example.com/hold'] } })
  await cluster.delete('Pod', 'web')
  await cluster.settle()
  expect(containerOf(cluster, 'web').state.terminated).toBeDefined()
  const { resourceVersion } = cluster.get('Pod', 'web')?.metadata ?? {}
  await cluster.advance('10m')
  expect(cluster.get('Pod', 'web')?.metadata.resourceVersion).toBe(resourceVersion)
  await cluster.patch('Pod', 'web', { metadata: { finalizers: null } }, { type: 'merge' })
  expect(cluster.get('Pod', 'web')).toBeUndefined()
})

test('a pod deleted while its image is pulled goes', async () => {
  cluster = await createCluster({ nodes: 1 })
  await cluster.apply(podNamed('web', { script: 'pull takes 10m' }))
  await cluster.advance('5s')
  await cluster.delete('Pod', 'web')
  expect((await untilGone()).seconds).toBeLessThan(2)
})

test('a crash-looping pod goes', async () => {
  cluster = await createCluster({ nodes: 1 })
  await cluster.apply(podNamed('web', { script: 'exit 1' }))
  await cluster.settle()
  await cluster.delete('Pod', 'web')
  expect((await untilGone()).seconds).toBeLessThan(2)
})

test('a new pod of the same name has nothing of the old one', async () => {
  await running({ script: 'exit 1 after 20s' })
  await cluster.delete('Pod', 'web')
  await cluster.settle()
  await cluster.apply(podNamed('web'))
  await cluster.settle()
  expect(containerOf(cluster, 'web')).toMatchObject({ restartCount: 0, lastState: {}, ready: true })
})
