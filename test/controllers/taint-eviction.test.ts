/** NoExecute taints: who leaves, when, and who may stay after all (N1). */
import { describe, expect, it } from 'vitest'
import { getCondition } from '../../src/api/conditions.ts'
import type { KubeObject } from '../../src/api/object.ts'
import type { Taint, Toleration } from '../../src/api/scheduling.ts'
import { taintEvictionController as controller } from '../../src/controllers/taint-eviction.ts'
import { Bench } from '../support/bench.ts'
import { at, nodeNamed, podNamed } from '../support/core-objects.ts'
import { t0, viewOf } from '../support/view.ts'

const taint = (key: string, seconds = 0, effect = 'NoExecute'): Taint => ({ key, effect, timeAdded: at(seconds) })
const node = (...taints: Taint[]) => nodeNamed('n1', { spec: { taints } })
const pod = (tolerations: Toleration[] = [], started = 0): KubeObject =>
  podNamed('a', { spec: { nodeName: 'n1', tolerations }, status: { phase: 'Running', startTime: at(started) } })
const stands = (key: string, tolerationSeconds?: number): Toleration => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
})

type Verdict = 'stays' | 'leaves' | number
const verdict = (objects: KubeObject[], now = t0 + 10_000): Verdict => {
  const intents = controller.reconcile(viewOf(objects, now), 'default/a')
  if (intents.some((intent) => intent.type === 'delete')) return 'leaves'
  const [wake] = intents
  return wake?.type === 'wake' ? (wake.at - t0) / 1000 : 'stays'
}

describe('a pod on a tainted node', () => {
  const cases: [string, KubeObject[], Verdict][] = [
    ['no taint', [node(), pod()], 'stays'],
    ['a taint it does not stand', [node(taint('x')), pod()], 'leaves'],
    ['a taint of another effect', [node(taint('x', 0, 'NoSchedule')), pod()], 'stays'],
    ['a taint it stands for good', [node(taint('x')), pod([stands('x')])], 'stays'],
    ['a taint it stands for a minute', [node(taint('x', 5)), pod([stands('x', 60)])], 65],
    ['the first of two tolerations counts', [node(taint('x', 5)), pod([stands('x', 60), stands('x')])], 65],
    [
      'the shorter of two taints counts',
      [node(taint('x', 5), taint('y', 8)), pod([stands('x', 60), stands('y', 20)])],
      28,
    ],
    ['one of two taints not stood', [node(taint('x'), taint('y')), pod([stands('x')])], 'leaves'],
    ['a pod that came after the taint', [node(taint('x', 1)), pod([stands('x', 60)], 9)], 69],
    ['zero seconds', [node(taint('x', 5)), pod([stands('x', 0)])], 'leaves'],
    ['all taints stood', [node(taint('x'), taint('y')), pod([{ operator: 'Exists' }])], 'stays'],
    ['no node', [pod()], 'stays'],
  ]
  it.each(cases)('%s', (_title, objects, wanted) => {
    expect(verdict(objects)).toBe(wanted)
  })

  it('leaves exactly when its toleration has run out, not a millisecond before', () => {
    const objects = [node(taint('x', 5)), pod([stands('x', 300)])]
    expect(verdict(objects, t0 + 304_999)).toBe(305)
    expect(verdict(objects, t0 + 305_000)).toBe('leaves')
  })

  it('stays when the taint went before (mutant 43)', () => {
    const tainted = new Bench([node(taint('x', 0)), pod([stands('x', 300)])])
    expect(controller.reconcile(tainted.view, 'default/a')).toEqual([{ type: 'wake', at: t0 + 300_000 }])
    tainted.put(node())
    tainted.now = t0 + 300_000
    expect(controller.reconcile(tainted.view, 'default/a')).toEqual([])
  })

  it('that is going already is left alone', () => {
    const going = { ...pod(), metadata: { ...pod().metadata, deletionTimestamp: at(5) } }
    expect(verdict([node(taint('x')), going])).toBe('stays')
  })
})

describe('leaving', () => {
  it('is marked, told and guarded by uid', () => {
    const bench = new Bench([
      node(taint('x')),
      podNamed('a', { spec: { nodeName: 'n1' }, metadata: { finalizers: ['test/keep'] } }),
    ])
    const intents = controller.reconcile(bench.view, 'default/a')
    expect(intents.at(-1)).toMatchObject({ type: 'delete', uid: 'uid-a' })
    expect(bench.step(controller, 'default/a')).toEqual([])
    const marked = bench.view.get('pods', 'default', 'a') as KubeObject
    expect(marked.metadata.deletionTimestamp).toBeDefined()
    expect(getCondition(marked.status.conditions, 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'DeletionByTaintManager',
    })
    expect(bench.view.list('events').map((event) => [event.reason, event.message])).toEqual([
      ['TaintManagerEviction', 'Marking for deletion Pod default/a'],
    ])
  })

  it('a recreated pod of the same name is not deleted in its place', () => {
    const bench = new Bench([node(taint('x')), pod()])
    const intents = controller.reconcile(bench.view, 'default/a').filter((intent) => intent.type === 'delete')
    bench.put({ ...pod(), metadata: { ...pod().metadata, uid: 'uid-second' } })
    const outcomes = intents.map((intent) => bench.commit(intent))
    expect(outcomes.map((outcome) => (outcome.ok ? 200 : outcome.error.code))).toEqual([409])
    expect(bench.view.get('pods', 'default', 'a')?.metadata.deletionTimestamp).toBeUndefined()
  })
})

describe('who is woken', () => {
  const change = (object: KubeObject, previous?: KubeObject) =>
    ({
      type: previous ? 'MODIFIED' : 'ADDED',
      resource: 'nodes',
      key: '',
      object,
      previous,
      revision: 1,
      time: 0,
      cause: { why: 'request', by: 'x' },
    }) as const

  it('the pods of a node whose NoExecute taints changed, and of no other', () => {
    const bench = new Bench([node(), pod(), podNamed('b', { spec: { nodeName: 'n2' } })])
    expect(bench.keysFor(controller, change(node(taint('x')), node()))).toEqual(['default/a'])
    expect(bench.keysFor(controller, change(node(taint('x', 0, 'NoSchedule')), node()))).toEqual([])
  })

  it('a pod when it is placed or its tolerations change', () => {
    const pending = podNamed('a')
    expect(controller.matters?.({ ...change(pod(), pending), resource: 'pods' })).toBe(true)
    expect(controller.matters?.({ ...change(pod([stands('x')]), pod()), resource: 'pods' })).toBe(true)
    expect(controller.matters?.({ ...change({ ...pod(), status: {} }, pod()), resource: 'pods' })).toBe(false)
  })
})
