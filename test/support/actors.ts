/** An ActorHost over XState's own pure `initialTransition` and `transition`: machines without the kernel, for tests. */
import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, transition } from 'xstate'
import type { ActorEvent, ActorHost, Emitted } from '../../src/actors/actor.ts'

/** A delayed event of an actor. `background` as its state's tags say. */
export interface Due {
  readonly at: number
  readonly actor: string
  readonly id: string
  readonly event: ActorEvent
  readonly background: boolean
}

interface Cell {
  readonly machine: AnyStateMachine
  readonly snapshot: AnyMachineSnapshot
}

interface Action {
  readonly type: string
  readonly params?: { delay?: number; id?: string; sendId?: string; event?: ActorEvent }
}

/** Steps actors and keeps their delays; `due` is in the order in which they will fire. */
export class PureActors implements ActorHost {
  now = 0
  due: Due[] = []
  readonly cells = new Map<string, Cell>()
  readonly #machines: Readonly<Record<string, AnyStateMachine>>

  constructor(machines: Readonly<Record<string, AnyStateMachine>>) {
    this.#machines = machines
  }

  spawn(id: string, name: string, input: Readonly<Record<string, unknown>>): readonly Emitted[] {
    const machine = this.#machines[name]
    if (machine === undefined) throw new Error(`there is no machine "${name}"`)
    this.stop(id)
    const [snapshot, actions] = initialTransition(machine, input as never)
    return this.#moved(id, { machine, snapshot: snapshot as AnyMachineSnapshot }, actions as never)
  }

  send(id: string, event: ActorEvent): readonly Emitted[] {
    const cell = this.cells.get(id)
    if (cell === undefined || cell.snapshot.status !== 'active') return []
    const [snapshot, actions] = transition(cell.machine, cell.snapshot as never, event as never)
    return this.#moved(id, { ...cell, snapshot: snapshot as AnyMachineSnapshot }, actions as never)
  }

  stop(id: string): void {
    this.cells.delete(id)
    this.due = this.due.filter((one) => one.actor !== id)
  }

  get(id: string): AnyMachineSnapshot | undefined {
    return this.cells.get(id)?.snapshot
  }

  ids(prefix: string): readonly string[] {
    return [...this.cells.keys()].filter((id) => id.startsWith(prefix)).sort()
  }

  /** Takes the next delay that is due at or before `to`, and moves the clock there. */
  next(to: number): Due | undefined {
    const [first] = this.due
    if (first === undefined || first.at > to) return undefined
    this.due = this.due.slice(1)
    this.now = Math.max(this.now, first.at)
    return first
  }

  #moved(id: string, cell: Cell, actions: readonly Action[]): Emitted[] {
    this.cells.set(id, cell)
    const emitted: Emitted[] = []
    for (const { type, params = {} } of actions) {
      if (type === 'xstate.raise') this.#delay(id, cell.machine, params)
      else if (type === 'xstate.cancel') this.#cancel(id, params.sendId ?? '')
      else if (!type.startsWith('xstate.')) emitted.push({ actor: id, type, params: params as Emitted['params'] })
    }
    return emitted
  }

  #delay(actor: string, machine: AnyStateMachine, params: NonNullable<Action['params']>): void {
    const { delay, id = '', event } = params
    if (delay === undefined || event === undefined || delay === Number.POSITIVE_INFINITY) return
    this.#cancel(actor, id)
    const state = id.replace(/^xstate\.after\.[^.]*\./, '')
    const background = machine.getStateNodeById(state).tags.includes('background')
    this.due = [...this.due, { at: this.now + delay, actor, id, event, background }].sort((a, b) => a.at - b.at)
  }

  #cancel(actor: string, id: string): void {
    this.due = this.due.filter((one) => one.actor !== actor || one.id !== id)
  }
}
