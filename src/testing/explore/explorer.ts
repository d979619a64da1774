/**
 * What may happen next in a state, and what comes of it: the transition relation of an exploration. Local steps come from
 * the system's tables; time, faults and inputs are worked out on the numbers.
 */
import type { Transition } from '../../store/transition.ts'
import type { View } from '../../store/view.ts'
import type { Budget } from './budget.ts'
import type { Vector } from './cells.ts'
import { Copies } from './copies.ts'
import type { Op, Segment, Written } from './draft.ts'
import type { TimerValue } from './host.ts'
import type { Local } from './local.ts'
import { Menu } from './menu.ts'
import { Reader, viewThrough } from './reader.ts'
import type { System } from './system.ts'
import type { Read } from './trace.ts'

/** Something the user does: writes, something broken, or a wait before the next input. */
export interface Input {
  readonly name: string
  readonly writes?: (view: View) => readonly Transition[]
  readonly node?: { readonly name: string; readonly event: string }
  readonly crash?: string
  readonly waitMs?: number
  /** What the user waits for. */
  readonly when?: (view: View) => boolean
  /** Whose input it is: those of one user come in order. Default 0. */
  readonly lane?: number
}

/** How far one user has come. */
interface Lane {
  readonly inputs: readonly number[]
  readonly next: number
  readonly wait: number
}

/** One choice: something that may happen next. */
export interface Action {
  /** Unique and stable: a log of names replays a run. */
  readonly name: string
  readonly type: 'local' | 'time' | 'input' | 'fault'
  /** Of a fault: which sort, whomever it strikes. */
  readonly sort?: string
  /** Who acts: `controller/replicaset`, `scheduler`, `kubelet`, `user`, `clock`, `fault`. */
  readonly actor: string
  readonly local: Local | undefined
  readonly take: (vector: Vector) => Taken
}

/** One write within a step, and the state right after it. */
export interface Passage {
  readonly vector: Vector
  readonly written: Written | undefined
}

/** What came of an action. */
export interface Taken {
  readonly next: Vector
  /** The states on the way, the last of which is `next`. */
  readonly passages: readonly Passage[]
  /** What was read for it; undefined when it depends on everything. */
  readonly reads: readonly Read[] | undefined
}

export interface ExplorerOptions {
  readonly inputs: readonly Input[]
  /** `anytime`: inputs come in order at any moment. `quiet`: only when nobody has anything to do. */
  readonly inputsWhen: 'anytime' | 'quiet'
  /** Background timers fire up to this many ms after the start; 0: none do once all else is quiet. */
  readonly horizonMs: number
  readonly budget: Budget
}

export class Explorer {
  readonly system: System
  readonly options: ExplorerOptions
  readonly #lanes: readonly Lane[]
  readonly #doneSlot: number
  /** The steps that may become due, in the order of their names, and the slots that say so. */
  readonly #steps: Action[] = []
  readonly #dueSlots: number[] = []
  #queues = 0
  #inboxes = 0
  readonly inputs: readonly Action[]
  readonly #time: Action
  readonly #menu: Menu
  readonly #copies = new Copies()
  /** Who is due in the state that was asked about last. */
  #pendingIn: Vector | undefined
  #pending: readonly Action[] = []

  constructor(system: System, options: ExplorerOptions) {
    this.system = system
    this.options = options
    this.#menu = new Menu(this, options.budget)
    const { cells } = system.base.ground
    this.#time = { name: 'time', type: 'time', actor: 'clock', local: undefined, take: (vector) => this.pass(vector) }
    this.#lanes = this.#lanesOf(options.inputs)
    this.#doneSlot = cells.slot('other', 'inputs done')
    this.inputs = options.inputs.map((input, index) => {
      const { name } = input
      const local = this.#localOf(input, index)
      return {
        name: `input ${index} ${name}`,
        type: 'input',
        actor: 'user',
        local,
        take: (vector) => this.#input(local, vector, index),
      }
    })
  }

  /** Everything that may happen next, in the order of its names. */
  enabled(vector: Vector): readonly Action[] {
    const faults = this.faults(vector)
    return faults.length === 0 ? this.unbroken(vector) : [...this.unbroken(vector), ...faults].sort(byName)
  }

  /** The faults that may happen next. */
  faults(vector: Vector): readonly Action[] {
    return this.options.budget.isEmpty ? [] : this.#menu.enabled(vector, this.pending(vector))
  }

