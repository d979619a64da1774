/** What reconciles owe, over plain values. */
import { expect, test } from 'vitest'
import { controller } from '../../src/controllers/controller.ts'
import { replicaSetController } from '../../src/controllers/replicaset.ts'
import { createCluster } from '../../src/index.ts'
import { ReplicaSet } from '../../src/kinds/index.ts'
import type { Change } from '../../src/store/transition.ts'
import {
  churn,
  coalesced,
  crashPoints,
  hotKeys,
  keysBy,
  prefixes,
  staleReads,
  unguardedDeletes,
  writesOf,
  writesWhenConverged,
} from '../../src/testing/invariants/meta.ts'
import { differing, folded, wasOnce, whyNotTheLog } from '../../src/testing/invariants/watches.ts'

const set = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
})

async function clusterWith(replicas: number) {
  const cluster = await createCluster({ nodes: 1, seed: 1 })
  const changes: Change[] = []
  cluster.transition$.subscribe(({ change }) => changes.push(change))
  await cluster.apply(set(replicas) as never)
  await cluster.settle()
  return { cluster, changes }
}

test('a converged controller writes nothing; one that always does is told', async () => {
  const { cluster } = await clusterWith(2)
  expect(writesWhenConverged(replicaSetController, cluster.view)).toEqual([])
  const restless = controller({
    name: 'restless',
    of: ReplicaSet,
    reconcile: (_view, key) => [{ type: 'delete', ref: { resource: 'pods', namespace: 'default', name: key } }],
  })
  const [write] = writesWhenConverged(restless, cluster.view)
  expect(write?.type).toBe('delete')
  expect(unguardedDeletes(restless.reconcile(cluster.view, 'x'))).toHaveLength(1)
  await cluster.close()
})

test('a crash after any prefix leads to the same number of pods', async () => {
  const { cluster } = await clusterWith(0)
  cluster.fault({ crash: 'replicaset' })
  await cluster.patch('ReplicaSet', 'web', { spec: { replicas: 3 } })
  const intents = replicaSetController.reconcile(cluster.view, 'default/web')
  expect(unguardedDeletes(intents)).toEqual([])
  expect(prefixes(intents).map((one) => one.length)).toEqual([0, 1, 2, 3, 4])
  const { snapshot, registry, prng, admission, now } = cluster.plane.world.store
  const points = crashPoints(
    { snapshot, registry, prng, admission, now, view: cluster.view, latest: cluster.plane.world.store.latest } as never,
    intents,
  )
  const pods = points.map(({ collections }) => collections.pods?.size ?? 0)
  expect(pods).toEqual([0, 0, 1, 2, 3])
  expect(writesOf(intents)).toHaveLength(4)
  await cluster.close()
})

test('coalescing leaves no key out', async () => {
  const { cluster, changes } = await clusterWith(2)
  const few = coalesced(changes)
  expect(few.length).toBeLessThan(changes.length)
  expect(keysBy(replicaSetController, cluster.view, few)).toEqual(keysBy(replicaSetController, cluster.view, changes))
  expect(keysBy(replicaSetController, cluster.view, few).has('default/web')).toBe(true)
  await cluster.close()
})

test('hot keys, stale reads and churn are found in logs', () => {
  const log = [0, 10, 20, 1500].map((at) => ({ key: 'a', at, sees: at === 20 ? 3 : 9, wrote: 5 }))
  expect([...hotKeys(log, 2)]).toEqual([['a', 3]])
  expect(hotKeys(log, 3).size).toBe(0)
  expect(staleReads(log).map(({ at }) => at)).toEqual([20])
  const change = (time: number, why: string) => ({ time, cause: { why, by: 'x' } }) as Change
  expect([...churn([change(1, 'reconcile'), change(5, 'reconcile'), change(6, 'request')], 2)]).toEqual([['x', 1]])
})

test('a watch is the log, and a list with it leads to the next list', async () => {
  const { cluster, changes } = await clusterWith(2)
  const log = changes.filter(({ resource }) => resource === 'pods')
  const events = log.map(({ type, object }) => ({ type, object }))
  expect(whyNotTheLog(events, log, 0)).toBeUndefined()
  expect(whyNotTheLog(events.slice(1), log, 0)).toMatch(/was not told/)
  expect(whyNotTheLog([...events, ...events.slice(-1)], log, 0)).toMatch(/comes after/)
  expect(whyNotTheLog(events, log.slice(0, -1), 0)).toMatch(/never happened/)
  const pods = cluster.view.list('pods')
  expect(differing(folded([], events), pods)).toEqual([])
  expect(differing(folded([], events.slice(0, -1)), pods)).toHaveLength(1)
  expect(wasOnce(pods, [[], pods])).toBe(true)
  expect(wasOnce(pods, [[]])).toBe(false)
  await cluster.close()
})
