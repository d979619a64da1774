/** Why: causes back to the user or the fault, blame for each field, the scheduler's table, what controllers believed. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { handle } from '../../src/index.ts'
import { inspected, web } from '../support/inspecting.ts'

const uidOf = (object: KubeObject | undefined): string => object?.metadata.uid as string

describe('a chain of causes', () => {
  it('leads from a running pod back to what was applied', async () => {
    await using scene = await inspected({ seed: 7 })
    const { client } = scene.page
    await client.ask('apply', { text: web(1) })
    await client.ask('settle', {})
    const pod = scene.cluster.list('Pod')[0]
    const history = await client.ask('history', { uid: uidOf(pod) })
    expect(history.map(({ status }) => status)).toEqual(['Pending', 'Pending', 'ContainerCreating', 'Running'])
    const chain = await client.ask('why', { revision: (history.at(-1) as { revision: number }).revision })
    expect(chain.map(({ cause, kind, change }) => `${cause.by} ${change} ${kind}`)).toEqual([
      'kubelet MODIFIED Pod',
      'kubelet MODIFIED Pod',
      'scheduler MODIFIED Pod',
      'controller/replicaset ADDED Pod',
      'controller/deployment ADDED ReplicaSet',
      'embedder ADDED Deployment',
    ])
    expect(chain.at(-1)).toMatchObject({
      end: 'request',
      text: 'you created Deployment default/web: apply Deployment/web',
    })
    expect(chain.slice(0, -1).every(({ end }) => end === undefined)).toBe(true)
    expect(chain[0]?.diff).toContainEqual({ path: 'status.phase', from: 'Pending', to: 'Running' })
  })

  it('names who asked over HTTP, and the program that embeds', async () => {
    await using scene = await inspected({ seed: 7 })
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } })
    const headers = { 'content-type': 'application/json' }
    await handle(
      scene.cluster,
      new Request('https://x/api/v1/namespaces/default/configmaps', { method: 'POST', headers, body }),
    )
    const [asked] = await scene.page.client.ask('why', { revision: scene.cluster.snapshot.revision })
    expect(asked).toMatchObject({ end: 'request', text: 'kubernetes-admin created ConfigMap default/a' })
    await scene.cluster.delete('ConfigMap', 'a')
    const [own] = await scene.page.client.ask('why', { revision: scene.cluster.snapshot.revision })
    expect(own?.text).toBe('the program removed ConfigMap default/a')
  })

  it('leads from an evicted pod through timers to the fault', async () => {
    await using scene = await inspected({ seed: 7 })
    const { client } = scene.page
    await client.ask('apply', { text: web(3) })
    await client.ask('settle', {})
    await client.ask('fault', { fault: { kill: 'node-1' } })
    await client.ask('advance', { by: '10m' })
    const { objects } = await client.ask('moment', {})
    const lost = objects.find(({ pod, deleting }) => pod?.node === 'node-1' && deleting !== undefined)
    const [last] = (await client.ask('history', { uid: lost?.uid as string })).slice(-1)
    const chain = await client.ask('why', { revision: last?.revision as number })
    expect(chain[0]?.cause.by).toBe('controller/taint-eviction')
    expect(chain.at(-1)).toMatchObject({ end: 'fault', fault: 'kill node-1' })
    const blamed = await client.ask('blame', { uid: lost?.uid as string })
    expect(blamed.find(({ path }) => path === 'metadata.deletionTimestamp')).toMatchObject({
      by: 'controller/taint-eviction',
      root: 'fault: kill node-1',
    })
    expect(blamed.find(({ path }) => path === 'spec.nodeName')).toMatchObject({
      by: 'scheduler',
      root: 'you created Deployment default/web: apply Deployment/web',
    })
  })

  it('ends with the restart of a controller that looked at everything anew', async () => {
    await using scene = await inspected({ seed: 7 })
    const { client } = scene.page
    await client.ask('fault', { fault: { crash: 'deployment' } })
    await client.ask('apply', { text: web(1) })
    await client.ask('advance', { by: '1m' })
    expect(scene.cluster.list('ReplicaSet')).toEqual([])
    await client.ask('fault', { fault: { restart: 'deployment' } })
    const set = scene.cluster.list('ReplicaSet')[0]
    const [first] = await client.ask('history', { uid: uidOf(set) })
    const chain = await client.ask('why', { revision: first?.revision as number })
    expect(chain).toMatchObject([{ end: 'fault', fault: 'restart deployment' }])
  })
})

describe('blame', () => {
  it('finds for each field the write that last set it', async () => {
    await using scene = await inspected({ seed: 7 })
    const { client } = scene.page
    await client.ask('apply', { text: web(1) })
    await client.ask('settle', {})
    const name = { kind: 'Deployment', name: 'web' }
    const before = scene.cluster.snapshot.revision
    await client.ask('scale', { ...name, replicas: 2 })
    await client.ask('setImage', { ...name, image: 'nginx:1.16.1' })
    await client.ask('settle', {})
    const blamed = await client.ask('blame', name)
    const of = (path: string) => blamed.find((one) => one.path === path)
    expect(of('spec.replicas')).toMatchObject({
      value: 2,
      by: 'you',
      root: expect.stringContaining('scale deployment.apps/web to 2'),
    })
    expect(of('spec.template.spec.containers[web].image')).toMatchObject({ value: 'nginx:1.16.1', by: 'you' })
    expect(of('metadata.labels.app')).toMatchObject({
      by: 'you',
      root: expect.stringContaining('apply Deployment/web'),
    })
    expect(of('status.updatedReplicas')).toMatchObject({ by: 'controller/deployment', exact: true })
    expect(of('status.updatedReplicas')?.revision).toBeGreaterThan(of('spec.replicas')?.revision as number)
    expect(blamed.some(({ path }) => path.startsWith('metadata.managedFields'))).toBe(false)
    const then = await client.ask('blame', { ...name, revision: before })
    expect(then.find(({ path }) => path === 'spec.replicas')).toMatchObject({ value: 1 })
  })

  it('says when the records do not reach back', async () => {
    await using scene = await inspected()
    const blamed = await scene.page.client.ask('blame', { kind: 'ClusterRole', name: 'view' })
    expect(blamed.find(({ path }) => path === 'metadata.name')).toMatchObject({ exact: false })
  })
})

describe('scheduling', () => {
  it('is a table of nodes and plugins with every reason', async () => {
    await using scene = await inspected({
      seed: 7,
      nodes: [
        { name: 'small', cpu: '1', memory: '1Gi' },
        {
          name: 'tainted',
          taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }],
          cpu: '1',
          memory: '1Gi',
        },
        { name: 'closed' },
      ],
    })
    const { client } = scene.page
    await client.ask('cordon', { node: 'closed' })
    const text = web(1).replace(
      'image: nginx:1.14.2',
      'image: nginx\n          resources: { requests: { cpu: 2, memory: 2Gi } }',
    )
    await client.ask('apply', { text })
    const pod = scene.cluster.list('Pod')[0]
    const table = await client.ask('scheduling', { uid: uidOf(pod) })
    expect(table).toMatchObject({
      node: '',
      everywhere: [],
      message: expect.stringContaining('0/3 nodes are available'),
    })
    expect(table.plugins).toContain('NodeResourcesFit')
    const of = (node: string) => table.nodes.find((one) => one.node === node)
    expect(of('small')).toEqual({
      node: 'small',
      feasible: false,
      refusals: [
        { plugin: 'NodeResourcesFit', reason: 'Insufficient cpu' },
        { plugin: 'NodeResourcesFit', reason: 'Insufficient memory' },
      ],
    })
    expect(of('tainted')?.refusals.map(({ plugin }) => plugin)).toEqual([
      'TaintToleration',
      'NodeResourcesFit',
      'NodeResourcesFit',
    ])
    expect(of('closed')?.refusals).toEqual([
      { plugin: 'NodeUnschedulable', reason: 'node(s) were unschedulable' },
      { plugin: 'TaintToleration', reason: 'node(s) had untolerated taint(s)' },
    ])
    const then = scene.cluster.snapshot.revision
    await client.ask('uncordon', { node: 'closed' })
    await client.ask('settle', {})
    const now = await client.ask('scheduling', { uid: uidOf(pod) })
    expect(now).toMatchObject({ node: 'closed', message: '' })
    expect(now.nodes.find(({ node }) => node === 'closed')).toMatchObject({
      feasible: true,
      points: expect.any(Number),
    })
    expect(await client.ask('scheduling', { uid: uidOf(pod), revision: then })).toEqual(table)
  })
})

describe('beliefs', () => {
  it('tell how far behind a crashed controller is', async () => {
    await using scene = await inspected({ seed: 7 })
    const { client } = scene.page
    await client.ask('fault', { fault: { crash: 'replicaset' } })
    await client.ask('apply', { text: web(2) })
    const beliefs = await client.ask('beliefs', {})
    const of = (agent: string) => beliefs.find((one) => one.agent === agent)
    expect(of('controller/replicaset')).toMatchObject({ state: 'crashed', waiting: 1 })
    expect(of('controller/replicaset')?.behind).toBeGreaterThan(0)
    expect(of('controller/deployment')).toMatchObject({ state: 'idle', waiting: 0, failing: [] })
    expect(of('controller/deployment')?.saw).toBeGreaterThan(of('controller/replicaset')?.saw as number)
  })
})
