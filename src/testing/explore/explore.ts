/**
 * Exploring a scenario or a cluster: the front door. Sets the world up, lets a strategy run within its budget, makes a
 * violation small, and reports what was seen.
 */
import { Cluster } from '../../cluster/cluster.ts'
import { KybernError } from '../../lib/coded-error.ts'
import type { Property } from '../property.ts'
import type { Scenario } from '../scenario.ts'
import { addressOf, parseAddress } from './address.ts'
import { checkOptions } from './asked.ts'
import type { FaultBudget } from './budget.ts'
import { namesOf } from './choices.ts'
import { type Crew, type Made, runsAlone, runsTogether } from './crew.ts'
import { budgetText } from './deadline.ts'
import { whyRound } from './liveness.ts'
import { memoryText } from './memory.ts'
import { amount, type Report, reportOf } from './report.ts'
import { covered, type Explored, reported } from './reported.ts'
import { Runner } from './run.ts'
import { type RunOptions, runAgain, type Share, type Shared, shareOf } from './runs.ts'
import { keysFor, type SearchOptions, searched } from './search.ts'
import { brokenBy, type LiveLog } from './shrink-lasso.ts'
import { inSmallerCluster, leftOut, withoutNodes } from './smaller-cluster.ts'
import { unheeded } from './unheeded.ts'
import { setUp, type World, type WorldOptions, withWorld } from './world.ts'

/** How to explore. */
export interface ExploreOptions extends WorldOptions, SearchOptions, RunOptions {
  /** `exhaustive`: every state. Others: runs, each named by a seed. `portfolio` takes turns among them. Default exhaustive. */
  readonly mode?: 'exhaustive' | 'random' | 'pct' | 'swarm' | 'delayBound' | 'guided' | 'portfolio'
  readonly faults?: FaultBudget
  /** Other threads for the runs of `random`, `pct`, `swarm`, `delayBound` and `portfolio`. */
  readonly crew?: Crew | undefined
  /** False leaves a counterexample as it was found. */
  readonly shrink?: boolean
  /** The same options under the name used in `verify(…, { faults, explore: { mode, states } })`. */
  readonly explore?: Omit<ExploreOptions, 'explore' | 'faults'>
}

/** What may be explored: a scenario, or a cluster as it stands (it is not changed). */
export type Explorable = Scenario | Cluster

/**
 * Explores and reports; never throws for a violation. Properties are judged at every write and in every state.
 * Throws KYB-EXPLORE for what cannot be explored.
 */
export async function explore(
  of: Explorable,
  properties: readonly Property[],
  options: ExploreOptions = {},
): Promise<Report> {
  const { explore: more, ...rest } = options
  const all: ExploreOptions = { ...rest, ...more }
  checkOptions(all)
  const { cluster, scenario, own } = await begun(of)
  try {
    const made = await byMany(cluster, scenario, properties, all)
    const report = withWorld(cluster, scenario, properties, all, (world, another) => {
      const isExhaustive = (all.mode ?? 'exhaustive') === 'exhaustive'
      const found = isExhaustive ? exhausted(world, all) : foundBy(world, made ?? runsAlone(world, all), all)
      const notes = [...found.covered.notes, ...unheeded(cluster, scenario, all)]
      return reported(
        { scenario, without: [] },
        world,
        another,
        { ...found, covered: { ...found.covered, notes } },
        all,
      )
    })
    const { counterexample } = report
    if (counterexample === undefined || !own || all.shrink === false) return report
    return reportOf({
      ...report,
      counterexample: await inSmallerCluster(scenario, properties, counterexample, all),
    })
  } finally {
    if (own) await cluster.close()
  }
}

/** The runs of several threads, when there is a crew for them. */
async function byMany(cluster: Cluster, scenario: Scenario, properties: readonly Property[], options: ExploreOptions) {
  const { crew } = options
  if (crew === undefined || crew.others < 1) return undefined
  return runsTogether(crew, { mode: 'exhaustive', ...options }, properties, (share) =>
    withWorld(cluster, scenario, properties, options, (world) => shareOf(world, options, share)),
  )
}

/** The runs of one share: what a thread of a crew does. `properties` and `options` are those of the exploration. */
export async function takeShare(
  of: Scenario,
  properties: readonly Property[],
  options: ExploreOptions,
  share: Share,
): Promise<Shared> {
  const { explore: more, ...rest } = options
  const all: ExploreOptions = { ...rest, ...more }
  const { cluster } = await begun(of)
  try {
    const { found: _found, ...shared } = withWorld(cluster, of, properties, all, (world) => shareOf(world, all, share))
    return shared
  } finally {
    await cluster.close()
  }
}

/** How a log is played again. */
export interface ReplayOptions extends ExploreOptions {
  /** So many of the last names are gone round for ever; nothing else happens after the log. Default 0. */
  readonly loop?: number
}

