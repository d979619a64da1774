/**
 * Making counterexamples of liveness small. A run that ends without what should have come is made small like any other;
 * of one that goes round for ever the way to the loop is, and each try is judged again: the loop closes, it breaks the
 * property, and everybody who could act all along acts in it.
 */
import type { Property } from '../property.ts'
import type { Vector } from './cells.ts'
import type { Action } from './explorer.ts'
import type { Keys } from './keys.ts'
import { needsGraph } from './liveness.ts'
import { Runner, type Step } from './run.ts'
import { fewer, shrink } from './shrink.ts'
import type { World } from './world.ts'

/** A run that breaks a promise about what happens in the end. */
export interface LiveLog {
  readonly log: readonly string[]
  /** How many of the last names are gone round for ever. */
  readonly loop: number
  /** True when playing the log and letting all settle shows it; false when the log has to be played as it stands. */
  readonly shows: boolean
}

/** Makes it small. */
export function shrinkLive(
  world: World,
  { log, loop }: Omit<LiveLog, 'shows'>,
  property: Property,
  keys: Keys,
): LiveLog {
  if (loop === 0) {
    const { log: smaller } = shrink(world, log, property.name)
    const shows = new Runner(world).play(smaller, { property: property.name }).violation !== undefined
    return shows ? { log: smaller, loop, shows } : { log, loop, shows }
  }
  const round = log.slice(-loop)
  let tail: readonly string[] = round
  const judge = new Rounds(world, property, keys)
  const stem = fewer(log.slice(0, -loop), (names) => {
    const found = judge.lasso(names, round)
    if (found === undefined) return undefined
    tail = found.round
    return found.stem
  })
  return { log: [...stem, ...tail], loop, shows: false }
}

/** The first property about what happens eventually that a run breaks whose end is gone round for ever. */
export function brokenBy(world: World, { log, loop }: Omit<LiveLog, 'shows'>, keys: Keys): Property | undefined {
  const live = world.judge.properties.filter((property) => needsGraph([property]))
  return live.find(
    (property) => new Rounds(world, property, keys).lasso(log.slice(0, -loop), log.slice(-loop)) !== undefined,
  )
}

/** Judges whether a way and a round make a lasso. */
class Rounds {
  readonly #world: World
  readonly #property: Property
  readonly #keys: Keys
  readonly #index: number
  /** Does the run owe what has not come? */
  #owes = false
  readonly #runner: Runner

  constructor(world: World, property: Property, keys: Keys) {
    this.#world = world
    this.#property = property
    this.#keys = keys
    this.#index = world.judge.properties.indexOf(property)
    this.#runner = new Runner(world, 2000, ({ to }: Step) => this.#enter(to))
  }

  /** The names as they were used, when they make one. */
  lasso(names: readonly string[], round: readonly string[]): { stem: string[]; round: string[] } | undefined {
    const { base, explorer } = this.#world
    this.#owes = this.#property.formula.type === 'eventually'
    this.#enter(base.initial)
    const { end, used } = this.#runner.play(names, { settle: false, property: '' })
    const went: string[] = []
    const acted = new Set<string>()
    let waiting: Set<string> | undefined
    const values = new Set<unknown>()
    let wrote = false
    let at = end
    for (const name of round) {
      const could = explorer.unbroken(at)
      const who = new Set(could.map((action) => this.#who(action)))
      waiting = waiting === undefined ? who : new Set([...waiting].filter((one) => who.has(one)))
      const action = could.find((one) => one.name === name) ?? could.find((one) => this.#isAlike(one, name))
      if (action === undefined) return undefined
      values.add(this.#value(at))
      const { next, passages } = action.take(at)
      wrote ||= passages.some(({ written }) => written?.change !== undefined && !/^leases\./.test(written.resource))
      acted.add(this.#who(action))
      went.push(action.name)
      at = next
      this.#enter(at)
    }
    const isFair = [...(waiting ?? [])].every((one) => acted.has(one) || (!this.#isOwing() && one === 'user'))
    const closes = this.#keys.of(at) === this.#keys.of(end)
    return isFair && closes && this.#isBad(values, wrote) ? { stem: used, round: went } : undefined
  }

  #isOwing(): boolean {
    return ['eventually', 'leadsTo'].includes(this.#property.formula.type)
  }

  #isBad(values: ReadonlySet<unknown>, wrote: boolean): boolean {
    if (this.#property.formula.type === 'rests') return wrote
    return this.#isOwing() ? this.#owes : values.size > 1
  }

  #who({ type, name }: Action): string {
    return type === 'input' ? 'user' : this.#keys.masked(name)
  }

  #isAlike(action: Action, name: string): boolean {
    return action.type !== 'fault' && this.#keys.masked(action.name) === this.#keys.masked(name)
  }

  #value(vector: Vector): unknown {
    const { formula } = this.#property
    if (formula.type !== 'noOscillation') return undefined
    return JSON.stringify(this.#world.judge.holds(`${this.#index} value`, vector, formula.value))
  }

  #enter(vector: Vector): void {
    const { formula } = this.#property
    const { judge } = this.#world
    const i = this.#index
    if (formula.type === 'eventually') {
      if (judge.holds(`${i}`, vector, (s) => formula.at(s) === true) === true) this.#owes = false
    } else if (formula.type === 'leadsTo') {
      if (judge.holds(`${i} to`, vector, formula.to) === true) this.#owes = false
      else if (judge.holds(`${i} from`, vector, formula.from) === true) this.#owes = true
    }
  }
}
