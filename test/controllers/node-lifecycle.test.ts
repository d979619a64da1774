/** Nodes that fall silent: their conditions, their pods, their taints, and how fast a zone is given up. */
import { describe, expect, it } from 'vitest'
import { getCondition, isTrue } from '../../src/api/conditions.ts'
import type { KubeObject } from '../../src/api/object.ts'
import type { Taint } from '../../src/api/scheduling.ts'
import { nodeLifecycleController as controller } from '../../src/controllers/node-lifecycle.ts'
import { Bench } from '../support/bench.ts'
import { at, leaseOf, nodeNamed, podNamed, ready } from '../support/core-objects.ts'
import { t0, viewOf } from '../support/view.ts'

const nodeIn = (bench: Bench, name = 'n1') => bench.view.get('nodes', '', name) as KubeObject
const taintsOf = (node: KubeObject) =>
  ((node.spec.taints ?? []) as Taint[]).map((taint) => `${taint.key.split('/')[1]}:${taint.effect}`)
const healthy = (name: string, seconds = 0) => [
  nodeNamed(name, { status: ready('True', 0, seconds) }),
  leaseOf(name, seconds),
]
const onNode = (name: string, node: string, seconds: number) =>
  podNamed(name, { spec: { nodeName: node }, status: ready('True', seconds) })

describe('silence', () => {
  it('asks to be woken just after the lease may have expired, in the background', () => {
    const view = viewOf(healthy('n1', 10), t0 + 20_000)
    expect(controller.reconcile(view, 'n1')).toEqual([{ type: 'wake', at: t0 + 50_001, background: true }])
  })

  it('is borne for exactly 40 seconds (N2)', () => {
    const node = nodeNamed('n1', { status: ready('True') })
    const asked = (now: number) =>
      controller.reconcile(viewOf([node, leaseOf('n1', 10), ...healthy('n2', 50)], now), 'n1')
    expect(asked(t0 + 50_000).map((intent) => intent.type)).toEqual(['wake'])
    expect(asked(t0 + 50_001)[1]).toMatchObject({ type: 'update', subresource: 'status' })
  })

  it('makes every condition Unknown and says so once', () => {
    const bench = new Bench([...healthy('n1'), ...healthy('n2', 41)])
    bench.now = t0 + 41_000
    bench.settle([controller])
    const { conditions } = nodeIn(bench).status
    expect(conditions.map((one: { type: string; status: string }) => `${one.type}=${one.status}`)).toEqual([
      'Ready=Unknown',
      'MemoryPressure=Unknown',
      'DiskPressure=Unknown',
      'PIDPressure=Unknown',
    ])
    expect(getCondition(conditions, 'Ready')).toMatchObject({
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: at(41),
    })
    expect(getCondition(conditions, 'DiskPressure')?.reason).toBe('NodeStatusNeverUpdated')
    expect(bench.view.list('events').map((event) => event.message)).toEqual(['Node n1 status is now: NodeNotReady'])
  })

  it('a node that never spoke is borne for a minute', () => {
    const view = (seconds: number) => viewOf([nodeNamed('n1')], t0 + seconds * 1000)
    expect(
      controller
        .reconcile(view(60), 'n1')
        .some((intent) => intent.type === 'update' && intent.subresource === 'status'),
    ).toBe(false)
    expect(controller.reconcile(view(61), 'n1')[0]).toMatchObject({ subresource: 'status' })
  })
})

describe('pods of a lost node (mutant 45)', () => {
  it('become not ready after the node, even when the controller dies in between', () => {
    const bench = new Bench([
      ...healthy('n1'),
      ...healthy('n2', 41),
      onNode('a', 'n1', 1),
      onNode('b', 'n1', 2),
      onNode('c', 'n2', 1),
    ])
    bench.now = t0 + 41_000
    bench.step(controller, 'n1', 2)
    expect(isTrue(nodeIn(bench).status.conditions, 'Ready')).toBe(false)
    bench.step(controller, 'n1', 1)
    bench.settle([controller])
    const readiness = bench.view
      .list('pods')
      .map((pod) => `${pod.metadata.name}=${getCondition(pod.status.conditions, 'Ready')?.status}`)
    expect(readiness).toEqual(['a=False', 'b=False', 'c=True'])
  })

  it('a kubelet that says ready again later is not contradicted', () => {
    const lost = nodeNamed('n1', { status: ready('Unknown', 41) })
    const statusWrites = (pod: KubeObject) =>
      controller
        .reconcile(viewOf([lost, pod, ...healthy('n2', 60)], t0 + 60_000), 'n1')
        .filter((intent) => intent.type === 'update' && intent.ref.resource === 'pods')
    expect(statusWrites(onNode('a', 'n1', 50))).toEqual([])
    expect(statusWrites(onNode('a', 'n1', 41))).toHaveLength(1)
  })

  it('a pod said to be ready on a lost node wakes that node', () => {
    const bench = new Bench([nodeNamed('n1', { status: ready('Unknown', 41) }), ...healthy('n2')])
    const change = (object: KubeObject) =>
      ({
        type: 'MODIFIED',
        resource: 'pods',
        key: '',
        object,
        previous: undefined,
        revision: 1,
        time: 0,
        cause: { why: 'request', by: 'x' },
      }) as const
    expect(bench.keysFor(controller, change(onNode('a', 'n1', 1)))).toEqual(['n1'])
    expect(bench.keysFor(controller, change(onNode('a', 'n2', 1)))).toEqual([])
  })
})

