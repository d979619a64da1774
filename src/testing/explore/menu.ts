/**
 * The faults an exploration may choose from, each with a budget that is part of the state: crashes at any write, watches
 * that lag or lose a change, requests that fail, get lost or arrive twice, nodes that die or fall silent, time that goes
 * by while somebody is slow.
 */

import type { ResourceKey } from '../../api/object.ts'
import { KybernError } from '../../lib/coded-error.ts'
import type { Vector } from './cells.ts'
import type { Disturbance, Op } from './draft.ts'
import type { Action, Explorer } from './explorer.ts'
import type { Local } from './system.ts'

/** How many of each fault one run may have. A number is for the whole run; a record is by name. */
export interface FaultBudget {
  /** Crashes of controllers and the scheduler, before any of their writes. By name: `{ deployment: 1 }`. */
  readonly crash?: number | Readonly<Record<string, number>>
  /** How many changes a watch may be behind, for every collection or by collection: `{ pods: 2 }`. */
  readonly lag?: number | Readonly<Record<string, number>>
  /** How often a watch may begin to lag. Default 1 when `lag` is given. */
  readonly lags?: number
  /** Changes that a lagging watch loses. */
  readonly drop?: number
  /** Writes refused with 500. */
  readonly fail?: number
  /** Writes refused with 409. */
  readonly conflict?: number
  /** Writes that are done though the sender is told 504. */
  readonly lose?: number
  /** Writes that arrive twice. */
  readonly repeat?: number
  /** Nodes whose machine dies. */
  readonly kill?: number
  /** Nodes that fall silent, and may come back. */
  readonly silence?: number
  /** How often time may go on while somebody still has something to do. */
  readonly slow?: number
}

