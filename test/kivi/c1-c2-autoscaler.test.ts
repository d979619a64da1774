/** Kivi C1 and C2: an autoscaler that takes start-up work for load, and one that a manifest takes the replicas from. */
import { expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { always, apply, noOscillation, scenario } from '../../src/testing/index.ts'
import { deployment, everything } from './support.ts'

const autoscaler = (minReplicas: number, spec: object = {}): KubeObject => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    minReplicas,
    maxReplicas: 5,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
    ...spec,
  },
})
const app = (replicas: number | undefined, image = 'nginx:1'): KubeObject =>
  deployment(replicas, { containers: [{ name: 'c', image, resources: { requests: { cpu: '1' } } }] })

/** Every pod uses 0.8 CPU in its first minute and 0.3 then: one replica is enough for half of what it asks for. */
function bursting(): KubeObject {
  const one = app(1)
  const { template } = one.spec as { template: { metadata: object; spec: object } }
  const annotations = { 'kybern.dev/script': 'cpu 800m for 60s; cpu 300m' }
  return { ...one, spec: { ...one.spec, template: { ...template, metadata: { ...template.metadata, annotations } } } }
}
const starting = (spec: object) =>
  scenario('start-up work', (c) => c.nodes(1).apply(autoscaler(1, spec)).do(apply(bursting())).horizon('1m'))
const enough = always((s) => s.deployment('web').replicas <= 1).as('no more replicas than the load needs')
const steady = noOscillation((s) => s.deployment('web').replicas).as('the size comes to rest')
const ages = { agesMs: 150_000, time: 'relative' } as const

test('C1: start-up work looks like load, and replicas are added', async () => {
  const report = await everything(starting({}), [enough], ages)
  expect(report.verdict).toBe('violated')
  expect(report.counterexample?.steps.at(-1)?.writes.map(({ verb, resource }) => `${verb} ${resource}`)).toContain(
    'update/scale deployments.apps',
  )
})

test('C1: with a window longer than the start-up none are, in every order and for ever', async () => {
  const behavior = { scaleUp: { stabilizationWindowSeconds: 120 } }
  const report = await everything(starting({ behavior }), [enough, steady], ages)
  expect(report.verdict, String(report)).toBe('exhausted')
})

const least = always((s) => s.deployment('web').replicas >= 3 || 'fewer than minReplicas').as('never below the least')
const applied = (first: number | undefined) =>
  scenario('apply again', (c) =>
    c
      .nodes(1)
      .apply(app(first), autoscaler(3))
      .given((cluster) => cluster.advance('45s'))
      .do(apply(app(undefined, 'nginx:2')))
      .horizon('1m'),
  )

test('C2: a manifest that no longer says how many makes it one (kubernetes #67135)', async () => {
  const report = await everything(applied(3), [least], ages)
  expect([report.verdict, report.counterexample?.why]).toEqual(['violated', 'fewer than minReplicas'])
})

test('C2: a manifest that never said it leaves the size to the autoscaler', async () => {
  const report = await everything(applied(undefined), [least, steady], { agesMs: 10_000 })
  expect(report.verdict, String(report)).toBe('exhausted')
})