/**
 * Plays a log, or the address of a run (`kx://…`), again and reports what it shows. `options` are those it was found with,
 * as far as they concern faults and time. Throws KYB-REPLAY for an address of another world.
 */
export async function replay(
  of: Explorable,
  properties: readonly Property[],
  log: readonly string[] | string,
  options: ReplayOptions = {},
): Promise<Report> {
  checkOptions(options)
  if (typeof log === 'string') checkAddress(of, log)
  const { without, rest, choices } = asked(log)
  const { cluster, scenario, own } = await begun(of instanceof Cluster ? of : withoutNodes(of, without))
  const where = { scenario, without }
  try {
    return withWorld(cluster, scenario, properties, options, (world, another) => {
      const { loop = 0 } = options
      const names = choices === undefined ? rest : namesOf(world.explorer, world.base.initial, choices)
      if (loop > 0)
        return reported(where, world, another, wentRound(world, { log: names, loop }, options), { shrink: false })
      const ran = new Runner(world, options.steps).play(names)
      const violation = ran.violation
      const found: Explored = {
        verdict: violation === undefined ? 'bounded' : 'violated',
        covered: covered('replay', { runs: 1, transitions: ran.log.length, depth: ran.log.length }),
        log: violation === undefined ? undefined : ran.used,
        violation: violation?.property,
        foundIn: ran.log.length,
        seed: undefined,
      }
      return reported(where, world, another, found, { ...options, shrink: false })
    })
  } finally {
    if (own) await cluster.close()
  }
}

/** Throws KYB-REPLAY for the address of a run of another scenario. */
function checkAddress(of: Explorable, address: string): void {
  const ofThis = addressOf(of instanceof Cluster ? 'cluster' : of.name, { without: [], choices: [] }).split('#')[0]
  const given = address.split(/[?#]/)[0]
  if (address.startsWith('kx://') && given !== ofThis)
    throw new KybernError('KYB-REPLAY', `${given} is a run of another scenario; this one is ${ofThis}`)
}

function asked(log: readonly string[] | string) {
  if (typeof log !== 'string') return { ...leftOut(log), choices: undefined }
  const { without, choices } = parseAddress(log)
  return { without, rest: [], choices }
}

/** What a log shows whose end is gone round for ever. */
function wentRound(world: World, live: Omit<LiveLog, 'shows'>, options: ReplayOptions): Explored {
  const found = brokenBy(world, live, keysFor(world, options))
  const { length } = live.log
  return {
    verdict: found === undefined ? 'bounded' : 'violated',
    covered: covered('replay', { runs: 1, transitions: length, depth: length }),
    ...live,
    violation: found,
    why: found === undefined ? undefined : whyRound(found),
    foundIn: length,
    seed: undefined,
  }
}

async function begun(of: Explorable): Promise<{ cluster: Cluster; scenario: Scenario; own: boolean }> {
  if (!(of instanceof Cluster)) return { cluster: await setUp(of), scenario: of, own: true }
  const scenario: Scenario = {
    name: 'cluster',
    options: of.options,
    given: [],
    uses: [],
    inputs: [],
    inputsWhen: 'anytime',
    horizonMs: undefined,
  }
  return { cluster: of, scenario, own: false }
}

function exhausted(world: World, options: ExploreOptions): Explored {
  const { complete, violation, log, loop, assumes, ...seen } = searched(world, options)
  const { states, transitions, depth, settled, levels, frontier, faults, stoppedBy, notes } = seen
  const counts = { states, transitions, depth, settled, levels, frontier, faults, notes, assumes }
  return {
    verdict: violation !== undefined ? 'violated' : complete ? 'exhausted' : 'bounded',
    covered: covered('exhaustive', { ...counts, stoppedBy: violation === undefined ? stoppedBy : undefined }),
    log,
    loop,
    violation: violation?.property,
    why: violation?.why,
    foundIn: log?.length ?? 0,
    seed: undefined,
  }
}

/** What the runs came to; the first violated one is made again when another thread made it. */
function foundBy(world: World, made: Made, options: ExploreOptions): Explored {
  const { violated, late, full, threads, transitions, depth, states, runs, settled, unsettled, faults, concerned } =
    made
  const { mode = 'random', seed = 1 } = options
  const ended = late ? budgetText(options) : full ? memoryText(options) : `${amount(runs)} runs`
  const stoppedBy = violated !== undefined ? undefined : ended
  const seen = covered(mode, { states, transitions, runs, depth, settled, unsettled, faults, threads, stoppedBy })
  if (violated === undefined)
    return { verdict: 'bounded', covered: seen, concerned, log: undefined, violation: undefined, foundIn: 0, seed }
  const { log, violation } = made.found?.ran ?? runAgain(world, options, violated)
  return {
    verdict: 'violated',
    covered: seen,
    concerned,
    log,
    violation: violation?.property,
    foundIn: log.length,
    seed: seed + violated,
  }
}
