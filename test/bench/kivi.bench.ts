/**
 * The eight cases of Kivi: from nothing (a cluster is made, settled and explored) to the shortest counterexample with its
 * story, or to the last state. Kivi itself needs 2 to 3.4 s for one topology (code generation and a C compiler), and did
 * not find C3 and C8 by choosing the topology within 150 s. Goal: less than 1 s for each counterexample.
 */
import { bench, describe } from 'vitest'
import { exploreTopologies, type Report } from '../../src/testing/index.ts'
import { cases, perZone, pulled, schedulable, spreading } from '../kivi/cases.ts'
import { explored } from '../kivi/support.ts'

const few = { iterations: 3, time: 0, warmupIterations: 1, warmupTime: 0 }

function expected(report: Report, verdict: Report['verdict']): void {
  if (report.verdict !== verdict) throw new Error(String(report))
}

describe('Kivi, violated: to the counterexample', () => {
  for (const [name, { violated }] of Object.entries(cases)) {
    bench(name, async () => expected(await explored(violated), 'violated'), few)
  }
  bench(
    'C3, and the tool chooses the topology',
    async () => expected((await exploreTopologies((layout) => spreading(layout), [schedulable])).report, 'violated'),
    few,
  )
  bench(
    'C8, and the tool chooses the topology',
    async () => expected((await exploreTopologies(pulled, [perZone], { agesMs: 10_000 })).report, 'violated'),
    few,
  )
})

describe('Kivi, safe: every state', () => {
  for (const [name, { safe }] of Object.entries(cases)) {
    bench(name, async () => expected(await explored(safe), 'exhausted'), few)
  }
})
