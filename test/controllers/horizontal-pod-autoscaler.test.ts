/** Reconcile tables of the HorizontalPodAutoscaler: the algorithm, behaviour over time, conditions; H1 to H5. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { getCondition } from '../../src/api/conditions.ts'
import { defineKind } from '../../src/api/kind.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { toRfc3339 } from '../../src/api/time.ts'
import { memoryAnnotation } from '../../src/controllers/horizontal-pod-autoscaler/memory.ts'
import { horizontalPodAutoscalerController } from '../../src/controllers/horizontal-pod-autoscaler.ts'
import { replicaSetController } from '../../src/controllers/replicaset.ts'
import { Workshop, wakesOf } from '../support/workshop.ts'

const PodMetrics = defineKind({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'PodMetrics',
  plural: 'pods',
  namespaced: true,
})

const labels = { app: 'web' }
const key = 'default/web'
const cpu = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
})

interface Wanted {
  readonly replicas?: number
  readonly requests?: Record<string, string>
  readonly spec?: object
}

/** A ReplicaSet of ready pods that request 1 CPU each, and its autoscaler. */
function scene({ replicas = 2, requests = { cpu: '1' }, spec = {} }: Wanted = {}): Workshop {
  const shop = new Workshop(1, [PodMetrics])
  const container = { name: 'c', image: 'nginx', resources: { requests } }
  shop.create({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  })
  run(shop)
  shop.now += 600_000
  shop.create({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [cpu(50)],
      ...spec,
    },
  })
  return shop
}

const run = (shop: Workshop) => shop.settle([replicaSetController], () => shop.runPods())

function metered(shop: Workshop, pod: KubeObject, usage: Record<string, string>): void {
  const { name } = pod.metadata
  const body = {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: { name, namespace: 'default' },
    timestamp: toRfc3339(shop.now),
    window: '30s',
    containers: [{ name: 'c', usage }],
  }
  const ref = { resource: PodMetrics.resource, namespace: 'default', name }
  const outcome = shop.send({ type: 'update', ref, object: body, trusted: true })
  if (!outcome.ok)
    shop.send({ type: 'create', resource: PodMetrics.resource, namespace: 'default', object: body, trusted: true })
}

/** Every pod uses so many thousandths of a CPU. */
function load(shop: Workshop, ...milli: number[]): void {
  shop.list('Pod').forEach((pod, index) => {
    const used = milli[Math.min(index, milli.length - 1)]
    if (used !== undefined && used >= 0) metered(shop, pod, { cpu: `${used}m` })
  })
}

const look = (shop: Workshop) => shop.reconcile(horizontalPodAutoscalerController, key)
const size = (shop: Workshop) => shop.get('ReplicaSet', 'web').spec.replicas
const condition = (shop: Workshop, type: string) =>
  getCondition(shop.get('HorizontalPodAutoscaler', 'web').status?.conditions, type)

/** Looks every 15 s; between the looks pods follow, all using what `milli` says. */
function later(shop: Workshop, seconds: number, milli: (pods: number) => number): void {
  for (let passed = 0; passed < seconds; passed += 15) {
    shop.now += 15_000
    load(shop, milli(shop.list('Pod').length))
    look(shop)
    run(shop)
  }
}

describe('the algorithm', () => {
  const table: [string, number, number[], number][] = [
    ['twice the target doubles', 2, [1000], 4],
    ['half the target halves', 4, [250], 2],
    ['within the tolerance nothing changes (H2)', 3, [545], 3],
    ['just beyond it does', 3, [560], 4],
    ['the mean counts', 2, [1000, 0], 2],
    ['a pod without a sample dampens growth', 2, [900, -1], 2],
    ['and shrinking', 4, [100, 100, 100, -1], 3],
    ['growth stops at the maximum (H1)', 9, [1000], 10],
    ['shrinking stops at the minimum (H1)', 2, [0], 1],
  ]
  it.each(table)('%s', (_name, replicas, milli, expected) => {
    const behavior = { scaleDown: { stabilizationWindowSeconds: 0 } }
    const shop = scene({ replicas, spec: { behavior } })
    load(shop, ...milli)
    look(shop)
    expect(size(shop)).toBe(expected)
  })

  it('takes the largest of several metrics', () => {
    const memory = {
      type: 'Resource',
      resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Mi' } },
    }
    const shop = scene({ spec: { metrics: [cpu(50), memory] } })
    for (const pod of shop.list('Pod')) metered(shop, pod, { cpu: '500m', memory: '150Mi' })
    look(shop)
    expect(size(shop)).toBe(3)
    expect(shop.get('HorizontalPodAutoscaler', 'web').status.currentMetrics).toEqual([
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 50, averageValue: '500m' } } },
      { type: 'Resource', resource: { name: 'memory', current: { averageValue: '157286400' } } },
    ])
    expect(shop.events()).toContain('SuccessfulRescale: New size: 3; reason: memory resource above target')
  })

  it('reads one container', () => {
    const target = { type: 'Utilization', averageUtilization: 50 }
    const metric = { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'c', target } }
    const shop = scene({ spec: { metrics: [metric] } })
    load(shop, 1000)
    look(shop)
    expect(size(shop)).toBe(4)
    expect(shop.get('HorizontalPodAutoscaler', 'web').status.currentMetrics).toEqual([
      {
        type: 'ContainerResource',
        containerResource: { name: 'cpu', container: 'c', current: { averageUtilization: 100, averageValue: '1' } },
      },
    ])
  })

  it('does not take starting for load (CPU initialisation)', () => {
    const shop = scene({ replicas: 2 })
    const [first, second] = shop.list('Pod') as [KubeObject, KubeObject]
    const young = { ...second.status, startTime: toRfc3339(shop.now - 60_000) }
    const [ready] = young.conditions
    const conditions = [{ ...ready, lastTransitionTime: toRfc3339(shop.now - 10_000) }]
    shop.patch('Pod', second.metadata.name, { status: { ...young, conditions } }, 'status')
    metered(shop, first, { cpu: '500m' })
    metered(shop, second, { cpu: '2' })
    look(shop)
    expect(size(shop)).toBe(2)
    shop.now += 30_000
    metered(shop, first, { cpu: '500m' })
    metered(shop, second, { cpu: '2' })
    look(shop)
    expect(size(shop)).toBe(4)
  })

  it('does not count pods that are being deleted (H3)', () => {
    const shop = scene({ replicas: 3 })
    load(shop, 500)
    const leaving = shop.list('Pod')[0]?.metadata.name as string
    shop.remove('Pod', leaving, 30)
    look(shop)
    expect(size(shop)).toBe(3)
  })
})

