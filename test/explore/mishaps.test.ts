/** Every sort of fault there is to explore: what it brings to light, how it is told, how small, and that it replays. */
import { expect, test } from 'vitest'
import type { Controller } from '../../src/index.ts'
import {
  always,
  apply,
  ended,
  explore,
  type FaultBudget,
  type Moment,
  type Operation,
  type Property,
  remove,
  replay,
  type Scenario,
  type ScenarioBuilder,
  scenario,
  settled,
} from '../../src/testing/index.ts'
import * as naive from './naive-operators.ts'

const { config, site, Site } = naive

const world = (operator: Controller, operations: readonly Operation[], given: readonly object[] = []): Scenario =>
  scenario('naive', (c) =>
    c
      .nodes(0)
      .use(Site, operator)
      .apply(...given.map((one) => one as typeof site))
      .do(...operations),
  )

const said = (s: Moment) => s.get('Site', 'blog')?.metadata.annotations ?? {}
const pages = (s: Moment) => s.list('ConfigMap').filter(({ metadata }) => metadata.name.startsWith('page')).length

interface Case {
  readonly operator: Controller
  readonly does?: readonly Operation[]
  readonly given?: readonly object[]
  readonly property: Property
  /** What brings it to light. */
  readonly faults: FaultBudget
  /** What does not. */
  readonly others: FaultBudget
  readonly steps: number
  readonly story: RegExp
}

const comes = apply(site)
const goes = remove('Site', 'blog')
const source = apply(config('source'))

const cases: Readonly<Record<string, Case>> = {
  drop: {
    operator: naive.trustsTimeouts,
    property: ended((s) => pages(s) === 1),
    faults: { drop: 1 },
    others: { lose: 1, fail: 1, conflict: 1, crash: 1, repeat: 1, retry: 1 },
    steps: 2,
    story: /nothing arrives of its 1st write/,
  },
  fail: {
    operator: naive.givesUp,
    property: ended((s) => pages(s) === 1),
    faults: { fail: 1 },
    others: { drop: 1, lose: 1, conflict: 1, crash: 1, repeat: 1, retry: 1 },
    steps: 2,
    story: /500 for its 1st write/,
  },
  retry: {
    operator: naive.givesWay,
    property: ended((s) => said(s).failed === undefined),
    faults: { retry: 1 },
    others: { drop: 1, lose: 1, fail: 1, crash: 1, repeat: 1, conflict: 1 },
    steps: 2,
    story: /sent again though it was done: its 1st write/,
  },
  repeat: {
    operator: naive.makesAnother,
    property: ended((s) => pages(s) === 1),
    faults: { repeat: 1 },
    others: { echo: 1, shuffle: 1, skew: 1 },
    steps: 2,
    story: /twice arrives its 1st write/,
  },
  lose: {
    operator: naive.makesAnother,
    property: ended((s) => pages(s) === 1),
    faults: { lose: 1 },
    others: { echo: 1, shuffle: 1, skew: 1 },
    steps: 2,
    story: /done, though it is told 504: its 1st write/,
  },
  crash: {
    operator: naive.makesAnother,
    property: ended((s) => pages(s) === 1),
    faults: { crash: 1 },
    others: { echo: 1, shuffle: 1, skew: 1 },
    steps: 2,
    story: /dies before its 2nd write/,
  },
  echo: {
    operator: naive.rings,
    given: [config('bell', { rung: '0' })],
    property: always((s) => Number(s.get('ConfigMap', 'bell')?.data.rung) <= 1),
    faults: { echo: 1 },
    others: { drop: 1, lag: 2, miss: 1, shuffle: 1, skew: 1 },
    steps: 3,
    story: /is told again of default\/blog, which did not change/,
  },
  miss: {
    operator: naive.seesComings,
    does: [source, remove('ConfigMap', 'source'), source],
    given: [config('copy', { of: '' }), site],
    property: settled(
      (s) => s.get('ConfigMap', 'copy')?.data.of === (s.get('ConfigMap', 'source')?.metadata.uid ?? 'none'),
    ),
    faults: { lag: 3, miss: 1 },
    others: { lag: 3, drop: 1 },
    steps: 6,
    story: /its watch of configmaps is opened anew and skips what lay between/,
  },
  travel: {
    operator: naive.keepsRecords,
    does: [comes, goes],
    property: ended((s) => s.get('ConfigMap', 'record') === undefined),
    faults: { travel: 1 },
    others: { crash: 1, lag: 2, miss: 1, echo: 1 },
    steps: 5,
    story: /starts again and sees sites.example.com as they were \d changes? ago/,
  },
  shuffle: {
    operator: naive.seatsTheFirst,
    given: [config('guest-a'), config('guest-b'), config('guest-c')],
    property: always((s) => (said(s).seated ?? 'guest-a') === 'guest-a'),
    faults: { shuffle: 1 },
    others: { crash: 1, lag: 2, echo: 1, travel: 1 },
    steps: 2,
    story: /another comes first among equals/,
  },
  skew: {
    operator: naive.trustsItsClock,
    property: always((s) => said(s).expired === undefined),
    faults: { skew: 1 },
    others: { crash: 1, lag: 2, echo: 1, travel: 1, slow: 1 },
    steps: 2,
    story: /its clock is wrong: ahead/,
  },
}

