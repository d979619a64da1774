/**
 * How fast worlds are explored. Peers, each on its own measure of the same or a like thing: Kivi's C4 at five nodes in
 * compiled C (Spin) 11.7 s for 640,000 states; TLC and Stateright 91,000–115,000 transitions a second; fast-check's
 * scheduler 52,000 tasks a second, in random order only.
 */
import { bench, describe } from 'vitest'
import { always, explore, type Report, scenario, setImage } from '../../src/testing/index.ts'
import { overload } from '../kivi/overload.ts'
import { deployment } from '../kivi/support.ts'

const once = { iterations: 1, time: 0, warmupIterations: 0, warmupTime: 0 }
const anything = always(() => true)

function expected(report: Report, is: boolean): void {
  if (!is) throw new Error(String(report))
}

describe('exploring', () => {
  bench(
    '640,000 states of an overloaded cluster of five nodes and ten pods (Spin: 11.7 s)',
    async () => {
      const report = await explore(overload(5, 10, '500m'), [anything], { states: 640_000 })
      expected(report, report.covered.states >= 640_000)
    },
    once,
  )
  const rollout = scenario('rollout', (c) => c.nodes(3).apply(deployment(5)).do(setImage('web', 'nginx:2')))
  bench(
    '500,000 transitions of a rollout in a cluster of 20 objects, every order (TLC, Stateright: 4.3–5.5 s)',
    async () => {
      const report = await explore(rollout, [anything], { states: 135_000, reduction: 'none' })
      expected(report, report.covered.transitions >= 400_000)
    },
    once,
  )
  const faults = { crash: 2, lag: 2, lags: 2, conflict: 2, lose: 1, fail: 1 }
  const three = scenario('rollout', (c) => c.nodes(3).apply(deployment(3)).do(setImage('web', 'nginx:2')))
  for (const mode of ['random', 'pct', 'swarm', 'delayBound'] as const) {
    bench(
      `5,000 complete ${mode} runs of a rollout with crashes, late watches, conflicts, failures and lost answers`,
      async () => {
        const report = await explore(three, [anything], { mode, runs: 5000, faults })
        expected(report, report.covered.settled === 5000)
      },
      once,
    )
  }
})
