/**
 * Everything that can be reached: the exhaustive search with what is decided on its graph, and counterexamples of
 * liveness as runs that really happen, step by step, with the loop gone round once.
 */
import type { Property } from '../property.ts'
import type { Vector } from './cells.ts'
import { budgetText, deadline, type TimeBudget } from './deadline.ts'
import { Exhaustive, type Reduction, type Searched } from './exhaustive.ts'
import type { Explorer } from './explorer.ts'
import { Keys } from './keys.ts'
import { type Edged, graphFor, type Lasso, type Liveness, liveness, needsGraph } from './liveness.ts'
import { bytesOf, type MemoryBudget, memoryText } from './memory.ts'
import { amount } from './report.ts'
import type { Unwoken } from './wakes.ts'
import { isRelative, type World, type WorldOptions } from './world.ts'

/** How everything is searched. */
export interface SearchOptions extends Pick<WorldOptions, 'without' | 'time' | 'mode'>, TimeBudget, MemoryBudget {
  readonly states?: number | undefined
  readonly depth?: number | undefined
  readonly reduction?: Reduction | undefined
  /** How far back ages are told apart in relative time, in ms. Default 15 minutes. */
  readonly agesMs?: number | undefined
  /** Whose names do not count. Default `['pods']` in relative time, else nobody's. */
  readonly symmetry?: readonly ('pods' | 'nodes')[] | undefined
}

/** What came of a search. */
export interface Exhausted extends Searched {
  readonly violation: { readonly property: Property; readonly why: string } | undefined
  readonly log: readonly string[] | undefined
  /** Of a violation that goes round for ever: how many of the last actions of the log are the loop. */
  readonly loop: number
  /** The budget that ended the search, in words. */
  readonly stoppedBy: string | undefined
  /** What was taken for granted, in words. */
  readonly assumes: readonly string[]
  /** How it was searched, in words. */
  readonly notes: readonly string[]
}

/** How states are told apart in this exploration. */
export function keysFor({ base, judge }: Pick<World, 'base' | 'judge'>, options: SearchOptions): Keys {
  const time = isRelative(base, judge.properties, options) ? 'relative' : 'absolute'
  const symmetry = options.symmetry ?? (time === 'relative' ? ['pods'] : [])
  return new Keys(base.ground, { time, symmetry, horizonMs: options.agesMs })
}

/** Searches everything within the budget; in every order when steps that change nothing turn out not to be taken at once. */
export function searched(world: World, options: SearchOptions): Exhausted {
  const { reduction } = options
  const isOver = deadline(options)
  const first = searchedBy(world, options, reduction ?? 'quiet', isOver)
  const { unwoken, violation } = first
  if (unwoken === undefined || violation !== undefined || reduction !== undefined) return first
  world.judge.concerned.fill(0)
  const again = searchedBy(world, options, 'none', isOver)
  return { ...again, notes: [`every order was tried: ${unwokenText(unwoken)}`] }
}

function searchedBy(world: World, options: SearchOptions, reduction: Reduction, isOver: () => boolean): Exhausted {
  const { explorer, judge, base } = world
  const keys = keysFor(world, options)
  const graph = needsGraph(judge.properties) ? graphFor(judge) : undefined
  const search = new Exhaustive(explorer, judge, reduction, graph, keys)
  let live: Liveness | undefined
  const decide = (): boolean => {
    if (graph === undefined) return false
    live = liveness(graph, judge, (state) => search.wayTo(state))
    return live.violation !== undefined
  }
  const states = options.states ?? (options.budget === undefined ? 200_000 : mostStates)
  const { depth = Number.POSITIVE_INFINITY } = options
  const relies = options.reduction === undefined
  const seen = search.search(base.initial, { states, depth, bytes: bytesOf(options), enough: decide, isOver, relies })
  if (seen.found === undefined && live?.violation === undefined) decide()
  const assumes = [
    ...assumptions(reduction, seen),
    ...keys.assumes,
    ...leftOut(options),
    ...(live?.starving ?? []).map(starving),
  ]
  const stoppedBy = seen.ended === undefined ? undefined : budgets[seen.ended]({ states, depth, ...options })
  const notes = reduction === 'quiet' ? [`steps that change nothing were taken at once${checkedText(seen)}`] : []
  const parts = {
    ...seen,
    stoppedBy,
    assumes,
    notes,
    loop: 0,
    log: seen.found?.log,
    violation: seen.found?.violation,
  }
  const lasso = seen.found === undefined ? live?.violation : undefined
  return lasso === undefined ? parts : { ...parts, ...told(explorer, search, base.initial, lasso, keys) }
}

/** With a budget of time: so many states have room in memory. */
const mostStates = 5_000_000

const budgets = {
  states: ({ states }: { states: number }) => `${amount(states)} states`,
  depth: ({ depth }: { depth: number }) => `depth ${depth}`,
  time: budgetText,
  memory: memoryText,
  unwoken: () => 'orders',
}

function assumptions(reduction: Reduction, { unwoken, newsPassed }: Searched): string[] {
  if (reduction === 'none') return []
  return [
    ...(newsPassed
      ? ['news that change nothing for a kubelet or the scheduler change nothing together with later ones']
      : []),
    ...(unwoken === undefined ? [] : [`everybody is woken by what he reads, though ${unwokenText(unwoken)}`]),
  ]
}

function checkedText({ unwoken, wakesChecked }: Searched): string {
  if (unwoken !== undefined) return ''
  return `; ${amount(wakesChecked)} times it was checked that nobody would act without being woken`
}

function unwokenText({ name, would, after }: Unwoken): string {
  return `after "${after}" nobody wakes "${name}", which would ${would}`
}

function leftOut({ without = [] }: SearchOptions): string[] {
  return without.length === 0 ? [] : [`nobody does the work of ${without.join(', ')}`]
}

function starving({ property, loop }: Lasso): string {
  return `${property.name}: writes are not refused with 409 for ever (they are in a loop of ${loop.length} steps)`
}

/** The lasso as a run that happens: where states count as one, another of the same kind may have to act. */
function told(
  explorer: Explorer,
  search: Exhaustive,
  initial: Vector,
  { property, why, stem, loop }: Lasso,
  keys: Keys,
): Pick<Exhausted, 'violation' | 'log' | 'loop'> {
  const walk = realised(explorer, search, initial, [...stem, ...loop], keys)
  const names = walk ?? [...stem, ...loop].map(({ name }) => name)
  const note = walk === undefined ? ' (a loop of states that count as one; no single run of it was found)' : ''
  return { violation: { property, why: why + note }, log: names, loop: loop.length }
}

function realised(
  explorer: Explorer,
  search: Exhaustive,
  initial: Vector,
  way: readonly Edged[],
  keys: Keys,
): string[] | undefined {
  const names: string[] = []
  let at = initial
  for (const { name, to } of way) {
    const alike = explorer.enabled(at).filter((action) => keys.masked(action.name) === keys.masked(name))
    const sorted = alike.sort((a, b) => Number(b.name === name) - Number(a.name === name))
    let next: Vector | undefined
    for (const action of sorted) {
      const taken = action.take(at).next
      if (search.stateOf(taken) !== to) continue
      names.push(action.name)
      next = taken
      break
    }
    if (next === undefined) return undefined
    at = next
  }
  return names
}
