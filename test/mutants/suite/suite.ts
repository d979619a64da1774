/**
 * The standard suite: general scenarios, drawn runs, faults, and general properties. It stops at the first violation and
 * makes the run that showed it as short as it can.
 */

import type { Cluster } from '../../../src/index.ts'
import { createCluster } from '../../../src/index.ts'
import { drawsOf } from '../../../src/lib/prng.ts'
import { promised } from '../../../src/testing/invariants/index.ts'
import type { Property } from '../../../src/testing/property.ts'
import { watchEnds } from './ends.ts'
import { explored } from './explored.ts'
import { broughtToRest } from './meta.ts'
import { Monitor, type Violation } from './monitor.ts'
import type { Reach } from './reach.ts'
import { Livelock, Rig } from './rig.ts'
import { type Scenario, scenarios, scripts } from './scenarios.ts'
import { generated, perform, type Roughness, type Step } from './steps.ts'
import { Watcher } from './watcher.ts'

export interface Verdict {
  readonly killed: boolean
  readonly property: string
  readonly why: string
  readonly scenario: string
  readonly seed: number
  /** Steps of the shrunk counterexample. */
  readonly steps: number
  readonly runs: number
  readonly story: readonly string[]
  readonly log?: readonly Step[]
  readonly roughness?: Roughness
}

export interface Settings {
  readonly seed: number
  readonly shrink: boolean
  /** The time in ms, from wherever: for budgets only. */
  readonly clock: () => number
  readonly budgetMs: number
  readonly properties?: readonly Property[]
  /** Which scenarios come to what was changed: those are run more often. */
  readonly reach?: Reach
}

export interface Ran {
  readonly violation: Violation | undefined
  readonly story: readonly string[]
}

/** Worlds of the scenarios, made once and forked for each run. */
const worlds = new Map<string, Cluster>()

/** `settled`: with what the manifest says, and at rest. */
async function worldOf(scenario: Scenario, settled: boolean): Promise<Cluster> {
  const name = settled ? `${scenario.name}, settled` : scenario.name
  const made = worlds.get(name)
  if (made !== undefined) return made
  const cluster = settled
    ? (await worldOf(scenario, false)).fork()
    : await createCluster({ scripts, ...scenario.cluster, seed: 7, history: 4000 })
  if (settled) {
    await cluster.apply(scenario.manifest)
    await cluster.settle({ within: '30m' }).catch(() => {})
  }
  worlds.set(name, cluster)
  return cluster
}

/** Rows that say by when somebody acts, at every moment. */
const timely: ReadonlySet<string> = new Set(['N1'])

/** One run: the scenario's manifest, the steps, then rest. A first step `settled` begins where the manifest is done. */
export async function ran(
  scenario: Scenario,
  steps: readonly Step[],
  roughness: Roughness,
  claims: readonly Property[],
): Promise<Ran> {
  const settled = steps[0]?.what === 'settled'
  const cluster = (await worldOf(scenario, settled)).fork()
  const rig = new Rig(cluster)
  rig.calm = roughness === 0
  // Nobody can be in time who has died.
  const asked = roughness === 2 ? claims.filter(({ id = '' }) => !timely.has(id)) : claims
  const monitor = new Monitor(cluster, asked, () => rig.believed)
  watchEnds(rig, monitor, roughness < 2)
  const watcher = new Watcher(cluster, monitor)
  const story: string[] = []
  cluster.trouble$.subscribe(({ by, key, error }) => {
    monitor.story.push(`! ${by} ${key}: ${error}`)
    if (isBug(error)) monitor.fail('reconciles do not throw', `${by} ${key}: ${error}`)
  })
  try {
    if (!settled) await cluster.apply(scenario.manifest)
    await watcher.fromNothing('/api/v1/pods')
    await watcher.fromNothing('/apis/apps/v1/deployments')
    const middle = Math.floor(steps.length / 2)
    for (const [i, step] of steps.entries()) {
      if (i === middle) await watcher.fromList('/api/v1/pods', 'labelSelector=app')
      if (i === middle) await watcher.fromList('/api/v1/configmaps')
      const at = monitor.story.length
      const said = await perform(rig, scenario, step)
      story.push(`${i + 1}. ${said}`, ...monitor.story.slice(at).map((line) => `     ${line}`))
      if (monitor.violation !== undefined) return { violation: monitor.violation, story }
    }
    const at = monitor.story.length
    await broughtToRest(rig, monitor, scenario)
    await watcher.compare()
    story.push(
      'and then everything is healed and comes to rest',
      ...monitor.story.slice(at).map((line) => `     ${line}`),
    )
  } catch (error) {
    monitor.fail(
      error instanceof Livelock ? 'no livelock' : 'the program does not fail',
      (error as Error).stack ?? String(error),
    )
  } finally {
    await cluster.close()
  }
  return { violation: monitor.violation, story }
}

