/**
 * The host of all actors: XState machines stepped as pure functions over snapshots kept in the world. Delayed
 * transitions become timers of the world; named actions come back to the caller, who carries them out.
 * Measured in DECISIONS.md: one step costs a few microseconds with a reused scope, an actor object 26 and 4 KB.
 */
import { type AnyActor, type AnyMachineSnapshot, type AnyStateMachine, type AnyStateNode, createActor } from 'xstate'
import { KybernError } from '../lib/coded-error.ts'
import type { ActorEvent, ActorHost, Emitted } from './actor.ts'
import type { World } from './world.ts'

/** What the host tells inspectors: one actor came, moved or left. */
export interface ActorNews {
  readonly type: 'spawned' | 'moved' | 'stopped'
  readonly id: string
  readonly event: ActorEvent
  readonly snapshot: AnyMachineSnapshot | undefined
  readonly previous: AnyMachineSnapshot | undefined
}

interface Asked {
  readonly type: string
  readonly params?: {
    readonly delay?: number
    readonly id?: string
    readonly sendId?: string
    readonly event?: ActorEvent
  }
}

/** One machine, ready to step. */
export interface Stepper {
  readonly machine: AnyStateMachine
  /** The ids of all its delayed transitions. */
  readonly delays: readonly string[]
  start(input: unknown): AnyMachineSnapshot
  step(snapshot: AnyMachineSnapshot, event: ActorEvent): AnyMachineSnapshot
  /** What the last start or step asked for; cleared by taking it. */
  take(): Asked[]
}

/** A machine with one scope that is used again and again; the scope holds nothing between two steps. */
function stepperOf(machine: AnyStateMachine): Stepper {
  let asked: Asked[] = []
  let scope: unknown
  const scopeOf = (): never => {
    if (scope !== undefined) return scope as never
    const self: AnyActor = createActor(machine, { input: {} as never })
    scope = {
      self,
      system: self.system,
      id: '',
      sessionId: '',
      defer: () => {},
      logger: () => {},
      stopChild: () => {},
      emit: () => {},
      actionExecutor: (action: Asked) => {
        asked.push(action)
      },
    }
    asked = []
    return scope as never
  }
  return {
    machine,
    delays: delaysOf(machine.root),
    start: (input) => machine.getInitialSnapshot(scopeOf(), input as never) as AnyMachineSnapshot,
    step: (snapshot, event) => machine.transition(snapshot as never, event as never, scopeOf()) as AnyMachineSnapshot,
    take() {
      const taken = asked
      asked = []
      return taken
    },
  }
}

function delaysOf(node: AnyStateNode): string[] {
  const own = node.after.map((transition) => transition.eventType)
  return [...own, ...Object.values(node.states).flatMap(delaysOf)]
}

/** All machines by name, ready to step; shared by every cluster of a process since it holds no state. */
export function steppersOf(machines: Readonly<Record<string, AnyStateMachine>>): ReadonlyMap<string, Stepper> {
  return new Map(Object.entries(machines).map(([name, machine]) => [name, stepperOf(machine)]))
}

const afterPrefix = 'xstate.after.'

export class Host {
  readonly #world: World
  readonly #steppers: ReadonlyMap<string, Stepper>
  readonly #news: (news: ActorNews) => void

  constructor(world: World, steppers: ReadonlyMap<string, Stepper>, news: (news: ActorNews) => void) {
    this.#world = world
    this.#steppers = steppers
    this.#news = news
  }

  /** The host as one agent sees it: actors it spawns live beneath it. */
  beneath(owner: string): ActorHost {
    return {
      spawn: (id, machine, input) => this.spawn(owner, id, machine, input),
      send: (id, event) => this.send(id, event),
      stop: (id) => this.stop(id),
      get: (id) => this.get(id),
      ids: (prefix) => this.#ids(prefix),
    }
  }

  get(id: string): AnyMachineSnapshot | undefined {
    return this.#world.actors.get(id)?.snapshot
  }

