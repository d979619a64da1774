/** Reconcile tables of the DaemonSet controller: nodes, rolling updates, failures, history, status; DS1 to DS3. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { targetNode } from '../../src/controllers/daemonset/pods.ts'
import { daemonSetController } from '../../src/controllers/daemonset.ts'
import type { Create } from '../../src/store/transition.ts'
import { t0 } from '../support/view.ts'
import { Workshop, wakesOf } from '../support/workshop.ts'

const labels = { app: 'agent' }
const key = 'default/agent'

function daemonSet(more: object = {}, podSpec: object = {}, image = 'agent:1'): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'default' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image }], ...podSpec } },
      ...more,
    },
  }
}

function node(name: string, spec: object = {}, nodeLabels: Record<string, string> = {}): object {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: nodeLabels }, spec }
}

const taint = (effect: string, taintKey = 'dedicated') => ({ taints: [{ key: taintKey, value: 'db', effect }] })

function withNodes(...nodes: object[]): Workshop {
  const shop = new Workshop()
  for (const one of nodes) shop.create(one)
  return shop
}

/** What scheduler and kubelets do with daemon pods: they go to their node and become ready; deleted ones go. */
function runPods(shop: Workshop, ready: (pod: KubeObject) => boolean = () => true): void {
  for (const pod of shop.list('Pod')) {
    if (pod.metadata.deletionTimestamp !== undefined) shop.remove('Pod', pod.metadata.name, 0)
    else if (pod.status?.phase !== 'Failed') {
      if (!pod.spec.nodeName) shop.bind(pod, targetNode(pod) as string)
      shop.setPod(shop.get('Pod', pod.metadata.name), { phase: 'Running', ready: ready(pod) })
    }
  }
}

const settled = (shop: Workshop) => shop.settle([daemonSetController], () => runPods(shop))
const setImage = (shop: Workshop, image: string) =>
  shop.patch('DaemonSet', 'agent', { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } })
const living = (shop: Workshop) => shop.list('Pod').filter((pod) => pod.metadata.deletionTimestamp === undefined)
const places = (shop: Workshop) => living(shop).map(targetNode).sort()
const images = (shop: Workshop) =>
  living(shop)
    .map((pod) => pod.spec.containers[0].image)
    .sort()

