/**
 * A counterexample as a file: what the inspector draws, and beside it everything that plays it again. Own controllers
 * and kinds are code: the file names them, and whoever plays it brings them.
 */
import type { Kind } from '../api/kind.ts'
import type { Controller } from '../controllers/controller.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { ExploreOptions } from './explore/explore.ts'
import type { Counterexample } from './explore/report.ts'
import { said } from './explore/said.ts'
import { type StoryStep, storyText, tell } from './explore/story.ts'
import { setUp, type WorldOptions, withWorld } from './explore/world.ts'
import type { Scenario } from './scenario.ts'

/** What plays it again. */
export interface Replay {
  readonly format: 'kybern-counterexample/1'
  readonly scenario: Pick<Scenario, 'name' | 'options' | 'inputs' | 'inputsAwait' | 'inputsWhen' | 'lanes'> & {
    readonly given: readonly unknown[]
    readonly horizonMs?: number
  }
  /** Names of the controllers and kinds of one's own. */
  readonly uses: readonly string[]
  readonly world: WorldOptions
  readonly log: readonly string[]
  readonly chain: string
}

/** The file. Steps count from 0; revisions count writes since the beginning. */
export interface ReplayFile {
  readonly version: 1
  readonly title: string
  readonly property: string
  readonly verdict: string
  readonly steps: readonly object[]
  readonly loop?: { readonly from: number }
  readonly replay: Replay
}

/** Makes the file. Throws KYB-REPLAY for a scenario that is set up, or whose user waits, by functions: they cannot be kept. */
export function replayFile(
  scenario: Scenario,
  one: Omit<Counterexample, 'file' | 'test'>,
  options: ExploreOptions,
): ReplayFile {
  const awaited = Object.values(scenario.inputsAwait ?? {})
  const isCode = [...scenario.given, ...awaited].some((step) => typeof step === 'function')
  if (isCode)
    throw new KybernError('KYB-REPLAY', 'a scenario with functions cannot be kept as a file; its log can be replayed')
  const { faults, faultsOf, heartbeats, staleOwnReads } = options
  const { name, inputs, inputsAwait, inputsWhen, lanes, given, horizonMs, uses } = scenario
  const { nodes, seed, start, history } = scenario.options
  return {
    version: 1,
    title: `${name}: ${one.property}`,
    property: one.property,
    verdict: `violated: ${one.why}`,
    steps: drawn(one.steps, scenario.options.start),
    ...(one.loopFrom === undefined ? {} : { loop: { from: one.loopFrom } }),
    replay: {
      format: 'kybern-counterexample/1',
      scenario: {
        name,
        options: Object.fromEntries(
          Object.entries({ nodes, seed, start, history }).filter(([, value]) => value !== undefined),
        ),
        given,
        inputs,
        ...(inputsAwait === undefined ? {} : { inputsAwait }),
        inputsWhen,
        ...(lanes === undefined ? {} : { lanes }),
        ...(horizonMs === undefined ? {} : { horizonMs }),
      },
      uses: uses.map((part) => ('reconcile' in part ? part.name : part.kind)),
      world: { faults, faultsOf, heartbeats, staleOwnReads },
      log: one.log,
      chain: one.chain,
    },
  }
}

/** The steps as the inspector draws them. */
function drawn(steps: readonly StoryStep[], _start: unknown): object[] {
  let revision = 0
  return steps.map((step, index) => {
    const headRevision = revision
    const writes = step.writes.map(({ verb, resource, key, outcome }) => ({
      verb,
      resource,
      key,
      revision: outcome === 'done' ? ++revision : 0,
    }))
    const believedRevision = Math.max(0, headRevision - step.believed.length)
    const reads = step.believed.map(({ resource, key }) => ({ resource, key, revision: believedRevision }))
    const seen = step.believed.map(
      ({ resource, key, believed, truth }) => `it believes that ${resource} ${key} ${believed}; truth: ${truth}`,
    )
    const refusals = step.writes.flatMap(({ outcome }) =>
      outcome === 'done' || outcome === 'nothing to change' ? [] : [outcome],
    )
    const note = [...seen, ...refusals].join('. ')
    const { at, actor, action } = step
    return { index, at, actor, action: said(action), believedRevision, headRevision, reads, writes, note }
  })
}

/** What playing a file again came to. */
export interface Replayed {
  readonly same: boolean
  readonly chain: string
  readonly story: string
}

/** Of what was brought, the controllers and kinds of these names. Throws KYB-REPLAY when one is missing. */
export function broughtFor(names: readonly string[], parts: readonly (Controller | Kind)[]): (Controller | Kind)[] {
  return names.map((name) => {
    const found = parts.find((part) => ('reconcile' in part ? part.name : part.kind) === name)
    if (found === undefined)
      throw new KybernError('KYB-REPLAY', `the run needs "${name}"; bring the module that exports it (--use FILE)`)
    return found
  })
}

/**
 * Plays a file again with the controllers and kinds it names. Throws KYB-REPLAY when one is missing or the file is of
 * another format.
 */
export async function playFile(file: ReplayFile, parts: readonly (Controller | Kind)[]): Promise<Replayed> {
  const { replay } = file
  if (replay?.format !== 'kybern-counterexample/1')
    throw new KybernError('KYB-REPLAY', `this file says nothing that can be played again (format ${replay?.format})`)
  const uses = broughtFor(replay.uses, parts)
  const scenario = { horizonMs: undefined, ...replay.scenario, uses } as Scenario
  const cluster = await setUp(scenario)
  try {
    return withWorld(cluster, scenario, [], replay.world, (world) => {
      const { steps, chain } = tell(world, replay.log, undefined, { longest: file.steps.length })
      return { same: chain === replay.chain, chain, story: storyText(steps) }
    })
  } finally {
    await cluster.close()
  }
}
