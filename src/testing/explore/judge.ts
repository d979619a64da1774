/**
 * Judging states and writes by properties. A formula is traced like any step: in a state in which nothing changed that
 * it looks at, its answer is found and not worked out again.
 */
import { KybernError } from '../../lib/coded-error.ts'
import type { View } from '../../store/view.ts'
import { Moment } from '../moment.ts'
import { type Held, type Property, type Write, whyNot } from '../property.ts'
import type { Vector } from './cells.ts'
import { Interrupt, type Written } from './draft.ts'
import type { Passage } from './explorer.ts'
import type { Local } from './local.ts'
import { Reader, viewThrough } from './reader.ts'
import { sightOf } from './sight.ts'
import type { System } from './system.ts'
import { type Recorder, Table } from './trace.ts'

/** A property that does not hold, and why, in words. */
export interface Violation {
  readonly property: Property
  readonly why: string
}

const noRecorder: Recorder = { note() {} }

/** What an answer of a state formula is: does the premise hold, and why does the claim not. */
interface Answered {
  readonly concerned: boolean
  readonly why: string | undefined
  readonly value?: unknown
}

/** What a property says of a write: `always`, whatever the states around it are, or else it has to look at them. */
interface About {
  readonly i: number
  readonly always?: Held
}

/** Thrown where a formula looks at a state; kept, since to note where it was thrown takes longer than to look. */
const looked = new Interrupt('a state was looked at')

function tryOnce<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch (error) {
    if (error !== looked) throw error
    return undefined
  }
}

/** A view that says when it is looked at, and shows nothing. */
function blind(tell: () => void): View {
  const look = (): never => {
    tell()
    throw looked
  }
  return {
    revision: 1,
    get now() {
      return look()
    },
    get: look,
    list: look,
    count: look,
    by: look,
    dependents: look,
    owner: look,
    kindOf: look,
  }
}

type Idempotent = Extract<Property['formula'], { type: 'idempotent' }>

export class Judge {
  readonly properties: readonly Property[]
  /** How often each property had something to say: a premise that held, a write it is about, a witness. */
  readonly concerned: number[]
  readonly #system: System
  readonly #resourceOf: (kind: string) => string | undefined
  readonly #states: Table<Answered>[]
  /** A state that may not be looked at. */
  readonly #unseen: Moment
  /** How often somebody tried. */
  #looks = 0
  readonly #writes: WeakMap<Written, Table<Held | undefined>>[]
  readonly #stateLike: readonly number[]
  readonly #stepLike: readonly number[]
  readonly #stableLike: readonly number[]
  readonly #settledLike: readonly number[]

