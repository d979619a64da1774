/**
 * From what an exploration found to its report: a violation is made small, told twice (the second time by a world that
 * knows nothing of the first), and comes as a story, as data and as a test.
 */
import { KybernError } from '../../lib/coded-error.ts'
import type { Property } from '../property.ts'
import { replayFile } from '../replay-file.ts'
import type { Scenario } from '../scenario.ts'
import { addressOf } from './address.ts'
import { choicesOf } from './choices.ts'
import type { ExploreOptions } from './explore.ts'
import { needsGraph } from './liveness.ts'
import { programOf } from './program.ts'
import {
  type Counterexample,
  type Covered,
  type PropertyReport,
  type Report,
  reportOf,
  type Verdict,
} from './report.ts'
import { keysFor } from './search.ts'
import { shrink } from './shrink.ts'
import { type LiveLog, shrinkLive } from './shrink-lasso.ts'
import { leavingOut } from './smaller-cluster.ts'
import { type StoryStep, tell } from './story.ts'
import type { World } from './world.ts'

/** What an exploration found. */
export interface Explored {
  readonly verdict: Verdict
  readonly covered: Covered
  readonly log: readonly string[] | undefined
  /** Of what goes round for ever: how many of the last steps are the loop. */
  readonly loop?: number
  readonly why?: string | undefined
  /** How often each property had something to say, when not only this world knows. */
  readonly concerned?: readonly number[]
  readonly violation: Property | undefined
  readonly foundIn: number
  readonly seed: number | undefined
}

/** What was covered; what is not said is 0. */
export function covered(mode: string, seen: Partial<Covered>): Covered {
  const none = { states: 0, transitions: 0, runs: 0, depth: 0, settled: 0, unsettled: 0, levels: 0, frontier: 0 }
  return { ...none, allowed: {}, faults: {}, stoppedBy: undefined, threads: 1, notes: [], assumes: [], ...seen, mode }
}

/** The report. */
export function reported(
  where: Where,
  world: World,
  another: () => World,
  explored: Explored,
  options: ExploreOptions,
): Report {
  const { properties } = world.judge
  const { judge } = world
  const { covered } = explored
  const seen = Math.max(1, covered.runs > 0 ? covered.transitions : covered.states)
  const concerned = explored.concerned ?? [...judge.concerned]
  const counterexample =
    explored.violation === undefined ? undefined : counterexampleOf(where, world, another, explored, options)
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
  const notes = [...covered.notes]
  for (const { name, formula } of covered.mode === 'exhaustive' || covered.mode === 'replay' ? [] : properties)
    if (formula.type === 'noOscillation')
      notes.push(`"${name}" was not judged: what goes round for ever is found only in mode exhaustive`)
  return reportOf({
    scenario: where.scenario.name,
    verdict: explored.verdict,
    covered: { ...covered, notes, allowed: options.faults ?? {} },
    properties: reports,
    counterexample,
  })
}

/** Where something was found: the scenario as it was run, and the nodes it has less than the one it was made of. */
export interface Where {
  readonly scenario: Scenario
  readonly without: readonly string[]
}

/** The counterexample, made small within its world. Throws KYB-REPLAY when its run does not repeat itself. */
export function counterexampleOf(
  { scenario, without }: Where,
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
  const one = {
    property: property.name,
    why: (small.shows ? violation?.why : explored.why) ?? 'it does not hold',
    source: property.source,
    log,
    without,
    choices,
    url: addressOf(scenario.name, { without, choices }),
    seed: explored.seed,
    steps,
    loopFrom: (explored.loop ?? 0) === 0 ? undefined : steps.length - (explored.loop ?? 0) + 1,
    foundIn: explored.foundIn,
    chain,
  }
  return {
    ...one,
    log: leavingOut(without, log),
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