function isBug(error: string): boolean {
  return /undefined|is not a function|null|NaN|not iterable/.test(error)
}

/** In so many rounds every scenario is run, and what it comes to is counted. */
const counted = 2

/** Runs until the budget is used up or something is wrong. */
export async function standardSuite(settings: Settings): Promise<Verdict> {
  const claims = settings.properties ?? promised
  const end = settings.clock() + settings.budgetMs
  const { reach } = settings
  const costs = new Costs()
  let runs = 0
  for (let round = 0; settings.clock() < end; round++) {
    if (round === counted) {
      reach?.stop()
      const found = await allExplored(settings, claims)
      runs += found.runs
      if (found.verdict !== undefined) return { ...found.verdict, runs }
    }
    for (const [i, scenario] of scenarios.entries()) {
      if (settings.clock() >= end) break
      const seed = settings.seed * 1_000_003 + round * 1009 + i
      const isDue = drawsOf(seed).below(1000) < 1000 * worth(scenario, round, reach) * costs.share(scenario.name)
      if (round > 0 && scenario.busy !== true && !isDue) continue
      const start = settings.clock()
      const roughness = ([0, 2, 1] as const)[round % 3] as Roughness
      const steps = round === 0 ? [] : generated(scenario, seed, roughness)
      runs++
      const { violation, story } = await ran(scenario, steps, roughness, claims)
      costs.note(scenario.name, settings.clock() - start)
      if (round < counted) reach?.note(scenario.name)
      if (violation === undefined) continue
      const found = { steps, violation, story }
      const short = settings.shrink ? await shrunk(scenario, roughness, claims, found, settings.clock) : found
      return {
        killed: true,
        ...short.violation,
        scenario: scenario.name,
        seed,
        steps: short.steps.length,
        runs,
        story: short.story,
        log: short.steps,
      }
    }
  }
  return { killed: false, property: '', why: '', scenario: '', seed: settings.seed, steps: 0, runs, story: [] }
}

/** What runs of a scenario took, and that dear ones are run less often. */
class Costs {
  readonly #last = new Map<string, number>()

  note(scenario: string, ms: number): void {
    this.#last.set(scenario, ms)
  }

  /** The part of the rounds it takes part in: 1 for those that are not dearer than most. */
  share(scenario: string): number {
    const all = [...this.#last.values()].sort((a, b) => a - b)
    const typical = all[Math.floor(all.length / 2)] ?? 0
    return Math.max(0.2, Math.min(1, (1.5 * typical) / (this.#last.get(scenario) ?? 1)))
  }
}

/** How often a scenario is run in a round. While its reach is counted, what users do may still come to what was changed. */
const worth = ({ name }: Scenario, round: number, reach: Reach | undefined): number =>
  Math.max(round < counted ? 0.3 : 0, reach?.weight(name) ?? 1)

/** The part of the budget that goes into exploring. */
const exploring = 0.5

/** Every scenario explored, for as long as what it comes to is worth. */
async function allExplored(
  { seed, clock, budgetMs, reach, shrink }: Settings,
  claims: readonly Property[],
): Promise<{ runs: number; verdict?: Verdict }> {
  const weights = scenarios.map(({ name }) => reach?.weight(name) ?? 1)
  // Those that go on for ever have their share in live runs.
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  let runs = 0
  for (const [i, scenario] of scenarios.entries()) {
    const weight = weights[i] ?? 0
    if (scenario.endless === true) continue
    const end = clock() + (budgetMs * exploring * weight) / whole
    const found = await explored(scenario, claims, { seed: seed * 1_000_003 + i, clock, end, shrink })
    if (typeof found === 'number') {
      runs += found
      continue
    }
    const { property, why, log } = found
    const story = log.map((name, at) => `${at + 1}. ${name}`)
    const verdict = { killed: true, property, why, scenario: scenario.name, seed, steps: log.length, runs: 0, story }
    return { runs: runs + found.runs, verdict }
  }
  return { runs }
}

interface Found {
  readonly steps: readonly Step[]
  readonly violation: Violation
  readonly story: readonly string[]
}

const shrinkMs = 8000

/** Leaves out steps as long as the same property is still broken. */
async function shrunk(
  scenario: Scenario,
  roughness: Roughness,
  claims: readonly Property[],
  found: Found,
  clock: () => number,
): Promise<Found> {
  const end = clock() + shrinkMs
  let best = found
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < best.steps.length && clock() < end; ) {
      const steps = best.steps.filter((_, i) => i < at || i >= at + size)
      const { violation, story } = await ran(scenario, steps, roughness, claims)
      if (violation?.property === best.violation.property) best = { steps, violation, story }
      else at += size
    }
  return best
}
