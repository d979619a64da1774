/** Pods nobody runs any more. */
import { describe, expect, it } from 'vitest'
import { getCondition } from '../../src/api/conditions.ts'
import {
  podGarbageCollectorController as controller,
  finishedPodsKept,
} from '../../src/controllers/pod-garbage-collector.ts'
import { Bench } from '../support/bench.ts'
import { at, nodeNamed, podNamed, ready } from '../support/core-objects.ts'
import { t0, viewOf } from '../support/view.ts'

const orphan = () => podNamed('a', { spec: { nodeName: 'gone' } })
const going = { deletionTimestamp: at(5), deletionGracePeriodSeconds: 30 }
const target = (bench: Bench) =>
  getCondition(bench.view.get('pods', 'default', 'a')?.status.conditions, 'DisruptionTarget')

describe('a pod of a node that no longer exists', () => {
  it('is given up 40 seconds after that was found, in the foreground', () => {
    const bench = new Bench([orphan()])
    bench.step(controller, 'default/a')
    expect(target(bench)).toMatchObject({ status: 'True', reason: 'DeletionByPodGC', lastTransitionTime: at(0) })
    expect(controller.reconcile(bench.view, 'default/a')).toEqual([{ type: 'wake', at: t0 + 40_000 }])
    bench.now = t0 + 39_999
    bench.settle([controller])
    expect(bench.view.list('pods')).toHaveLength(1)
    bench.now = t0 + 40_000
    bench.settle([controller])
    expect(bench.view.list('pods')).toEqual([])
  })

  it('has its time too when somebody had marked it before', () => {
    const evicted = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      lastTransitionTime: at(-600),
    }
    const bench = new Bench([podNamed('a', { spec: { nodeName: 'gone' }, status: { conditions: [evicted] } })])
    bench.step(controller, 'default/a')
    expect(target(bench)).toMatchObject({ reason: 'DeletionByPodGC', lastTransitionTime: at(-600) })
    expect(controller.reconcile(bench.view, 'default/a')).toEqual([{ type: 'wake', at: t0 + 40_000 }])
    bench.now = t0 + 40_000
    bench.settle([controller])
    expect(bench.view.list('pods')).toEqual([])
  })

  it('is spared when the node comes back in time', () => {
    const bench = new Bench([orphan()])
    bench.step(controller, 'default/a')
    bench.put(nodeNamed('gone'))
    bench.now = t0 + 60_000
    bench.settle([controller])
    expect(target(bench)?.status).toBe('False')
    expect(bench.view.list('pods')).toHaveLength(1)
  })

  it('survives a crash between failing and deleting it', () => {
    const bench = new Bench([orphan()])
    bench.step(controller, 'default/a')
    bench.now = t0 + 40_000
    bench.step(controller, 'default/a', 1)
    expect(bench.view.get('pods', 'default', 'a')?.status.phase).toBe('Failed')
    bench.settle([controller])
    expect(bench.view.list('pods')).toEqual([])
  })
})

describe('other pods', () => {
  const cases: [string, Parameters<typeof viewOf>[0], boolean][] = [
    ['deleted before it got a node', [podNamed('a', { metadata: going })], true],
    ['waiting for a node', [podNamed('a')], false],
    ['running', [nodeNamed('n'), podNamed('a', { spec: { nodeName: 'n' } })], false],
    [
      'ending on a node that is well',
      [nodeNamed('n', { status: ready('True') }), podNamed('a', { metadata: going, spec: { nodeName: 'n' } })],
      false,
    ],
    [
      'ending on a lost node out of service',
      [
        nodeNamed('n', {
          spec: { taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] },
          status: ready('Unknown'),
        }),
        podNamed('a', { metadata: going, spec: { nodeName: 'n' } }),
      ],
      true,
    ],
  ]
  it.each(cases)('%s', (_title, objects, removed) => {
    const intents = controller.reconcile(viewOf(objects), 'default/a')
    expect(intents.filter((intent) => intent.type === 'delete')).toMatchObject(
      removed ? [{ uid: 'uid-a', graceSeconds: 0 }] : [],
    )
  })

  it('the oldest finished ones go when there are too many', () => {
    const pods = Array.from({ length: finishedPodsKept + 2 }, (_, index) =>
      podNamed(`p${String(index).padStart(6, '0')}`, {
        metadata: { creationTimestamp: at(index === 7 ? -100 : index === 3 ? -50 : 0) },
        spec: { nodeName: 'n' },
        status: { phase: 'Succeeded' },
      }),
    )
    const view = { ...viewOf([]), count: () => pods.length, list: () => [...pods] }
    const names = controller
      .reconcile(view, '')
      .flatMap((intent) => (intent.type === 'delete' ? [intent.ref.name] : []))
    expect(names).toEqual(['p000007', 'p000003'])
    const few = { ...viewOf([]), count: () => finishedPodsKept, list: () => pods.slice(2) }
    expect(controller.reconcile(few, '')).toEqual([])
  })
})
