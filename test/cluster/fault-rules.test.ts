/** Fault rules in force: who is struck with what, who tries again, and what forks, hashes and recordings know of them. */
import { describe, expect, it } from 'vitest'
import { type Cluster, createCluster, fault, handle, type KubeObject } from '../../src/index.ts'

const deployment = (replicas = 3, image = 'nginx:1'): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } },
  },
})

const readyPods = (cluster: Cluster): number =>
  cluster.list('Pod').filter(({ status }) => status?.phase === 'Running').length

/** Every refusal told, as `by code reason`. */
function refusalsOf(cluster: Cluster): string[] {
  const refusals: string[] = []
  cluster.plane.api.outcome$.subscribe(({ transition, outcome }) => {
    if (!outcome.ok) refusals.push(`${transition.cause?.by} ${outcome.error.code} ${outcome.error.reason}`)
  })
  return refusals
}

describe('requests', () => {
  it.each([
    [400, 'BadRequest'],
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [404, 'NotFound'],
    [409, 'AlreadyExists'],
    [410, 'Expired'],
    [422, 'Invalid'],
    [429, 'TooManyRequests'],
    [500, 'InternalError'],
    [503, 'ServiceUnavailable'],
    [504, 'Timeout'],
  ])('are refused with %i, as an API server would, and the controller tries again', async (code, reason) => {
    await using cluster = await createCluster({ nodes: 1 })
    const refusals = refusalsOf(cluster)
    const live = cluster.fault(fault.on('create pods').times(2).status(code))
    await cluster.apply(deployment())
    await cluster.settle()
    expect(readyPods(cluster)).toBe(3)
    const told = `controller/replicaset ${code} ${reason}`
    expect(refusals.filter((one) => one.startsWith('controller/'))).toEqual([told, told])
    expect(live.hits).toBe(2)
  })

  it('a conflict of an update or a subresource is one', async () => {
    await using cluster = await createCluster({ nodes: 1 })
    const refusals = refusalsOf(cluster)
    cluster.fault(fault.on('update deployments/status').times(1).status(409))
    cluster.fault(fault.on('create pods/binding').times(1).status(409))
    await cluster.apply(deployment())
    await cluster.settle()
    expect(refusals).toEqual(['controller/deployment 409 Conflict', 'scheduler 409 Conflict'])
    expect(cluster.get('Deployment', 'web')?.status.availableReplicas).toBe(3)
  })

  it.each([500, 503, 409, 403])('of the kubelets that are refused with %i are written again', async (code) => {
    await using cluster = await createCluster({ nodes: 2 })
    const live = [
      cluster.fault(fault.on('update pods/status').from('kubelet').times(4).status(code)),
      cluster.fault(fault.on('update pods/status').from('kubelet').times(2).drop()),
      cluster.fault(fault.on('update pods/status').from('kubelet').times(2).lost()),
      cluster.fault(fault.on('delete pods').from('kubelet').times(2).status(code)),
    ]
    await cluster.apply(deployment())
    await cluster.settle()
    expect(readyPods(cluster)).toBe(3)
    expect(cluster.get('Deployment', 'web')?.status.availableReplicas).toBe(3)
    await cluster.delete('Deployment', 'web')
    await cluster.settle()
    expect(cluster.list('Pod')).toHaveLength(0)
    expect(live.map(({ hits }) => hits)).toEqual([4, 2, 2, 2])
  })

  it('of the kubelets that are refused without end do not keep the cluster from coming to rest', async () => {
    await using cluster = await createCluster({ nodes: 1 })
    const live = cluster.fault(fault.on('update pods/status').from('kubelet').status(409))
    await cluster.apply(deployment(1))
    await cluster.settle()
    expect(readyPods(cluster)).toBe(0)
    live.lift()
    await cluster.until((c) => readyPods(c) === 1, { within: '1m' })
  })

  it('of one node alone', async () => {
    await using cluster = await createCluster({ nodes: 2 })
    const live = cluster.fault(fault.on('update pods/status').from('system:node:node-1').status(500))
    await cluster.apply(deployment(4))
    await cluster.advance('1m')
    const ready = cluster.list('Pod').filter(({ status }) => status?.phase === 'Running')
    expect(new Set(ready.map(({ spec }) => spec.nodeName))).toEqual(new Set(['node-2']))
    live.lift()
    await cluster.settle()
    expect(readyPods(cluster)).toBe(4)
  })

  it('of everybody inside, one in three: it comes to the same rest, the same way with the same seed', async () => {
    const run = async (seed: number) => {
      await using cluster = await createCluster({ seed })
      const live = ['controller', 'scheduler', 'kubelet'].map((from) =>
        cluster.fault(fault.on('* *').from(from).chance(0.3).status(500)),
      )
      await cluster.apply(deployment(5))
      await cluster.settle()
      expect(readyPods(cluster)).toBe(5)
      expect(cluster.get('Deployment', 'web')?.status.availableReplicas).toBe(5)
      const hits = live.map((one) => one.hits)
      for (const one of live) expect(one.hits).toBeLessThan(one.matched)
      expect(Math.min(...hits)).toBeGreaterThan(0)
      return { hash: cluster.hash(), hits }
    }
    expect(await run(3)).toEqual(await run(3))
    expect((await run(4)).hash).not.toEqual((await run(3)).hash)
  })

  it('of a client are struck by its user agent, writes too; `pods/*` are the subresources of pods', async () => {
    await using cluster = await createCluster({ nodes: 0 })
    cluster.fault(fault.on('create configmaps').from('my-operator').status(503))
    cluster.fault(fault.on('get pods/*').status(429))
    const post = async (agent: string, name: string) => {
      const headers = { 'content-type': 'application/json', 'user-agent': agent }
      const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })
      const at = 'https://x/api/v1/namespaces/default/configmaps'
      return (await handle(cluster, new Request(at, { method: 'POST', headers, body }))).status
    }
    expect(await post('my-operator/1.2 (linux)', 'a')).toBe(503)
    expect(await post('another/1.2', 'b')).toBe(201)
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    })
    const get = async (path: string) =>
      (await handle(cluster, new Request(`https://x/api/v1/namespaces/default/${path}`))).status
    expect([await get('pods/p'), await get('pods/p/status')]).toEqual([200, 429])
  })
})

