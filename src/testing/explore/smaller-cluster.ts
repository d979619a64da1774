/**
 * Making the cluster of a counterexample small: nodes are left out as long as the same property fails. A log says so in
 * its first word, `without node-2 node-3`, so that it replays with the scenario it was found in.
 */
import { KybernError } from '../../lib/coded-error.ts'
import type { NodeSpec } from '../../node/node-spec.ts'
import type { Property } from '../property.ts'
import type { Scenario } from '../scenario.ts'
import type { ExploreOptions } from './explore.ts'
import type { Counterexample } from './report.ts'
import { counterexampleOf, covered } from './reported.ts'
import { Runner } from './run.ts'
import { keysFor } from './search.ts'
import { brokenBy } from './shrink-lasso.ts'
import { setUp, withWorld } from './world.ts'

const word = 'without '

/** The nodes a log leaves out, and the rest of it. */
export function leftOut(log: readonly string[]): {
  readonly without: readonly string[]
  readonly rest: readonly string[]
} {
  const [first, ...rest] = log
  return first?.startsWith(word) ? { without: first.slice(word.length).split(' '), rest } : { without: [], rest: log }
}

/** A log that leaves nodes out. */
export function leavingOut(without: readonly string[], log: readonly string[]): readonly string[] {
  return without.length === 0 ? log : [`${word}${without.join(' ')}`, ...log]
}

/** The scenario without some of its nodes. */
export function withoutNodes(scenario: Scenario, without: readonly string[]): Scenario {
  if (without.length === 0) return scenario
  const all = nodesOf(scenario)
  const kept = all.filter(({ name }) => !without.includes(name))
  const isFirst = typeof scenario.options.nodes !== 'object' && kept.every((node, i) => node === all[i])
  return { ...scenario, options: { ...scenario.options, nodes: isFirst ? kept.length : kept } }
}

function nodesOf({ options: { nodes = 3 } }: Scenario): readonly NodeSpec[] {
  return typeof nodes === 'number' ? Array.from({ length: nodes }, (_, i) => ({ name: `node-${i + 1}` })) : nodes
}

/** The counterexample in the smallest cluster that shows it: all but one node left out, all but two, … */
export async function inSmallerCluster(
  scenario: Scenario,
  properties: readonly Property[],
  one: Counterexample,
  options: ExploreOptions,
): Promise<Counterexample> {
  if (scenario.options.world !== undefined) return one
  const names = nodesOf(scenario).map(({ name }) => name)
  for (let kept = 1; kept < names.length; kept++) {
    const found = await tried(scenario, properties, one, options, names.slice(kept))
    if (found !== undefined) return found
  }
  return one
}

async function tried(
  whole: Scenario,
  properties: readonly Property[],
  one: Counterexample,
  options: ExploreOptions,
  without: readonly string[],
): Promise<Counterexample | undefined> {
  const scenario = withoutNodes(whole, without)
  const cluster = await setUp(scenario).catch((error: unknown) => {
    if (error instanceof KybernError) return undefined
    throw error
  })
  if (cluster === undefined) return undefined
  try {
    return withWorld(cluster, scenario, properties, options, (world, another) => {
      const { log, foundIn, seed } = one
      const loop = one.loopFrom === undefined ? 0 : one.steps.length - one.loopFrom + 1
      const ran = loop === 0 ? new Runner(world, options.steps).play(log, { property: one.property }) : undefined
      const violation =
        ran?.violation?.property ?? (loop === 0 ? undefined : brokenBy(world, { log, loop }, keysFor(world, options)))
      if (violation?.name !== one.property) return undefined
      const found = {
        log: ran?.used ?? log,
        loop,
        why: one.why,
        violation,
        foundIn,
        seed,
        verdict: 'violated' as const,
        covered: covered('replay', {}),
      }
      return counterexampleOf({ scenario, without }, world, another, found, options)
    })
  } finally {
    await cluster.close()
  }
}
