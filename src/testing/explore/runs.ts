/**
 * Runs, each named by a seed: all of them, or the share of one thread. Which run shows a violation first is told by its
 * number and not by who was quicker, so the verdict is the same however many threads there are.
 */
import type { Property } from '../property.ts'
import { deadline, type TimeBudget } from './deadline.ts'
import { Guide } from './guided.ts'
import { bytesOf, type MemoryBudget } from './memory.ts'
import { type Ran, Runner } from './run.ts'
import { chooser, type Strategy } from './strategies.ts'
import { Visited } from './visited.ts'
import type { World } from './world.ts'

/** How runs are chosen, and how many there are. */
export interface RunOptions extends TimeBudget, MemoryBudget {
  readonly mode?: string | undefined
  /** At most so many runs. Default 1,000; without end when there is a budget of time. */
  readonly runs?: number | undefined
  /** Steps one run may have. Default 5,000. */
  readonly steps?: number | undefined
  readonly seed?: number | undefined
  /** `pct`: how many constraints a bug may need. `delayBound`: how many delays. */
  readonly bound?: number | undefined
}

/** Every `step`-th run, beginning with number `first`. */
export interface Share {
  readonly first: number
  readonly step: number
  /** One number all threads share: the first run known to be violated. Runs after it need not be made. */
  readonly best: Int32Array
}

/** What came of a share. Plain data: it may come from another thread. */
export interface Shared {
  /** Of the states that were seen. */
  readonly keys: Float64Array
  readonly runs: number
  readonly transitions: number
  readonly depth: number
  readonly settled: number
  readonly unsettled: number
  /** How often each sort of fault struck. */
  readonly faults: Readonly<Record<string, number>>
  /** How often each property had something to say. */
  readonly concerned: readonly number[]
  /** True when time was over before the runs were. */
  readonly late: boolean
  /** True when the states that were seen took all the memory there may be. */
  readonly full: boolean
  /** The run that showed a violation, on the thread that made it. */
  readonly found?: { readonly run: number; readonly ran: Ran } | undefined
}

/** Runs have numbers of 31 bits. */
const mostRuns = 0x7fffffff

const modes = ['pct', 'swarm', 'random', 'delayBound'] as const

function strategyOf({ mode, bound }: RunOptions, run: number): Strategy {
  const chosen = mode === 'portfolio' || mode === 'guided' ? modes[run % modes.length] : mode
  if (chosen === 'pct') return { mode: chosen, ...(bound === undefined ? {} : { depth: bound }) }
  if (chosen === 'delayBound') return { mode: chosen, ...(bound === undefined ? {} : { delays: bound }) }
  return { mode: chosen === 'swarm' ? 'swarm' : 'random' }
}

/** How many runs there are at most. */
export function runLimit({ runs, budget }: RunOptions): number {
  return Math.min(mostRuns, runs ?? (budget === undefined ? 1000 : mostRuns))
}

/** Makes the runs of a share. The first violated one of them is in `share.best` when no other thread has an earlier one. */
export function shareOf(world: World, options: RunOptions, { first, step, best }: Share): Shared {
  const { seed = 1 } = options
  const { cells } = world.base.ground
  const isOver = deadline(options)
  const limit = runLimit(options)
  const most = bytesOf(options)
  const visited = new Visited()
  const faults: Record<string, number> = {}
  const seen = { runs: 0, transitions: 0, depth: 0, settled: 0, unsettled: 0, late: false, full: false }
  const runner = new Runner(world, options.steps, ({ action, to }) => {
    seen.transitions++
    visited.add(cells.digest(to))
    if (action.type === 'fault') faults[action.sort as string] = (faults[action.sort as string] ?? 0) + 1
  })
  let found: Shared['found']
  const guide = options.mode === 'guided' ? new Guide(seed) : undefined
  for (let run = first; run < limit && run < Atomics.load(best, 0); run += step) {
    seen.late = isOver()
    seen.full = visited.bytes > most
    if (seen.late || seen.full) break
    const strategy = strategyOf(options, run)
    const before = visited.size
    const ran = runner.run(guide?.choose(strategy, seed + run) ?? chooser(strategy, seed + run))
    guide?.learn(ran.log, visited.size - before)
    seen.runs++
    seen.depth = Math.max(seen.depth, ran.log.length)
    if (ran.settled) seen.settled++
    if (ran.violation !== undefined) {
      earliest(best, run)
      found = { run, ran }
      break
    }
    if (!ran.settled) seen.unsettled++
  }
  return { ...seen, found, faults, keys: visited.keys(), concerned: [...world.judge.concerned] }
}

/** Run number `run` again. */
export function runAgain(world: World, options: RunOptions, run: number): Ran {
  const seed = (options.seed ?? 1) + run
  return new Runner(world, options.steps).run(chooser(strategyOf(options, run), seed))
}

function earliest(best: Int32Array, run: number): void {
  for (let known = Atomics.load(best, 0); run < known; ) {
    const was = Atomics.compareExchange(best, 0, known, run)
    if (was === known) return
    known = was
  }
}

/** What all threads saw together. */
export function together(
  shares: readonly Shared[],
  properties: readonly Property[],
): Shared & { readonly states: number } {
  const visited = new Visited()
  const faults: Record<string, number> = {}
  for (const share of shares) {
    for (const key of share.keys) visited.add(key)
    for (const [sort, count] of Object.entries(share.faults)) faults[sort] = (faults[sort] ?? 0) + count
  }
  const sum = (of: (one: Shared) => number): number => shares.reduce((total, one) => total + of(one), 0)
  return {
    keys: new Float64Array(),
    states: visited.size,
    runs: sum(({ runs }) => runs),
    transitions: sum(({ transitions }) => transitions),
    depth: Math.max(0, ...shares.map(({ depth }) => depth)),
    settled: sum(({ settled }) => settled),
    unsettled: sum(({ unsettled }) => unsettled),
    faults,
    concerned: properties.map((_, i) => sum(({ concerned }) => concerned[i] ?? 0)),
    late: shares.some(({ late }) => late),
    full: shares.some(({ full }) => full),
  }
}
