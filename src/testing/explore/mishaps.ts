/**
 * Faults that concern no write: watches that skip what lay between, controllers that start again behind, events that come
 * twice, another one among equals, clocks that differ, one timer of an instant before the others.
 */
import { type Budget, nameOf } from './budget.ts'
import type { Vector } from './cells.ts'
import type { Op } from './draft.ts'
import type { Action, Explorer, Taken } from './explorer.ts'
import type { TimerValue } from './host.ts'
import type { Local, Stepped } from './local.ts'
import { orders } from './shuffle.ts'
import type { HeldChange } from './sight.ts'

type Word = Parameters<Budget['of']>[0]

/** What the menu lends. */
export interface Lent {
  /** Is some of the budget left? */
  readonly left: (vector: Vector, word: Word) => boolean
  /** The fault of this name, made once. */
  readonly local: (name: string, actor: string, local: Local, word: Word) => Action
  readonly action: (name: string, actor: string, take: (vector: Vector) => Taken) => Action
  readonly cost: (vector: Vector, word: Word) => readonly Op[]
}

export class Mishaps {
  readonly #explorer: Explorer
  readonly #budget: Budget
  readonly #lent: Lent
  readonly #unlike = new WeakMap<Stepped, WeakMap<Stepped, boolean>>()

  constructor(explorer: Explorer, budget: Budget, lent: Lent) {
    this.#explorer = explorer
    this.#budget = budget
    this.#lent = lent
  }

