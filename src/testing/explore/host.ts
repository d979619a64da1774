/** The actors of an exploration: the same machines as everywhere, their snapshots in cells, their delays in timer cells. */
import type { AnyMachineSnapshot } from 'xstate'
import type { ActorEvent, ActorHost, Emitted } from '../../actors/actor.ts'
import { isBackground, type Stepper, timerPrefix } from '../../actors/host.ts'
import type { Alarm } from '../../actors/world.ts'
import { KybernError } from '../../lib/coded-error.ts'
import type { Cells } from './cells.ts'
import type { Draft } from './draft.ts'

/** What a cell of an actor holds. */
export interface ActorValue {
  readonly machine: string
  readonly snapshot: AnyMachineSnapshot
}

/** What a cell of a timer holds; `at` is ms since the start of the exploration. */
export interface TimerValue {
  readonly at: number
  readonly background: boolean
  readonly alarm: Alarm
}

/** The number of an actor's snapshot: equal ones have equal numbers though each is an object of its own. */
export function actorId(cells: Cells, { machine, snapshot }: ActorValue): number {
  const { value, context, status } = snapshot
  return cells.named({ machine, value, context, status }, { machine, snapshot })
}

/** Actors beneath one agent, as one draft sees and changes them. */
export class CellHost implements ActorHost {
  readonly #draft: Draft
  readonly #steppers: ReadonlyMap<string, Stepper>
  readonly #owner: string

  constructor(draft: Draft, steppers: ReadonlyMap<string, Stepper>, owner: string) {
    this.#draft = draft
    this.#steppers = steppers
    this.#owner = owner
  }

  get(id: string): AnyMachineSnapshot | undefined {
    return this.#value(id)?.snapshot
  }

  spawn(id: string, machine: string, input: Readonly<Record<string, unknown>>): Emitted[] {
    if (this.#value(id) !== undefined) this.stop(id)
    const stepper = this.#stepper(machine)
    this.#put(id, { machine, snapshot: stepper.start(input) })
    this.#place(id, true)
    return this.#carry(id, stepper)
  }

  send(id: string, event: ActorEvent): Emitted[] {
    const known = this.#value(id)
    if (known === undefined || known.snapshot.status !== 'active') return []
    const stepper = this.#stepper(known.machine)
    const snapshot = stepper.step(known.snapshot, event)
    if (snapshot !== known.snapshot) this.#put(id, { ...known, snapshot })
    return this.#carry(id, stepper)
  }

  stop(id: string): void {
    const known = this.#value(id)
    if (known === undefined) return
    const { cells } = this.#draft.ground
    for (const delay of this.#stepper(known.machine).delays) this.#cancel(timerPrefix(id) + delay)
    this.#draft.set(cells.slot('actor', id), 0)
    this.#place(id, false)
  }

  ids(prefix: string): readonly string[] {
    return this.#beneath(prefix.replace(/\/$/, ''))
  }

  #value(id: string): ActorValue | undefined {
    const { cells } = this.#draft.ground
    return cells.value<ActorValue | undefined>(this.#draft.at(cells.slot('actor', id)))
  }

  #put(id: string, value: ActorValue): void {
    const { cells } = this.#draft.ground
    this.#draft.set(cells.slot('actor', id), actorId(cells, value))
  }

  #beneath(parent: string): readonly string[] {
    const { cells } = this.#draft.ground
    return cells.value<readonly string[] | undefined>(this.#draft.at(cells.slot('beneath', parent))) ?? []
  }

  /** Keeps the list of what is right beneath an actor: containers of a pod, and all nodes. */
  #place(id: string, present: boolean): void {
    const parent = id.slice(0, Math.max(0, id.lastIndexOf('/')))
    if (parent !== 'nodes' && parent.split('/').length < 3) return
    const others = this.#beneath(parent).filter((one) => one !== id)
    const ids = present ? [...others, id].sort() : others
    const { cells } = this.#draft.ground
    this.#draft.set(cells.slot('beneath', parent), ids.length === 0 ? 0 : cells.id(ids))
  }

  #stepper(machine: string): Stepper {
    const stepper = this.#steppers.get(machine)
    if (stepper === undefined) throw new KybernError('KYB-MACHINE-UNKNOWN', `there is no machine "${machine}"`)
    return stepper
  }

  #cancel(timer: string): void {
    const slot = this.#draft.ground.cells.slot('timer', timer)
    if (this.#draft.at(slot) !== 0) this.#draft.set(slot, 0)
  }

  #carry(id: string, stepper: Stepper): Emitted[] {
    const { cells } = this.#draft.ground
    const emitted: Emitted[] = []
    for (const { type, params } of stepper.take()) {
      if (type === 'xstate.raise' && params?.delay !== undefined) {
        if (params.delay === Number.POSITIVE_INFINITY) continue
        const sendId = params.id ?? ''
        const alarm: Alarm = { agent: this.#owner, actor: id, id: sendId, event: params.event as ActorEvent }
        const value: TimerValue = {
          at: this.#draft.offset + params.delay,
          background: isBackground(stepper.machine, sendId),
          alarm,
        }
        this.#draft.set(cells.slot('timer', timerPrefix(id) + sendId), cells.id(value))
      } else if (type === 'xstate.cancel') this.#cancel(timerPrefix(id) + params?.sendId)
      else if (!type.startsWith('xstate.'))
        emitted.push({ actor: id, type, params: (params ?? {}) as Emitted['params'] })
    }
    return emitted
  }
}