for (const [word, { operator, does = [comes], given = [], property, faults, others, steps, story }] of Object.entries(
  cases,
)) {
  test(`${word} brings to light what nothing else does`, async () => {
    const of = world(operator, does, given)
    const options = { faultsOf: ['sites'] }
    const alone = await explore(of, [property], { ...options, faults: others })
    expect([alone.verdict, String(alone.counterexample?.why)]).toEqual(['exhausted', 'undefined'])
    for (const mode of ['exhaustive', 'random'] as const) {
      const { counterexample } = await explore(of, [property], { ...options, faults, mode })
      expect(counterexample?.log.length).toBeLessThanOrEqual(steps)
      const again = await replay(of, [property], counterexample?.log ?? [], { ...options, faults })
      expect(again.counterexample?.chain).toBe(counterexample?.chain)
      expect(String(again)).toMatch(story)
      const addressed = await replay(of, [property], counterexample?.url ?? '', { ...options, faults })
      expect(addressed.counterexample?.chain).toBe(counterexample?.chain)
    }
  })
}

const brief = (name: string): typeof site =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      activeDeadlineSeconds: 5,
      terminationGracePeriodSeconds: 0,
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'nginx' }],
    },
  }) as typeof site

test('ties: one timer of an instant is over before the others', async () => {
  const of = scenario('deadlines', (c) => c.nodes(1).do(apply(brief('a')), apply(brief('b'))))
  const phase = (s: Moment, name: string) => s.get('Pod', name)?.status?.phase
  const inOrder = always((s) => s.pods.length < 2 || phase(s, 'b') !== 'Failed' || phase(s, 'a') === 'Failed').as(
    'a ends before b',
  )
  expect((await explore(of, [inOrder])).verdict).toBe('exhausted')
  const report = await explore(of, [inOrder], { faults: { ties: 1 } })
  expect(report.verdict).toBe('violated')
  expect(String(report)).toMatch(/of this instant ".*default\/b.*" is over first/)
})

test('what users do comes in every order when they are several', async () => {
  const says = (who: string) => apply(config('word', { of: who }))
  const last = (who: string) => ended((s) => s.get('ConfigMap', 'word')?.data.of === who).as(`${who} has the last word`)
  const words = [config('word', { of: 'nobody' })]
  const of = (build: (c: ScenarioBuilder) => unknown) => scenario('users', build)
  const one = of((c) =>
    c
      .nodes(0)
      .apply(...words)
      .do(says('alice'), says('bob')),
  )
  const two = of((c) =>
    c
      .nodes(0)
      .apply(...words)
      .do(says('alice'))
      .meanwhile(says('bob')),
  )
  const any = of((c) =>
    c
      .nodes(0)
      .apply(...words)
      .inAnyOrder(says('alice'), says('bob'), says('carol')),
  )
  expect((await explore(one, [last('bob')])).verdict).toBe('exhausted')
  const found = await explore(two, [last('bob')])
  expect(found.counterexample?.log).toEqual([expect.stringContaining('input 1'), expect.stringContaining('input 0')])
  expect(found.counterexample?.test()).toContain('.meanwhile({ op: "apply"')
  for (const who of ['alice', 'bob', 'carol']) {
    const { counterexample } = await explore(any, [ended((s) => s.get('ConfigMap', 'word')?.data.of !== who)])
    expect(counterexample?.log.length).toBe(3)
    const file = counterexample?.file()
    expect(file?.replay.scenario.lanes).toEqual({ 0: 1, 1: 2, 2: 3 })
  }
})
