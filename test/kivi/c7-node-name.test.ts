/** Kivi C7: pods told to run on a node whose NoExecute taint they do not stand are evicted and made again for ever. */
import { expect, test } from 'vitest'
import { cases } from './cases.ts'
import { explored } from './support.ts'

const { C7 } = cases

test('evicted, made again, evicted', async () => {
  const report = await explored(C7.violated)
  expect(report.verdict).toBe('violated')
  const { steps, loopFrom = 0 } = report.counterexample ?? { steps: [] }
  const loop = steps.slice(loopFrom - 1)
  expect(loop.length).toBeGreaterThan(3)
  const verbs = loop.flatMap(({ actor, writes }) =>
    writes.filter(({ resource }) => resource === 'pods').map(({ verb }) => `${actor} ${verb}`),
  )
  expect(verbs).toContain('controller/replicaset create')
  expect(verbs).toContain('controller/taint-eviction delete')
  expect(String(report)).toMatch(/and so on for ever from step \d+$/m)
})

test('with a toleration every run comes to rest with the pod available', async () => {
  const report = await explored(C7.safe)
  expect([report.verdict, report.covered.states]).toEqual(['exhausted', 37])
})
