/** Kivi C4: a node with more work than it can do goes down, its pods move on, and so does the overload. */
import { expect, test } from 'vitest'
import { cases } from './cases.ts'
import { explored } from './support.ts'

const { C4 } = cases

test('pods that ask for less than they use: one node taken away takes the others with it', async () => {
  const report = await explored(C4.violated)
  expect(report.verdict).toBe('violated')
  expect(report.counterexample?.log.length).toBeLessThanOrEqual(10)
})

test('pods that ask for what they use wait instead, in every order', async () => {
  const report = await explored(C4.safe)
  expect([report.verdict, report.covered.states]).toEqual(['exhausted', 3646])
})
