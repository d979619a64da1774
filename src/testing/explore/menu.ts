/**
 * The faults that may happen in a state, each with a budget that is part of the state: crashes at any write, watches that
 * lag, requests that fail, get lost or arrive twice, nodes that die or fall silent, time that goes by while somebody is
 * slow. Those that concern no write are in mishaps.ts.
 */

import { type Budget, nameOf } from './budget.ts'
import type { Vector } from './cells.ts'
import type { Disturbance, Op } from './draft.ts'
import type { Action, Explorer } from './explorer.ts'
import type { Local } from './local.ts'
import { Mishaps } from './mishaps.ts'

const disturbances = ['fail', 'conflict', 'drop', 'lose', 'repeat', 'retry', 'crash'] as const

/** A watch that may lag. */
interface Hold {
  readonly slot: number
  /** The slots of what its agent is about: without any of these there is nothing that could be stale. */
  readonly about: readonly number[] | undefined
  readonly action: Action
}

const none: readonly Action[] = []

/** What a fault is called without whom it strikes. */
const sortOf = (name: string): string =>
  (name.includes(', write')
    ? name.split(' ').pop()
    : name.includes(', shuffled')
      ? 'shuffle'
      : name.split(' ')[0]) as string

/** The faults that may happen in a state. */
export class Menu {
  readonly #explorer: Explorer
  readonly #budget: Budget
  readonly #made = new Map<string, Action>()
  readonly #disturbances = new Map<Local, Record<string, Action>>()
  readonly #spentSlots = new Map<string, number>()
  readonly #mishaps: Mishaps
  readonly #mayLag: boolean
  #held: readonly Hold[] | undefined

  constructor(explorer: Explorer, budget: Budget) {
    this.#explorer = explorer
    this.#budget = budget
    this.#mayLag = budget.of('lags') > 0 || budget.of('travel') > 0
    this.#mishaps = new Mishaps(explorer, budget, {
      left: (vector, word) => this.#left(vector, word),
      action: (name, actor, take) =>
        this.#made.get(name) ?? this.#kept({ name, sort: 'ties', type: 'fault', actor, local: undefined, take }),
      local: (name, actor, local, word) => this.#action(name, 'fault', actor, local, [word]),
      cost: (vector, word) => this.#cost(vector, [word]),
    })
  }

  /** Faults that may be chosen in `vector`; `pending` are the steps that are due in it. */
  enabled(vector: Vector, pending: readonly Action[]): Action[] {
    if (this.#budget.isEmpty) return []
    return [
      ...this.#disturbed(vector, pending),
      ...this.#watches(vector),
      ...this.#nodes(vector),
      ...this.#slow(vector, pending),
      ...this.#mishaps.enabled(vector, pending),
    ]
  }

  /** Watches that lag now: letting go of them is no fault. */
  releases(vector: Vector): readonly Action[] {
    if (!this.#mayLag) return none
    const { cells } = this.#explorer.system.base.ground
    const slots = cells.ofKind('held')
    let actions: Action[] | undefined
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number
      if ((vector[slot] ?? 0) === 0) continue
      const { of, key } = cells.slotAt(slot)
      actions ??= []
      actions.push(
        this.#action(`release ${of} ${key}`, 'local', of, this.#explorer.system.watch(of, key, 'release'), []),
      )
    }
    return actions ?? none
  }

  #disturbed(vector: Vector, pending: readonly Action[]): Action[] {
    const { system } = this.#explorer
    const words = disturbances.filter((word) => this.#left(vector, word))
    if (words.length === 0) return []
    const actions: Action[] = []
    for (const { local } of pending) {
      if (local === undefined || local.actor === 'kubelet' || !this.#budget.strikes(local.actor)) continue
      const { result } = system.step(local, vector)
      let at = 0
      for (const { written } of result.segments) {
        if (written === undefined) continue
        for (const how of words) {
          if (how === 'crash' && !this.#left(vector, 'crash', nameOf(local.actor))) continue
          if (how !== 'conflict' || written.verb !== 'create') actions.push(this.#disturb(local, at, how))
        }
        at++
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
    if (!this.#left(vector, 'lags')) return []
    const actions: Action[] = []
    for (const { slot, about, action } of this.#holds()) {
      if ((vector[slot] ?? 0) === 0 && (about === undefined || isAny(vector, about))) actions.push(action)
    }
    return actions
  }

  /** Every watch that may lag, worked out once. */
  #holds(): readonly Hold[] {
    const { system } = this.#explorer
    const { cells } = system.base.ground
    this.#held ??= system.notices
      .watches()
      .filter(([agent, resource]) => system.sees.holdable(agent, resource) && this.#budget.strikes(agent))
      .map(([agent, resource]) => {
        const local = system.watch(agent, resource, 'hold')
        const action = this.#action(`hold ${agent} ${resource}`, 'fault', agent, local, ['lags'])
        return { slot: cells.slot('held', agent, resource), about: this.#about(agent), action }
      })
    return this.#held
  }

  /** The slots of a controller's kind. */
  #about(agent: string): readonly number[] | undefined {
    if (!agent.startsWith('controller/')) return undefined
    const { system } = this.#explorer
    return system.base.ground.cells.ofResource(system.controller(agent.slice('controller/'.length)).of.resource)
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
    const name = 'time, though somebody is slow'
    const take = (state: Vector) => this.#explorer.pass(state, this.#cost(state, ['slow']))
    return [
      this.#made.get(name) ?? this.#kept({ name, sort: 'slow', type: 'fault', actor: 'clock', local: undefined, take }),
    ]
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
    return this.#kept(made)
  }

  #kept(made: Action): Action {
    this.#made.set(made.name, made)
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

/** Is there an object in one of these slots? What never changes does not count. */
function isAny(vector: Vector, slots: readonly number[]): boolean {
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as number
    if (slot >= 0 && (vector[slot] ?? 0) !== 0) return true
  }
  return false
}
