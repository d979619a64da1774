/** settle() ends for whatever cannot get further, and says who is busy for what never rests. */
import { describe, expect, it } from 'vitest'
import type { Intent } from '../../src/controllers/controller.ts'
import { type Cluster, controller, createCluster, defineKind } from '../../src/index.ts'
import type { View } from '../../src/store/view.ts'

const Beat = defineKind({ group: 'example.com', version: 'v1', kind: 'Beat', plural: 'beats', namespaced: true })
const beat = { apiVersion: 'example.com/v1', kind: 'Beat', metadata: { name: 'one' } }
const pod = (name: string, spec: object = {}, image = 'nginx') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image }], ...spec },
})

async function beating(reconcile: (view: View, key: string) => Intent[]): Promise<Cluster> {
  const cluster = await createCluster({
    nodes: 1,
    kinds: [Beat],
    controllers: [controller({ name: 'beater', of: Beat, reconcile })],
  })
  await cluster.apply(beat)
  return cluster
}

describe('ends within two minutes of cluster time', () => {
  const cases: Record<string, (cluster: Cluster) => unknown> = {
    'an image that cannot be pulled': (c) => c.apply(pod('a', {}, 'does-not-exist')),
    'a pod that fits nowhere': (c) => c.apply(pod('a', { nodeSelector: { no: 'where' } })),
    'a claim of an unknown class': (c) =>
      c.apply({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'a' },
        spec: { storageClassName: 'none', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      }),
    'a silent node': (c) => c.fault({ silence: 'node-1' }),
    'a crashed scheduler': (c) => {
      c.fault({ crash: 'scheduler' })
      return c.apply(pod('a'))
    },
  }
  it.each(Object.entries(cases))('%s', async (_, act) => {
    await using cluster = await createCluster({ nodes: 2 })
    const before = cluster.now.getTime()
    await act(cluster)
    await cluster.settle()
    expect(cluster.now.getTime() - before).toBeLessThan(120_000)
  })
})

it('names a controller that asks again without end', async () => {
  await using cluster = await beating((view) => [{ type: 'wake', at: view.now + 1 }])
  await expect(cluster.settle()).rejects.toThrow(
    /KYB-UNSETTLED.*100000 instants.*controller\/beater \(wake default\/one/,
  )
})

it('stops at an upper number of writes', async () => {
  const ref = { resource: Beat.resource, namespace: 'default', name: 'one' }
  await using cluster = await beating((view) => [
    { type: 'wake', at: view.now + 1000 },
    { type: 'patch', ref, patchType: 'merge', patch: { spec: { at: view.revision } } },
  ])
  await expect(cluster.settle()).rejects.toThrow(/KYB-UNSETTLED.*writes.*controller\/beater/)
}, 60_000)

it('takes a duration for its patience and refuses what is none', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(pod('a'))
  await expect(cluster.settle({ within: '10ms' })).rejects.toMatchObject({ code: 'KYB-UNSETTLED' })
  await expect(cluster.settle({ within: 'soon' })).rejects.toMatchObject({ code: 'KYB-DURATION' })
  await expect(cluster.until(() => false, { within: -1 })).rejects.toMatchObject({ code: 'KYB-DURATION' })
  for (const wrong of [-1, 'x', '', Number.NaN, Number.POSITIVE_INFINITY, undefined])
    await expect(cluster.advance(wrong as never), String(wrong)).rejects.toMatchObject({ code: 'KYB-DURATION' })
  await cluster.settle({ within: '5m' })
  expect(cluster.get('Pod', 'a')?.status.phase).toBe('Running')
})

it.each([Number.NaN, Number.POSITIVE_INFINITY])('a wake at %s is a trouble of its controller', async (at) => {
  const troubles = new Set<string>()
  await using cluster = await createCluster({ nodes: 1, kinds: [Beat] })
  cluster.trouble$.subscribe(({ by, error }) => troubles.add(`${by} ${error}`))
  cluster.use(controller({ name: 'beater', of: Beat, reconcile: () => [{ type: 'wake', at }] }))
  await cluster.apply(beat)
  await cluster.settle()
  expect([...troubles]).toEqual([`controller/beater KYB-TIMER: "wake" cannot be due at ${at}`])
})
