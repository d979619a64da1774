/** Kivi C6: nodes are drained one after the other; a soft spread lets the second one hold several replicas by then. */
import { expect, test } from 'vitest'
import { cases } from './cases.ts'
import { explored } from './support.ts'

const { C6 } = cases

test('one node at a time, and yet two replicas go at once', async () => {
  const report = await explored(C6.violated)
  expect([report.verdict, report.counterexample?.why]).toEqual(['violated', 'fewer than two of three serve'])
  expect(report.counterexample?.log.filter((name) => name.includes('drain')).length).toBeGreaterThan(0)
})

test('a disruption budget keeps them in every order', async () => {
  const report = await explored(C6.safe)
  expect([report.verdict, report.covered.states]).toEqual(['exhausted', 3591])
})
