/**
 * Exploring a scenario or a cluster: the front door. Sets the world up, lets a strategy run within its budget, makes a
 * violation small, and reports what was seen.
 */
import { Cluster } from '../../cluster/cluster.ts'
import { KybernError } from '../../lib/coded-error.ts'
import type { Property } from '../property.ts'
import { replayFile } from '../replay-file.ts'
import type { Scenario } from '../scenario.ts'
import { joined } from './cells.ts'
import { choicesOf, encoded } from './choices.ts'
import { Guide } from './guided.ts'
import { needsGraph, whyRound } from './liveness.ts'
import type { FaultBudget } from './menu.ts'
import { programOf } from './program.ts'
import {
  type Counterexample,
  type Covered,
  type PropertyReport,
  type Report,
  reportOf,
  type Verdict,
} from './report.ts'
import { Runner } from './run.ts'
import { keysFor, type SearchOptions, searched } from './search.ts'
import { shrink } from './shrink.ts'
import { brokenBy, type LiveLog, shrinkLive } from './shrink-lasso.ts'
import { type StoryStep, tell } from './story.ts'
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
    return withWorld(cluster, scenario, properties, all, (world, another) => {
      const found = (all.mode ?? 'exhaustive') === 'exhaustive' ? exhausted(world, all) : ran(world, all)
      return reported(scenario, world, another, found, all)
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

/** Plays a log again and reports what it shows. `options` are those it was found with, as far as they concern faults and time. */
export async function replay(
  of: Explorable,
  properties: readonly Property[],
  log: readonly string[],
  options: ReplayOptions = {},
): Promise<Report> {
  const { cluster, scenario, own } = await begun(of)
  try {
    return withWorld(cluster, scenario, properties, options, (world, another) => {
      const { loop = 0 } = options
      if (loop > 0)
        return reported(scenario, world, another, wentRound(world, { log, loop }, options), { shrink: false })
      const ran = new Runner(world, options.steps).play(log)
      const violation = ran.violation
      const found: Explored = {
        verdict: violation === undefined ? 'bounded' : 'violated',
        covered: covered(world, 'replay', { runs: 1, transitions: ran.log.length, depth: ran.log.length }),
        log: violation === undefined ? undefined : ran.used,
        violation: violation?.property,
        foundIn: ran.log.length,
        seed: undefined,
      }
      return reported(scenario, world, another, found, { ...options, shrink: false })
    })
  } finally {
    if (own) await cluster.close()
  }
}

/** What a log shows whose end is gone round for ever. */
function wentRound(world: World, live: Omit<LiveLog, 'shows'>, options: ReplayOptions): Explored {
  const found = brokenBy(world, live, keysFor(world, options))
  const { length } = live.log
  return {
    verdict: found === undefined ? 'bounded' : 'violated',
    covered: covered(world, 'replay', { runs: 1, transitions: length, depth: length }),
    ...live,
    violation: found,
    why: found === undefined ? undefined : whyRound(found),
    foundIn: length,
    seed: undefined,
  }
}

interface Explored {
  readonly verdict: Verdict
  readonly covered: Covered
  readonly log: readonly string[] | undefined
  /** Of what goes round for ever: how many of the last steps are the loop. */
  readonly loop?: number
  readonly why?: string | undefined
  readonly violation: Property | undefined
  readonly foundIn: number
  readonly seed: number | undefined
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
    covered: { ...covered(world, 'exhaustive', { states, transitions, depth, settled }), assumes },
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
    visited.add(joined(...cells.digest(to)))
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
      covered: covered(world, mode, seen),
      log,
      violation: violation.property,
      foundIn: log.length,
      seed: seed + run,
    }
  }
  const seen = { states: visited.size, transitions, runs: limit, depth, settled, unsettled }
  return {
    verdict: 'bounded',
    covered: covered(world, mode, seen),
    log: undefined,
    violation: undefined,
    foundIn: 0,
    seed,
  }
}

