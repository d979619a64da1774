/**
 * One run: actions chosen one after the other, judged on the way. A run is known by its log, the names of what was chosen;
 * between two names of a log everything takes its ordinary course.
 */

import { fnv32 } from '../../lib/digest.ts'
import { canonicalText } from './canonical.ts'
import type { Vector } from './cells.ts'
import type { Action, Passage } from './explorer.ts'
import type { Violation } from './judge.ts'
import { Obligations } from './obligations.ts'
import type { World } from './world.ts'

/** One step of a run. */
export interface Step {
  readonly action: Action
  readonly from: Vector
  readonly passages: readonly Passage[]
  readonly to: Vector
  /** False for what happened in the ordinary course between two names of a log. */
  readonly chosen: boolean
}

/** How a run ended. */
export interface Ran {
  readonly violation: Violation | undefined
  /** Names of all actions that were taken. */
  readonly log: readonly string[]
  readonly end: Vector
  /** False when it was stopped by the bound on its steps. */
  readonly settled: boolean
}

/** Chooses one of the actions that are enabled, or one of the faults that may come; undefined ends the run. */
export type Choose = (actions: readonly Action[], faults: () => readonly Action[], step: number) => Action | undefined

/** In a log: everything takes its ordinary course until nobody has anything left to do. */
export const untilSettled = 'settle'

export class Runner {
  readonly world: World
  /** Steps a run may have before it is given up. */
  readonly longest: number
  /** Told of every step, for stories. */
  readonly #watch: ((step: Step) => void) | undefined

  constructor(world: World, longest = 5000, watch?: (step: Step) => void) {
    this.world = world
    this.longest = longest
    this.#watch = watch
  }

  /** A run from the initial state until nothing is left to do, as `choose` wants it. */
  run(choose: Choose): Ran {
    const { explorer, judge, base } = this.world
    const log: string[] = []
    const obligations = new Obligations(judge, base.ground.clock)
    let at = base.initial
    let violation = judge.state(at) ?? obligations.enter(at)
    for (let step = 0; violation === undefined && step < this.longest; step++) {
      if (explorer.isSettled(at)) violation = judge.settled(at, explorer.isOver(at))
      if (violation !== undefined) break
      const here = at
      const action = choose(explorer.unbroken(here), () => explorer.faults(here), step)
      if (action === undefined) return this.#ended(log, at, obligations)
      log.push(action.name)
      const taken = action.take(at)
      this.#watch?.({ action, from: at, passages: taken.passages, to: taken.next, chosen: true })
      violation = this.judged(at, taken.passages, action) ?? obligations.enter(taken.next)
      at = taken.next
    }
    return { violation: violation ?? judge.restless(), log, end: at, settled: false }
  }

  /**
   * A log played again: each name when it is enabled, after as much of the ordinary course as it needs; names that never
   * become enabled are left out. `settle`: the ordinary course goes on after the last name. Ends at the first violation of
   * `property`, or of any when none is named.
   */
  play(
    names: readonly string[],
    { settle = true, property }: { settle?: boolean; property?: string } = {},
  ): Ran & { used: string[] } {
    const { explorer, judge, base } = this.world
    const obligations = new Obligations(judge, base.ground.clock)
    const used: string[] = []
    const log: string[] = []
    let at = base.initial
    let last = ''
    const concerns = (one: Violation | undefined): Violation | undefined =>
      property === undefined || one?.property.name === property ? one : undefined
    let violation = concerns(judge.state(at) ?? obligations.enter(at))
    const take = (action: Action, chosen: boolean): void => {
      log.push(action.name)
      const taken = action.take(at)
      this.#watch?.({ action, from: at, passages: taken.passages, to: taken.next, chosen })
      violation = concerns(this.judged(at, taken.passages, action) ?? obligations.enter(taken.next))
      at = taken.next
      if (violation === undefined && explorer.isSettled(at))
        violation = concerns(judge.settled(at, explorer.isOver(at)))
      if (action.type === 'local') last = action.name
    }
    const rest = (): void => {
      for (let next = explorer.ordinary(at, last); next !== undefined; next = explorer.ordinary(at, last)) {
        if (violation !== undefined || log.length >= this.longest) return
        take(next, false)
      }
    }
    for (const name of names) {
      if (name === untilSettled) {
        rest()
        used.push(name)
        continue
      }
      const found = this.#comesUp(name, at, last)
      if (found === undefined) continue
      for (let action = this.#named(at, name); violation === undefined; action = this.#named(at, name)) {
        const next = action ?? explorer.ordinary(at, last)
        if (next === undefined) break
        take(next, action !== undefined)
        if (action !== undefined) break
      }
      if (violation !== undefined) return { violation, log, end: at, settled: false, used: [...used, name] }
      used.push(name)
    }
    if (settle) rest()
    if (violation === undefined && log.length >= this.longest) violation = concerns(judge.restless())
    if (violation !== undefined || log.length >= this.longest) return { violation, log, end: at, settled: false, used }
    return { ...this.#ended(log, at, obligations, concerns), used }
  }

  /** What is wrong on the way of one action. */
  judged(from: Vector, passages: readonly Passage[], { local }: Action): Violation | undefined {
    const { judge } = this.world
    let before = from
    for (const passage of passages) {
      const wrong = judge.passage(before, passage, from, local) ?? judge.state(passage.vector)
      if (wrong !== undefined) return wrong
      before = passage.vector
    }
    return undefined
  }

  #ended(log: string[], end: Vector, obligations: Obligations, concerns = (one: Violation | undefined) => one): Ran {
    const { explorer, judge } = this.world
    const isSettled = explorer.isSettled(end)
    const violation = isSettled ? concerns(judge.settled(end, explorer.isOver(end)) ?? obligations.end()) : undefined
    return { violation, log, end, settled: isSettled }
  }

  #named(at: Vector, name: string): Action | undefined {
    return this.world.explorer.named(at, name)
  }

  /** Does the name become enabled when everything takes its ordinary course? Looks ahead without judging. */
  #comesUp(name: string, from: Vector, after: string): Action | undefined {
    const { explorer } = this.world
    let at = from
    let last = after
    for (let i = 0; i < 400; i++) {
      const found = this.#named(at, name)
      if (found !== undefined) return found
      const next = explorer.ordinary(at, last)
      if (next === undefined) return undefined
      at = next.take(at).next
      if (next.type === 'local') last = next.name
    }
    return undefined
  }
}

/** A digest of a run that is the same on every machine: of what was chosen and what was written, in order. */
export function chainOf(link: number, step: Pick<Step, 'action' | 'passages'>): number {
  let hash = fnv32(step.action.name, link >>> 0)
  for (const { written } of step.passages) {
    if (written === undefined) continue
    hash = fnv32(`${written.verb} ${written.resource} ${written.key} ${written.code}`, hash)
    if (written.change !== undefined) hash = fnv32(canonicalText(written.change.object), hash)
  }
  return hash
}
