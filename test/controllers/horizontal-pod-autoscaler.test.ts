/** Reconcile tables of the HorizontalPodAutoscaler: the algorithm, bounds, what it cannot know; H1 to H3. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { toRfc3339 } from '../../src/api/time.ts'
import { condition, cpu, load, look, metered, scene, size } from '../support/autoscaler-scene.ts'

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
