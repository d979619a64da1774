/**
 * Tables of traced computations. A computation that reads cells is run once for each combination of what it read; later
 * it is found again by reading the same cells in the same order. So a reconcile, a kubelet's turn or a formula costs a
 * few lookups in every state in which nothing changed that it looks at, and what it read is known exactly.
 * Source: verifying traces of build systems (Mokhov et al., https://doi.org/10.1145/3236774)
 */
import type { ResourceKey } from '../../api/object.ts'
import { type Cells, joined, mixed, mixedToo, type Vector } from './cells.ts'

/** One thing that was read: what it is in a state, as a number. */
export interface Read {
  /** What is read, in words; equal reads have equal names. */
  readonly name: string
  /** Which of the vectors it reads: 0 unless a formula looks at several moments. */
  readonly which: number
  /** Of reads of one cell: its slot; of others -1. */
  readonly slot: number
  /** Of reads of a collection: which. */
  readonly resource: ResourceKey | undefined
  of(vectors: readonly Vector[]): number
}

/** A read, and what follows by what it was. */
class Branch<T> {
  readonly read: Read
  readonly next = new Map<number, Branch<T> | Found<T>>()

  constructor(read: Read) {
    this.read = read
  }
}

/** A result and what had to be read for it. */
export interface Found<T> {
  readonly result: T
  readonly reads: readonly Read[]
}

/** What a traced computation reads through. */
export interface Recorder {
  note(read: Read, value: number): void
}

/** The table of one computation. */
export class Table<T> {
  #root: Branch<T> | Found<T> | undefined
  #moment = -1
  #last: Found<T> | undefined
  /** How often the computation was run, and how often its result was found. */
  runs = 0

  /** The result in one state; `moment` is another number for every other state that is asked about. */
  at(moment: number, vector: Vector, run: (recorder: Recorder) => T): Found<T> {
    if (this.#moment === moment) return this.#last as Found<T>
    const found = this.find([vector], run)
    this.#moment = moment
    this.#last = found
    return found
  }

  /** The result in these states; runs the computation when this combination of reads is new. */
  find(vectors: readonly Vector[], run: (recorder: Recorder) => T): Found<T> {
    let at = this.#root
    while (at instanceof Branch) {
      const { slot, which } = at.read
      const value = slot >= 0 ? ((vectors[which] as Vector)[slot] ?? 0) : at.read.of(vectors)
      const next: Branch<T> | Found<T> | undefined = at.next.get(value)
      if (next === undefined) return this.#grow(vectors, run)
      at = next
    }
    return at ?? this.#grow(vectors, run)
  }

  #grow(_vectors: readonly Vector[], run: (recorder: Recorder) => T): Found<T> {
    this.runs++
    const reads: Read[] = []
    const values: number[] = []
    const known = new Set<Read>()
    const result = run({
      note(read, value) {
        if (known.has(read)) return
        known.add(read)
        reads.push(read)
        values.push(value)
      },
    })
    const found: Found<T> = { result, reads }
    if (reads.length === 0) {
      this.#root = found
      return found
    }
    if (this.#root === undefined) this.#root = new Branch(reads[0] as Read)
    let at = this.#root as Branch<T>
    for (let i = 0; i < reads.length; i++) {
      const value = values[i] as number
      if (i === reads.length - 1) {
        at.next.set(value, found)
        break
      }
      let next = at.next.get(value) as Branch<T> | undefined
      if (next === undefined) {
        next = new Branch(reads[i + 1] as Read)
        at.next.set(value, next)
      }
      at = next
    }
    return found
  }
}

/** Makes reads; equal ones are the same value. */
export class Reads {
  readonly #cells: Cells
  readonly #made = new Map<string, Read>()

  constructor(cells: Cells) {
    this.#cells = cells
  }

  /** The number in one cell. */
  slot(slot: number, which: number): Read {
    return this.#once(`${which} ${slot}`, (name) => ({
      name,
      which,
      slot,
      resource: undefined,
      of: (vectors) => (vectors[which] as Vector)[slot] ?? 0,
    }))
  }

  /** All objects of a collection. */
  collection(resource: ResourceKey, which: number): Read {
    const slots = this.#cells.ofResource(resource)
    return this.#once(`${which} all ${resource}`, (name) => ({
      name,
      which,
      slot: -1,
      resource,
      of: (vectors) => fingerprint(this.#cells, vectors[which] as Vector, slots, () => true),
    }))
  }

  /** Those objects of some slots for whose version `member` holds. */
  some(
    name: string,
    resource: ResourceKey | undefined,
    slots: readonly number[],
    member: (version: number, slot: number) => boolean,
    which: number,
  ): Read {
    return this.#once(`${which} ${name}`, (full) => ({
      name: full,
      which,
      slot: -1,
      resource,
      of: (vectors) => fingerprint(this.#cells, vectors[which] as Vector, slots, member),
    }))
  }

  #once(name: string, make: (name: string) => Read): Read {
    const known = this.#made.get(name)
    if (known !== undefined) return known
    const made = make(name)
    this.#made.set(name, made)
    return made
  }
}

function fingerprint(
  cells: Cells,
  vector: Vector,
  slots: readonly number[],
  member: (version: number, slot: number) => boolean,
): number {
  let low = 0
  let high = 0
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as number
    const version = cells.read(vector, slot)
    if (version === 0 || !member(version, slot)) continue
    low = (low + mixed(slot, version)) | 0
    high = (high + mixedToo(slot, version)) | 0
  }
  return joined(low, high)
}