  /** What may happen next when nothing breaks, in the order of its names. */
  unbroken(vector: Vector): readonly Action[] {
    const pending = this.pending(vector)
    const more = [...this.#menu.releases(vector)]
    for (const { inputs, next } of this.#lanes) {
      const index = inputs.find((one) => one >= (vector[next] ?? 0))
      if (index === undefined || !this.#mayCome(vector)) continue
      if (this.#hasWaited(vector, index)) more.push(this.inputs[index] as Action)
    }
    if (pending.length === 0 && this.#nextDue(vector) !== undefined) more.push(this.#time)
    return more.length === 0 ? pending : merged(pending, more)
  }

  /** The action of this name if it may be taken; an input also when those before it are left out. */
  named(vector: Vector, name: string): Action | undefined {
    if (!name.startsWith('input ')) return this.enabled(vector).find((action) => action.name === name)
    const index = this.inputs.findIndex((action) => action.name === name)
    if (index < 0 || index < (vector[this.#laneOf(index).next] ?? 0) || !this.#hasWaited(vector, index))
      return undefined
    return this.#mayCome(vector) ? this.inputs[index] : undefined
  }

  #mayCome(vector: Vector): boolean {
    return this.options.inputsWhen === 'anytime' || this.isSettled(vector)
  }

  #lanesOf(inputs: readonly Input[]): readonly Lane[] {
    const { cells } = this.system.base.ground
    const lanes = [...new Set(inputs.map(({ lane = 0 }) => lane))]
    const slotOf = (what: string, lane: number): number => cells.slot('other', lane === 0 ? what : `${what} ${lane}`)
    const ofLane = (lane: number): Lane => ({
      inputs: inputs.flatMap((input, i) => ((input.lane ?? 0) === lane ? [i] : [])),
      next: slotOf('inputs', lane),
      wait: slotOf('wait', lane),
    })
    return lanes.map(ofLane)
  }

  #laneOf(index: number): Lane {
    return this.#lanes.find(({ inputs }) => inputs.includes(index)) as Lane
  }

  #hasWaited(vector: Vector, index: number): boolean {
    const { ground } = this.system.base
    if ((vector[ground.clock] ?? 0) < (vector[this.#laneOf(index).wait] ?? 0)) return false
    const { when } = this.options.inputs[index] as Input
    return when === undefined || when(viewThrough(new Reader(ground, vector, { note() {} })))
  }

  #localOf({ name, writes, node, crash, waitMs }: Input, index: number): Local {
    const { system } = this
    if (node !== undefined) return system.toNode(node.name, node.event)
    if (crash !== undefined) return system.crash(crash)
    if (waitMs !== undefined) return system.wait(waitMs, this.#laneOf(index).wait)
    return system.asked(`${index} ${name}`, 'user', writes ?? (() => []))
  }

  /** True when a timer is set that counts. */
  timeMayPass(vector: Vector): boolean {
    return this.#nextDue(vector) !== undefined
  }

  /** Who has something to do at this instant, in the order of their names. */
  pending(vector: Vector): readonly Action[] {
    if (this.#pendingIn === vector) return this.#pending
    this.#register()
    const actions: Action[] = []
    for (let i = 0; i < this.#steps.length; i++) {
      if ((vector[this.#dueSlots[i] as number] ?? 0) !== 0) actions.push(this.#steps[i] as Action)
    }
    this.#pending = actions
    this.#pendingIn = vector
    return this.#pending
  }

  /** Puts the steps of new slots where their names belong. */
  #register(): void {
    const { cells } = this.system.base.ground
    const [queues, inboxes] = [cells.ofKind('queue'), cells.ofKind('inbox')]
    if (queues.length === this.#queues && inboxes.length === this.#inboxes) return
    for (const slot of [...queues.slice(this.#queues), ...inboxes.slice(this.#inboxes)]) {
      const step = this.#actionOf(slot)
      const place = this.#steps.findIndex(({ name }) => name > step.name)
      const at = place < 0 ? this.#steps.length : place
      this.#steps.splice(at, 0, step)
      this.#dueSlots.splice(at, 0, slot)
    }
    this.#queues = queues.length
    this.#inboxes = inboxes.length
  }

  /** True when nobody has anything left to do: nobody is pending, no watch lags, no timer that counts is set. Inputs may be left. */
  isSettled(vector: Vector): boolean {
    if (this.pending(vector).length > 0 || this.#nextDue(vector) !== undefined) return false
    return this.#menu.releases(vector).length === 0
  }

  /** True when everything is done: all inputs, and whatever came of them. */
  isOver(vector: Vector): boolean {
    return (vector[this.#doneSlot] ?? 0) === this.inputs.length && this.isSettled(vector)
  }

  /** True while no time has passed and no input has come. */
  isBeginning(vector: Vector): boolean {
    return (vector[this.system.base.ground.clock] ?? 0) === 0 && (vector[this.#doneSlot] ?? 0) === 0
  }

  /** What happens next when nobody interferes: pending steps in turn, then late watches, then time. */
  ordinary(vector: Vector, after: string): Action | undefined {
    const pending = this.pending(vector)
    const next = pending.find(({ name }) => name > after) ?? pending[0] ?? this.#menu.releases(vector)[0]
    return next ?? (this.#nextDue(vector) === undefined ? undefined : this.#time)
  }

  /** The vector with operations carried out. */
  applied(vector: Vector, ops: readonly Op[], more: readonly Op[] = []): Vector {
    if (ops.length === 0 && more.length === 0) return vector
    const { cells } = this.system.base.ground
    const size = cells.slots.length
    const next = this.#copies.of(vector, vector.length >= size ? vector.length : size + 16)
    for (const list of [ops, more]) {
      for (let i = 0; i < list.length; i++) {
        const { slot, value, append } = list[i] as Op
        cells.put(next, slot, append ? cells.appended(next[slot] as number, value) : value)
      }
    }
    return next
  }

  #actionOf(slot: number): Action {
    const { kind, of, key } = this.system.base.ground.cells.slotAt(slot)
    const local = kind === 'queue' ? this.system.reconcile(of, key) : this.system.turn(of)
    const { name, actor } = local
    return { name, type: 'local', actor, local, take: (vector) => this.local(local, vector) }
  }

  /** What comes of a local step; `more` is done with it. */
  local(local: Local, vector: Vector, more: readonly Op[] = []): Taken {
    const { result, reads } = this.system.step(local, vector)
    const passages = this.passages(vector, result.segments, more)
    return { next: passages[passages.length - 1]?.vector ?? vector, passages, reads }
  }

  #input(local: Local, vector: Vector, index: number): Taken {
    const done = (vector[this.#doneSlot] ?? 0) + 1
    return this.local(local, vector, [
      { slot: this.#laneOf(index).next, value: index + 1, append: false },
      { slot: this.#doneSlot, value: done, append: false },
    ])
  }

  /** The states after each write, and the last one, in which `more` is done too. */
  passages(vector: Vector, segments: readonly Segment[], more: readonly Op[] = []): Passage[] {
    if (segments.length === 0) return [{ vector: this.applied(vector, more), written: undefined }]
    const passages: Passage[] = []
    let at = vector
    const last = segments.length - 1
    for (let i = 0; i <= last; i++) {
      const { ops, written } = segments[i] as Segment
      at = this.applied(at, ops, i === last ? more : none)
      passages.push({ vector: at, written })
    }
    return passages
  }

  /** When the next timer that counts is due, in ms since the start. */
  #nextDue(vector: Vector): number | undefined {
    const { cells } = this.system.base.ground
    const slots = cells.ofKind('timer')
    let due = Number.POSITIVE_INFINITY
    let foreground = false
    for (let i = 0; i < slots.length; i++) {
      const id = vector[slots[i] as number] ?? 0
      if (id === 0) continue
      const { at, background } = cells.value<TimerValue>(id)
      if (at < due) due = at
      if (!background) foreground = true
    }
    if (due === Number.POSITIVE_INFINITY) return undefined
    return foreground || due <= this.options.horizonMs ? due : undefined
  }

  /** The slots of the timers that are next, all of one instant, in the order of their names. */
  due(vector: Vector): readonly number[] {
    const due = this.#nextDue(vector)
    if (due === undefined) return []
    const { cells } = this.system.base.ground
    return cells
      .ofKind('timer')
      .filter((slot) => (vector[slot] ?? 0) !== 0 && cells.value<TimerValue>(vector[slot] as number).at <= due)
      .sort((a, b) => (cells.slotAt(a).name < cells.slotAt(b).name ? -1 : 1))
  }

  /** Time moves to the next timer, and all of that instant fire, or one of them; `more` is done with it. */
  pass(vector: Vector, more: readonly Op[] = [], only?: number): Taken {
    const { system } = this
    const { cells, clock } = system.base.ground
    const due = this.#nextDue(vector)
    if (due === undefined) return { next: vector, passages: [], reads: undefined }
    const reading = { at: (slot: number) => cells.read(vector, slot) }
    const ops: Op[] = [{ slot: clock, value: Math.max(due, vector[clock] ?? 0), append: false }]
    for (const timer of only === undefined ? this.due(vector) : [only]) {
      ops.push({ slot: timer, value: 0, append: false })
      const value = cells.value<TimerValue>(vector[timer] as number)
      const { slot, entry } = system.fired(reading, cells.slotAt(timer).of, value)
      ops.push({ slot, value: entry === 0 ? 1 : entry, append: entry !== 0 })
    }
    const next = this.applied(vector, ops, more)
    return { next, passages: [{ vector: next, written: undefined }], reads: undefined }
  }
}

const none: readonly Op[] = []

/** Two lists of actions as one; the first and the whole are in the order of names. */
function merged(sorted: readonly Action[], more: readonly Action[]): readonly Action[] {
  const all = [...sorted]
  for (const one of more) {
    let at = all.length
    while (at > 0 && (all[at - 1] as Action).name > one.name) at--
    all.splice(at, 0, one)
  }
  return all
}

function byName(a: Action, b: Action): number {
  return a.name < b.name ? -1 : 1
}
