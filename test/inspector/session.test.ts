/** A page and a session over a channel in memory: what the page is told, asks and has done. */
import { describe, expect, it } from 'vitest'
import { createCluster } from '../../src/index.ts'
import { Inspection } from '../../src/inspector/inspection.ts'
import { channelPair } from '../../src/inspector/memory-channel.ts'
import type { PageMessage, SessionMessage } from '../../src/inspector/protocol.ts'
import { entryLimit } from '../../src/inspector/tape.ts'
import type { CommitRecord } from '../../src/inspector/words.ts'
import { inspected, pageOf, settled, web } from '../support/inspecting.ts'

const isCommit = (record: { type: string }): record is CommitRecord => record.type === 'commit'

describe('the feed', () => {
  it('tells every commit in order, without gaps, with cause and what the writer saw', async () => {
    await using scene = await inspected({ seed: 7 })
    const { page, cluster, clock } = scene
    page.client.follow('main')
    await page.client.ask('apply', { text: web() })
    await page.client.ask('settle', {})
    await clock.pass(100)
    const seqs = page.records.map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.map((_, i) => i + 1))
    const commits = page.records.filter(isCommit)
    expect(commits.map(({ revision }) => revision)).toEqual(commits.map((_, i) => i + 2))
    expect(commits.at(-1)?.revision).toBe(cluster.snapshot.revision)
    const created = commits.find(({ object, change }) => object.kind === 'Pod' && change === 'ADDED')
    expect(created?.cause).toMatchObject({ why: 'reconcile', by: 'controller/replicaset' })
    expect(created?.saw).toBeLessThan(created?.revision as number)
    const running = commits.filter(({ object }) => object.kind === 'Pod').at(-1)
    expect(running).toMatchObject({ change: 'MODIFIED', object: { status: 'Running', health: 'good' } })
    expect(running?.diff).toContainEqual({ path: 'status.phase', from: 'Pending', to: 'Running' })
  })

  it('tells how actors move, and not that agents take turns', async () => {
    await using scene = await inspected({ seed: 7 })
    const { page, clock } = scene
    page.client.follow('main')
    await page.client.ask('apply', { text: web(1) })
    await page.client.ask('settle', {})
    await clock.pass(100)
    const actors = page.records.filter((record) => record.type === 'actor')
    const pod = actors.filter(({ id }) => /^pods\/default\/[^/]+$/.test(id))
    expect(pod.map(({ states }) => states.at(-1))).toEqual([
      'pending',
      'preparing',
      'initializing',
      'starting',
      'running.notReady',
      'running.ready',
    ])
    expect(pod[4]).toMatchObject({ machine: 'pod', owner: 'kubelet', event: 'containers.started', news: 'moved' })
    expect(actors.filter(({ event }) => event.startsWith('turn.'))).toEqual([])
  })

  it('comes in batches, at most one in a tick', async () => {
    await using scene = await inspected({ seed: 7 })
    const { page, clock, cluster } = scene
    page.client.follow('main')
    await settled()
    await clock.pass(16)
    const before = page.heads.length
    await cluster.apply(web())
    await cluster.settle()
    await settled()
    expect(page.heads.length).toBe(before)
    await clock.pass(16)
    expect(page.heads.length).toBe(before + 1)
  })

  it('tells of faults, commands and troubles', async () => {
    await using scene = await inspected({ seed: 7 })
    const { page, clock, cluster } = scene
    page.client.follow('main')
    cluster.fault({ kill: 'node-1' })
    cluster.plane.trouble$.next({ by: 'controller/x', key: 'default/a', error: 'no' })
    await page.client.ask('cordon', { node: 'node-2' })
    await settled()
    await clock.pass(32)
    expect(page.records.filter(({ type }) => type === 'fault')).toMatchObject([{ text: 'kill node-1' }])
    expect(page.records.filter(({ type }) => type === 'trouble')).toMatchObject([{ error: 'no' }])
    expect(page.records.filter(({ type }) => type === 'command')).toMatchObject([{ text: 'cordon node-2' }])
  })
})