describe('bounds without metrics', () => {
  const table: [string, number, object, number, string][] = [
    ['above the maximum', 5, { maxReplicas: 3 }, 3, 'Current number of replicas above Spec.MaxReplicas'],
    ['below the minimum', 1, { minReplicas: 2 }, 2, 'Current number of replicas below Spec.MinReplicas'],
  ]
  it.each(table)('%s', (_name, replicas, spec, expected, why) => {
    const shop = scene({ replicas, spec })
    look(shop)
    expect(size(shop)).toBe(expected)
    expect(shop.events()).toContain(`SuccessfulRescale: New size: ${expected}; reason: ${why}`)
    expect(condition(shop, 'AbleToScale')).toMatchObject({
      reason: 'SucceededRescale',
      message: `the HPA controller was able to update the target scale to ${expected}`,
    })
    expect(shop.get('HorizontalPodAutoscaler', 'web').status).toMatchObject({
      currentReplicas: replicas,
      desiredReplicas: expected,
      lastScaleTime: toRfc3339(shop.now),
    })
  })

  it('leaves a target of size zero alone', () => {
    const shop = scene({ replicas: 0 })
    look(shop)
    expect(size(shop)).toBe(0)
    expect(condition(shop, 'ScalingActive')).toMatchObject({
      status: 'False',
      reason: 'ScalingDisabled',
      message: 'scaling is disabled since the replica count of the target is zero',
    })
  })
})

describe('what it cannot know', () => {
  const custom = 'unable to fetch metrics from custom metrics API: no known available metric versions found'
  const value = { type: 'Value', value: '10' }
  const table: [string, object, string, string][] = [
    [
      'no samples',
      {},
      'FailedGetResourceMetric',
      'failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API',
    ],
    [
      'a Pods metric',
      {
        metrics: [
          { type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '1' } } },
        ],
      },
      'FailedGetPodsMetric',
      `unable to get metric rps: ${custom}`,
    ],
    [
      'an Object metric',
      {
        metrics: [
          {
            type: 'Object',
            object: {
              describedObject: { apiVersion: 'v1', kind: 'Service', name: 's' },
              metric: { name: 'rps' },
              target: value,
            },
          },
        ],
      },
      'FailedGetObjectMetric',
      `unable to get metric rps: Service on default s/${custom}`,
    ],
    [
      'an External metric',
      {
        metrics: [
          {
            type: 'External',
            external: { metric: { name: 'q', selector: { matchLabels: { a: 'b' } } }, target: value },
          },
        ],
      },
      'FailedGetExternalMetric',
      'unable to get external metric default/q/&LabelSelector{MatchLabels:map[string]string{a: b,},MatchExpressions:[]LabelSelectorRequirement{},}: unable to fetch metrics from external metrics API: the server could not find the requested resource (get q.external.metrics.k8s.io)',
    ],
  ]
  it.each(table)('%s', (_name, spec, reason, error) => {
    const shop = scene({ spec })
    look(shop)
    expect(size(shop)).toBe(2)
    expect(condition(shop, 'ScalingActive')).toMatchObject({
      status: 'False',
      reason,
      message: `the HPA was unable to compute the replica count: ${error}`,
    })
    expect(shop.events()).toEqual([
      ...shop.events().filter((event) => event.startsWith('SuccessfulCreate')),
      `${reason}: ${error}`,
      `FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: ${error}`,
    ])
  })

  it('needs requests for a utilization', () => {
    const shop = scene({ requests: {} })
    load(shop, 100)
    look(shop)
    const pod = shop.list('Pod')[0]?.metadata.name
    expect(condition(shop, 'ScalingActive')?.message).toBe(
      `the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container c of Pod ${pod}`,
    )
  })

  it('grows on the metrics it can read, but does not shrink on a part of them', () => {
    const metrics = [
      cpu(50),
      { type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '1' } } },
    ]
    const behavior = { scaleDown: { stabilizationWindowSeconds: 0 } }
    const shop = scene({ replicas: 4, spec: { metrics, behavior } })
    load(shop, 100)
    look(shop)
    expect(size(shop)).toBe(4)
    load(shop, 1000)
    look(shop)
    expect(size(shop)).toBe(8)
  })

  it('says so when the target is not there', () => {
    const shop = scene()
    shop.remove('ReplicaSet', 'web')
    look(shop)
    const error = 'replicasets/scale.apps "web" not found'
    expect(condition(shop, 'AbleToScale')).toMatchObject({
      status: 'False',
      reason: 'FailedGetScale',
      message: `the HPA controller was unable to get the target's current scale: ${error}`,
    })
    expect(shop.events()).toContain(`FailedGetScale: ${error}`)
  })
})

