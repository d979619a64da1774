/** Same seed and same requests give the same bytes; a fork is independent and goes the same way under the same requests. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Cluster, createCluster } from '../../src/index.ts'
import { digest } from '../../src/lib/digest.ts'

const names = ['a', 'b'] as const
const nodes = ['node-1', 'node-2', 'node-3'] as const
const agents = ['deployment', 'replicaset', 'scheduler', 'kubelet', 'endpointslice'] as const

const deployment = (name: string, replicas: number, image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'c', image, resources: { requests: { cpu: '250m' } } }] },
    },
  },
})
const service = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port: 80 }] },
})
const autoscaler = (name: string) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name },
  spec: {
    minReplicas: 1,
    maxReplicas: 6,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
  },
})

type Step = (cluster: Cluster) => Promise<unknown>

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values)
const images = oneOf('nginx:1.14.2', 'nginx:latest', 'does-not-exist')
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(oneOf(...names), fc.nat(5), images).map(
    ([name, replicas, image]): Step =>
      (c) =>
        c.apply([deployment(name, replicas, image), service(name)]),
  ),
  oneOf(...names).map(
    (name): Step =>
      (c) =>
        c.apply(autoscaler(name)),
  ),
  oneOf(...names).map(
    (name): Step =>
      (c) =>
        c.delete('Deployment', name),
  ),
  fc.tuple(oneOf(...names), fc.nat(6)).map(
    ([name, replicas]): Step =>
      (c) =>
        c.patch('Deployment', name, { spec: { replicas } }),
  ),
  fc.tuple(oneOf('kill', 'silence', 'restore'), oneOf(...nodes)).map(
    ([word, node]): Step =>
      async (c) =>
        c.fault({ [word]: node } as never),
  ),
  fc.tuple(oneOf('crash', 'restart'), oneOf(...agents)).map(
    ([word, agent]): Step =>
      async (c) =>
        c.fault({ [word]: agent } as never),
  ),
  fc.tuple(oneOf(...names), fc.nat(200)).map(
    ([name, rate]): Step =>
      async (c) => {
        const { body } = await c.network.request(`http://${name}.default.svc`)
        c.network.load(`http://${name}.default.svc`, { requestsPerSecond: rate })
        return body
      },
  ),
  fc.nat(9).map(
    (index): Step =>
      async (c) => {
        const pods = c.list('Pod')
        return c.exec(pods[index % pods.length]?.metadata.name ?? 'none', ['touch', '/tmp/x'])
      },
  ),
  fc.integer({ min: 0, max: 400_000 }).map(
    (ms): Step =>
      (c) =>
        c.advance(ms),
  ),
  oneOf<Step>((c) => c.settle()),
)

/** Takes the steps; the answer is a chain over every change and every refusal from here on. */
async function run(cluster: Cluster, steps: readonly Step[]): Promise<string> {
  let chain = ''
  const link = (value: unknown): void => {
    chain = digest(value, chain)
  }
  const subscription = cluster.transition$.subscribe(({ change }) => link(change))
  for (const take of steps) {
    try {
      link(await take(cluster))
    } catch (error) {
      link((error as Error).message)
    }
  }
  subscription.unsubscribe()
  link(cluster.hash())
  return chain
}

const bounds = { numRuns: 200, interruptAfterTimeLimit: 100_000 } as const
const steps = fc.array(step, { minLength: 5, maxLength: 25 })

it('the same seed and the same requests give the same chain of changes', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(1000), async (list, seed) => {
      await using one = await createCluster({ seed })
      await using two = await createCluster({ seed })
      expect(await run(one, list)).toBe(await run(two, list))
    }),
    bounds,
  )
}, 120_000)

it('a fork of any moment is the same world, stays as it is, and goes the same way', async () => {
  await fc.assert(
    fc.asyncProperty(steps, steps, async (before, after) => {
      await using cluster = await createCluster({ seed: 3 })
      await run(cluster, before)
      const hash = cluster.hash()
      await using fork = cluster.fork()
      await using second = fork.fork()
      expect([cluster.hash(), fork.hash(), second.hash()]).toEqual([hash, hash, hash])
      const chain = await run(cluster, after)
      expect(fork.hash()).toBe(hash)
      expect(await run(fork, after)).toBe(chain)
      expect(second.hash()).toBe(hash)
      expect(await run(second, after)).toBe(chain)
    }),
    bounds,
  )
}, 120_000)

it('another seed gives other names', async () => {
  const podNames = async (seed: number) => {
    await using cluster = await createCluster({ seed })
    await cluster.apply(deployment('a', 3, 'nginx:1.14.2'))
    await cluster.settle()
    return cluster.list('Pod').map((pod) => pod.metadata.name)
  }
  expect(await podNames(1)).toEqual(await podNames(1))
  expect(await podNames(1)).not.toEqual(await podNames(2))
})
