/** Whatever happens to pods and nodes: what a kubelet says stays true to itself, and all comes to rest. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { createCluster } from '../../src/cluster.ts'
import type { Change } from '../../src/store/transition.ts'
import { podNamed } from '../support/node-scene.ts'

const nodes = ['node-1', 'node-2'] as const
const names = ['a', 'b', 'c', 'd'] as const
const scripts = [
  'cpu 10m',
  'exit 0 after 3s',
  'exit 1 after 2s',
  'exit 1',
  'ready after 8s',
  'never ready',
  'live until 20s',
  'ignore TERM',
  'stop after 5s',
  'pull fails',
  'pull takes 20s',
] as const
const probe = { tcpSocket: { port: 80 }, periodSeconds: 2 }
const hold = 'example.com/hold'

type Step = (cluster: Cluster) => Promise<unknown>

/** A step that counterexamples show by its words. */
function named(words: string, step: Step): Step {
  return Object.assign(step, { [fc.toStringMethod]: () => words })
}

const podStep = fc
  .record({
    name: fc.constantFrom(...names),
    node: fc.constantFrom(...nodes),
    script: fc.constantFrom(...scripts),
    restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
    probed: fc.boolean(),
    init: fc.constantFrom('none', 'init', 'sidecar'),
    held: fc.boolean(),
    deadline: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
  })
  .map(({ name, node, script, restartPolicy, probed, init, held, deadline }): Step => {
    const probes = probed ? { readinessProbe: probe, livenessProbe: probe } : {}
    const always = init === 'sidecar' ? { restartPolicy: 'Always' } : {}
    const initContainers = init === 'none' ? [] : [{ name: 'before', image: 'before:1', ...always }]
    const own = `main: ${script}${init === 'init' ? '\nbefore: exit 0 after 2s' : ''}`
    const spec = {
      restartPolicy,
      terminationGracePeriodSeconds: 10,
      ...(deadline === undefined ? {} : { activeDeadlineSeconds: deadline }),
      containers: [{ name: 'main', image: 'app:1', ...probes }],
      ...(initContainers.length === 0 ? {} : { initContainers }),
    }
    const pod = podNamed(name, { node, script: own, spec }) as { metadata: object }
    const object = held ? { ...pod, metadata: { ...pod.metadata, finalizers: [hold] } } : pod
    const words = `apply ${name} ${node} ${own} ${restartPolicy} ${probed} ${init} ${held} ${deadline}`
    return named(words, async (cluster) => (cluster.get('Pod', name) === undefined ? cluster.apply(object) : undefined))
  })

const deletion = fc
  .tuple(fc.constantFrom(...names), fc.constantFrom(undefined, 0, 2))
  .map(([name, graceSeconds]): Step => {
    const options = graceSeconds === undefined ? {} : { graceSeconds }
    return async (cluster) =>
      cluster.get('Pod', name) === undefined ? undefined : cluster.delete('Pod', name, options)
  })

const fault = fc.tuple(fc.constantFrom('kill', 'silence', 'restore'), fc.constantFrom(...nodes)).map(
  ([what, node]): Step =>
    async (cluster) =>
      cluster.fault({ [what]: node } as never),
)

const crash: fc.Arbitrary<Step> = fc.constant(
  named('crash kubelet', async (cluster) => {
    cluster.fault({ crash: 'kubelet' })
    cluster.fault({ restart: 'kubelet' })
  }),
)

const time = fc.constantFrom(0, 700, 3000, 15_000, 45_000).map(
  (ms): Step =>
    async (cluster) =>
      cluster.advance(ms),
)

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: podStep },
    { weight: 2, arbitrary: deletion },
    { weight: 2, arbitrary: fault },
    { weight: 1, arbitrary: crash },
    { weight: 4, arbitrary: time },
  ),
  { maxLength: 18 },
)

const over = (pod: KubeObject | undefined): boolean => ['Succeeded', 'Failed'].includes(pod?.status?.phase)
const restarts = (pod: KubeObject | undefined): number => pod?.status?.containerStatuses?.[0]?.restartCount ?? 0

/** What must hold of every change of a pod. */
function check({ object, previous, type, cause }: Change, cluster: Cluster): void {
  const known = previous?.metadata.uid === object.metadata.uid ? previous : undefined
  if (over(known)) expect(object.status.phase).toBe(known?.status.phase)
  expect(restarts(object)).toBeGreaterThanOrEqual(restarts(known))
  expect(object.status?.observedGeneration ?? 0).toBeLessThanOrEqual(object.metadata.generation ?? 0)
  const [main] = object.status?.containerStatuses ?? []
  expect(Object.keys(main?.state ?? {}).length).toBeLessThanOrEqual(1)
  if (main?.ready === true) expect(main.state.running).toBeDefined()
  if (type === 'DELETED' && cause.by === 'kubelet' && main !== undefined) expect(main.state.running).toBeUndefined()
  const live = cluster.list('Pod').filter((pod) => !over(pod) && pod.status?.podIP !== undefined)
  expect(new Set(live.map((pod) => pod.status.podIP)).size).toBe(live.length)
}

test('phases end, restarts count up, addresses are unique, nothing goes before it ended', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 1000 }), async (all, seed) => {
      const cluster = await createCluster({ nodes: nodes.length, seed })
      const wrong: unknown[] = []
      cluster.transition$.subscribe(({ change }) => {
        try {
          if (change.resource === 'pods') check(change, cluster)
        } catch (error) {
          wrong.push(error)
        }
      })
      for (const step of all) await step(cluster)
      for (const node of nodes) cluster.fault({ restore: node })
      await cluster.settle()
      await cluster.advance('1m')
      if (wrong.length > 0) throw wrong[0]
      for (const pod of cluster.list('Pod')) atRest(cluster, pod)
      await cluster.close()
    }),
    { numRuns: 60, seed: 11 },
  )
})

/** With all nodes back, every pod is where its spec leads it. */
function atRest(cluster: Cluster, pod: KubeObject): void {
  const { name, deletionTimestamp, finalizers = [] } = pod.metadata
  const actor = cluster.actor('Pod', name).getSnapshot()
  if (deletionTimestamp !== undefined) {
    expect(finalizers).toEqual([hold])
    expect(pod.metadata.deletionGracePeriodSeconds).toBe(0)
    return
  }
  const script = pod.metadata.annotations?.['kybern.dev/script'] ?? ''
  if (script.includes('pull fails')) return expect(['Pending', 'Failed']).toContain(pod.status.phase) as never
  expect(['Running', 'Succeeded', 'Failed']).toContain(pod.status.phase)
  if (pod.status.phase === 'Running') expect(actor.matches('running')).toBe(true)
  if (pod.spec.restartPolicy === 'Always' && pod.spec.activeDeadlineSeconds === undefined) {
    expect(pod.status.phase).toBe('Running')
  }
}

test('a fork lives on exactly as its cluster does', async () => {
  await fc.assert(
    fc.asyncProperty(steps, steps, async (before, after) => {
      const cluster = await createCluster({ nodes: nodes.length, seed: 5 })
      for (const step of before) await step(cluster)
      const fork = cluster.fork()
      expect(fork.hash()).toBe(cluster.hash())
      for (const one of [cluster, fork]) for (const step of after) await step(one)
      expect(fork.hash()).toBe(cluster.hash())
      await fork.close()
      await cluster.close()
    }),
    { numRuns: 25, seed: 3 },
  )
})
