/**
 * How many faults one run of an exploration may have, by sort. What they are: TESTING.md. The three patterns by which
 * controllers come to act on what is no longer so (stale state, unobserved states, time travel) are those of Sieve.
 * Source: Sieve (https://www.usenix.org/conference/osdi22/presentation/sun)
 */
import type { ResourceKey } from '../../api/object.ts'
import { parseDuration } from '../../api/time.ts'
import { KybernError } from '../../lib/coded-error.ts'
import { checkCounts } from './asked.ts'

/** How many of each fault one run may have. A number is for the whole run; a record is by name. */
export interface FaultBudget {
  /** Crashes of controllers and the scheduler, before any of their writes. By name: `{ deployment: 1 }`. */
  readonly crash?: number | Readonly<Record<string, number>>
  /**
   * How many changes a watch may be behind: of the collections of workloads and of all that an own controller watches, or
   * by collection: `{ pods: 2 }`.
   */
  readonly lag?: number | Readonly<Record<string, number>>
  /** How often a watch may begin to lag. Default 1 when `lag` is given. */
  readonly lags?: number
  /** How often a late watch is opened anew and skips what lies between: of each object only the newest state is told. */
  readonly miss?: number
  /** How often a controller or the scheduler starts again and lists from an API server that is behind, by at most `lag` changes (2 when it is not given). */
  readonly travel?: number
  /** How often somebody is told of an object though it did not change: an event that comes twice, a resync. */
  readonly echo?: number
  /** Writes that never arrive: nothing is done, and the sender is told 504. */
  readonly drop?: number
  /** Writes refused with 500. */
  readonly fail?: number
  /** Writes refused with 409. */
  readonly conflict?: number
  /** Writes that are done though the sender is told 504. */
  readonly lose?: number
  /** Writes that arrive twice; the sender hears of the first. */
  readonly repeat?: number
  /** Writes that are sent again though they were done; the sender hears of the second: AlreadyExists, Conflict, NotFound. */
  readonly retry?: number
  /** How often another one is taken among equals: lists come in another order, draws come out otherwise. */
  readonly shuffle?: number
  /** How many clocks (of controllers, the scheduler, nodes) are wrong from the beginning, by `skewBy` ahead or behind. */
  readonly skew?: number
  /** By how much clocks are wrong. Default 1m. */
  readonly skewBy?: number | string
  /** How often one timer of an instant is over, with all that comes of it, before the others of that instant. */
  readonly ties?: number
  /** Nodes whose machine dies. */
  readonly kill?: number
  /** Nodes that fall silent, and may come back. */
  readonly silence?: number
  /** How often time may go on while somebody still has something to do. */
  readonly slow?: number
}

const words = [
  'crash',
  'lag',
  'lags',
  'miss',
  'travel',
  'echo',
  'drop',
  'fail',
  'conflict',
  'lose',
  'repeat',
  'retry',
  'shuffle',
  'skew',
  'skewBy',
  'ties',
  'kill',
  'silence',
  'slow',
] as const

/** How far back an API server is when `travel` is given without `lag`. */
const usualLag = 2

/** Collections whose watches lag when `lag` is a number. */
const laggingByDefault =
  /^(pods|nodes|services|persistentvolumeclaims|replicasets\.|deployments\.|statefulsets\.|daemonsets\.|jobs\.|endpointslices\.)/

/** A budget with one meaning for each word. */
export class Budget {
  readonly #given: FaultBudget
  readonly #crashOf: ReadonlyMap<string, number> | undefined
  readonly #only: ReadonlySet<string> | undefined

  /** Throws KYB-FAULT for a word that is none. `only`: faults strike nobody but these controllers. */
  constructor(given: FaultBudget = {}, only?: readonly string[]) {
    this.#only = only === undefined ? undefined : new Set(only.map((name) => name.replace(/-controller$/, '')))
    const wrong = Object.keys(given).find((word) => !(words as readonly string[]).includes(word))
    if (wrong !== undefined)
      throw new KybernError('KYB-FAULT', `there is no fault "${wrong}" to explore; there are ${words.join(', ')}`)
    checkCounts(given)
    this.#given = given
    const { crash } = given
    if (typeof crash === 'object')
      this.#crashOf = new Map(Object.entries(crash).map(([name, count]) => [name.replace(/-controller$/, ''), count]))
  }

  /** How many of a fault there may be; crashes of `of` when it is named. */
  of(word: (typeof words)[number], of = ''): number {
    if (word === 'crash' && this.#crashOf !== undefined)
      return of === '' ? total(this.#crashOf) : (this.#crashOf.get(of) ?? 0)
    if (word === 'lags') return this.#given.lags ?? (this.#given.lag === undefined ? 0 : 1)
    const given = this.#given[word]
    return typeof given === 'number' ? given : 0
  }

  /** How far a watch of a collection may be behind; 0: not at all. `byOwn`: it is that of a controller of one's own. */
  lagOf(resource: ResourceKey, byOwn = false): number {
    const { lag = this.of('travel') > 0 ? usualLag : undefined } = this.#given
    if (typeof lag === 'number') return byOwn || laggingByDefault.test(resource) ? lag : 0
    return lag?.[resource] ?? lag?.[resource.split('.')[0] as string] ?? 0
  }

  /** By how many ms clocks are wrong. */
  get skewMs(): number {
    return parseDuration(this.#given.skewBy ?? '1m')
  }

  /** May faults strike this agent? */
  strikes(agent: string): boolean {
    return this.#only === undefined || this.#only.has(nameOf(agent))
  }

  get touchesNodes(): boolean {
    return this.of('kill') > 0 || this.of('silence') > 0
  }

  get isEmpty(): boolean {
    return Object.keys(this.#given).length === 0
  }
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}

/** What an agent is called in budgets. */
export const nameOf = (actor: string): string => actor.replace('controller/', '')