describe('nodes (DS1, DS2)', () => {
  const cases: [string, object, object, boolean][] = [
    ['a plain node', node('n'), {}, true],
    [
      'a cordoned node',
      node('n', { unschedulable: true, ...taint('NoSchedule', 'node.kubernetes.io/unschedulable') }),
      {},
      true,
    ],
    ['a node with disk pressure', node('n', taint('NoSchedule', 'node.kubernetes.io/disk-pressure')), {}, true],
    ['a node that does not answer', node('n', taint('NoExecute', 'node.kubernetes.io/unreachable')), {}, true],
    ['a node without network', node('n', taint('NoSchedule', 'node.kubernetes.io/network-unavailable')), {}, false],
    [
      'that node, on the host network',
      node('n', taint('NoSchedule', 'node.kubernetes.io/network-unavailable')),
      { hostNetwork: true },
      true,
    ],
    ['a tainted node', node('n', taint('NoSchedule')), {}, false],
    [
      'a tainted node, tolerated',
      node('n', taint('NoSchedule')),
      { tolerations: [{ key: 'dedicated', operator: 'Exists' }] },
      true,
    ],
    ['a node that is only to be avoided', node('n', taint('PreferNoSchedule')), {}, true],
    ['a node of another selector', node('n', {}, { disk: 'hdd' }), { nodeSelector: { disk: 'ssd' } }, false],
    ['a node of the selector', node('n', {}, { disk: 'ssd' }), { nodeSelector: { disk: 'ssd' } }, true],
    ['another node than the one named', node('n'), { nodeName: 'm' }, false],
  ]
  it.each(cases)('%s', (_name, where, podSpec, runs) => {
    const shop = withNodes(where)
    shop.create(daemonSet({}, podSpec))
    shop.reconcile(daemonSetController, key)
    expect(places(shop)).toEqual(runs ? ['n'] : [])
    expect(shop.get('DaemonSet', 'agent').status).toMatchObject({ desiredNumberScheduled: runs ? 1 : 0 })
  })

  it('binds its pods to their node by affinity alone, and gives them its tolerations', () => {
    const shop = withNodes(node('n'))
    const required = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] }] }
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } }
    shop.create(daemonSet({}, { affinity }))
    shop.reconcile(daemonSetController, key)
    const [pod] = shop.list('Pod') as [KubeObject]
    expect(pod.spec.nodeName).toBeUndefined()
    expect(pod.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution).toEqual({
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }],
    })
    expect(pod.spec.tolerations.map((one: { key: string }) => one.key.replace('node.kubernetes.io/', ''))).toEqual([
      'not-ready',
      'unreachable',
      'disk-pressure',
      'memory-pressure',
      'pid-pressure',
      'unschedulable',
    ])
    expect(pod.metadata.name).toMatch(/^agent-[a-z0-9]{5}$/)
    expect(shop.events()).toEqual([`SuccessfulCreate: Created pod: ${pod.metadata.name}`])
  })

  it('comes with a node, goes when it may not stay, and stays when it only may not come', () => {
    const shop = withNodes(node('a'), node('b'))
    shop.create(daemonSet())
    settled(shop)
    expect(places(shop)).toEqual(['a', 'b'])
    shop.create(node('c'))
    shop.patch('Node', 'a', { spec: taint('NoSchedule') })
    shop.patch('Node', 'b', { spec: taint('NoExecute') })
    settled(shop)
    expect(places(shop)).toEqual(['a', 'c'])
    expect(shop.get('DaemonSet', 'agent').status).toMatchObject({ desiredNumberScheduled: 1, numberMisscheduled: 1 })
  })

  it('gives up a pod that waits for a node that is gone', () => {
    const shop = withNodes(node('a'))
    shop.create(daemonSet())
    shop.settle([daemonSetController])
    shop.remove('Node', 'a')
    shop.settle([daemonSetController])
    expect(living(shop)).toEqual([])
  })

  it('keeps the oldest where there are two', () => {
    const shop = withNodes(node('a'))
    shop.create(daemonSet())
    settled(shop)
    const [first] = living(shop) as [KubeObject]
    shop.now += 5000
    const { name: _name, uid: _uid, resourceVersion: _version, ...metadata } = first.metadata
    shop.create({ ...first, metadata: { ...metadata, name: 'double' } })
    settled(shop)
    expect(living(shop).map((pod) => pod.metadata.name)).toEqual([first.metadata.name])
  })

  it('is woken by nodes only when they matter to it', () => {
    const shop = withNodes(node('a', {}, { zone: 'x' }))
    shop.create(daemonSet())
    const watch = daemonSetController.watches.find(({ kind }) => kind.kind === 'Node')
    const keys = (previous: KubeObject, object: KubeObject) =>
      watch?.keys(object, shop.view(), { type: 'MODIFIED', object, previous } as never)
    const before = shop.get('Node', 'a')
    const beat = { ...before, status: { conditions: [] } }
    const tainted = { ...before, spec: taint('NoExecute') }
    const moved = { ...before, metadata: { ...before.metadata, labels: { zone: 'y' } } }
    expect(keys(before, beat)).toEqual([])
    expect(keys(before, moved)).toEqual([])
    expect(keys(before, tainted)).toEqual([key])
    expect(watch?.keys(before, shop.view(), { type: 'ADDED', object: before } as never)).toEqual([key])
  })
})

describe('status', () => {
  it('counts nodes, and availability after minReadySeconds', () => {
    const shop = withNodes(node('a'), node('b'))
    shop.create(daemonSet({ minReadySeconds: 5 }))
    shop.reconcile(daemonSetController, key)
    runPods(shop, (pod) => targetNode(pod) === 'a')
    const intents = shop.reconcile(daemonSetController, key)
    expect(shop.get('DaemonSet', 'agent').status).toEqual({
      currentNumberScheduled: 2,
      desiredNumberScheduled: 2,
      numberMisscheduled: 0,
      numberReady: 1,
      numberUnavailable: 2,
      observedGeneration: 1,
      updatedNumberScheduled: 2,
    })
    expect(wakesOf(intents)).toEqual([{ type: 'wake', at: t0 + 5000, background: false }])
    shop.now += 5000
    settled(shop)
    expect(shop.get('DaemonSet', 'agent').status).toMatchObject({ numberAvailable: 1, numberUnavailable: 1 })
  })

  it('writes nothing when there is nothing to do', () => {
    const shop = withNodes(node('a'))
    shop.create(daemonSet())
    settled(shop)
    expect(daemonSetController.reconcile(shop.view(), key)).toEqual([])
  })
})

