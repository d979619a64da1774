/** Kivi C1 and C2: an autoscaler that takes start-up work for load, and one that a manifest takes the replicas from. */
import { expect, test } from 'vitest'
import { cases } from './cases.ts'
import { explored } from './support.ts'

const { C1, C2 } = cases

test('C1: start-up work looks like load, and replicas are added', async () => {
  const report = await explored(C1.violated)
  expect(report.verdict).toBe('violated')
  expect(report.counterexample?.steps.at(-1)?.writes.map(({ verb, resource }) => `${verb} ${resource}`)).toContain(
    'update/scale deployments.apps',
  )
})

test('C1: with a window longer than the start-up none are, in every order and for ever', async () => {
  const report = await explored(C1.safe)
  expect(report.verdict, String(report)).toBe('exhausted')
})

test('C2: a manifest that no longer says how many makes it one (kubernetes #67135)', async () => {
  const report = await explored(C2.violated)
  expect([report.verdict, report.counterexample?.why]).toEqual(['violated', 'fewer than minReplicas'])
})

test('C2: a manifest that never said it leaves the size to the autoscaler', async () => {
  const report = await explored(C2.safe)
  expect(report.verdict, String(report)).toBe('exhausted')
})
