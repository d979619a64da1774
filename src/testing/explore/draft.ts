/**
 * One local step while it is made: it reads a state through a recorder, sees its own writes, and gathers what changes as
 * operations on cells, in segments. A segment ends with one write to the API: a crash may come between any two.
 */
import type { Kind } from '../../api/kind.ts'
import type { ResourceKey } from '../../api/object.ts'
import type { Change } from '../../store/transition.ts'
import type { Vector } from './cells.ts'
import { type Ground, Reader, type Sight } from './reader.ts'
import type { Read, Recorder, Table } from './trace.ts'

/** A change of one cell: a new number, or one more entry of the list in it. */
export interface Op {
  readonly slot: number
  readonly value: number
  readonly append: boolean
}

/** What one write to the API did. `refused` is the error in words when it was refused. */
export interface Written {
  readonly verb: string
  readonly resource: ResourceKey
  readonly key: string
  readonly change: Change | undefined
  readonly refused: string | undefined
  /** A deletion by name alone: neither uid nor version was given. */
  readonly byName?: true
  /** Its code when it was refused: 409, 404, … */
  readonly code: number
}

/** Operations up to and with one write. The last segment of a step may have none. */
export interface Segment {
  readonly ops: readonly Op[]
  readonly written: Written | undefined
}

/** Ends a step in the middle: not a failure of whoever takes it. */
export class Interrupt extends Error {}

/** The taker crashed before a write. */
export class Crashed extends Interrupt {}

/** The one there is: nobody asks where it was thrown, and to note that takes longer than to crash. */
export const crashed = new Crashed()

/** What is done to one write of a step: which (counted from 0), and how. */
export interface Disturbance {
  readonly at: number
  /**
   * `fail`: refused with 500. `conflict`: with 409. `drop`: never arrives, the sender is told 504. `lose`: done, but the
   * sender is told 504. `repeat`: arrives twice. `retry`: as well, and the sender hears of the second. `crash`: never sent, the sender dies.
   */
  readonly how: 'fail' | 'conflict' | 'drop' | 'lose' | 'repeat' | 'retry' | 'crash'
}

/** Something was written that was taken for still: the exploration begins again with that collection's objects as cells. */
export class Moved extends Interrupt {
  readonly resource: ResourceKey

  constructor(resource: ResourceKey) {
    super(`${resource} changed`)
    this.resource = resource
  }
}

/** What a part of a step came to. */
export interface Part<T> {
  readonly value: T
  readonly ops: readonly Op[]
}

export class Draft implements Sight {
  readonly ground: Ground
  readonly reader: Reader
  readonly segments: Segment[] = []
  disturbance: Disturbance | undefined
  /** Not 0: whoever acts sees lists in another order. */
  order = 0
  /** How many writes were tried. */
  tried = 0
  readonly #over = new Map<number, number>()
  /** Entries that were added to lists nobody has read. */
  readonly #added = new Map<number, number[]>()
  #ops: Op[] = []
  /** The state with what was done so far, once somebody needs it as one. */
  #now: Vector | undefined

  constructor(ground: Ground, vector: Vector, recorder: Recorder) {
    this.ground = ground
    this.reader = new Reader(ground, vector, recorder)
  }

  get now(): number {
    return this.reader.now
  }

  /** The clock as ms since the start. */
  get offset(): number {
    return this.at(this.ground.clock)
  }

  at(slot: number): number {
    const own = this.#over.get(slot)
    if (own !== undefined) return own
    const read = this.reader.at(slot)
    const added = this.#added.get(slot)
    if (added === undefined) return read
    const value = added.reduce((list, entry) => this.ground.cells.appended(list, entry), read)
    this.#over.set(slot, value)
    this.#added.delete(slot)
    return value
  }

  collection(resource: ResourceKey): readonly number[] {
    return this.#withOwn(this.reader.collection(resource), (slot) => this.ground.cells.slotAt(slot).of === resource)
  }