describe('rolling update (DS3)', () => {
  it('replaces so many at a time, and never the available beside the unavailable', () => {
    const shop = withNodes(node('a'), node('b'), node('c'))
    shop.create(daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } } }))
    settled(shop)
    runPods(shop, (pod) => targetNode(pod) !== 'c')
    setImage(shop, 'agent:2')
    shop.reconcile(daemonSetController, key)
    const gone = shop.list('Pod').filter((pod) => pod.metadata.deletionTimestamp !== undefined)
    expect(gone.map(targetNode).sort()).toEqual(['a', 'c'])
    settled(shop)
    expect(images(shop)).toEqual(['agent:2', 'agent:2', 'agent:2'])
    expect(shop.get('DaemonSet', 'agent').status).toMatchObject({ updatedNumberScheduled: 3, numberAvailable: 3 })
  })

  it('surges: the new pod is available before the old one goes', () => {
    const shop = withNodes(node('a'), node('b'))
    shop.create(
      daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }),
    )
    settled(shop)
    setImage(shop, 'agent:2')
    shop.reconcile(daemonSetController, key)
    expect(images(shop)).toEqual(['agent:1', 'agent:1', 'agent:2'])
    shop.reconcile(daemonSetController, key)
    expect(images(shop)).toEqual(['agent:1', 'agent:1', 'agent:2'])
    runPods(shop)
    shop.reconcile(daemonSetController, key)
    expect(images(shop)).toEqual(['agent:1', 'agent:2'])
    settled(shop)
    expect(images(shop)).toEqual(['agent:2', 'agent:2'])
  })

  it('leaves pods alone with OnDelete until somebody deletes them', () => {
    const shop = withNodes(node('a'), node('b'))
    shop.create(daemonSet({ updateStrategy: { type: 'OnDelete' } }))
    settled(shop)
    setImage(shop, 'agent:2')
    settled(shop)
    expect(images(shop)).toEqual(['agent:1', 'agent:1'])
    shop.remove('Pod', (living(shop)[0] as KubeObject).metadata.name)
    settled(shop)
    expect(images(shop)).toEqual(['agent:1', 'agent:2'])
  })

  it('keeps at most one pod on a node and at most the limit unavailable, whatever the order, and completes', () => {
    const act = fc.constantFrom('daemonset', 'daemonset', 'pods', 'image')
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(act, { maxLength: 30 }), (maxUnavailable, acts) => {
        const shop = withNodes(...['a', 'b', 'c', 'd'].map((name) => node(name)))
        shop.create(daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable } } }))
        settled(shop)
        let version = 1
        for (const what of acts) {
          if (what === 'daemonset') shop.reconcile(daemonSetController, key)
          else if (what === 'pods') runPods(shop)
          else setImage(shop, `agent:${++version}`)
          expect(new Set(places(shop)).size).toBe(places(shop).length)
          const up = living(shop).filter((pod) => pod.status?.phase === 'Running')
          expect(up.length).toBeGreaterThanOrEqual(4 - maxUnavailable)
        }
        settled(shop)
        expect(images(shop)).toEqual(Array(4).fill(`agent:${version}`))
      }),
      { numRuns: 40 },
    )
  })
})