function covered(_world: World, mode: string, seen: Partial<Covered>): Covered {
  return { states: 0, transitions: 0, runs: 0, depth: 0, settled: 0, unsettled: 0, assumes: [], ...seen, mode }
}

function reported(
  scenario: Scenario,
  world: World,
  another: () => World,
  explored: Explored,
  options: ExploreOptions,
): Report {
  const { properties } = world.judge
  const { judge } = world
  const { covered } = explored
  const seen = Math.max(1, covered.runs > 0 ? covered.transitions : covered.states)
  const concerned = [...judge.concerned]
  const counterexample =
    explored.violation === undefined ? undefined : counterexampleOf(scenario, world, another, explored, options)
  const reports = properties.map((property, i): PropertyReport => {
    const times = concerned[i] as number
    const isWitness = property.formula.type === 'sometimes'
    return {
      name: property.name,
      class: property.class,
      held: property !== explored.violation,
      concerned: times,
      vacuous: !isWitness && times === 0 && property !== explored.violation,
      witnessed: isWitness ? Math.min(1, times / seen) : undefined,
    }
  })
  return reportOf({ scenario: scenario.name, verdict: explored.verdict, covered, properties: reports, counterexample })
}

function counterexampleOf(
  scenario: Scenario,
  world: World,
  another: () => World,
  explored: Explored,
  options: ExploreOptions,
): Counterexample {
  const property = explored.violation as Property
  const isLive = explored.why !== undefined && needsGraph([property])
  const small = smaller(world, explored, isLive, options)
  const { log } = small
  const how = small.shows ? {} : { settle: false }
  const { violation, steps, chain } = tell(world, log, property.name, how)
  // Whoever acts otherwise when asked the same again cannot be replayed; that is said here and not on another machine.
  const again = tell(another(), log, property.name, how)
  if (again.chain !== chain)
    throw new KybernError(
      'KYB-REPLAY',
      `the run does not repeat itself (${chain}, then ${again.chain}): ${unlike(steps, again.steps)}`,
    )
  const choices = choicesOf(
    world.explorer,
    world.base.initial,
    steps.map(({ action }) => action),
  )
  const { name } = scenario
  const one = {
    property: property.name,
    why: (small.shows ? violation?.why : explored.why) ?? 'it does not hold',
    source: property.source,
    log,
    choices,
    url: `kx://${name.replace(/\W+/g, '-')}#${encoded(choices)}`,
    seed: explored.seed,
    steps,
    loopFrom: (explored.loop ?? 0) === 0 ? undefined : steps.length - (explored.loop ?? 0) + 1,
    foundIn: explored.foundIn,
    chain,
  }
  return {
    ...one,
    file: () => replayFile(scenario, one, options),
    test: () => programOf({ scenario, property, log, loop: small.loop, options }),
  }
}

/** The log made small; what happens eventually is judged in its own way. */
function smaller(world: World, explored: Explored, isLive: boolean, options: ExploreOptions): LiveLog {
  const { log = [], loop = 0, violation } = explored
  const property = violation as Property
  if (options.shrink === false) return { log, loop, shows: !isLive }
  if (isLive) return shrinkLive(world, { log, loop }, property, keysFor(world, options))
  return { log: shrink(world, log, property.name).log, loop, shows: true }
}

/** Where two tellings of one run part. */
function unlike(one: readonly StoryStep[], other: readonly StoryStep[]): string {
  const at = one.findIndex((step, i) => JSON.stringify(step) !== JSON.stringify(other[i]))
  const step = one[at]
  return step === undefined
    ? 'what was written differs'
    : `step ${at + 1}, ${step.action}, is no function of what it saw`
}

function refuse({ mode = 'exhaustive' }: ExploreOptions): void {
  const known = ['exhaustive', 'random', 'pct', 'swarm', 'delayBound', 'guided', 'portfolio']
  if (!known.includes(mode))
    throw new KybernError('KYB-EXPLORE', `there is no mode "${mode}"; there are ${known.join(', ')}`)
}
