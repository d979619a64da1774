/** Reconcile tables of the Deployment controller: rollouts, pausing, scaling; D1, D4, D5. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { maxSurge, maxUnavailable } from '../../src/controllers/deployment/fenceposts.ts'
import { deploymentController } from '../../src/controllers/deployment.ts'
import { replicaSetController } from '../../src/controllers/replicaset.ts'
import {
  annotation,
  available,
  begun,
  both,
  byImage,
  deployment,
  key,
  progressing,
  rolling,
  setImage,
  sets,
  settled,
  sizes,
} from '../support/deployment-scene.ts'
import { t0 } from '../support/view.ts'
import { Workshop, wakesOf } from '../support/workshop.ts'

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
    expect(sets(shop).reduce((sum, set) => sum + set.spec.replicas, 0)).toBe(8)
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