  /** Those that may happen in `vector`; `pending` are the steps that are due in it. */
  enabled(vector: Vector, pending: readonly Action[]): Action[] {
    const actions: Action[] = []
    const { left } = this.#lent
    if (left(vector, 'miss')) actions.push(...this.#misses(vector))
    if (left(vector, 'travel')) actions.push(...this.#travels(vector))
    if (left(vector, 'echo')) actions.push(...this.#echoes(vector))
    if (left(vector, 'shuffle')) actions.push(...this.#shuffles(vector, pending))
    if (left(vector, 'skew')) actions.push(...this.#skews(vector))
    if (left(vector, 'ties') && pending.length === 0) actions.push(...this.#ties(vector))
    return actions
  }

  get #system() {
    return this.#explorer.system
  }

  /** Of a watch with more than one waiting change of an object: otherwise nothing lies between. */
  #misses(vector: Vector): Action[] {
    const { cells } = this.#system.base.ground
    return cells.ofKind('held').flatMap((slot) => {
      const list = cells.value<readonly number[] | undefined>(vector[slot] ?? 0) ?? []
      const changed = list.slice(1).map((id) => cells.value<HeldChange>(id).slot)
      if (new Set(changed).size === changed.length) return []
      const { of, key } = cells.slotAt(slot)
      return [this.#lent.local(`miss ${of} ${key}`, of, this.#system.watch(of, key, 'miss'), 'miss')]
    })
  }

  /** Controllers and the scheduler; kubelets do not start again. */
  #travels(vector: Vector): Action[] {
    const { notices, sees, base } = this.#system
    const { cells } = base.ground
    return notices.watches().flatMap(([agent, resource]) => {
      const isConcerned = agent !== 'kubelet' && this.#budget.strikes(agent) && sees.holdable(agent, resource)
      if (!isConcerned || (vector[cells.slot('held', agent, resource)] ?? 0) !== 0) return []
      const past = cells.value<readonly number[] | undefined>(vector[cells.slot('past', resource)] ?? 0) ?? []
      return past.map((_change, i) => {
        const local = this.#system.travel(agent, resource, i + 1)
        return this.#lent.local(local.name, agent, local, 'travel')
      })
    })
  }

  #echoes(vector: Vector): Action[] {
    const { base } = this.#system
    const { cells } = base.ground
    const of = (agent: string, resource: string, due: (key: string) => number): Action[] =>
      !this.#budget.strikes(agent)
        ? []
        : cells.ofResource(resource).flatMap((slot) => {
            const { key } = cells.slotAt(slot)
            if (cells.read(vector, slot) === 0 || (vector[due(key)] ?? 0) !== 0) return []
            const local = this.#system.echo(agent, key)
            return [this.#lent.local(local.name, agent, local, 'echo')]
          })
    const inbox = cells.slot('inbox', 'scheduler')
    return [
      ...base.controllers.flatMap(({ name, of: kind }) =>
        of(`controller/${name}`, kind.resource, (key) => cells.slot('queue', name, key)),
      ),
      ...of('scheduler', 'pods', () => inbox),
    ]
  }

  /** Only where it makes a difference, and each difference once. */
  #shuffles(vector: Vector, pending: readonly Action[]): Action[] {
    return pending.flatMap(({ local }) => {
      if (local === undefined || local.actor === 'kubelet' || !this.#budget.strikes(local.actor)) return []
      const seen = [this.#system.step(local, vector).result]
      return orders.flatMap((order) => {
        const other = this.#system.shuffled(local, order)
        const { result } = this.#system.step(other, vector)
        if (!seen.every((one) => this.#isUnlike(one, result))) return []
        seen.push(result)
        return [this.#lent.local(other.name, local.actor, other, 'shuffle')]
      })
    })
  }

  #isUnlike(one: Stepped, other: Stepped): boolean {
    const known = this.#unlike.get(one)?.get(other)
    if (known !== undefined) return known
    const unlike = this.#writes(one) !== this.#writes(other)
    const kept = this.#unlike.get(one) ?? new WeakMap<Stepped, boolean>()
    kept.set(other, unlike)
    this.#unlike.set(one, kept)
    return unlike
  }

  #writes({ segments }: Stepped): string {
    const { cells } = this.#system.base.ground
    const texts = segments.flatMap(({ written }) =>
      written === undefined
        ? []
        : [
            `${written.verb} ${written.resource} ${written.key} ${written.code} ${cells.objectId(written.change?.object)}`,
          ],
    )
    return texts.join('\n')
  }

  /** Before anything is done: clocks are wrong from the beginning. */
  #skews(vector: Vector): Action[] {
    if (!this.#explorer.isBeginning(vector)) return []
    const { base } = this.#system
    const { cells } = base.ground
    const all = [
      ...base.controllers.map(({ name }) => `controller/${name}`),
      'scheduler',
      ...cells.ofResource('nodes').map((slot) => `kubelet ${cells.slotAt(slot).key}`),
    ]
    return all.flatMap((who) => {
      const isWrong = (vector[cells.slot('other', `skew ${who}`)] ?? 0) !== 0
      if (isWrong || !this.#budget.strikes(nameOf(who))) return []
      return [this.#budget.skewMs, -this.#budget.skewMs].map((ms) => {
        const local = this.#system.skew(who, ms)
        return this.#lent.local(local.name, who.split(' ')[0] as string, local, 'skew')
      })
    })
  }

  /** Timers of one instant for one inbox; keys of controllers are taken in every order as it is. */
  #ties(vector: Vector): Action[] {
    const { cells } = this.#system.base.ground
    const due = this.#explorer.due(vector)
    if (due.length < 2) return []
    const reading = { at: (slot: number) => cells.read(vector, slot) }
    const inboxOf = (timer: number): number =>
      this.#system.fired(reading, cells.slotAt(timer).of, cells.value<TimerValue>(vector[timer] as number)).slot
    const inboxes = due.map(inboxOf)
    return due.flatMap((timer, i) => {
      const isAlone = inboxes.filter((one) => one === inboxes[i]).length < 2
      if (isAlone || cells.slotAt(inboxes[i] as number).kind !== 'inbox') return []
      return [
        this.#lent.action(`time, ${cells.slotAt(timer).of} first`, 'clock', (state) =>
          this.#explorer.pass(state, this.#lent.cost(state, 'ties'), timer),
        ),
      ]
    })
  }
}