  index(kind: Kind, index: string, value: string): readonly number[] {
    const { cells } = this.ground
    return this.#withOwn(this.reader.index(kind, index, value), (slot, version) => {
      const object = cells.object(version)
      if (cells.slotAt(slot).of !== kind.resource || object === undefined) return false
      if (index === 'owner') return object.metadata.ownerReferences?.some((owner) => owner.uid === value) === true
      return kind.indexes?.[index]?.(object).includes(value) === true
    })
  }

  dependents(uid: string): readonly number[] {
    const { cells } = this.ground
    return this.#withOwn(
      this.reader.dependents(uid),
      (_slot, version) => cells.object(version)?.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true,
    )
  }

  set(slot: number, value: number): void {
    if (slot < 0) throw new Moved(this.ground.cells.slotAt(slot).of)
    this.#do({ slot, value, append: false })
  }

  /** Adds an entry to the list in a cell without reading it. */
  append(slot: number, entry: number): void {
    this.#do({ slot, value: entry, append: true })
  }

  #do(op: Op): void {
    const { slot, value, append } = op
    this.#ops.push(op)
    const own = this.#over.get(slot)
    if (!append) {
      this.#over.set(slot, value)
      this.#added.delete(slot)
    } else if (own !== undefined) this.#over.set(slot, this.ground.cells.appended(own, value))
    else listIn(this.#added, slot).push(value)
    if (this.#now !== undefined) this.#now = carriedOut(this.ground, this.#now, [op], this.#now !== this.reader.vector)
  }

  /**
   * A part of this step that is kept by what it reads, as whole steps are: what it did once in such a state it does again.
   * Whatever the part read was read by the step.
   */
  within<T>(table: Table<Part<T>>, run: (draft: Draft) => T): T {
    const { ground } = this
    this.#now ??= this.#ops.length + this.segments.length === 0 ? this.reader.vector : this.#afterAll()
    const now = this.#now
    const { result, reads } = table.find([now], (recorder) => {
      const inner = new Draft(ground, now, recorder)
      return { value: run(inner), ops: inner.#ops }
    })
    this.read(reads)
    for (const op of result.ops) this.#do(op)
    return result.value
  }

  /** What somebody else read is read here. */
  read(reads: readonly Read[]): void {
    for (const read of reads) if (read.slot < 0 || !this.#over.has(read.slot)) this.reader.note(read)
  }

  #afterAll(): Vector {
    const { ground, reader } = this
    return carriedOut(ground, reader.vector, [...this.segments.flatMap(({ ops }) => ops), ...this.#ops])
  }

  /** Ends a segment with a write. */
  wrote(written: Written): void {
    this.segments.push({ ops: this.#ops, written })
    this.#ops = []
  }

  /** The segments, the operations after the last write included. */
  done(): readonly Segment[] {
    if (this.#ops.length > 0) this.segments.push({ ops: this.#ops, written: undefined })
    this.#ops = []
    return this.segments
  }

  /** Base slots with this draft's own writes of object cells. */
  #withOwn(base: readonly number[], member: (slot: number, version: number) => boolean): readonly number[] {
    const { cells } = this.ground
    const own = [...this.#over].filter(([slot]) => cells.slotAt(slot).kind === 'object')
    if (own.length === 0) return base
    const kept = base.filter((slot) => !this.#over.has(slot))
    const added = own.filter(([slot, version]) => version !== 0 && member(slot, version)).map(([slot]) => slot)
    const keyOf = (slot: number): string => cells.slotAt(slot).key
    return [...kept, ...added].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  }
}

/** The vector after operations; in place when it is `own` and long enough. */
function carriedOut({ cells }: Ground, vector: Vector, ops: readonly Op[], own = false): Vector {
  const size = cells.slots.length
  let next = vector
  if (!own || vector.length < size) {
    next = new Int32Array(Math.max(vector.length, size) + 8)
    next.set(vector)
  }
  for (const { slot, value, append } of ops)
    cells.put(next, slot, append ? cells.appended(next[slot] as number, value) : value)
  return next
}

function listIn(map: Map<number, number[]>, key: number): number[] {
  const list = map.get(key) ?? []
  map.set(key, list)
  return list
}
