/** Kivi C5 and C8: what a descheduler takes away the scheduler puts back where it was, for ever. */
import { expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import type { Controller } from '../../src/controllers/controller.ts'
import type { NodeSpec } from '../../src/node/node-spec.ts'
import { apply, exploreTopologies, type Moment, noOscillation, rests, scenario } from '../../src/testing/index.ts'
import { removeDuplicates, removeSkew } from './descheduler.ts'
import { deployment, everything, node, spread } from './support.ts'

const zoneLabel = 'topology.kubernetes.io/zone'
const steady = noOscillation((s) => s.pods.length).as('the number of pods comes to rest')
const container = { name: 'c', image: 'nginx', resources: { requests: { cpu: '1' } } }
const using = (nodes: readonly NodeSpec[], one: Controller, pod: object, replicas = 2) =>
  scenario('descheduler', (c) =>
    c
      .nodes(nodes)
      .use(one)
      .do(apply(deployment(replicas, pod))),
  )

test('C5: duplicates are removed from the only node with room, and come back', async () => {
  const small = [node('n1', 'a'), node('n2', 'b', { cpu: '500m' })]
  const report = await everything(using(small, removeDuplicates(), { containers: [container] }), [steady])
  expect(report.verdict).toBe('violated')
  const { steps, loopFrom = 0 } = report.counterexample ?? { steps: [] }
  const actors = new Set(steps.slice(loopFrom - 1).flatMap(({ actor, writes }) => (writes.length > 0 ? [actor] : [])))
  for (const actor of ['controller/remove-duplicates', 'controller/replicaset', 'scheduler'])
    expect(actors).toContain(actor)
})

test('C5: with room elsewhere, or when the descheduler looks for room, it ends', async () => {
  const nodes = [node('n1', 'a'), node('n2', 'b')]
  const small = [node('n1', 'a'), node('n2', 'b', { cpu: '500m' })]
  const hasRoom = (_view: unknown, { status }: KubeObject): boolean => status?.allocatable?.cpu !== '500m'
  const roomy = await everything(using(nodes, removeDuplicates(), { containers: [container] }), [steady, rests()])
  const fitting = await everything(using(small, removeDuplicates(hasRoom), { containers: [container] }), [
    steady,
    rests(),
  ])
  expect([roomy.verdict, fitting.verdict]).toEqual(['exhausted', 'exhausted'])
})

/** Pods like spot nodes more than being spread, which they only would like. */
const leaning = (weight: number) => ({
  containers: [container],
  topologySpreadConstraints: [spread('zone', 'ScheduleAnyway')],
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight, preference: { matchExpressions: [{ key: zoneLabel, operator: 'In', values: ['a'] }] } },
      ],
    },
  },
})
const perZone = noOscillation((s: Moment) =>
  s.pods
    .map((pod) => s.get('Node', pod.spec?.nodeName ?? '')?.metadata.labels?.[zoneLabel] ?? '')
    .sort()
    .join(),
).as('pods per zone come to rest')

test('C8: what is moved for the sake of the spread goes back for the sake of the affinity', async () => {
  const nodes = [node('a1', 'a'), node('b1', 'b')]
  const report = await everything(using(nodes, removeSkew(zoneLabel, 1), leaning(100), 4), [perZone])
  expect(report.verdict).toBe('violated')
  const safe = await everything(
    using(
      nodes,
      removeSkew(zoneLabel, 1),
      { containers: [container], topologySpreadConstraints: [spread('zone', 'DoNotSchedule')] },
      4,
    ),
    [perZone, rests()],
  )
  expect(safe.verdict).toBe('exhausted')
})

test('C8: the smallest cluster in which it happens is found', async () => {
  const { report, nodes } = await exploreTopologies(
    (layout) => using(layout, removeSkew(zoneLabel, 1), leaning(100), 4),
    [perZone],
    { agesMs: 10_000 },
  )
  expect(report.verdict).toBe('violated')
  expect(nodes.map(({ name }) => name)).toEqual(['a-1', 'b-1'])
})
