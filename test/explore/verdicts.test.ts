/** Verdicts say no more than was seen: every budget that ends an exploration is named, with how far it came. */
import { expect, test } from 'vitest'
import {
  always,
  type Crew,
  type ExploreOptions,
  eventually,
  explore,
  noOscillation,
  type Report,
  scenario,
  setImage,
  settled,
  takeShare,
} from '../../src/testing/index.ts'
import { deployment } from '../kivi/support.ts'

const rollout = scenario('rollout', (c) => c.nodes(1).apply(deployment(1)).do(setImage('web', 'nginx:2')))
const anything = always(() => true).as('anything')
const told = (options: ExploreOptions): Promise<Report> => explore(rollout, [anything], options)

/** A clock that moves whenever somebody looks. */
function clock(): () => number {
  let now = 0
  return () => now++
}

test('everything was seen: exhausted, with its count, and no budget ended it', async () => {
  const { verdict, covered } = await told({ faults: { crash: 1 } })
  expect(verdict).toBe('exhausted')
  expect(covered).toMatchObject({ stoppedBy: undefined, frontier: 0, allowed: { crash: 1 } })
  expect(covered.levels).toBe(covered.depth + 1)
  expect(covered.faults.crash).toBeGreaterThan(0)
})

test('states: how many were found and not looked into, and up to where all were', async () => {
  const whole = await told({ reduction: 'none' })
  const part = await told({ reduction: 'none', states: 500 })
  expect(part.verdict).toBe('bounded')
  expect(part.covered.stoppedBy).toBe('500 states')
  expect(part.covered.states).toBeGreaterThanOrEqual(500)
  expect(part.covered.frontier).toBeGreaterThan(0)
  expect(part.covered.levels).toBeLessThan(whole.covered.levels)
  expect(String(part)).toContain(
    `ended by its budget of 500 states: everything within ${part.covered.levels} steps was looked into, ${part.covered.frontier} states found were not`,
  )
})

test('as many states as there are: that is everything', async () => {
  const { states } = (await told({})).covered
  expect((await told({ states })).verdict).toBe('bounded')
  expect((await told({ states: states + 1 })).verdict).toBe('exhausted')
})

test('depth: all levels up to it', async () => {
  const { verdict, covered } = await told({ depth: 7 })
  expect([verdict, covered.stoppedBy, covered.levels]).toEqual(['bounded', 'depth 7', 7])
  expect(covered.frontier).toBeGreaterThan(0)
})

test('memory: what is kept of states ends it before there is no room for them', async () => {
  const searched = await told({ reduction: 'none', memory: '1Mi' })
  expect([searched.verdict, searched.covered.stoppedBy]).toEqual(['bounded', '1Mi of memory'])
  expect(searched.covered.frontier).toBeGreaterThan(0)
  const ran = await told({ mode: 'random', runs: 5000, memory: 60_000, faults: { crash: 2, conflict: 2 } })
  expect([ran.verdict, ran.covered.stoppedBy]).toEqual(['bounded', '60000 bytes of memory'])
  expect(ran.covered.runs).toBeLessThan(5000)
  await expect(told({ memory: 'much' })).rejects.toThrow('KYB-EXPLORE')
})

test('properties of any number are told apart in what happens eventually', async () => {
  const comes = (i: number) => eventually((s) => s.deployment('web').updated === 1 && i < 20).as(`comes ${i}`)
  const report = await explore(
    rollout,
    Array.from({ length: 21 }, (_, i) => comes(i)),
  )
  expect([report.verdict, report.counterexample?.property]).toEqual(['violated', 'comes 20'])
})

test('time: by the clock that was given, and none without one', async () => {
  const search = await told({ reduction: 'none', budget: 5, now: clock() })
  expect([search.verdict, search.covered.stoppedBy]).toEqual(['bounded', '0.005s'])
  const runs = await told({ mode: 'random', budget: '8ms', now: clock() })
  expect([runs.verdict, runs.covered.stoppedBy, runs.covered.runs]).toEqual(['bounded', '8ms', 7])
  await expect(told({ budget: '1s' })).rejects.toThrow('a budget of time needs a clock')
})

test('runs: how many came to rest, how many were given up, what struck', async () => {
  const faults = { crash: 1, conflict: 2 }
  const report = await told({ mode: 'random', runs: 40, faults })
  expect(report.covered).toMatchObject({ stoppedBy: '40 runs', runs: 40, settled: 40, unsettled: 0, allowed: faults })
  expect(report.covered.faults.crash).toBeLessThanOrEqual(40)
  expect(String(report)).toMatch(/faults: at most crash 1, conflict 2 in one run; struck: \S+ \d+/)
  const short = await told({ mode: 'random', runs: 40, steps: 20 })
  expect([short.covered.settled, short.covered.unsettled]).toEqual([0, 40])
  expect(String(short)).toContain('40 runs were given up before they settled')
})

test('a violation is one whatever the budget, and no budget ended it', async () => {
  const wrong = settled((s) => s.pods.length === 0).as('nothing')
  for (const options of [{ states: 100_000 }, { mode: 'random', runs: 5 }] as const) {
    const { verdict, covered } = await explore(rollout, [wrong], options)
    expect([verdict, covered.stoppedBy]).toEqual(['violated', undefined])
  }
})

test('what is to hold for ever is not said to hold when not everything was seen', async () => {
  const report = await explore(rollout, [noOscillation((s) => s.pods.length).as('still')], { states: 60 })
  expect(report.verdict).toBe('bounded')
  expect(String(report)).toMatch(/· still/)
})

/** Other threads that are none: they make their shares in this one. */
function crew(others: number, options: ExploreOptions): Crew {
  return { others, take: (share) => takeShare(rollout, [anything], options, share), end() {} }
}

test('shares together are the whole: counts, states and properties are those of one thread', async () => {
  const options: ExploreOptions = { mode: 'portfolio', runs: 41, faults: { crash: 1, lag: 1 } }
  const alone = await explore(rollout, [anything], options)
  const shared = await explore(rollout, [anything], { ...options, crew: crew(2, options) })
  expect(shared.properties).toEqual(alone.properties)
  expect(shared.covered).toEqual({ ...alone.covered, threads: 3 })
})

test('modes that go one step after the other refuse a crew', async () => {
  for (const mode of ['exhaustive', 'guided'] as const) {
    await expect(told({ mode, crew: crew(1, {}) })).rejects.toThrow('has no use for more threads')
  }
})

test('a thread that fails is told and the others are let go', async () => {
  let ended = 0
  const broken: Crew = { others: 1, take: () => Promise.reject(new Error('out of memory')), end: () => ended++ }
  await expect(told({ mode: 'random', runs: 4, crew: broken })).rejects.toThrow('out of memory')
  expect(ended).toBe(1)
})
