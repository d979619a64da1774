/** Fault rules through a session: put in force, seen in beliefs, lifted; and runs with them are repeated. */
import { describe, expect, it } from 'vitest'
import { handle } from '../../src/index.ts'
import { inspected, web } from '../support/inspecting.ts'

const hold = { type: 'watch', resource: 'pods', from: 'replicaset', lag: 'hold' } as const

describe('a watch that is held', () => {
  it('shows in what its controller believed, and in what its writes saw', async () => {
    await using scene = await inspected({ seed: 7 })
    const { client } = scene.page
    await client.ask('apply', { text: web(2) })
    await client.ask('settle', {})
    expect(await client.ask('fault', { fault: hold })).toMatchObject({ lines: ['watch pods of replicaset: hold'] })
    expect(await client.ask('faults', {})).toMatchObject([{ id: 1, text: 'watch pods of replicaset: hold', hits: 0 }])
    const before = scene.cluster.snapshot.revision
    const [pod] = scene.cluster.list('Pod')
    await client.ask('delete', { kind: 'Pod', name: pod?.metadata.name as string, graceSeconds: 0 })
    await client.ask('settle', {})
    const believes = async () =>
      (await client.ask('beliefs', {})).find(({ agent }) => agent === 'controller/replicaset')
    expect(await believes()).toMatchObject({ saw: before, waiting: expect.any(Number) })
    expect((await believes())?.behind).toBeGreaterThan(0)
    expect(scene.cluster.list('Pod')).toHaveLength(1)
    expect(await client.ask('lift', { id: 1 })).toMatchObject({
      lines: ['lift fault 1: watch pods of replicaset: hold'],
    })
    await client.ask('settle', {})
    expect(scene.cluster.list('Pod')).toHaveLength(2)
    expect(await believes()).toMatchObject({ behind: 0, waiting: 0 })
    expect(await client.ask('faults', {})).toEqual([])
    await expect(client.ask('lift', { id: 1 })).rejects.toMatchObject({ code: 'KYB-INSPECT-ASK' })
  })

  it('is told of in the feed, as a fault', async () => {
    await using scene = await inspected({ seed: 7 })
    const { page, clock, cluster } = scene
    page.client.follow('main')
    const ongoing = cluster.fault({
      type: 'request',
      verb: 'update',
      resource: 'deployments/status',
      times: 2,
      strike: { how: 'status', code: 409 },
    })
    ongoing.lift()
    await clock.pass(32)
    expect(page.records.slice(-2)).toMatchObject([
      { type: 'fault', text: 'update deployments/status 2 times: refuse with 409' },
      { type: 'command', text: 'lift fault 1' },
    ])
  })
})

describe('runs with rules', () => {
  it('are repeated, with what was refused to other clients meanwhile', async () => {
    await using scene = await inspected({ seed: 7 })
    const { cluster, page } = scene
    const { client } = page
    await client.ask('apply', { text: web(2) })
    await client.ask('settle', {})
    await client.ask('fault', {
      fault: { type: 'request', verb: 'create', resource: 'configmaps', after: 1, times: 1, strike: { how: 'drop' } },
    })
    await client.ask('fault', {
      fault: {
        type: 'request',
        verb: 'create',
        resource: 'pods',
        from: 'replicaset',
        chance: 0.5,
        strike: { how: 'delay', ms: 700 },
      },
    })
    await client.ask('fault', { fault: hold })
    const create = async (name: string): Promise<number> => {
      const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
      return (await handle(cluster, new Request('https://x/api/v1/namespaces/default/configmaps', init))).status
    }
    expect([await create('a'), await create('b'), await create('c')]).toEqual([201, 504, 201])
    await client.ask('scale', { kind: 'Deployment', name: 'web', replicas: 5 })
    await client.ask('advance', { by: '20s' })
    await client.ask('lift', { id: 3 })
    await client.ask('settle', {})
    expect(cluster.get('Deployment', 'web')?.status?.readyReplicas).toBe(5)
    const file = await client.ask('save', {})
    expect(await client.ask('open', { text: JSON.stringify(file) })).toMatchObject({ same: true })
    const program = await client.ask('test', {})
    expect(program).toMatch(/const fault3 = cluster\.fault\(\{ type: 'watch'/)
    expect(program).toContain('fault3.lift()')
    expect(program).not.toContain('const fault1')
    const fork = await client.ask('fork', { time: cluster.now.getTime() - 5000 })
    await client.ask('advance', { by: 5000 }, fork.name)
    await client.ask('close', {}, fork.name)
  })

  it('do not wait for requests of their own that are held back', async () => {
    await using scene = await inspected({ seed: 7 })
    const { client } = scene.page
    await client.ask('apply', { text: web(1) })
    await client.ask('settle', {})
    await client.ask('fault', {
      fault: { type: 'request', verb: 'patch', resource: 'deployments', strike: { how: 'delay', ms: 5000 } },
    })
    const { lines } = await client.ask('scale', { kind: 'Deployment', name: 'web', replicas: 3 })
    expect(lines).toEqual(['a fault holds the request back; it goes on as time passes'])
    expect(scene.cluster.get('Deployment', 'web')?.spec.replicas).toBe(1)
    await client.ask('advance', { by: '6s' })
    expect(scene.cluster.get('Deployment', 'web')?.spec.replicas).toBe(3)
    await client.ask('settle', {})
    const file = await client.ask('save', {})
    expect(file.steps.map(({ late }) => late === true)).toEqual([false, false, false, true, false, false])
    expect(await client.ask('open', { text: JSON.stringify(file) })).toMatchObject({ same: true })
    expect(await client.ask('test', {})).toContain("void cluster.patch('Deployment', 'web'")
  })
})
