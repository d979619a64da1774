/** Reconcile tables of the Deployment controller: rollouts, scaling, pausing, history, conditions; D1 to D8. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { getCondition } from '../../src/api/conditions.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { maxSurge, maxUnavailable } from '../../src/controllers/deployment/fenceposts.ts'
import { deploymentController } from '../../src/controllers/deployment.ts'
import { replicaSetController } from '../../src/controllers/replicaset.ts'
import { t0 } from '../support/view.ts'
import { Workshop, wakesOf } from '../support/workshop.ts'

const labels = { app: 'web' }
const key = 'default/web'
const both = [deploymentController, replicaSetController]

function deployment(replicas: number, more: object = {}, image = 'nginx:1'): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image }] } },
      ...more,
    },
  }
}

const rolling = (surge: number | string, unavailable: number | string) => ({
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } },
})

const settled = (shop: Workshop) => shop.settle(both, () => shop.runPods())

function begun(object: object): Workshop {
  const shop = new Workshop()
  shop.create(object)
  settled(shop)
  return shop
}

function setImage(shop: Workshop, image: string): void {
  const [container] = shop.get('Deployment', 'web').spec.template.spec.containers
  shop.patch('Deployment', 'web', { spec: { template: { spec: { containers: [{ ...container, image }] } } } })
}

const sets = (shop: Workshop) => shop.list('ReplicaSet')
const byImage = (shop: Workshop, image: string) =>
  sets(shop).find((set) => set.spec.template.spec.containers[0].image === image) as KubeObject
const sizes = (shop: Workshop) =>
  Object.fromEntries(sets(shop).map((set) => [set.spec.template.spec.containers[0].image, set.spec.replicas]))
const annotation = (object: KubeObject, name: string) =>
  object.metadata.annotations?.[`deployment.kubernetes.io/${name}`]
const progressing = (shop: Workshop) => getCondition(shop.get('Deployment', 'web').status?.conditions, 'Progressing')
const available = (shop: Workshop) => getCondition(shop.get('Deployment', 'web').status?.conditions, 'Available')

describe('the first rollout', () => {
  it('makes a ReplicaSet with hash, annotations, owner and size', () => {
    const shop = new Workshop()
    const made = shop.create(deployment(3, { minReadySeconds: 5 }))
    shop.reconcile(deploymentController, key)
    const [set] = sets(shop) as [KubeObject]
    const hash = set.metadata.labels?.['pod-template-hash'] as string
    expect(set.metadata.name).toBe(`web-${hash}`)
    expect(set.metadata.labels).toEqual({ app: 'web', 'pod-template-hash': hash })
    expect(set.spec.selector.matchLabels).toEqual({ app: 'web', 'pod-template-hash': hash })
    expect(set.spec.template.metadata.labels).toEqual({ app: 'web', 'pod-template-hash': hash })
    expect(set.spec).toMatchObject({ replicas: 3, minReadySeconds: 5 })
    expect(set.metadata.ownerReferences).toMatchObject([
      { kind: 'Deployment', uid: made.metadata.uid, controller: true },
    ])
    expect(set.metadata.annotations).toEqual({
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
      'deployment.kubernetes.io/revision': '1',
    })
    expect(shop.events()).toEqual([`ScalingReplicaSet: Scaled up replica set web-${hash} from 0 to 3`])
    expect(annotation(shop.get('Deployment', 'web'), 'revision')).toBe('1')
    expect(progressing(shop)).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetCreated',
      message: `Created new replica set "web-${hash}"`,
    })
    expect(available(shop)).toMatchObject({
      status: 'False',
      reason: 'MinimumReplicasUnavailable',
      message: 'Deployment does not have minimum availability.',
    })
  })

  it('completes with the status kubectl rollout status waits for', () => {
    const shop = begun(deployment(3))
    const { status, metadata } = shop.get('Deployment', 'web')
    expect(status).toMatchObject({
      observedGeneration: metadata.generation,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      terminatingReplicas: 0,
    })
    expect(status.unavailableReplicas).toBeUndefined()
    const name = sets(shop)[0]?.metadata.name
    expect(progressing(shop)).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `ReplicaSet "${name}" has successfully progressed.`,
    })
    expect(available(shop)).toMatchObject({ status: 'True', reason: 'MinimumReplicasAvailable' })
    expect(deploymentController.reconcile(shop.view(), key)).toEqual([])
  })
})

describe('rolling update', () => {
  it('steps within surge and unavailability', () => {
    const shop = begun(deployment(3, rolling(1, 1)))
    setImage(shop, 'nginx:2')
    shop.reconcile(deploymentController, key)
    expect(sizes(shop)).toEqual({ 'nginx:1': 2, 'nginx:2': 1 })
    shop.reconcile(deploymentController, key)
    expect(sizes(shop)).toEqual({ 'nginx:1': 2, 'nginx:2': 2 })
    shop.reconcile(deploymentController, key)
    expect(sizes(shop)).toEqual({ 'nginx:1': 2, 'nginx:2': 2 })
    settled(shop)
    expect(sizes(shop)).toEqual({ 'nginx:1': 0, 'nginx:2': 3 })
    expect(annotation(byImage(shop, 'nginx:2'), 'revision')).toBe('2')
    expect(annotation(shop.get('Deployment', 'web'), 'revision')).toBe('2')
  })

  it('takes unhealthy old pods first', () => {
    const shop = begun(deployment(4, rolling(0, 1)))
    const broken = shop.list('Pod')[0]?.metadata.name
    shop.settle(both, () => shop.runPods((pod) => pod.metadata.name !== broken))
    setImage(shop, 'nginx:2')
    shop.reconcile(deploymentController, key)
    expect(sizes(shop)).toEqual({ 'nginx:1': 3, 'nginx:2': 0 })
    shop.reconcile(replicaSetController, `default/${byImage(shop, 'nginx:1').metadata.name}`)
    expect(shop.get('Pod', broken as string).metadata.deletionTimestamp).toBeDefined()
  })

  it('does not count pods on that their ReplicaSet is about to delete (D1, kubernetes#19299)', () => {
    const shop = begun(deployment(10, rolling(3, 2)))
    setImage(shop, 'nginx:2')
    shop.reconcile(deploymentController, key)
    expect(sizes(shop)).toEqual({ 'nginx:1': 8, 'nginx:2': 3 })
    shop.reconcile(deploymentController, key)
    expect(sizes(shop)).toEqual({ 'nginx:1': 8, 'nginx:2': 5 })
    const newest = byImage(shop, 'nginx:2').metadata.name
    shop.reconcile(replicaSetController, `default/${newest}`)
    const first = shop.list('Pod').find((pod) => pod.metadata.name.startsWith(newest)) as KubeObject
    shop.setPod(first, { phase: 'Running', ready: true })
    shop.reconcile(replicaSetController, `default/${newest}`)
    shop.reconcile(deploymentController, key)
    expect(sizes(shop)).toEqual({ 'nginx:1': 7, 'nginx:2': 5 })
  })

  it('knows the fenceposts', () => {
    const with_ = (replicas: number, surge: number | string, unavailable: number | string) =>
      deployment(replicas, rolling(surge, unavailable)) as KubeObject
    expect([maxSurge(with_(5, '25%', '25%')), maxUnavailable(with_(5, '25%', '25%'))]).toEqual([2, 1])
    expect([maxSurge(with_(1, 0, '25%')), maxUnavailable(with_(1, 0, '25%'))]).toEqual([0, 1])
    expect(maxUnavailable(with_(2, 1, 5))).toBe(2)
    expect(maxUnavailable(with_(0, 1, 5))).toBe(0)
    expect(maxSurge(deployment(5, { strategy: { type: 'Recreate' } }) as KubeObject)).toBe(0)
  })
})

describe('recreate (D4)', () => {
  it('makes no new pod before the last old one is gone', () => {
    const shop = begun(deployment(2, { strategy: { type: 'Recreate' } }))
    setImage(shop, 'nginx:2')
    shop.settle(both)
    expect(sizes(shop)).toEqual({ 'nginx:1': 0 })
    const leaving = shop.list('Pod')
    expect(leaving).toHaveLength(2)
    shop.remove('Pod', (leaving[0] as KubeObject).metadata.name, 0)
    shop.settle(both)
    expect(sizes(shop)).toEqual({ 'nginx:1': 0 })
    const last = leaving[1] as KubeObject
    const concerned = deploymentController.watches[1]?.keys(last, shop.view(), { type: 'DELETED' } as never)
    expect(concerned).toEqual([key])
    shop.remove('Pod', last.metadata.name, 0)
    shop.settle(both)
    expect(sizes(shop)).toEqual({ 'nginx:1': 0, 'nginx:2': 2 })
    settled(shop)
    expect(progressing(shop)?.reason).toBe('NewReplicaSetAvailable')
  })
})

describe('pausing (D5)', () => {
  it('freezes the template, not the size, and stops the progress clock', () => {
    const shop = begun(deployment(2))
    shop.patch('Deployment', 'web', { spec: { paused: true } })
    setImage(shop, 'nginx:2')
    shop.patch('Deployment', 'web', { spec: { replicas: 5 } })
    settled(shop)
    expect(sizes(shop)).toEqual({ 'nginx:1': 5 })
    expect(progressing(shop)).toMatchObject({
      status: 'Unknown',
      reason: 'DeploymentPaused',
      message: 'Deployment is paused',
    })
    shop.patch('Deployment', 'web', { spec: { paused: null } })
    const intents = shop.reconcile(deploymentController, key)
    expect(wakesOf(intents)).toEqual([{ type: 'wake', at: t0 + 600_001, background: true }])
    settled(shop)
    expect(sizes(shop)).toEqual({ 'nginx:1': 0, 'nginx:2': 5 })
  })

  it('says that it is resumed', () => {
    const shop = new Workshop()
    shop.create(deployment(2))
    shop.settle(both, () => shop.runPods(() => false))
    shop.patch('Deployment', 'web', { spec: { paused: true } })
    shop.reconcile(deploymentController, key)
    shop.patch('Deployment', 'web', { spec: { paused: null } })
    shop.reconcile(deploymentController, key)
    expect(progressing(shop)).toMatchObject({
      status: 'Unknown',
      reason: 'DeploymentResumed',
      message: 'Deployment is resumed',
    })
  })
})

describe('scaling', () => {
  it('resizes the one active ReplicaSet', () => {
    const shop = begun(deployment(2))
    shop.patch('Deployment', 'web', { spec: { replicas: 4 } })
    shop.reconcile(deploymentController, key)
    const [set] = sets(shop) as [KubeObject]
    expect(set.spec.replicas).toBe(4)
    expect(annotation(set, 'desired-replicas')).toBe('4')
    expect(annotation(set, 'max-replicas')).toBe('5')
    expect(shop.events()).toContain(`ScalingReplicaSet: Scaled up replica set ${set.metadata.name} from 2 to 4`)
  })

  it('resizes in proportion in the middle of a rollout', () => {
    const shop = begun(deployment(10, rolling(3, 2)))
    setImage(shop, 'nginx:404')
    shop.settle(both, () => shop.runPods((pod) => pod.spec.containers[0].image !== 'nginx:404'))
    expect(sizes(shop)).toEqual({ 'nginx:1': 8, 'nginx:404': 5 })
    shop.patch('Deployment', 'web', { spec: { replicas: 30 } })
    shop.reconcile(deploymentController, key)
    expect(sizes(shop)).toEqual({ 'nginx:1': 20, 'nginx:404': 13 })
    shop.patch('Deployment', 'web', { spec: { replicas: 5 } })
    shop.reconcile(deploymentController, key)
    expect(Object.values(sizes(shop)).reduce((a, b) => a + b)).toBe(8)
  })

  it('goes to zero and back', () => {
    const shop = begun(deployment(3))
    shop.patch('Deployment', 'web', { spec: { replicas: 0 } })
    settled(shop)
    expect(shop.list('Pod')).toEqual([])
    shop.patch('Deployment', 'web', { spec: { replicas: 2 } })
    settled(shop)
    expect(shop.list('Pod')).toHaveLength(2)
    expect(sets(shop)).toHaveLength(1)
  })

  it('is not kept from a rollout by a size somebody gave the ReplicaSet', () => {
    const shop = begun(deployment(3))
    const [set] = sets(shop) as [KubeObject]
    shop.patch('ReplicaSet', set.metadata.name, { spec: { replicas: 5 } })
    shop.patch('Deployment', 'web', { spec: { replicas: 5 } })
    setImage(shop, 'nginx:2')
    settled(shop)
    expect(sizes(shop)).toEqual({ 'nginx:1': 0, 'nginx:2': 5 })
  })
})

describe('revisions (D3, D6)', () => {
  it('goes back to an old ReplicaSet as its newest revision, keeping its history', () => {
    const shop = begun(deployment(1))
    setImage(shop, 'nginx:2')
    settled(shop)
    setImage(shop, 'nginx:1')
    settled(shop)
    expect(sets(shop)).toHaveLength(2)
    const back = byImage(shop, 'nginx:1')
    expect(annotation(back, 'revision')).toBe('3')
    expect(annotation(back, 'revision-history')).toBe('1')
    expect(annotation(shop.get('Deployment', 'web'), 'revision')).toBe('3')
    expect(sizes(shop)).toEqual({ 'nginx:1': 1, 'nginx:2': 0 })
  })

  it('does what kubectl rollout undo asks for: the template of the old ReplicaSet without its hash', () => {
    const shop = begun(deployment(1))
    setImage(shop, 'nginx:2')
    settled(shop)
    const { template } = byImage(shop, 'nginx:1').spec
    const { 'pod-template-hash': _hash, ...own } = template.metadata.labels
    const value = { ...template, metadata: { ...template.metadata, labels: own } }
    const ref = { resource: 'deployments.apps', namespace: 'default', name: 'web' }
    const patch = [{ op: 'replace', path: '/spec/template', value }]
    expect(shop.send({ type: 'patch', ref, patchType: 'json', patch })).toMatchObject({ ok: true })
    settled(shop)
    expect(sets(shop)).toHaveLength(2)
    expect(sizes(shop)).toEqual({ 'nginx:1': 1, 'nginx:2': 0 })
  })

  it('copies the change cause and other annotations, not its own', () => {
    const shop = begun(deployment(1))
    const cause = { 'kubernetes.io/change-cause': 'because', 'kubectl.kubernetes.io/last-applied-configuration': '{}' }
    shop.patch('Deployment', 'web', { metadata: { annotations: cause } })
    settled(shop)
    const annotations = sets(shop)[0]?.metadata.annotations
    expect(annotations?.['kubernetes.io/change-cause']).toBe('because')
    expect(annotations?.['kubectl.kubernetes.io/last-applied-configuration']).toBeUndefined()
  })

  it('forgets the oldest revisions beyond the limit once the rollout is complete', () => {
    const shop = begun(deployment(1, { revisionHistoryLimit: 2 }))
    for (const image of ['nginx:2', 'nginx:3', 'nginx:4', 'nginx:5']) {
      setImage(shop, image)
      settled(shop)
    }
    expect(Object.keys(sizes(shop)).sort()).toEqual(['nginx:3', 'nginx:4', 'nginx:5'])
  })

  it('counts a collision when its name is taken, and goes on under another', () => {
    const shop = new Workshop()
    shop.create(deployment(1))
    const probe = deploymentController.reconcile(shop.view(), key)[0] as { object: KubeObject }
    const { ownerReferences: _owner, ...metadata } = probe.object.metadata
    const foreign = { app: 'other' }
    const { spec } = probe.object
    const template = { ...spec.template, metadata: { labels: foreign } }
    shop.create({
      ...probe.object,
      metadata: { ...metadata, labels: foreign },
      spec: { ...spec, replicas: 0, selector: { matchLabels: foreign }, template },
    })
    settled(shop)
    expect(shop.get('Deployment', 'web').status).toMatchObject({ collisionCount: 1, availableReplicas: 1 })
    expect(sets(shop)).toHaveLength(2)
  })

  it('follows minReadySeconds into the ReplicaSet without a rollout', () => {
    const shop = begun(deployment(1))
    shop.patch('Deployment', 'web', { spec: { minReadySeconds: 7 } })
    shop.reconcile(deploymentController, key)
    expect(sets(shop).map((set) => set.spec.minReadySeconds)).toEqual([7])
  })
})

describe('claims', () => {
  it('adopts a matching ReplicaSet and releases one that no longer matches', () => {
    const shop = begun(deployment(1))
    const [set] = sets(shop) as [KubeObject]
    shop.patch('ReplicaSet', set.metadata.name, { metadata: { labels: { app: 'mine' } } })
    shop.reconcile(deploymentController, key)
    expect(sets(shop)[0]?.metadata.ownerReferences).toBeUndefined()
    const orphan = shop.patch('ReplicaSet', set.metadata.name, { metadata: { labels } })
    expect(deploymentController.watches[0]?.keys(orphan, shop.view(), {} as never)).toEqual([key])
    settled(shop)
    expect(sets(shop)).toHaveLength(1)
    expect(sets(shop)[0]?.metadata.ownerReferences).toHaveLength(1)
  })

  it('only counts while it is being deleted', () => {
    const shop = new Workshop()
    const object = deployment(1) as KubeObject
    shop.create({ ...object, metadata: { ...object.metadata, finalizers: ['example.com/hold'] } })
    shop.remove('Deployment', 'web')
    shop.reconcile(deploymentController, key)
    expect(sets(shop)).toEqual([])
    expect(shop.get('Deployment', 'web').status).toMatchObject({ observedGeneration: expect.any(Number) })
  })
})

describe('progress (D8)', () => {
  it('says that the deadline is exceeded when nothing moves, and completes when it moves again', () => {
    const shop = new Workshop()
    shop.create(deployment(1, { progressDeadlineSeconds: 60 }))
    shop.settle(both, () => shop.runPods(() => false))
    const due = wakesOf(deploymentController.reconcile(shop.view(), key))
    expect(due).toEqual([{ type: 'wake', at: t0 + 60_001, background: true }])
    shop.now = due[0]?.at as number
    shop.reconcile(deploymentController, key)
    const name = sets(shop)[0]?.metadata.name
    expect(progressing(shop)).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `ReplicaSet "${name}" has timed out progressing.`,
    })
    expect(wakesOf(deploymentController.reconcile(shop.view(), key))).toEqual([])
    settled(shop)
    expect(progressing(shop)).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' })
  })

  it('moves lastUpdateTime, not lastTransitionTime, with every step', () => {
    const shop = new Workshop()
    shop.create(deployment(2))
    shop.settle(both)
    shop.now += 5000
    shop.setPod(shop.list('Pod')[0] as KubeObject, { phase: 'Running', ready: true })
    shop.settle(both)
    const condition = progressing(shop)
    expect(condition?.reason).toBe('ReplicaSetUpdated')
    expect(condition?.lastUpdateTime).not.toBe(condition?.lastTransitionTime)
  })

  it('passes on what its ReplicaSet says of pods it could not make', () => {
    const shop = begun(deployment(1))
    const name = sets(shop)[0]?.metadata.name as string
    const { status } = shop.get('ReplicaSet', name)
    const failure = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' }
    shop.patch('ReplicaSet', name, { status: { ...status, conditions: [failure] } }, 'status')
    shop.reconcile(deploymentController, key)
    expect(getCondition(shop.get('Deployment', 'web').status.conditions, 'ReplicaFailure')).toMatchObject({
      status: 'True',
      reason: 'FailedCreate',
      message: 'quota',
    })
  })
})

type Act = {
  readonly do: 'deployment' | 'replicasets' | 'one replicaset' | 'pods' | 'one pod' | 'break' | 'image' | 'scale'
  readonly n: number
}

const act: fc.Arbitrary<Act> = fc.record({
  do: fc.constantFrom(
    'deployment',
    'deployment',
    'replicasets',
    'replicasets',
    'pods',
    'pods',
    'break',
    'image',
    'scale',
  ),
  n: fc.nat(5),
})

/** Lets one part of the cluster act; the order of the parts is the property's input. */
function take(shop: Workshop, { do: what, n }: Act): void {
  if (what === 'deployment') deployed(shop)
  else if (what === 'replicasets')
    for (const set of sets(shop)) shop.reconcile(replicaSetController, `default/${set.metadata.name}`)
  else if (what === 'one replicaset') {
    const set = sets(shop)[n % sets(shop).length]
    if (set !== undefined) shop.reconcile(replicaSetController, `default/${set.metadata.name}`)
  } else if (what === 'one pod') {
    const pod = shop.list('Pod').find((one) => !one.spec.nodeName)
    if (pod !== undefined) shop.setPod(pod, { phase: 'Running', ready: true })
  } else if (what === 'pods') shop.runPods()
  else if (what === 'image') setImage(shop, `nginx:${n}`)
  else if (what === 'scale') shop.patch('Deployment', 'web', { spec: { replicas: n } })
  else {
    const pod = shop.list('Pod')[n]
    if (pod?.status?.phase === 'Running') shop.setPod(pod, { phase: 'Running', ready: false })
  }
}