  constructor(system: System, properties: readonly Property[]) {
    this.#system = system
    this.properties = properties
    this.concerned = properties.map(() => 0)
    this.#states = properties.map(() => new Table())
    this.#writes = properties.map(() => new WeakMap())
    const { registry } = system.base.ground
    this.#resourceOf = (kind) => {
      const found = registry.find(kind)
      if (found === undefined) throw new KybernError('KYB-KIND', `the cluster serves no kind "${kind}"`)
      return found.resource
    }
    this.#unseen = new Moment(
      blind(() => this.#looks++),
      this.#resourceOf,
    )
    const among = (...types: string[]): number[] =>
      properties.flatMap(({ formula }, i) => (types.includes(formula.type) ? [i] : []))
    this.#stateLike = among('always', 'never', 'implies', 'sometimes')
    this.#stepLike = among('step')
    this.#stableLike = among('stable')
    this.#settledLike = among('settled', 'ended', 'idempotent', 'rests')
  }

  /** A moment for reading only: nothing is recorded. */
  moment(vector: Vector): Moment {
    return this.#momentThrough(new Reader(this.#system.base.ground, vector, noRecorder))
  }

  /** What is wrong with a state. */
  state(vector: Vector): Violation | undefined {
    for (const i of this.#stateLike) {
      const { concerned, why } = this.#answer(i, vector)
      if (concerned) this.concerned[i] = (this.concerned[i] as number) + 1
      if (why !== undefined) return { property: this.properties[i] as Property, why }
    }
    return undefined
  }

  /** What is wrong with a state in which nobody has anything left to do; `over`: and in which all is done. */
  settled(vector: Vector, over: boolean): Violation | undefined {
    for (const i of this.#settledLike) {
      const property = this.properties[i] as Property
      const { formula } = property
      if (formula.type === 'ended' && !over) continue
      const why = formula.type === 'idempotent' ? this.#writesAgain(formula, vector) : this.#answer(i, vector).why
      this.concerned[i] = (this.concerned[i] as number) + 1
      if (why !== undefined) return { property, why }
    }
    return undefined
  }

  /** What is wrong with a run that would not settle. */
  restless(): Violation | undefined {
    const property = this.properties.find(({ formula }) => formula.type === 'rests')
    return property === undefined ? undefined : { property, why: 'somebody goes on and on' }
  }

  #writesAgain({ controllers, laterMs }: Idempotent, vector: Vector): string | undefined {
    const { cells } = this.#system.base.ground
    for (const { name, of } of this.#system.base.controllers) {
      if (controllers !== undefined && !controllers.includes(name)) continue
      for (const slot of cells.ofResource(of.resource)) {
        if (cells.read(vector, slot) === 0) continue
        const { key } = cells.slotAt(slot)
        // What was refused is tried again, however late: it is not finished.
        if (cells.read(vector, cells.slot('timer', `agent controller/${name} retry ${key}`)) !== 0) continue
        const wrote = this.#wouldWrite(name, key, vector)
        if (wrote !== undefined)
          return `${name} would ${wrote} when asked about ${key} again${this.#overlooked(name, key, vector)}`
        const later = laterMs === undefined ? vector : this.#later(name, key, vector, laterMs)
        const then = later === vector ? undefined : this.#wouldWrite(name, key, later)
        if (then !== undefined)
          return `${name} would ${then} when asked about ${key} again a little later, though nothing changed but the time and it asked for no wake`
      }
    }
    return undefined
  }

  #wouldWrite(name: string, key: string, vector: Vector): string | undefined {
    const { result } = this.#system.step(this.#system.reconcile(name, key), vector)
    const wrote = result.segments.find(({ written }) => written?.change !== undefined)?.written
    return wrote === undefined ? undefined : `${wrote.verb} ${wrote.resource} ${wrote.key}`
  }

  /** What a controller reads and does not watch, in words: why it was not asked. */
  #overlooked(name: string, key: string, vector: Vector): string {
    const { cells } = this.#system.base.ground
    const controller = this.#system.controller(name)
    const { of, owns, watches } = controller
    const watched = new Set([of, ...owns, ...watches.map(({ kind }) => kind)].map(({ resource }) => resource))
    const read = new Set<string>()
    const recorder: Recorder = {
      note({ resource, slot }) {
        const { kind, of: collection } = cells.slotAt(Math.max(slot, 0))
        const name = resource ?? (slot >= 0 && kind === 'object' ? collection : undefined)
        if (name !== undefined && !watched.has(name)) read.add(name)
      },
    }
    controller.reconcile(viewThrough(new Reader(this.#system.base.ground, vector, recorder)), key)
    return read.size === 0 ? '' : ` (it reads ${[...read].join(' and ')} without watching)`
  }

  /** The same state when some time has gone by, but before the controller wished to be asked about the key again. */
  #later(name: string, key: string, vector: Vector, ms: number): Vector {
    const { cells, clock } = this.#system.base.ground
    const now = vector[clock] ?? 0
    const timer = cells.slot('timer', `agent controller/${name} wake ${key}`)
    const wake = cells.value<{ at: number } | undefined>(cells.read(vector, timer))
    const then = wake === undefined ? now + ms : Math.min(now + ms, wake.at - 1)
    if (then <= now) return vector
    const later = new Int32Array(Math.max(vector.length, clock + 1))
    later.set(vector)
    later[clock] = then
    return later
  }

  /** What is wrong with a write and the state after it. `base` is the state in which its sender decided. */
  passage(before: Vector, { vector, written }: Passage, base: Vector, local: Local | undefined): Violation | undefined {
    for (const i of this.#stableLike) {
      const then = this.#answer(i, before)
      if (then.why !== undefined) continue
      this.concerned[i] = (this.concerned[i] as number) + 1
      const { why } = this.#answer(i, vector)
      if (why !== undefined) return { property: this.properties[i] as Property, why: `it held before; now ${why}` }
    }
    if (written?.change === undefined) return undefined
    for (const { i, always } of this.#about(written, local)) {
      const held = always === undefined ? this.#write(i, written, [before, vector, base], local) : always
      if (held === undefined) continue
      this.concerned[i] = (this.concerned[i] as number) + 1
      const why = whyNot(held)
      if (why !== undefined) return { property: this.properties[i] as Property, why }
    }
    return undefined
  }

  /** The properties that have something to say of a write, most of them after a look at the states around it. */
  #about(written: Written, local: Local | undefined): readonly About[] {
    const known = this.#abouts.get(written)
    if (known !== undefined) return known
    const write = writeOf(written, local?.actor ?? 'user', local?.key ?? '', this.#unseen)
    const found: About[] = []
    for (const i of this.#stepLike) {
      const { formula, name } = this.properties[i] as Property
      if (formula.type !== 'step') continue
      const before = this.#looks
      const always = tryOnce(() => answering(name, () => formula.write(write, this.#unseen, this.#unseen)))
      if (this.#looks > before) found.push({ i })
      else if (always !== undefined) found.push({ i, always })
    }
    this.#abouts.set(written, found)
    return found
  }

  readonly #abouts = new WeakMap<Written, readonly About[]>()

  /** Does a formula over states hold here? For `eventually`, `leadsTo`, `noOscillation`. */
  holds(name: string, vector: Vector, formula: (s: Moment) => unknown): unknown {
    let table = this.#other.get(name)
    if (table === undefined) {
      table = new Table()
      this.#other.set(name, table)
    }
    return table.find([vector], (recorder) =>
      answering(name, () => formula(this.#momentThrough(new Reader(this.#system.base.ground, vector, recorder)))),
    ).result
  }

  readonly #other = new Map<string, Table<unknown>>()

  #momentThrough(reader: Reader): Moment {
    return new Moment(viewThrough(reader), this.#resourceOf)
  }

  #answer(i: number, vector: Vector): Answered {
    const property = this.properties[i] as Property
    return (this.#states[i] as Table<Answered>).find([vector], (recorder) =>
      answering(property.name, () =>
        answered(property.formula, this.#momentThrough(new Reader(this.#system.base.ground, vector, recorder))),
      ),
    ).result
  }

  #write(i: number, written: Written, vectors: readonly Vector[], local: Local | undefined): Held | undefined {
    const tables = this.#writes[i] as WeakMap<Written, Table<Held | undefined>>
    let table = tables.get(written)
    if (table === undefined) {
      table = new Table()
      tables.set(written, table)
    }
    const { formula, name } = this.properties[i] as Property
    if (formula.type !== 'step') return undefined
    return table.find(vectors, (recorder) => {
      const at = (which: number): Reader =>
        new Reader(this.#system.base.ground, vectors[which] as Vector, recorder, which)
      const actor = local?.actor ?? 'user'
      const believed = new Moment(viewThrough(sightOf(at(2), actor, this.#system.sees)), this.#resourceOf)
      const write = writeOf(written, actor, local?.key ?? '', believed)
      return answering(name, () => formula.write(write, this.#momentThrough(at(0)), this.#momentThrough(at(1))))
    }).result
  }
}

/** A write as properties see it. */
export function writeOf({ verb, change, byName }: Written, by: string, reconciled: string, believed: Moment): Write {
  const { type, resource, key, object, previous, cause } = change as NonNullable<Written['change']>
  const write = { type, verb, resource, key, object, previous, by, reconciled, cause, believed }
  return byName === true ? { ...write, byName } : write
}

/** Says whose formula it was that threw. */
function answering<T>(name: string, answer: () => T): T {
  try {
    return answer()
  } catch (error) {
    if (error instanceof Interrupt) throw error
    const said = error instanceof KybernError ? error.message.slice(error.code.length + 2) : `it threw ${error}`
    throw new KybernError(error instanceof KybernError ? error.code : 'KYB-EXPLORE', `the property "${name}": ${said}`)
  }
}

function answered(formula: Property['formula'], moment: Moment): Answered {
  switch (formula.type) {
    case 'always':
    case 'settled':
    case 'ended':
    case 'stable':
      return { concerned: true, why: whyNot(formula.at(moment)) }
    case 'never': {
      const held = formula.at(moment)
      return { concerned: true, why: held === true ? 'it holds here' : held === false ? undefined : whyNot(held) }
    }
    case 'sometimes':
      return { concerned: whyNot(formula.at(moment)) === undefined, why: undefined }
    case 'implies':
      return formula.when(moment)
        ? { concerned: true, why: whyNot(formula.at(moment)) }
        : { concerned: false, why: undefined }
    default:
      return { concerned: false, why: undefined }
  }
}