describe('failures', () => {
  it('replaces a failed pod at once, and the next ones after a doubling back-off', () => {
    const shop = withNodes(node('a'))
    shop.create(daemonSet())
    settled(shop)
    const fail = () => {
      const [pod] = living(shop) as [KubeObject]
      shop.setPod(pod, { phase: 'Failed', ready: false })
      return shop.get('Pod', pod.metadata.name)
    }
    const first = fail()
    shop.reconcile(daemonSetController, key)
    expect(living(shop).map((pod) => pod.metadata.name)).not.toContain(first.metadata.name)
    expect(living(shop)).toHaveLength(1)
    expect(shop.events()).toContain(
      `FailedDaemonPod: Found failed daemon pod default/${first.metadata.name} on node a, will try to kill it`,
    )
    runPods(shop)
    const second = fail()
    const intents = shop.reconcile(daemonSetController, key)
    expect(wakesOf(intents)).toEqual([{ type: 'wake', at: t0 + 1000, background: false }])
    expect(living(shop).map((pod) => pod.metadata.name)).toEqual([second.metadata.name])
    shop.now += 1000
    shop.reconcile(daemonSetController, key)
    expect(living(shop).map((pod) => pod.metadata.name)).not.toContain(second.metadata.name)
    runPods(shop)
    fail()
    expect(wakesOf(shop.reconcile(daemonSetController, key))).toEqual([
      { type: 'wake', at: t0 + 3000, background: false },
    ])
  })

  it('is as patient with a pod that another node than its own refused', () => {
    const shop = withNodes(node('a'))
    shop.create(daemonSet())
    for (let round = 0; round < 3; round++) {
      shop.reconcile(daemonSetController, key)
      const [pod] = living(shop) as [KubeObject]
      if (!pod.spec.nodeName) shop.bind(pod, 'b')
      shop.setPod(shop.get('Pod', pod.metadata.name), { phase: 'Failed', ready: false })
    }
    expect(shop.list('Pod').map((pod) => pod.metadata.annotations?.['daemonset.kybern.dev/failures'])).toContain('1')
    expect(wakesOf(shop.reconcile(daemonSetController, key))).toMatchObject([{ at: t0 + 1000 }])
  })

  it('replaces a pod that ended', () => {
    const shop = withNodes(node('a'))
    shop.create(daemonSet())
    settled(shop)
    const [pod] = living(shop) as [KubeObject]
    shop.setPod(pod, { phase: 'Succeeded', ready: false })
    settled(shop)
    expect(living(shop)).toHaveLength(1)
    expect(living(shop)[0]?.metadata.name).not.toBe(pod.metadata.name)
  })
})

describe('history', () => {
  const revisions = (shop: Workshop) =>
    shop.list('ControllerRevision').map((one) => [one.revision, one.data.spec.template.spec.containers[0].image])

  it('keeps the templates as revisions, and rolls back by their data', () => {
    const shop = withNodes(node('a'))
    const set = shop.create(daemonSet())
    settled(shop)
    const [revision] = shop.list('ControllerRevision') as [KubeObject]
    const hash = revision.metadata.labels?.['controller-revision-hash']
    expect(revision.metadata.name).toBe(`agent-${hash}`)
    expect(revision.metadata.labels).toMatchObject(labels)
    expect(revision.metadata.ownerReferences).toMatchObject([{ uid: set.metadata.uid, controller: true }])
    expect(revision.data.spec.template.$patch).toBe('replace')
    expect(living(shop)[0]?.metadata.labels?.['controller-revision-hash']).toBe(hash)
    setImage(shop, 'agent:2')
    settled(shop)
    expect(revisions(shop).sort()).toEqual([
      [1, 'agent:1'],
      [2, 'agent:2'],
    ])
    const ref = { resource: 'daemonsets.apps', namespace: 'default', name: 'agent' }
    expect(shop.send({ type: 'patch', ref, patchType: 'strategic', patch: revision.data })).toMatchObject({ ok: true })
    settled(shop)
    expect(images(shop)).toEqual(['agent:1'])
    expect(revisions(shop).sort()).toEqual([
      [2, 'agent:2'],
      [3, 'agent:1'],
    ])
  })

  it('forgets the oldest revisions beyond the limit, never one a pod carries', () => {
    const shop = withNodes(node('a'))
    shop.create(daemonSet({ revisionHistoryLimit: 1, updateStrategy: { type: 'OnDelete' } }))
    settled(shop)
    for (const image of ['agent:2', 'agent:3', 'agent:4']) {
      setImage(shop, image)
      settled(shop)
    }
    expect(revisions(shop).sort()).toEqual([
      [1, 'agent:1'],
      [4, 'agent:4'],
    ])
  })

  it('counts a collision when the name of its revision is taken', () => {
    const shop = withNodes(node('a'))
    shop.create(daemonSet())
    const write = daemonSetController.reconcile(shop.view(), key)[0] as Create
    const { name } = write.object.metadata
    shop.create({
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name, namespace: 'default' },
      data: {},
      revision: 1,
    })
    settled(shop)
    expect(shop.get('DaemonSet', 'agent').status).toMatchObject({ collisionCount: 1, numberAvailable: 1 })
  })

  it('does nothing for a DaemonSet that is gone or going', () => {
    const shop = withNodes(node('a'))
    const object = daemonSet() as KubeObject
    shop.create({ ...object, metadata: { ...object.metadata, finalizers: ['example.com/hold'] } })
    shop.remove('DaemonSet', 'agent')
    expect(shop.reconcile(daemonSetController, key)).toEqual([])
    expect(shop.reconcile(daemonSetController, 'default/other')).toEqual([])
  })
})
