/** The lives of ReplicaSets, Deployments, DaemonSets and autoscalers: what really happens to them leads through states. */
import { describe, expect, it } from 'vitest'
import { type AnyMachineSnapshot, type AnyStateMachine, getInitialSnapshot, getNextSnapshot } from 'xstate'
import { machines } from '../../machines/index.ts'
import { lifeEvents } from '../../src/actors/lives/index.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { daemonSetController } from '../../src/controllers/daemonset.ts'
import { deploymentController } from '../../src/controllers/deployment.ts'
import { horizontalPodAutoscalerController } from '../../src/controllers/horizontal-pod-autoscaler.ts'
import { load, scene, size } from '../support/autoscaler-scene.ts'
import { begun, both, deployment, setImage, settled } from '../support/deployment-scene.ts'
import { Workshop } from '../support/workshop.ts'

const input = { name: 'web', namespace: 'default', uid: 'u' }

interface Lived {
  /** The values the machine had, repeated ones once. */
  readonly values: readonly unknown[]
  readonly last: AnyMachineSnapshot
}

/** The life of one object, told from all changes of it. */
function lived(shop: Workshop, life: string, resource: string, name: string): Lived {
  const machine = machines[life] as AnyStateMachine
  let last = getInitialSnapshot(machine, input) as AnyMachineSnapshot
  const values: unknown[] = []
  for (const change of shop.changes) {
    if (change.resource !== resource || change.object.metadata.name !== name) continue
    for (const event of lifeEvents[life]?.(change) ?? []) {
      last = getNextSnapshot(machine, last, event as never) as AnyMachineSnapshot
      const text = JSON.stringify(last.value)
      if (JSON.stringify(values.at(-1)) !== text) values.push(JSON.parse(text))
    }
  }
  return { values, last }
}

const rollout = (shop: Workshop) =>
  lived(shop, 'deployment', 'deployments.apps', 'web').values.map(
    (value) => (value as { living?: { rollout: unknown } }).living?.rollout ?? value,
  )

describe('a deployment', () => {
  it('starts, advances, completes, and is available in the end', () => {
    const shop = begun(deployment(2))
    const { values, last } = lived(shop, 'deployment', 'deployments.apps', 'web')
    expect(values[0]).toEqual({ living: { rollout: 'unobserved', availability: 'unknown' } })
    expect(values).toContainEqual({
      living: { rollout: { progressing: 'starting' }, availability: 'unavailable' },
    })
    expect(last.value).toEqual({ living: { rollout: 'complete', availability: 'available' } })
    expect(last.context).toMatchObject({ name: 'web', desired: 2, replicas: 2, updated: 2, available: 2 })
  })

  it('stalls, is paused, scales, degrades and ends', () => {
    const shop = begun(deployment(1, { progressDeadlineSeconds: 10 }))
    setImage(shop, 'nginx:broken')
    shop.settle(both, () => shop.runPods((pod) => pod.spec.containers[0].image !== 'nginx:broken'))
    shop.now += 20_000
    shop.reconcile(deploymentController, 'default/web')
    expect(rollout(shop).at(-1)).toBe('stalled')
    shop.patch('Deployment', 'web', { spec: { paused: true } })
    expect(rollout(shop).at(-1)).toBe('paused')
    shop.patch('Deployment', 'web', { spec: { paused: null } })
    setImage(shop, 'nginx:1')
    settled(shop)
    expect(rollout(shop).at(-1)).toBe('complete')
    shop.patch('Deployment', 'web', { spec: { replicas: 3 } })
    shop.settle(both)
    expect(rollout(shop)).toContain('scaling')
    settled(shop)
    shop.setPod(shop.list('Pod')[0] as KubeObject, { phase: 'Running', ready: false })
    shop.settle(both)
    expect(rollout(shop).at(-1)).toBe('degraded')
    shop.remove('Deployment', 'web')
    expect(lived(shop, 'deployment', 'deployments.apps', 'web').last.value).toBe('gone')
  })

  it('waits as terminating while a finalizer keeps it', () => {
    const shop = begun(deployment(1))
    shop.patch('Deployment', 'web', { metadata: { finalizers: ['example.com/hold'] } })
    shop.remove('Deployment', 'web')
    expect(lived(shop, 'deployment', 'deployments.apps', 'web').last.value).toBe('terminating')
  })
})