describe('a page that never reads', () => {
  it('costs no memory, and the cluster goes on; when it wakes it is told to begin anew', async () => {
    const cluster = await createCluster({ nodes: 1, seed: 1, history: 100 })
    const { clock } = await inspected()
    const inspection = new Inspection(cluster, { clock })
    const [mute, session] = channelPair<PageMessage, SessionMessage>()
    const received: SessionMessage[] = []
    mute.onMessage((message) => received.push(message))
    inspection.connect(session)
    mute.send({ type: 'hello', version: 1 })
    mute.send({ type: 'follow', cluster: 'main', from: 0 })
    await settled()
    const { tape } = inspection.cluster()
    const write = (i: number): void =>
      tape.push({ type: 'command', seq: tape.next, revision: 20, time: cluster.now.getTime(), text: `write ${i}` })
    for (let i = 0; i < 2 * entryLimit + 1000; i++) write(i)
    inspection.changed()
    await clock.pass(400)
    const records = received.flatMap((message) => (message.type === 'batch' ? message.records : []))
    expect(records.length).toBeLessThanOrEqual(5000)
    expect(tape.next - tape.oldest).toBeLessThanOrEqual(entryLimit)
    expect(received.filter(({ type }) => type === 'resync')).toHaveLength(1)
    expect(received.find(({ type }) => type === 'resync')).toMatchObject({ cluster: 'main', from: tape.next })
    inspection.close()
    await cluster.close()
  })

  it('is sent no more than the window ahead of what it acknowledged', async () => {
    await using scene = await inspected({ seed: 7 })
    const { inspection, clock } = scene
    const [mute, session] = channelPair<PageMessage, SessionMessage>()
    const seqs: number[] = []
    mute.onMessage((message) => {
      if (message.type === 'batch') seqs.push(...message.records.map(({ seq }) => seq))
    })
    inspection.connect(session)
    mute.send({ type: 'hello', version: 1 })
    mute.send({ type: 'follow', cluster: 'main', from: 0 })
    const { tape } = inspection.cluster()
    for (let i = 0; i < 8000; i++)
      tape.push({ type: 'command', seq: tape.next, revision: 20, time: 0, text: `write ${i}` })
    await settled()
    await clock.pass(400)
    expect(seqs.at(-1)).toBe(5000)
    mute.send({ type: 'ack', cluster: 'main', seq: 4000 })
    await settled()
    await clock.pass(400)
    expect(seqs).toEqual(Array.from({ length: Math.min(9000, tape.next - 1) }, (_, i) => i + 1))
  })
})

describe('a session', () => {
  it('serves several pages alike', async () => {
    await using scene = await inspected({ seed: 7 })
    const other = pageOf(scene.inspection)
    scene.page.client.follow('main')
    other.client.follow('main')
    await other.client.ask('apply', { text: web(1) })
    await scene.clock.pass(64)
    expect(other.records.length).toBeGreaterThan(20)
    expect(other.records).toEqual(scene.page.records)
  })

  it('says why it does not answer', async () => {
    await using scene = await inspected()
    const { client } = scene.page
    await expect(client.ask('scale', { kind: 'Deployment', name: 'none', replicas: 1 })).rejects.toMatchObject({
      code: 'KYB-INSPECT-ASK',
    })
    await expect(client.ask('moment', { revision: 9999 })).rejects.toMatchObject({ code: 'KYB-INSPECT-PAST' })
    await expect(client.ask('clock', {}, 'fork-9')).rejects.toMatchObject({ code: 'KYB-INSPECT-CLUSTER' })
    await expect(client.ask('nonsense' as 'clock', {})).rejects.toMatchObject({ code: 'KYB-INSPECT-ASK' })
    await expect(client.ask('toString' as 'clock', {})).rejects.toMatchObject({ code: 'KYB-INSPECT-ASK' })
    await expect(client.ask('moment', null as never)).rejects.toMatchObject({ code: 'KYB-INSPECT-ASK' })
    await expect(client.ask('fault', { fault: { kill: 'node-77' } })).rejects.toMatchObject({ code: 'KYB-FAULT' })
  })

  it('sends pages of another version, and messages of no kind, away', async () => {
    await using scene = await inspected()
    for (const message of [{ type: 'hello', version: 99 }, { type: 'nonsense' }, null]) {
      const [mute, session] = channelPair<PageMessage, SessionMessage>()
      const received: SessionMessage[] = []
      let closed = false
      mute.onMessage((one) => received.push(one))
      mute.onClose(() => {
        closed = true
      })
      scene.inspection.connect(session)
      mute.send(message as PageMessage)
      await settled()
      expect(received).toMatchObject([{ type: 'farewell' }])
      expect(closed).toBe(true)
    }
  })
})