describe('taints', () => {
  const withCondition = (type: string) => ({
    conditions: [
      { type: 'Ready', status: 'True', lastHeartbeatTime: at(0) },
      { type, status: 'True' },
    ],
  })
  const cases: [string, KubeObject, string[]][] = [
    ['ready', nodeNamed('n1', { status: ready('True') }), []],
    ['not ready', nodeNamed('n1', { status: ready('False') }), ['not-ready:NoSchedule', 'not-ready:NoExecute']],
    ['unknown', nodeNamed('n1', { status: ready('Unknown') }), ['unreachable:NoSchedule', 'unreachable:NoExecute']],
    ['silent from the start', nodeNamed('n1'), ['not-ready:NoSchedule']],
    [
      'cordoned',
      nodeNamed('n1', { spec: { unschedulable: true }, status: ready('True') }),
      ['unschedulable:NoSchedule'],
    ],
    ['short of memory', nodeNamed('n1', { status: withCondition('MemoryPressure') }), ['memory-pressure:NoSchedule']],
    ['short of disk', nodeNamed('n1', { status: withCondition('DiskPressure') }), ['disk-pressure:NoSchedule']],
    ['short of pids', nodeNamed('n1', { status: withCondition('PIDPressure') }), ['pid-pressure:NoSchedule']],
    [
      'without network',
      nodeNamed('n1', { status: withCondition('NetworkUnavailable') }),
      ['network-unavailable:NoSchedule'],
    ],
  ]
  it.each(cases)('of a node that is %s', (_title, node, wanted) => {
    const bench = new Bench([node, leaseOf('n1', 0), ...healthy('n2')])
    bench.settle([controller])
    expect(taintsOf(nodeIn(bench))).toEqual(wanted)
  })

  it('go when the node is well again; those of others stay', () => {
    const taints = [
      { key: 'team', value: 'x', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: at(0) },
    ]
    const bench = new Bench([nodeNamed('n1', { spec: { taints }, status: ready('True') }), leaseOf('n1', 0)])
    bench.settle([controller])
    expect(nodeIn(bench).spec.taints).toEqual([{ key: 'team', value: 'x', effect: 'NoExecute' }])
  })

  it('keep the time they came', () => {
    const bench = new Bench([nodeNamed('n1', { status: ready('False', 0, 0) }), ...healthy('n2')])
    bench.settle([controller])
    bench.now = t0 + 30_000
    bench.settle([controller])
    const times = (nodeIn(bench).spec.taints as Taint[]).map((taint) => taint.timeAdded)
    expect(times).toEqual([at(0), at(0)])
  })
})

describe('the rate of giving up (N3)', () => {
  const zoned = (name: string, zone: string, status: 'True' | 'Unknown') =>
    nodeNamed(name, { metadata: { labels: { 'topology.kubernetes.io/zone': zone } }, status: ready(status, 0, 1000) })
  const zone = (count: number, lost: number, label = 'a') =>
    Array.from({ length: count }, (_, index) =>
      zoned(`${label}${String(index).padStart(3, '0')}`, label, index < lost ? 'Unknown' : 'True'),
    )
  const given = (bench: Bench) =>
    bench.view
      .list('nodes')
      .filter((node) => taintsOf(node).includes('unreachable:NoExecute'))
      .map((node) => node.metadata.name)

  it('is one node of a zone every ten seconds, zones apart from each other', () => {
    const bench = new Bench([...zone(6, 3), ...zone(3, 1, 'b')])
    bench.settle([controller])
    expect(given(bench)).toEqual(['a000', 'b000'])
    const wakes = controller.reconcile(bench.view, 'a002').filter((intent) => intent.type === 'wake')
    expect(wakes).toEqual([{ type: 'wake', at: t0 + 20_000, background: true }])
    bench.now = t0 + 9_999
    bench.settle([controller])
    expect(given(bench)).toEqual(['a000', 'b000'])
    bench.now = t0 + 10_000
    bench.settle([controller])
    expect(given(bench)).toEqual(['a000', 'a001', 'b000'])
  })

  it('is one every hundred seconds when most of a large zone is lost, and nothing in a small one', () => {
    const large = new Bench(zone(60, 40))
    large.settle([controller])
    large.now = t0 + 99_000
    large.settle([controller])
    expect(given(large)).toEqual(['a000'])
    large.now = t0 + 100_000
    large.settle([controller])
    expect(given(large)).toEqual(['a000', 'a001'])
    const small = new Bench(zone(5, 3))
    small.settle([controller])
    expect(given(small)).toEqual([])
  })

  it('is zero when the whole cluster is lost, and what was given up is taken back', () => {
    const bench = new Bench(zone(3, 1))
    bench.settle([controller])
    expect(given(bench)).toEqual(['a000'])
    for (const node of zone(3, 3).slice(1)) bench.put(node)
    bench.settle([controller])
    expect(given(bench)).toEqual([])
    expect(taintsOf(nodeIn(bench, 'a000'))).toEqual(['unreachable:NoSchedule'])
  })

  it('a node that is lost or found wakes the other lost ones', () => {
    const bench = new Bench([...zone(3, 2)])
    const object = zoned('a002', 'a', 'Unknown')
    const change = {
      type: 'MODIFIED',
      resource: 'nodes',
      key: 'a002',
      object,
      previous: zoned('a002', 'a', 'True'),
      revision: 1,
      time: 0,
      cause: { why: 'request', by: 'x' },
    } as const
    expect(bench.keysFor(controller, change)).toEqual(['a000', 'a001'])
    expect(bench.keysFor(controller, { ...change, previous: object })).toEqual([])
  })
})
