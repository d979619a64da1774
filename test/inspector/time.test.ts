/** Time as something to move through: past moments, forks, rewinding, playing. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { inspected, web } from '../support/inspecting.ts'

const phases = (objects: readonly { kind: string; name: string; status: string }[]): string[] =>
  objects.filter(({ kind }) => kind === 'Pod').map(({ status }) => status)

describe('a past moment', () => {
  it('is what it was: objects, actors and timers at every revision', async () => {
    await using scene = await inspected({ seed: 3 })
    const { cluster, page } = scene
    const taken: { revision: number; time: number; objects: string; actors: string[]; timers: string[] }[] = []
    const take = (): void => {
      const { world } = cluster.plane
      const objects = Object.values(cluster.snapshot.collections).flatMap((tree) => tree.valuesArray())
      taken.push({
        revision: cluster.snapshot.revision,
        time: cluster.now.getTime(),
        objects: JSON.stringify(objects.map(({ metadata }) => [metadata.uid, metadata.resourceVersion]).sort()),
        actors: [...world.actors.keys()].sort(),
        timers: world.timers.all().map(({ id }) => id),
      })
    }
    take()
    await cluster.apply(web(2))
    take()
    for (let i = 0; i < 6; i++) {
      await cluster.advance('700ms')
      take()
    }
    await cluster.advance('1s')
    await cluster.delete('Deployment', 'web')
    await cluster.settle()
    take()
    const last = new Map(taken.map((one) => [one.time, one]))
    expect(last.size).toBeGreaterThan(4)
    for (const one of last.values()) {
      const moment = await page.client.ask('moment', { time: one.time })
      expect(moment.revision).toBe(one.revision)
      const objects = await Promise.all(
        moment.objects.map(async ({ kind, namespace, name }) => {
          const answer = await page.client.ask('object', { kind, namespace, name, revision: one.revision })
          return answer.object
        }),
      )
      const shown = objects.map(({ metadata }: KubeObject) => [metadata.uid, metadata.resourceVersion]).sort()
      expect(JSON.stringify(shown)).toBe(one.objects)
      expect(moment.actors.map(({ id }) => id).sort()).toEqual(one.actors)
    }
    const now = await page.client.ask('timers', {})
    expect(now.map(({ id }) => id)).toEqual(taken.at(-1)?.timers)
    const then = await page.client.ask('moment', { revision: (taken[1] as { revision: number }).revision })
    expect(then.timers.some(({ event }) => event === 'after pull')).toBe(true)
  })

  it('knows what was removed', async () => {
    await using scene = await inspected({ seed: 3 })
    const { cluster, page } = scene
    await cluster.apply(web(1))
    await cluster.settle()
    const pod = cluster.list('Pod')[0] as KubeObject
    await cluster.delete('Deployment', 'web')
    await cluster.settle()
    const { gone, objects } = await page.client.ask('moment', {})
    expect(phases(objects)).toEqual([])
    expect(gone.map(({ object }) => object.kind)).toEqual(expect.arrayContaining(['Pod', 'ReplicaSet', 'Deployment']))
    const last = await page.client.ask('object', { uid: pod.metadata.uid as string })
    expect(last.gone).toBe(true)
    expect(last.yaml).toContain(`name: ${pod.metadata.name}`)
  })

  it('is worked out from marks when the tape is long', async () => {
    await using scene = await inspected({ seed: 3, nodes: 2 })
    const { cluster, page, inspection } = scene
    await cluster.apply(web(1))
    const early = await page.client.ask('moment', {})
    for (let i = 0; i < 4500; i++) {
      const metadata = { labels: { turn: String(i) } }
      await cluster.dispatch({
        type: 'patch',
        ref: { resource: 'nodes', namespace: '', name: 'node-1' },
        patchType: 'merge',
        patch: { metadata },
      })
    }
    expect(inspection.cluster().tape.markAfter(100)?.seq).toBeGreaterThan(4000)
    const again = await page.client.ask('moment', { revision: early.revision })
    expect(again.objects).toEqual(early.objects)
    const middle = await page.client.ask('object', { kind: 'Node', name: 'node-1', revision: early.revision + 1000 })
    expect(middle.object.metadata.labels?.turn).toBe('999')
  })
})

describe('forks', () => {
  it('from the past are the cluster as it was then, and go on as it did', async () => {
    await using scene = await inspected({ seed: 5 })
    const { cluster, page, inspection } = scene
    const { client } = page
    await client.ask('apply', { text: web(3) })
    await client.ask('settle', {})
    const settledHash = cluster.hash()
    const settledRevision = cluster.snapshot.revision
    await client.ask('fault', { fault: { kill: 'node-1' } })
    await client.ask('advance', { by: '10m' })
    const end = cluster.hash()
    const fork = await client.ask('fork', { revision: settledRevision })
    expect(fork).toMatchObject({ name: 'fork-1', parent: { name: 'main', revision: settledRevision }, recorded: true })
    expect(inspection.cluster('fork-1').cluster.hash()).toBe(settledHash)
    await client.ask('fault', { fault: { kill: 'node-1' } }, 'fork-1')
    await client.ask('advance', { by: '10m' }, 'fork-1')
    expect(inspection.cluster('fork-1').cluster.hash()).toBe(end)
    expect(await client.ask('diff', { with: 'fork-1' })).toEqual([])
    await client.ask('scale', { kind: 'Deployment', name: 'web', replicas: 5 }, 'fork-1')
    const differences = await client.ask('diff', { with: 'fork-1' })
    expect(differences).toContainEqual(
      expect.objectContaining({
        kind: 'Deployment',
        where: 'both',
        diff: expect.arrayContaining([{ path: 'spec.replicas', from: 3, to: 5 }]),
      }),
    )
    expect(differences.filter(({ where, kind }) => where === 'second' && kind === 'Pod')).toHaveLength(2)
    expect(cluster.hash()).toBe(end)
  })

  it('carry the story on from where they began', async () => {
    await using scene = await inspected({ seed: 5 })
    const { client } = scene.page
    await client.ask('apply', { text: web(1) })
    await client.ask('settle', {})
    const { revision } = await client.ask('clock', {})
    await client.ask('scale', { kind: 'Deployment', name: 'web', replicas: 2 })
    const fork = await client.ask('fork', { revision })
    const chain = await client.ask('why', { revision }, fork.name)
    expect(chain.at(-1)).toMatchObject({ end: 'request', text: expect.stringContaining('apply Deployment/web') })
    const moment = await client.ask('moment', { revision: 30 }, fork.name)
    expect(moment.objects).toEqual((await client.ask('moment', { revision: 30 })).objects)
  })

  it('undo is a fork from before the last thing that was done', async () => {
    await using scene = await inspected({ seed: 5 })
    const { client } = scene.page
    const { inspection, cluster } = scene
    await client.ask('apply', { text: web(3) })
    await client.ask('settle', {})
    const before = cluster.hash()
    await client.ask('delete', { kind: 'Deployment', name: 'web' })
    const { name } = await client.ask('undo', {})
    expect(inspection.cluster(name).cluster.hash()).toBe(before)
    // Taking back more replaces what was made by taking back.
    const { name: further } = await client.ask('undo', {}, name)
    expect(inspection.clusters.map((one) => one.name)).toEqual(['main', further])
    expect(inspection.cluster(further).steps).toHaveLength(1)
    expect(await client.ask('close', {}, further)).toHaveLength(1)
    await expect(client.ask('close', {})).rejects.toMatchObject({ code: 'KYB-INSPECT-ASK' })
  })

  it('of a cluster in real time have virtual time', async () => {
    let wall = 1_800_000_000_000
    const clock = { now: () => wall, after: () => ({ cancel() {} }) }
    await using scene = await inspected({ seed: 5, time: 'real', clock })
    const { client } = scene.page
    const { inspection, cluster } = scene
    await client.ask('apply', { text: web(2) })
    wall += 5000
    cluster.driver.act()
    expect(phases((await client.ask('moment', {})).objects)).toEqual(['Running', 'Running'])
    await expect(client.ask('play', { speed: 1 })).rejects.toMatchObject({ code: 'KYB-INSPECT-TIME' })
    const { revision } = await client.ask('clock', {})
    const fork = await client.ask('fork', { revision: revision - 1 })
    expect(fork.time).toBe('virtual')
    await client.ask('settle', {}, fork.name)
    expect(inspection.cluster(fork.name).cluster.snapshot.revision).toBe(revision)
    expect(await client.ask('diff', { with: fork.name })).toEqual([])
  })
})

describe('playing', () => {
  it('lets cluster time pass at the pace asked for, until paused', async () => {
    await using scene = await inspected({ seed: 5 })
    const { client } = scene.page
    const { clock, cluster } = scene
    const start = cluster.now.getTime()
    await client.ask('apply', { text: web(1) })
    expect(await client.ask('play', { speed: 10 })).toMatchObject({ playing: true, speed: 10 })
    await clock.pass(160)
    expect(cluster.now.getTime() - start).toBe(1600)
    expect(await client.ask('pause', {})).toMatchObject({ playing: false, speed: 0 })
    await clock.pass(160)
    expect(cluster.now.getTime() - start).toBe(1600)
    await client.ask('play', { speed: 0.3 })
    await clock.pass(160)
    await client.ask('pause', {})
    expect(cluster.now.getTime() - start).toBe(1648)
    const { nextDue } = await client.ask('clock', {})
    expect((await client.ask('step', {})).now).toBe(nextDue)
  })
})