const words = ['crash', 'lag', 'lags', 'drop', 'fail', 'conflict', 'lose', 'repeat', 'kill', 'silence', 'slow'] as const
const disturbances = ['fail', 'conflict', 'lose', 'repeat', 'crash'] as const

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

  /** How far a watch of a collection may be behind; 0: not at all. */
  lagOf(resource: ResourceKey): number {
    const { lag } = this.#given
    if (typeof lag === 'number') return laggingByDefault.test(resource) ? lag : 0
    return lag?.[resource] ?? lag?.[resource.split('.')[0] as string] ?? 0
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

/** A watch that may lag. */
interface Hold {
  readonly agent: string
  readonly slot: number
  readonly action: Action
}

/** What a fault is called without whom it strikes. */
const sortOf = (name: string): string =>
  (name.includes(', write') ? name.split(' ').pop() : name.split(' ')[0]) as string

const nameOf = (actor: string): string => actor.replace('controller/', '')

/** The faults that may happen in a state. */
export class Menu {
  readonly #explorer: Explorer
  readonly #budget: Budget
  readonly #made = new Map<string, Action>()
  readonly #disturbances = new Map<Local, Record<string, Action>>()
  readonly #spentSlots = new Map<string, number>()
  #held: readonly Hold[] | undefined

  constructor(explorer: Explorer, budget: Budget) {
    this.#explorer = explorer
    this.#budget = budget
  }

  /** Faults that may be chosen in `vector`; `pending` are the steps that are due in it. */
  enabled(vector: Vector, pending: readonly Action[]): Action[] {
    if (this.#budget.isEmpty) return []
    return [
      ...this.#disturbed(vector, pending),
      ...this.#watches(vector),
      ...this.#nodes(vector),
      ...this.#slow(vector, pending),
    ]
  }

  /** Watches that lag now: letting go of them is no fault. */
  releases(vector: Vector): Action[] {
    const actions: Action[] = []
    if (this.#budget.of('lags') === 0) return actions
    const { cells } = this.#explorer.system.base.ground
    for (const slot of cells.ofKind('held')) {
      if ((vector[slot] ?? 0) === 0) continue
      const { of, key } = cells.slotAt(slot)
      actions.push(
        this.#action(`release ${of} ${key}`, 'local', of, this.#explorer.system.watch(of, key, 'release'), []),
      )
    }
    return actions
  }

  #disturbed(vector: Vector, pending: readonly Action[]): Action[] {
    const { system } = this.#explorer
    const words = disturbances.filter((word) => this.#left(vector, word))
    if (words.length === 0) return []
    const actions: Action[] = []
    for (const { local } of pending) {
      if (local === undefined || local.actor === 'kubelet' || !this.#budget.strikes(local.actor)) continue
      const { result } = system.step(local, vector)
      let writes = 0
      for (const { written } of result.segments) if (written !== undefined) writes++
      for (let at = 0; at < writes; at++) {
        for (const how of words) {
          if (how === 'crash' && !this.#left(vector, 'crash', nameOf(local.actor))) continue
          actions.push(this.#disturb(local, at, how))
        }
      }
    }
    return actions
  }

  #disturb(local: Local, at: number, how: Disturbance['how']): Action {
    let made = this.#disturbances.get(local)
    if (made === undefined) {
      made = {}
      this.#disturbances.set(local, made)
    }
    const place = `${at} ${how}`
    const known = made[place]
    if (known !== undefined) return known
    const name = nameOf(local.actor)
    const spent = how === 'crash' && this.#budget.of('crash', name) > 0 ? ['crash', `crash ${name}`] : [how]
    const { system } = this.#explorer
    const disturbed = system.disturbed(local, { at, how })
    const action = this.#action(`${local.name}, write ${at} ${how}`, 'fault', local.actor, disturbed, spent)
    made[place] = action
    return action
  }

  #watches(vector: Vector): Action[] {
    const { system } = this.#explorer
    const { cells } = system.base.ground
    const actions: Action[] = []
    if (this.#left(vector, 'lags')) {
      for (const { slot, agent, action } of this.#holds()) {
        if ((vector[slot] ?? 0) === 0 && this.#matters(vector, agent)) actions.push(action)
      }
    }
    if (!this.#left(vector, 'drop')) return actions
    for (const slot of cells.ofKind('held')) {
      if ((cells.value<readonly number[] | undefined>(vector[slot] ?? 0)?.length ?? 0) < 2) continue
      const { of, key } = cells.slotAt(slot)
      actions.push(this.#action(`lose ${of} ${key}`, 'fault', of, system.watch(of, key, 'lose'), ['drop']))
    }
    return actions
  }

  /** Every watch that may lag, worked out once. */
  #holds(): readonly Hold[] {
    const { system } = this.#explorer
    const { cells } = system.base.ground
    this.#held ??= system.notices
      .watches()
      .filter(([agent, resource]) => this.#budget.lagOf(resource) > 0 && this.#budget.strikes(agent))
      .map(([agent, resource]) => {
        const local = system.watch(agent, resource, 'hold')
        const action = this.#action(`hold ${agent} ${resource}`, 'fault', agent, local, ['lags'])
        return { agent, slot: cells.slot('held', agent, resource), action }
      })
    return this.#held
  }

  /** A controller without objects of its kind has nothing that could be stale. */
  #matters(vector: Vector, agent: string): boolean {
    if (!agent.startsWith('controller/')) return true
    const { system } = this.#explorer
    const { of } = system.controller(agent.slice('controller/'.length))
    return system.base.ground.cells.ofResource(of.resource).some((slot) => slot >= 0 && (vector[slot] ?? 0) !== 0)
  }

  #nodes(vector: Vector): Action[] {
    const { system } = this.#explorer
    const { cells } = system.base.ground
    const actions: Action[] = []
    for (const [word, event] of [
      ['kill', 'node.killed'],
      ['silence', 'node.silenced'],
    ] as const) {
      if (!this.#left(vector, word)) continue
      for (const slot of cells.ofResource('nodes')) {
        if (cells.read(vector, slot) === 0) continue
        const node = cells.slotAt(slot).key
        actions.push(this.#action(`${word} ${node}`, 'fault', 'fault', system.toNode(node, event), [word]))
      }
    }
    return actions
  }

  #slow(vector: Vector, pending: readonly Action[]): Action[] {
    if (pending.length === 0 || !this.#left(vector, 'slow') || !this.#explorer.timeMayPass(vector)) return []
    const known = this.#made.get('time, though somebody is slow')
    if (known !== undefined) return [known]
    const made: Action = {
      name: 'time, though somebody is slow',
      sort: 'time,',
      type: 'fault',
      actor: 'clock',
      local: undefined,
      take: (state) => this.#explorer.pass(state, this.#cost(state, ['slow'])),
    }
    this.#made.set(made.name, made)
    return [made]
  }

  #left(vector: Vector, word: Parameters<Budget['of']>[0], of = ''): boolean {
    const budget = this.#budget.of(word, of)
    return budget > 0 && (vector[this.#spent(of === '' ? word : `${word} ${of}`)] ?? 0) < budget
  }

  #spent(what: string): number {
    const known = this.#spentSlots.get(what)
    if (known !== undefined) return known
    const slot = this.#explorer.system.base.ground.cells.slot('other', `spent ${what}`)
    this.#spentSlots.set(what, slot)
    return slot
  }

  #action(name: string, type: Action['type'], actor: string, local: Local, spent: readonly string[]): Action {
    const known = this.#made.get(name)
    if (known !== undefined) return known
    const made: Action = {
      name,
      type,
      sort: sortOf(name),
      actor,
      local,
      take: (vector) => this.#explorer.local(local, vector, this.#cost(vector, spent)),
    }
    this.#made.set(name, made)
    return made
  }

  /** What is spent, as operations. */
  #cost(vector: Vector, spent: readonly string[]): Op[] {
    return spent.map((word) => {
      const slot = this.#spent(word)
      return { slot, value: (vector[slot] ?? 0) + 1, append: false }
    })
  }
}
