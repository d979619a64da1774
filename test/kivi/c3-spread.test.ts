/**
 * Kivi C3: two spread constraints that cannot both be kept leave the sixth replica without a node.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#example-conflicting-topologyspreadconstraints
 */
import { expect, test } from 'vitest'
import { exploreTopologies } from '../../src/testing/index.ts'
import { bound, cases, schedulable, spreading, uneven } from './cases.ts'
import { explored } from './support.ts'

const { C3 } = cases

test('two nodes here and one there: the sixth replica has no node', async () => {
  const report = await explored(C3.violated)
  expect(report.verdict).toBe('violated')
  expect(report.counterexample?.log).toHaveLength(1)
  const later = await explored({ ...C3.violated, properties: [bound] })
  expect([later.verdict, later.counterexample?.why]).toEqual([
    'violated',
    'nobody has anything left to do, and it has not come',
  ])
})

test('soft constraints, or as many nodes in each zone: everything is scheduled', async () => {
  const soft = await explored({ of: spreading(uneven, 'ScheduleAnyway'), properties: [schedulable, bound] })
  const level = await explored(C3.safe)
  expect([soft.verdict, level.verdict]).toEqual(['exhausted', 'exhausted'])
  expect(level.properties.every(({ vacuous }) => !vacuous)).toBe(true)
})

test('the smallest cluster in which it happens is found', async () => {
  const { report, nodes } = await exploreTopologies((layout) => spreading(layout), [schedulable])
  expect(report.verdict).toBe('violated')
  expect(nodes.map(({ name }) => name)).toEqual(['a-1', 'a-2', 'b-1'])
})
