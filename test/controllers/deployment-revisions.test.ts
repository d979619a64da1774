/** Reconcile tables of the Deployment controller: revisions, claims, progress; D3, D6, D8. */
import { describe, expect, it } from 'vitest'
import { getCondition } from '../../src/api/conditions.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { deploymentController } from '../../src/controllers/deployment.ts'
import {
  annotation,
  begun,
  both,
  byImage,
  deployment,
  key,
  labels,
  progressing,
  setImage,
  sets,
  settled,
  sizes,
} from '../support/deployment-scene.ts'
import { t0 } from '../support/view.ts'
import { Workshop, wakesOf } from '../support/workshop.ts'

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