  spawn(owner: string, id: string, machine: string, input: Readonly<Record<string, unknown>>): Emitted[] {
    if (this.#world.actors.has(id)) this.stop(id)
    const stepper = this.#stepper(machine)
    const snapshot = stepper.start(input)
    this.#world.actors.set(id, { machine, snapshot, owner })
    this.#place(id, (ids) => [...ids, id])
    this.#news({ type: 'spawned', id, event: { type: 'xstate.init', input }, snapshot, previous: undefined })
    return this.#carry(owner, id, stepper)
  }

  send(id: string, event: ActorEvent): Emitted[] {
    const cell = this.#world.actors.get(id)
    if (cell === undefined || cell.snapshot.status !== 'active') return []
    const stepper = this.#stepper(cell.machine)
    const snapshot = stepper.step(cell.snapshot, event)
    if (snapshot !== cell.snapshot) this.#world.actors.set(id, { ...cell, snapshot })
    this.#news({ type: 'moved', id, event, snapshot, previous: cell.snapshot })
    return this.#carry(cell.owner, id, stepper)
  }

  stop(id: string): void {
    const cell = this.#world.actors.get(id)
    if (cell === undefined) return
    for (const delay of this.#stepper(cell.machine).delays) this.#world.timers.cancel(timerPrefix(id) + delay)
    this.#world.actors.delete(id)
    this.#place(id, (ids) => ids.filter((one) => one !== id))
    this.#news({ type: 'stopped', id, event: { type: 'xstate.stop' }, snapshot: undefined, previous: cell.snapshot })
  }

  /** `pods/` and `nodes/` name all of a kind, pods' containers too; a longer prefix those right beneath one actor. */
  #ids(prefix: string): readonly string[] {
    const parent = prefix.replace(/\/$/, '')
    if (parent.includes('/')) return this.#world.beneath.get(parent) ?? []
    return [...this.#world.actors.keys()].filter((id) => id.startsWith(prefix)).sort()
  }

  /** Keeps the list of ids beneath a container's pod; other actors have nobody beneath them that is asked for. */
  #place(id: string, change: (ids: readonly string[]) => readonly string[]): void {
    const parent = id.slice(0, Math.max(0, id.lastIndexOf('/')))
    if (!this.#world.actors.has(parent) && !this.#world.beneath.has(parent)) return
    const ids = change(this.#world.beneath.get(parent) ?? [])
    if (ids.length === 0) this.#world.beneath.delete(parent)
    else this.#world.beneath.set(parent, ids)
  }

  #stepper(machine: string): Stepper {
    const stepper = this.#steppers.get(machine)
    if (stepper === undefined) throw new KybernError('KYB-MACHINE-UNKNOWN', `there is no machine "${machine}"`)
    return stepper
  }

  /** Timers are set and cancelled here; what is left is for the agent. */
  #carry(owner: string, id: string, stepper: Stepper): Emitted[] {
    const { timers, store } = this.#world
    const emitted: Emitted[] = []
    for (const { type, params } of stepper.take()) {
      if (type === 'xstate.raise' && params?.delay !== undefined) {
        if (params.delay === Number.POSITIVE_INFINITY) continue
        const timer = timerPrefix(id) + params.id
        const alarm = { agent: owner, actor: id, id: params.id ?? '', event: params.event as ActorEvent }
        timers.set(timer, store.now + params.delay, isBackground(stepper.machine, params.id ?? ''), alarm)
      } else if (type === 'xstate.cancel') timers.cancel(timerPrefix(id) + params?.sendId)
      else if (!type.startsWith('xstate.'))
        emitted.push({ actor: id, type, params: (params ?? {}) as Emitted['params'] })
    }
    return emitted
  }
}

/** What the ids of an actor's timers begin with. */
export function timerPrefix(id: string): string {
  return `actor ${id} `
}

/** A delayed transition is background work when the state it belongs to carries that tag. */
export function isBackground(machine: AnyStateMachine, sendId: string): boolean {
  const rest = sendId.slice(afterPrefix.length)
  const state = rest.slice(rest.indexOf('.') + 1)
  if (!sendId.startsWith(afterPrefix)) return false
  return machine.getStateNodeById(state).tags.includes('background')
}