describe('a replicaset', () => {
  it('grows, starts, settles, shrinks and stays empty as an old revision', () => {
    const shop = new Workshop()
    shop.create(deployment(2))
    shop.settle(both)
    settled(shop)
    const name = shop.list('ReplicaSet')[0]?.metadata.name as string
    setImage(shop, 'nginx:2')
    settled(shop)
    const { values, last } = lived(shop, 'replicaset', 'replicasets.apps', name)
    expect(values.map((value) => (value as { living: string }).living)).toEqual([
      'growing',
      'starting',
      'settled',
      'shrinking',
      'settled',
      'shrinking',
      'empty',
    ])
    expect(last.context).toMatchObject({ desired: 0, replicas: 0, available: 0 })
  })

  it('is refused while its pods cannot be made', () => {
    const shop = begun(deployment(2))
    const { status, metadata } = shop.list('ReplicaSet')[0] as KubeObject
    const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' }]
    const one = { replicas: 1, fullyLabeledReplicas: 1, readyReplicas: 1, availableReplicas: 1 }
    shop.patch('ReplicaSet', metadata.name, { status: { ...status, ...one, conditions } }, 'status')
    expect(lived(shop, 'replicaset', 'replicasets.apps', metadata.name).last.value).toEqual({ living: 'refused' })
  })
})

describe('a daemonset', () => {
  it('spreads, starts, settles, updates, withdraws and idles', () => {
    const shop = new Workshop()
    const labels = { app: 'agent' }
    const spec = (image: string) => ({ containers: [{ name: 'c', image }] })
    shop.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } })
    shop.create({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'web', namespace: 'default' },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: spec('i:1') } },
    })
    const settle = () => shop.settle([daemonSetController], () => shop.runPods())
    shop.settle([daemonSetController])
    settle()
    shop.patch('DaemonSet', 'web', { spec: { template: { spec: spec('i:2') } } })
    settle()
    const taints = [{ key: 'k', effect: 'NoExecute' }]
    shop.patch('Node', 'node-1', { spec: { taints } })
    settle()
    const { values, last } = lived(shop, 'daemonset', 'daemonsets.apps', 'web')
    const states = values.map((value) => (value as { living: string }).living)
    for (const state of ['unobserved', 'spreading', 'starting', 'settled', 'updating', 'withdrawing'])
      expect(states).toContain(state)
    expect(last.value).toEqual({ living: 'idle' })
  })
})

describe('an autoscaler', () => {
  const state = (shop: Workshop) =>
    lived(shop, 'horizontal-pod-autoscaler', 'horizontalpodautoscalers.autoscaling', 'web').last.value
  const look = (shop: Workshop) => shop.reconcile(horizontalPodAutoscalerController, 'default/web')

  it('is blind, grows, is steady, is limited, stabilizes, and loses its target', () => {
    const shop = scene({ spec: { maxReplicas: 4 } })
    look(shop)
    expect(state(shop)).toEqual({ living: 'blind' })
    load(shop, 1000)
    look(shop)
    expect(size(shop)).toBe(4)
    expect(state(shop)).toEqual({ living: { watching: 'growing' } })
    load(shop, 1000)
    shop.patch('ReplicaSet', 'web', { spec: { replicas: 4 } })
    shop.now += 15_000
    look(shop)
    load(shop, 5000)
    look(shop)
    expect(state(shop)).toEqual({ living: { watching: 'limited' } })
    load(shop, 100)
    look(shop)
    expect(state(shop)).toEqual({ living: { watching: 'stabilizing' } })
    shop.remove('ReplicaSet', 'web')
    look(shop)
    expect(state(shop)).toEqual({ living: 'unable' })
  })

  it('is disabled by size zero, steady at the target, shrinks above the maximum', () => {
    const none = scene({ replicas: 0 })
    look(none)
    expect(state(none)).toEqual({ living: 'disabled' })
    const shop = scene()
    load(shop, 500)
    look(shop)
    expect(state(shop)).toEqual({ living: { watching: 'steady' } })
    shop.patch('HorizontalPodAutoscaler', 'web', { spec: { maxReplicas: 1 } })
    look(shop)
    expect(state(shop)).toEqual({ living: { watching: 'shrinking' } })
  })
})