describe('behaviour over time (H4)', () => {
  it('waits five minutes before shrinking, and says why', () => {
    const shop = scene({ replicas: 4 })
    load(shop, 500)
    look(shop)
    later(shop, 285, () => 100)
    expect(size(shop)).toBe(4)
    expect(condition(shop, 'AbleToScale')).toMatchObject({
      status: 'True',
      reason: 'ScaleDownStabilized',
      message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
    })
    later(shop, 30, () => 100)
    expect(size(shop)).toBe(1)
  })

  it('grows no faster than to twice the size, or by four pods, at a time', () => {
    const shop = scene({ replicas: 1, spec: { maxReplicas: 30 } })
    load(shop, 5000)
    look(shop)
    expect(size(shop)).toBe(4)
    expect(condition(shop, 'ScalingLimited')).toMatchObject({
      status: 'True',
      reason: 'ScaleUpLimit',
      message: 'the desired replica count is increasing faster than the maximum scale rate',
    })
    run(shop)
    shop.now += 600_000
    load(shop, 5000)
    look(shop)
    expect(size(shop)).toBe(8)
  })

  it('follows policies: the defaults of behavior, then one pod a minute', () => {
    const shop = scene({ replicas: 1, spec: { maxReplicas: 30, behavior: { scaleDown: {} } } })
    load(shop, 9000)
    look(shop)
    expect(size(shop)).toBe(5)
    const slow = { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] }
    shop.patch('HorizontalPodAutoscaler', 'web', {
      spec: { behavior: { scaleDown: { ...slow, stabilizationWindowSeconds: 0 } } },
    })
    run(shop)
    shop.now += 600_000
    later(shop, 60, () => 10)
    expect(size(shop)).toBe(4)
    expect(condition(shop, 'ScalingLimited')?.reason).toBe('ScaleDownLimit')
    later(shop, 60, () => 10)
    expect(size(shop)).toBe(3)
  })

  it('never shrinks when shrinking is disabled', () => {
    const behavior = { scaleDown: { selectPolicy: 'Disabled', stabilizationWindowSeconds: 0 } }
    const shop = scene({ replicas: 4, spec: { behavior } })
    later(shop, 60, () => 10)
    expect(size(shop)).toBe(4)
  })

  it('holds growth back for the stabilization window asked for', () => {
    const behavior = { scaleUp: { stabilizationWindowSeconds: 60 } }
    const shop = scene({ replicas: 2, spec: { behavior } })
    load(shop, 500)
    look(shop)
    later(shop, 45, () => 1000)
    expect(size(shop)).toBe(2)
    expect(condition(shop, 'AbleToScale')?.reason).toBe('ScaleUpStabilized')
    later(shop, 30, () => 1000)
    expect(size(shop)).toBe(4)
  })

  it('asks again in 15 seconds in the background, and writes nothing while nothing changes (G2)', () => {
    const shop = scene()
    load(shop, 500)
    look(shop)
    shop.now += 15_000
    load(shop, 500)
    const intents = look(shop)
    expect(wakesOf(intents)).toEqual([{ type: 'wake', at: shop.now + 15_000, background: true }])
    expect(intents).toHaveLength(1)
    expect(shop.get('HorizontalPodAutoscaler', 'web').metadata.annotations?.[memoryAnnotation]).toBeDefined()
  })

  it('stays within its bounds and comes to rest under a constant load (H1, H5)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 0, max: 8000 }),
        (least, more, replicas, total) => {
          const shop = scene({ replicas, spec: { minReplicas: least, maxReplicas: least + more } })
          const share = (pods: number) => Math.round(total / Math.max(1, pods))
          for (let round = 0; round < 60; round++) {
            later(shop, 15, share)
            expect(size(shop)).toBeGreaterThanOrEqual(least)
            expect(size(shop)).toBeLessThanOrEqual(least + more)
          }
          const rest = size(shop)
          later(shop, 600, share)
          expect(size(shop)).toBe(rest)
        },
      ),
      { numRuns: 15 },
    )
  })
})
