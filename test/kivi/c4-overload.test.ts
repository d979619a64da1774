/** Kivi C4: a node with more work than it can do goes down, its pods move on, and so does the overload. */
import { expect, test } from 'vitest'

import { explore, rests } from '../../src/testing/index.ts'
import { cascades, overload } from './overload.ts'
import { everything } from './support.ts'

test('pods that ask for less than they use: one node taken away takes the others with it', async () => {
  const report = await explore(overload(5, 10, '500m'), [cascades], { mode: 'portfolio', runs: 50 })
  expect(report.verdict).toBe('violated')
  expect(report.counterexample?.log.length).toBeLessThanOrEqual(10)
})

test('pods that ask for what they use wait instead, in every order', async () => {
  const report = await everything(overload(5, 10, '900m'), [cascades, rests()], { symmetry: [], time: 'absolute' })
  expect([report.verdict, report.covered.states]).toEqual(['exhausted', 3646])
})
