/**
 * Kivi C3: two spread constraints that cannot both be kept leave the sixth replica without a node.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#example-conflicting-topologyspreadconstraints
 */
import { expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import type { NodeSpec } from '../../src/node/node-spec.ts'
import { apply, exploreTopologies, leadsTo, never, scenario } from '../../src/testing/index.ts'
import { deployment, everything, node, spread } from './support.ts'

const constraints = (when: 'DoNotSchedule' | 'ScheduleAnyway') => ({
  topologySpreadConstraints: [spread('zone', when), spread('host', when)],
})
const isRefused = (pod: KubeObject): boolean =>
  pod.status?.conditions?.some(
    ({ type, status }: { type: string; status: string }) => type === 'PodScheduled' && status === 'False',
  ) === true
const schedulable = never((s) => s.pods.some(isRefused)).as('every replica has a node')
const bound = leadsTo(
  (s) => s.pods.some((pod) => pod.spec?.nodeName === undefined),
  (s) => s.pods.length === 6 && s.pods.every((pod) => pod.spec?.nodeName !== undefined),
).as('all replicas get a node')
const uneven = [node('a1', 'a'), node('a2', 'a'), node('b1', 'b')]
const even = [node('a1', 'a'), node('b1', 'b')]
const spreading = (nodes: readonly NodeSpec[], when: 'DoNotSchedule' | 'ScheduleAnyway' = 'DoNotSchedule') =>
  scenario('spread', (c) => c.nodes(nodes).do(apply(deployment(6, constraints(when)))))

test('two nodes here and one there: the sixth replica has no node', async () => {
  const report = await everything(spreading(uneven), [schedulable])
  expect(report.verdict).toBe('violated')
  expect(report.counterexample?.log).toHaveLength(1)
  const later = await everything(spreading(uneven), [bound])
  expect([later.verdict, later.counterexample?.why]).toEqual([
    'violated',
    'nobody has anything left to do, and it has not come',
  ])
})

test('soft constraints, or as many nodes in each zone: everything is scheduled', async () => {
  const soft = await everything(spreading(uneven, 'ScheduleAnyway'), [schedulable, bound])
  const level = await everything(spreading(even), [schedulable, bound])
  expect([soft.verdict, level.verdict]).toEqual(['exhausted', 'exhausted'])
  expect(level.properties.every(({ vacuous }) => !vacuous)).toBe(true)
})

test('the smallest cluster in which it happens is found', async () => {
  const { report, nodes } = await exploreTopologies((layout) => spreading(layout), [schedulable])
  expect(report.verdict).toBe('violated')
  expect(nodes.map(({ name }) => name)).toEqual(['a-1', 'a-2', 'b-1'])
})
