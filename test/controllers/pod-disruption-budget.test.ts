/** How many pods a budget lets go. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { podDisruptionBudgetController as controller } from '../../src/controllers/pod-disruption-budget.ts'
import { Bench } from '../support/bench.ts'
import { at, podNamed, ready } from '../support/core-objects.ts'
import { t0 } from '../support/view.ts'

type Fields = Readonly<Record<string, unknown>>

function budget(spec: Fields, status: Fields = {}): KubeObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'default', uid: 'uid-pdb', generation: 3 },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
    status,
  }
}

const deployment = (replicas: number): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', uid: 'uid-deployment' },
  spec: { replicas, template: { metadata: { labels: { app: 'web' } } } },
})
const replicaSet = (replicas: number): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: 'web-1',
    namespace: 'default',
    uid: 'uid-rs',
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-deployment', controller: true },
    ],
  },
  spec: { replicas },
})
const owned = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'uid-rs', controller: true }]
const pods = (well: number, ill = 0, ownerReferences: unknown = owned): KubeObject[] =>
  Array.from({ length: well + ill }, (_, index) =>
    podNamed(`web-${index}`, {
      metadata: { labels: { app: 'web' }, ownerReferences },
      status: ready(index < well ? 'True' : 'False'),
    }),
  )
const statusIn = (bench: Bench) => bench.view.get('poddisruptionbudgets.policy', 'default', 'web')?.status
const settled = (...objects: KubeObject[]): Bench => {
  const bench = new Bench(objects)
  bench.settle([controller])
  return bench
}

describe('the numbers', () => {
  const cases: [string, Fields, number, number, number, [number, number, number, number]][] = [
    // title, spec, replicas, healthy, unhealthy → expected, desired, current, allowed
    ['minAvailable as a number', { minAvailable: 2 }, 3, 3, 0, [3, 2, 3, 1]],
    ['minAvailable as a share, rounded up', { minAvailable: '50%' }, 3, 3, 0, [3, 2, 3, 1]],
    ['maxUnavailable as a number', { maxUnavailable: 1 }, 3, 3, 0, [3, 2, 3, 1]],
    ['maxUnavailable as a share, rounded up', { maxUnavailable: '34%' }, 3, 3, 0, [3, 1, 3, 2]],
    ['none to spare', { minAvailable: 3 }, 3, 3, 0, [3, 3, 3, 0]],
    ['more wanted than there are', { minAvailable: 5 }, 3, 3, 0, [3, 5, 3, 0]],
    ['unhealthy pods do not count', { minAvailable: 2 }, 4, 2, 2, [4, 2, 2, 0]],
    ['the scale counts, not the pods there are', { maxUnavailable: 1 }, 5, 3, 0, [5, 4, 3, 0]],
    ['more than everything may go', { maxUnavailable: 10 }, 3, 3, 0, [3, 0, 3, 3]],
  ]
  it.each(cases)(
    '%s',
    (_title, spec, replicas, well, ill, [expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed]) => {
      const bench = settled(budget(spec), deployment(replicas), replicaSet(1), ...pods(well, ill))
      expect(statusIn(bench)).toMatchObject({
        expectedPods,
        desiredHealthy,
        currentHealthy,
        disruptionsAllowed,
        observedGeneration: 3,
      })
      const reason = disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods'
      expect(statusIn(bench).conditions).toMatchObject([{ type: 'DisruptionAllowed', reason, observedGeneration: 3 }])
    },
  )

  it('nothing is allowed without pods', () => {
    expect(statusIn(settled(budget({ maxUnavailable: 1 })))).toMatchObject({ expectedPods: 0, disruptionsAllowed: 0 })
  })

  it('an empty selector means every pod of the namespace', () => {
    expect(statusIn(settled(budget({ minAvailable: 1, selector: {} }), ...pods(2)))).toMatchObject({
      expectedPods: 2,
      disruptionsAllowed: 1,
    })
  })

  it('pods that are going are not healthy', () => {
    const [first, ...rest] = pods(3) as [KubeObject]
    const going = { ...first, metadata: { ...first.metadata, deletionTimestamp: at(5) } }
    expect(statusIn(settled(budget({ minAvailable: 1 }), going, ...rest))).toMatchObject({
      currentHealthy: 2,
      disruptionsAllowed: 1,
    })
  })
})

describe('what cannot be computed', () => {
  it('allows nothing and says so when a controller is missing', () => {
    const bench = settled(budget({ maxUnavailable: 1 }), ...pods(3))
    expect(statusIn(bench)).toMatchObject({
      disruptionsAllowed: 0,
      conditions: [{ reason: 'SyncFailed', status: 'False' }],
    })
    expect(bench.view.list('events').map((event) => event.reason)).toEqual(['CalculateExpectedPodCountFailed'])
  })

  it('names pods without a controller', () => {
    const bench = settled(budget({ maxUnavailable: 1 }), ...pods(2, 0, []))
    expect(bench.view.list('events').map((event) => event.reason)).toEqual(['UnmanagedPods'])
    expect(statusIn(bench).disruptionsAllowed).toBe(0)
  })
})

describe('evictions under way', () => {
  const granted = { disruptedPods: { 'web-0': at(0) }, disruptionsAllowed: 0 }

  it('count as gone until the pod is, or two minutes have passed', () => {
    const bench = settled(budget({ minAvailable: 1 }, granted), ...pods(3))
    expect(statusIn(bench)).toMatchObject({
      currentHealthy: 2,
      disruptionsAllowed: 1,
      disruptedPods: { 'web-0': at(0) },
    })
    expect(controller.reconcile(bench.view, 'default/web')).toEqual([{ type: 'wake', at: t0 + 120_000 }])
    bench.now = t0 + 120_000
    bench.settle([controller])
    expect(statusIn(bench)).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 2 })
    expect(statusIn(bench)).not.toHaveProperty('disruptedPods')
    expect(bench.view.list('events').map((event) => event.reason)).toEqual(['NotDeleted'])
  })

  it('are forgotten when the pod is gone', () => {
    const bench = settled(budget({ minAvailable: 1 }, { disruptedPods: { 'web-9': at(0) } }), ...pods(3))
    expect(statusIn(bench)).not.toHaveProperty('disruptedPods')
  })

  it('an eviction in between is never written over (mutant 31)', () => {
    const bench = settled(budget({ minAvailable: 2 }), ...pods(3))
    bench.put(podNamed('web-3', { metadata: { labels: { app: 'web' } }, status: ready('True') }))
    const planned = controller.reconcile(bench.view, 'default/web')
    const stored = bench.view.get('poddisruptionbudgets.policy', 'default', 'web') as KubeObject
    bench.put({ ...stored, status: { ...stored.status, disruptionsAllowed: 0, disruptedPods: { 'web-0': at(0) } } })
    const outcomes = planned.flatMap((intent) => (intent.type === 'update' ? [bench.commit(intent)] : []))
    expect(outcomes.map((outcome) => (outcome.ok ? 200 : outcome.error.code))).toEqual([409])
    bench.settle([controller])
    expect(statusIn(bench)).toMatchObject({
      currentHealthy: 3,
      disruptionsAllowed: 1,
      disruptedPods: { 'web-0': at(0) },
    })
  })
})

describe('who is woken', () => {
  it('budgets that select the pod now or before, and those of a scaled controller', () => {
    const bench = new Bench([budget({ minAvailable: 1 })])
    const change = (object: KubeObject, previous?: KubeObject) =>
      ({
        type: 'MODIFIED',
        resource: object.kind === 'Pod' ? 'pods' : 'deployments.apps',
        key: '',
        object,
        previous,
        revision: 1,
        time: 0,
        cause: { why: 'request', by: 'x' },
      }) as const
    const [pod] = pods(1) as [KubeObject]
    const other = { ...pod, metadata: { ...pod.metadata, labels: { app: 'other' } } }
    expect(bench.keysFor(controller, change(other, pod))).toEqual(['default/web'])
    expect(bench.keysFor(controller, change(other, other))).toEqual([])
    expect(bench.keysFor(controller, change(deployment(3), deployment(2)))).toEqual(['default/web'])
    expect(bench.keysFor(controller, change(deployment(3), deployment(3)))).toEqual([])
  })
})
