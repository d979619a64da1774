/** Reconcile tables of the ReplicaSet controller: R1 to R6, status, claims. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { toRfc3339 } from '../../src/api/time.ts'
import { victims } from '../../src/controllers/replicaset/victims.ts'
import { burstReplicas, replicaSetController } from '../../src/controllers/replicaset.ts'
import { t0, viewOf } from '../support/view.ts'
import { Workshop, wakesOf } from '../support/workshop.ts'

const labels = { app: 'web' }

function replicaSet(name: string, replicas: number, more: object = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      ...more,
    },
  }
}

function bare(name: string, podLabels: Record<string, string> = labels): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: podLabels },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  }
}

const settle = (shop: Workshop) => shop.settle([replicaSetController], () => shop.runPods())
const key = 'default/web'

describe('scaling', () => {
  it('makes the pods that are missing, in its name, and says so', () => {
    const shop = new Workshop()
    const set = shop.create(replicaSet('web', 2))
    shop.reconcile(replicaSetController, key)
    const pods = shop.list('Pod')
    expect(pods).toHaveLength(2)
    for (const pod of pods) {
      expect(pod.metadata.name).toMatch(/^web-[a-z0-9]{5}$/)
      expect(pod.metadata.ownerReferences).toEqual([
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: 'web',
          uid: set.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ])
    }
    expect(shop.events().sort()).toEqual(
      pods.map((pod) => `SuccessfulCreate: Created pod: ${pod.metadata.name}`).sort(),
    )
  })

  it('makes at most a burst at once and goes on when asked again', () => {
    const shop = new Workshop()
    shop.create(replicaSet('web', burstReplicas + 7))
    shop.reconcile(replicaSetController, key)
    expect(shop.list('Pod')).toHaveLength(burstReplicas)
    shop.reconcile(replicaSetController, key)
    expect(shop.list('Pod')).toHaveLength(burstReplicas + 7)
  })

  it('replaces pods that are finished or being deleted', () => {
    const shop = new Workshop()
    shop.create(replicaSet('web', 2))
    settle(shop)
    const [failed, leaving] = shop.list('Pod')
    shop.setPod(failed as KubeObject, { phase: 'Failed', ready: false })
    shop.remove('Pod', (leaving as KubeObject).metadata.name, 30)
    shop.reconcile(replicaSetController, key)
    expect(shop.list('Pod')).toHaveLength(4)
    expect(shop.get('ReplicaSet', 'web').status).toMatchObject({ replicas: 0, terminatingReplicas: 1 })
  })

  it('replaces pods that fail at once only after a doubling wait (R7, kubernetes#72593)', () => {
    const shop = new Workshop()
    shop.create(replicaSet('web', 1))
    const waits: number[] = []
    for (let round = 0; round < 5; round++) {
      const [wake] = wakesOf(shop.reconcile(replicaSetController, key))
      if (wake !== undefined) {
        waits.push(wake.at - shop.now)
        expect(shop.list('Pod')).toHaveLength(round)
        shop.now = wake.at
        shop.reconcile(replicaSetController, key)
      }
      for (const pod of shop.list('Pod'))
        if (pod.status?.phase !== 'Failed') shop.setPod(pod, { phase: 'Failed', ready: false })
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000])
    shop.now += 600_000
    shop.reconcile(replicaSetController, key)
    expect(shop.list('Pod')).toHaveLength(6)
  })

  it('writes nothing when there is nothing to do', () => {
    const shop = new Workshop()
    shop.create(replicaSet('web', 3))
    settle(shop)
    expect(replicaSetController.reconcile(shop.view(), key)).toEqual([])
  })

  it('is of no use to a deleted ReplicaSet', () => {
    const shop = new Workshop()
    const set = replicaSet('web', 3) as KubeObject
    shop.create({ ...set, metadata: { ...set.metadata, finalizers: ['example.com/hold'] } })
    shop.remove('ReplicaSet', 'web')
    shop.create(bare('orphan'))
    shop.reconcile(replicaSetController, key)
    expect(shop.list('Pod').map((pod) => pod.metadata.ownerReferences)).toEqual([undefined])
    expect(replicaSetController.reconcile(shop.view(), 'default/gone')).toEqual([])
  })
})

describe('status', () => {
  it('counts labels, readiness and availability, and asks to be woken when a pod becomes available', () => {
    const shop = new Workshop()
    shop.create(replicaSet('web', 2, { minReadySeconds: 10 }))
    shop.reconcile(replicaSetController, key)
    const [first] = shop.list('Pod')
    shop.setPod(first as KubeObject, { phase: 'Running', ready: true })
    const intents = shop.reconcile(replicaSetController, key)
    expect(shop.get('ReplicaSet', 'web').status).toEqual({
      replicas: 2,
      fullyLabeledReplicas: 2,
      readyReplicas: 1,
      terminatingReplicas: 0,
      observedGeneration: 1,
    })
    expect(wakesOf(intents)).toEqual([{ type: 'wake', at: t0 + 10_000 }])
    shop.now += 10_000
    shop.reconcile(replicaSetController, key)
    expect(shop.get('ReplicaSet', 'web').status).toMatchObject({ readyReplicas: 1, availableReplicas: 1 })
  })

  it('does not count a pod without the template labels as fully labeled', () => {
    const shop = new Workshop()
    const template = {
      metadata: { labels: { ...labels, tier: 'front' } },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    }
    shop.create(bare('plain'))
    shop.create(replicaSet('web', 2, { template }))
    settle(shop)
    expect(shop.get('ReplicaSet', 'web').status).toMatchObject({ replicas: 2, fullyLabeledReplicas: 1 })
  })
})

describe('claims', () => {
  it('adopts a matching orphan instead of making a pod (R3)', () => {
    const shop = new Workshop()
    shop.create(bare('orphan'))
    shop.create(bare('stranger', { app: 'db' }))
    const set = shop.create(replicaSet('web', 1))
    settle(shop)
    expect(shop.list('Pod').map((pod) => pod.metadata.name)).toEqual(['orphan', 'stranger'])
    expect(shop.get('Pod', 'orphan').metadata.ownerReferences?.[0]?.uid).toBe(set.metadata.uid)
    expect(shop.get('Pod', 'stranger').metadata.ownerReferences).toBeUndefined()
  })

  it('does not adopt a pod that is being deleted, nor another controller’s (R3, R5)', () => {
    const shop = new Workshop()
    shop.create(replicaSet('other', 1))
    shop.settle([replicaSetController])
    shop.create(bare('leaving'))
    shop.bind(shop.get('Pod', 'leaving'), 'node-1')
    shop.remove('Pod', 'leaving', 30)
    shop.create(replicaSet('web', 1))
    shop.settle([replicaSetController])
    const owners = shop.list('Pod').map((pod) => [pod.metadata.ownerReferences?.length ?? 0, pod.metadata.name])
    expect(owners.filter(([count]) => (count as number) > 1)).toEqual([])
    expect(shop.get('Pod', 'leaving').metadata.ownerReferences).toBeUndefined()
    expect(shop.list('Pod')).toHaveLength(3)
  })

  it('adopts nothing when it was changed since it was read', () => {
    const shop = new Workshop()
    shop.create(bare('orphan'))
    shop.create(replicaSet('web', 1))
    const stale = replicaSetController.reconcile(shop.view(), key)
    shop.remove('ReplicaSet', 'web')
    shop.create(replicaSet('web', 1))
    expect(shop.commit(stale)).toBe(0)
    expect(shop.refused).toHaveLength(1)
    expect(shop.get('Pod', 'orphan').metadata.ownerReferences).toBeUndefined()
  })

  it('releases a pod whose labels no longer match, and does not delete it (R4)', () => {
    const shop = new Workshop()
    shop.create(replicaSet('web', 1))
    settle(shop)
    const name = shop.list('Pod')[0]?.metadata.name as string
    shop.patch('Pod', name, { metadata: { labels: { app: 'debug' } } })
    settle(shop)
    expect(shop.get('Pod', name).metadata.ownerReferences).toBeUndefined()
    expect(shop.list('Pod')).toHaveLength(2)
  })

  it('is woken by orphans it could adopt', () => {
    const shop = new Workshop()
    shop.create(replicaSet('web', 0))
    const orphan = shop.create(bare('orphan'))
    const keys = replicaSetController.watches[0]?.keys(orphan, shop.view(), {} as never)
    expect(keys).toEqual(['default/web'])
  })
})

interface Sketch {
  readonly node?: string
  readonly phase?: string
  readonly readyAt?: number
  readonly cost?: string
  readonly restarts?: number
  readonly sidecar?: number
  readonly createdAt?: number
}

function sketched(name: string, sketch: Sketch): KubeObject {
  const { node = 'n', phase = 'Running', readyAt, cost, restarts = 0, sidecar = 0, createdAt = 0 } = sketch
  const at = (seconds: number) => toRfc3339(t0 + seconds * 1000)
  const ready = readyAt === undefined ? { status: 'False' } : { status: 'True', lastTransitionTime: at(readyAt) }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      creationTimestamp: at(createdAt),
      ...(cost !== undefined && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: { ...(node !== '' && { nodeName: node }), initContainers: [{ name: 's', restartPolicy: 'Always' }] },
    status: {
      phase,
      conditions: [{ type: 'Ready', ...ready }],
      containerStatuses: [{ restartCount: restarts }],
      initContainerStatuses: [{ name: 's', restartCount: sidecar }],
    },
  }
}

describe('victims (R6)', () => {
  const now = t0 + 1_000_000
  const table: [string, Sketch, Sketch][] = [
    ['unassigned before assigned', { node: '' }, { phase: 'Pending' }],
    ['pending before running', { phase: 'Pending' }, {}],
    ['unknown before running', { phase: 'Unknown', readyAt: 0 }, { readyAt: 0 }],
    ['not ready before ready', { cost: '100' }, { readyAt: 0 }],
    ['cheaper before dearer', { readyAt: 0, cost: '-1' }, { readyAt: 999 }],
    ['an unreadable cost is zero', { readyAt: 0, cost: '+9' }, { readyAt: 999, cost: '1' }],
    ['doubled up before alone', { node: 'full', readyAt: 0 }, { readyAt: 999 }],
    ['ready for less time first', { readyAt: 990 }, { readyAt: 0, restarts: 5 }],
    ['more restarts first', { readyAt: 0, restarts: 5 }, { readyAt: 0, createdAt: 990 }],
    ['more restarts of sidecars first', { readyAt: 0, sidecar: 2 }, { readyAt: 0, createdAt: 990 }],
    ['restarts of containers before those of sidecars', { readyAt: 0, restarts: 1 }, { readyAt: 0, sidecar: 9 }],
    ['younger first', { readyAt: 0, createdAt: 990 }, { readyAt: 0, createdAt: 10 }],
  ]
  it.each(table)('%s', (_name, first, second) => {
    const [a, b] = [sketched('a', first), sketched('b', second)]
    const related = [sketched('x', { node: 'full' }), sketched('y', { node: 'full' }), a, b]
    for (const pods of [
      [a, b],
      [b, a],
    ])
      expect(victims(pods, related, 1, now).map((pod) => pod.metadata.name)).toEqual(['a'])
  })

  it('lets the uid decide between ages within one power of two', () => {
    const [a, b] = [sketched('a', { readyAt: 0 }), sketched('b', { readyAt: 300 })]
    expect(victims([b, a], [], 1, now)).toEqual([a])
  })

  const sketch = fc.record({
    node: fc.constantFrom('', 'n', 'm'),
    phase: fc.constantFrom('Pending', 'Unknown', 'Running'),
    readyAt: fc.option(fc.integer({ min: 0, max: 999 }), { nil: undefined }),
    cost: fc.constantFrom('0', '-5', '7'),
    restarts: fc.integer({ min: 0, max: 3 }),
    createdAt: fc.integer({ min: 0, max: 999 }),
  })

  it('is a ranking: whatever the order given, the same pods go, and never a better one before a worse', () => {
    fc.assert(
      fc.property(fc.array(sketch, { minLength: 2, maxLength: 12 }), fc.nat(), (sketches, pick) => {
        const pods = sketches.map((one, index) => sketched(`p${String(index).padStart(2, '0')}`, one))
        const count = 1 + (pick % (pods.length - 1))
        const gone = victims(pods, pods, count, now)
        expect(victims([...pods].reverse(), pods, count, now)).toEqual(gone)
        const kept = pods.filter((pod) => !gone.includes(pod))
        const unassigned = (pod: KubeObject) => pod.spec.nodeName === undefined
        if (kept.some(unassigned)) expect(gone.every(unassigned)).toBe(true)
      }),
    )
  })
})

describe('properties', () => {
  it('never has more active pods than asked for, and reaches the number (R1, R2)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 6 }), fc.nat(), (sizes, seed) => {
        const shop = new Workshop(seed)
        shop.create(replicaSet('web', 0))
        for (const replicas of sizes) {
          shop.patch('ReplicaSet', 'web', { spec: { replicas } })
          settle(shop)
          expect(shop.list('Pod').filter((pod) => pod.metadata.deletionTimestamp === undefined)).toHaveLength(replicas)
          expect(shop.get('ReplicaSet', 'web').status).toMatchObject({
            replicas,
            observedGeneration: expect.any(Number),
          })
        }
      }),
      { numRuns: 30 },
    )
  })

  it('counts many pods in one look', () => {
    const pods = Array.from({ length: 2000 }, (_, index) => ({
      ...sketched(`p${index}`, { readyAt: 0 }),
      metadata: {
        ...sketched(`p${index}`, {}).metadata,
        labels,
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u', controller: true }],
      },
    }))
    const set = replicaSet('web', 2000) as KubeObject
    const view = viewOf([...pods, { ...set, metadata: { ...set.metadata, uid: 'u', generation: 1 } }])
    const status = replicaSetController.reconcile(view, key)[0] as { object: KubeObject }
    expect(status.object.status).toMatchObject({ replicas: 2000, readyReplicas: 2000, availableReplicas: 2000 })
  })
})
