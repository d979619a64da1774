/** Kivi C5 and C8: what a descheduler takes away the scheduler puts back where it was, for ever. */
import { expect, test } from 'vitest'
import { exploreTopologies } from '../../src/testing/index.ts'
import { cases, perZone, pulled, roomThere } from './cases.ts'
import { explored } from './support.ts'

const { C5, C8 } = cases

test('C5: duplicates are removed from the only node with room, and come back', async () => {
  const report = await explored(C5.violated)
  expect(report.verdict).toBe('violated')
  const { steps, loopFrom = 0 } = report.counterexample ?? { steps: [] }
  const actors = new Set(steps.slice(loopFrom - 1).flatMap(({ actor, writes }) => (writes.length > 0 ? [actor] : [])))
  for (const actor of ['controller/remove-duplicates', 'controller/replicaset', 'scheduler'])
    expect(actors).toContain(actor)
})

test('C5: with room elsewhere, or when the descheduler looks for room, it ends', async () => {
  const roomy = await explored(roomThere)
  const fitting = await explored(C5.safe)
  expect([roomy.verdict, fitting.verdict]).toEqual(['exhausted', 'exhausted'])
})

test('C8: what is moved for the sake of the spread goes back for the sake of the affinity', async () => {
  expect((await explored(C8.violated)).verdict).toBe('violated')
  expect((await explored(C8.safe)).verdict).toBe('exhausted')
})

test('C8: the smallest cluster in which it happens is found', async () => {
  const { report, nodes } = await exploreTopologies(pulled, [perZone], { agesMs: 10_000 })
  expect(report.verdict).toBe('violated')
  expect(nodes.map(({ name }) => name)).toEqual(['a-1', 'b-1'])
})
