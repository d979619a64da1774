/**
 * Exploring a scenario or a cluster: the front door. Sets the world up, lets a strategy run within its budget, makes a
 * violation small, and reports what was seen.
 */
import { Cluster } from '../../cluster/cluster.ts'
import { KybernError } from '../../lib/coded-error.ts'
import type { Property } from '../property.ts'
import type { Scenario } from '../scenario.ts'
import { parseAddress } from './address.ts'
import { namesOf } from './choices.ts'
import { Guide } from './guided.ts'
import { whyRound } from './liveness.ts'
import type { FaultBudget } from './menu.ts'
import { type Report, reportOf } from './report.ts'
import { covered, type Explored, reported } from './reported.ts'
import { Runner } from './run.ts'
import { keysFor, type SearchOptions, searched } from './search.ts'
import { brokenBy, type LiveLog } from './shrink-lasso.ts'
import { inSmallerCluster, leftOut, withoutNodes } from './smaller-cluster.ts'
import { chooser, type Strategy } from './strategies.ts'
import { Visited } from './visited.ts'
import { setUp, type World, type WorldOptions, withWorld } from './world.ts'

/** How to explore. */
export interface ExploreOptions extends WorldOptions, SearchOptions {
  /** `exhaustive`: every state. Others: runs, each named by a seed. `portfolio` takes turns among them. Default exhaustive. */
  readonly mode?: 'exhaustive' | 'random' | 'pct' | 'swarm' | 'delayBound' | 'guided' | 'portfolio'
  readonly faults?: FaultBudget
  /** At most so many runs. Default 1,000. */
  readonly runs?: number
  /** Steps one run may have. Default 5,000. */
  readonly steps?: number
  readonly seed?: number
  /** `pct`: how many constraints a bug may need. `delayBound`: how many delays. */
  readonly bound?: number
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
  refuse(all)
  const { cluster, scenario, own } = await begun(of)
  try {
    const report = withWorld(cluster, scenario, properties, all, (world, another) => {
      const found = (all.mode ?? 'exhaustive') === 'exhaustive' ? exhausted(world, all) : ran(world, all)
      return reported({ scenario, without: [] }, world, another, found, all)
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
  const { states, transitions, depth, settled, complete, violation, log, loop, assumes } = searched(world, options)
  return {
    verdict: violation !== undefined ? 'violated' : complete ? 'exhausted' : 'bounded',
    covered: { ...covered('exhaustive', { states, transitions, depth, settled }), assumes },
    log,
    loop,
    violation: violation?.property,
    why: violation?.why,
    foundIn: log?.length ?? 0,
    seed: undefined,
  }
}

const modes = ['pct', 'swarm', 'random', 'delayBound'] as const

function strategyOf({ mode, bound }: ExploreOptions, run: number): Strategy {
  const chosen = mode === 'portfolio' || mode === 'guided' ? modes[run % modes.length] : mode
  if (chosen === 'pct') return { mode: chosen, ...(bound === undefined ? {} : { depth: bound }) }
  if (chosen === 'delayBound') return { mode: chosen, ...(bound === undefined ? {} : { delays: bound }) }
  return { mode: chosen === 'swarm' ? 'swarm' : 'random' }
}

function ran(world: World, options: ExploreOptions): Explored {
  const { runs: limit = 1000, seed = 1, mode = 'random' } = options
  const { cells } = world.base.ground
  const visited = new Visited()
  let transitions = 0
  let depth = 0
  let settled = 0
  let unsettled = 0
  const runner = new Runner(world, options.steps, ({ to }) => {
    transitions++
    visited.add(cells.digest(to))
  })
  const guide = mode === 'guided' ? new Guide(seed) : undefined
  for (let run = 0; run < limit; run++) {
    const strategy = strategyOf(options, run)
    const before = visited.size
    const choose = guide?.choose(strategy, seed + run) ?? chooser(strategy, seed + run)
    const { violation, log, settled: isSettled } = runner.run(choose)
    guide?.learn(log, visited.size - before)
    depth = Math.max(depth, log.length)
    if (isSettled) settled++
    else if (violation === undefined) unsettled++
    if (violation === undefined) continue
    const seen = { states: visited.size, transitions, runs: run + 1, depth, settled, unsettled }
    return {
      verdict: 'violated',
      covered: covered(mode, seen),
      log,
      violation: violation.property,
      foundIn: log.length,
      seed: seed + run,
    }
  }
  const seen = { states: visited.size, transitions, runs: limit, depth, settled, unsettled }
  return {
    verdict: 'bounded',
    covered: covered(mode, seen),
    log: undefined,
    violation: undefined,
    foundIn: 0,
    seed,
  }
}

function refuse({ mode = 'exhaustive' }: ExploreOptions): void {
  const known = ['exhaustive', 'random', 'pct', 'swarm', 'delayBound', 'guided', 'portfolio']
  if (!known.includes(mode))
    throw new KybernError('KYB-EXPLORE', `there is no mode "${mode}"; there are ${known.join(', ')}`)
}
