/** Runs: saved as files that give the same cluster again, whoever did what was done. */
import { describe, expect, it } from 'vitest'
import { controller, createCluster, type Kind } from '../../src/index.ts'
import { inspected, story, web } from '../support/inspecting.ts'

describe('a run', () => {
  it('is saved as a file that gives the same cluster again', async () => {
    await using scene = await inspected({ seed: 11, nodes: 4 })
    const { client } = scene.page
    await story(client)
    await scene.cluster.patch('Deployment', 'web', { metadata: { labels: { from: 'outside' } } })
    scene.cluster.fault({ crash: 'deployment' })
    scene.cluster.fault({ restart: 'deployment' })
    await scene.cluster.settle()
    const file = await client.ask('save', { title: 'a node dies' })
    expect(file.steps.map(({ text }) => text)).toContain('crash deployment')
    expect(file.end.hash).toBe(scene.cluster.hash())
    const opened = await client.ask('open', { text: JSON.stringify(file) })
    expect(opened).toMatchObject({ same: true, cluster: { name: 'run-1' } })
    expect(await client.ask('diff', { with: 'run-1' })).toEqual([])
    await expect(client.ask('open', { text: '{}' })).rejects.toMatchObject({ code: 'KYB-RUN-FILE' })
  })

  it('repeats what the program itself did, as it did it', async () => {
    await using scene = await inspected({ seed: 11 })
    const { cluster, page } = scene
    await cluster.apply(web(3))
    await cluster.settle()
    await cluster.patch('Deployment', 'web', { spec: { replicas: 2 } })
    await cluster.apply(web(3, 'nginx:1.16.1').replace('app: web', 'app: web\n    more: label'))
    await cluster.advance('3s')
    await cluster.apply(web(3, 'nginx:1.17.0'))
    await cluster.patch('Node', 'node-1', [{ op: 'add', path: '/metadata/labels/x', value: 'y' }], { type: 'json' })
    await cluster.delete('Pod', cluster.list('Pod')[0]?.metadata.name as string, { graceSeconds: 1 })
    cluster.actor('Node', 'node-2').send({ type: 'node.killed' })
    await cluster.advance('2m')
    const file = await page.client.ask('save', {})
    expect(file.steps.flatMap(({ calls }) => calls.map(({ call }) => call))).toEqual([
      ...['apply', 'patch', 'apply', 'apply', 'patch', 'delete', 'send'],
    ])
    expect(file.steps.map(({ text }) => text)).toContain('apply deployment/default/web')
    expect(await page.client.ask('open', { text: JSON.stringify(file) })).toMatchObject({ same: true })
    expect(await page.client.ask('test', {})).toContain("cluster.patch('Deployment', 'web', { spec: { replicas: 2 } }")
  })

  it('of a cluster that began with the objects of another one begins with them too', async () => {
    await using first = await inspected({ seed: 4 })
    await first.cluster.apply(web(2))
    await first.cluster.settle()
    const world = ['Deployment', 'ReplicaSet', 'Pod', 'Node'].flatMap((kind) => first.cluster.list(kind))
    await using scene = await inspected({ seed: 5, world, nodes: [{ name: 'fresh' }] })
    await scene.page.client.ask('scale', { kind: 'Deployment', name: 'web', replicas: 3 })
    await scene.page.client.ask('settle', {})
    const file = await scene.page.client.ask('save', {})
    expect(file.options.nodes).toEqual([{ name: 'fresh' }])
    expect(await scene.page.client.ask('open', { text: JSON.stringify(file) })).toMatchObject({ same: true })
  })

  it('in eager time is quiet after each command', async () => {
    await using scene = await inspected({ seed: 11, time: 'eager', start: '2026-01-01T00:00:00Z' })
    const { client } = scene.page
    await client.ask('apply', { text: web(2) })
    expect(scene.cluster.get('Deployment', 'web')?.status?.readyReplicas).toBe(2)
    const file = await client.ask('save', {})
    expect(await client.ask('open', { text: JSON.stringify(file) })).toMatchObject({ same: true })
  })

  it('that is not known from its beginning is not saved', async () => {
    const cluster = await createCluster()
    await cluster.apply(web())
    await using scene = await inspected()
    const { Inspection } = await import('../../src/inspector/inspection.ts')
    const late = new Inspection(cluster, { clock: scene.clock })
    await expect(late.answer('main', 'save', {})).rejects.toMatchObject({ code: 'KYB-INSPECT-UNRECORDED' })
    expect((await late.answer('main', 'fork', {})).recorded).toBe(false)
    await using coded = await inspected({ webhooks: { x: () => ({ allowed: true }) } })
    await expect(coded.page.client.ask('save', {})).rejects.toMatchObject({ code: 'KYB-INSPECT-UNSAVABLE' })
    late.close()
    await using used = await inspected()
    used.cluster.use(controller({ name: 'own', of: used.cluster.registry.find('Pod') as Kind, reconcile: () => [] }))
    await expect(used.page.client.ask('test', {})).rejects.toMatchObject({ code: 'KYB-INSPECT-UNSAVABLE' })
  })
})