const readyPods = (shop: Workshop, set: KubeObject) =>
  shop
    .list('Pod')
    .filter(
      (pod) =>
        pod.metadata.ownerReferences?.[0]?.uid === set.metadata.uid && pod.metadata.deletionTimestamp === undefined,
    )
    .filter((pod) =>
      pod.status?.conditions?.some(
        (one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True',
      ),
    ).length

/** One reconcile of the Deployment, with D1 and D2 asked of what it wrote. */
function deployed(shop: Workshop): void {
  const before = new Map(sets(shop).map((set) => [set.metadata.name, set]))
  shop.reconcile(deploymentController, key)
  const now = shop.get('Deployment', 'web')
  const after = sets(shop)
  const grew = after.some((set) => set.spec.replicas > (before.get(set.metadata.name)?.spec.replicas ?? 0))
  const wanted = after.reduce((sum, set) => sum + set.spec.replicas, 0)
  if (grew) expect(wanted).toBeLessThanOrEqual(now.spec.replicas + maxSurge(now))
}

describe('properties', () => {
  const strategy = fc.constantFrom(rolling(1, 0), rolling(0, 1), rolling('50%', '50%'), rolling(3, 2), {
    strategy: { type: 'Recreate' },
  })

  it('never wants more pods than size and surge allow, and always completes (D2, D7)', () => {
    fc.assert(
      fc.property(strategy, fc.array(act, { maxLength: 40 }), (chosen, acts) => {
        const shop = begun(deployment(3, chosen))
        for (const one of acts) take(shop, one)
        settled(shop)
        const { spec, status, metadata } = shop.get('Deployment', 'web')
        expect(status.observedGeneration).toBe(metadata.generation)
        expect([status.updatedReplicas ?? 0, status.replicas ?? 0, status.availableReplicas ?? 0]).toEqual(
          Array(3).fill(spec.replicas),
        )
        expect(sets(shop).filter((set) => set.spec.replicas > 0).length).toBeLessThanOrEqual(1)
        const hashes = sets(shop).map((set) => set.metadata.labels?.['pod-template-hash'])
        expect(new Set(hashes).size).toBe(hashes.length)
      }),
      { numRuns: 60 },
    )
  })

  it('never takes an available pod below the minimum by its own shrinking, however late ReplicaSets act (D1)', () => {
    const late: fc.Arbitrary<Act> = fc.record({
      do: fc.constantFrom('deployment', 'deployment', 'one replicaset', 'one pod'),
      n: fc.nat(1),
    })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 4 }),
        fc.array(late, { minLength: 10, maxLength: 60 }),
        (replicas, surge, unavailable, acts) => {
          const shop = begun(deployment(replicas, rolling(surge, surge + unavailable === 0 ? 1 : unavailable)))
          setImage(shop, 'nginx:2')
          const least = replicas - maxUnavailable(shop.get('Deployment', 'web'))
          for (const one of acts) {
            take(shop, one)
            const promised = sets(shop).reduce((sum, set) => sum + Math.min(set.spec.replicas, readyPods(shop, set)), 0)
            expect(promised).toBeGreaterThanOrEqual(least)
          }
          settled(shop)
          expect(sizes(shop)).toEqual({ 'nginx:1': 0, 'nginx:2': replicas })
        },
      ),
      { numRuns: 60 },
    )
  })
})