describe('a rule', () => {
  it('is known, counted and lifted; forks have their own', async () => {
    await using cluster = await createCluster({ nodes: 1 })
    const bare = cluster.hash()
    const live = cluster.fault(fault.on('create pods').status(500))
    expect(cluster.hash()).not.toBe(bare)
    await cluster.apply(deployment())
    await cluster.advance('5s')
    await using fork = cluster.fork()
    expect(fork.hash()).toBe(cluster.hash())
    expect(fork.faults.map(({ id, hits }) => ({ id, hits }))).toEqual([{ id: live.id, hits: live.hits }])
    live.lift()
    live.lift()
    expect(cluster.faults).toEqual([])
    await cluster.settle()
    await fork.settle()
    expect([readyPods(cluster), readyPods(fork)]).toEqual([3, 0])
    fork.faults[0]?.lift()
    await fork.until((c) => readyPods(c) === 3, { within: '1h' })
    expect(live.hits).toBeGreaterThan(1)
  })

  it('is plain data that can be recorded and played again', async () => {
    await using cluster = await createCluster({ nodes: 1 })
    const inputs: unknown[] = []
    cluster.plane.input$.subscribe((input) => inputs.push(input))
    const live = cluster.fault(fault.on('create pods').times(3).status(500))
    await cluster.apply(deployment())
    await cluster.advance('1s')
    live.lift()
    await using again = await createCluster({ nodes: 1 })
    const [armed, lifted] = JSON.parse(JSON.stringify(inputs))
    again.fault(armed.fault)
    await again.apply(deployment())
    await again.advance('1s')
    again.fault(lifted.fault)
    expect(again.hash()).toBe(cluster.hash())
    expect(inputs).toHaveLength(2)
  })

  it.each([
    [fault.on('create unicorns').drop(), 'serves no "unicorns"'],
    [fault.on('update pods/horn').drop(), 'no subresource "horn"'],
    [fault.watch('unicorns').hold(), 'serves no "unicorns"'],
    [{ lift: 12 }, 'no rule 12'],
    [{ eat: 'node-1' }, 'there is no fault'],
  ])('that cannot be is KYB-FAULT: %j', async (rule, why) => {
    await using cluster = await createCluster({ nodes: 0 })
    const before = cluster.hash()
    expect(() => cluster.fault(rule as never)).toThrow('KYB-FAULT')
    expect(() => cluster.fault(rule as never)).toThrow(why)
    expect(cluster.hash()).toBe(before)
  })
})
