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

/** A result and what had to be read for it. */
export interface Found<T> {
  readonly result: T
  readonly reads: readonly Read[]
}

/** What a traced computation reads through. */
export interface Recorder {
  note(read: Read, value: number): void
}

/** What one run of a computation read, in order. */
interface Trail {
  readonly reads: readonly Read[]
  /** The slots of those that read a cell of the first vector, else -1. */
  readonly slots: readonly number[]
  readonly values: readonly number[]
}

/**
 * A stretch of reads on which all traces beneath agree, then the read by which they part, or the result. Stretches share
 * the arrays of a trace that goes through them: a trace costs little more than what it alone has read.
 */
class Node<T> {
  readonly trail: Trail
  readonly from: number
  to: number
  next: Map<number, Node<T>> | undefined
  found: Found<T> | undefined

  constructor(trail: Trail, from: number, to: number, found: Found<T> | undefined) {
    this.trail = trail
    this.from = from
    this.to = to
    this.next = undefined
    this.found = found
  }
}

/** The table of one computation. */
export class Table<T> {
  #root: Node<T> | undefined
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
    const first = vectors[0] as Vector
    let at = this.#root
    while (at !== undefined) {
      const { to } = at
      const { reads, slots, values } = at.trail
      for (let i = at.from; i < to; i++) {
        const slot = slots[i] as number
        const value = slot >= 0 ? (first[slot] ?? 0) : (reads[i] as Read).of(vectors)
        if (value !== values[i]) return this.#grow(run)
      }
      if (at.next === undefined) return at.found as Found<T>
      const slot = slots[to] as number
      at = at.next.get(slot >= 0 ? (first[slot] ?? 0) : (reads[to] as Read).of(vectors))
    }
    return this.#grow(run)
  }

  #grow(run: (recorder: Recorder) => T): Found<T> {
    this.runs++
    const reads: Read[] = []
    const slots: number[] = []
    const values: number[] = []
    const known = new Set<Read>()
    const result = run({
      note(read, value) {
        if (known.has(read)) return
        known.add(read)
        reads.push(read)
        slots.push(read.which === 0 ? read.slot : -1)
        values.push(value)
      },
    })
    const found: Found<T> = { result, reads }
    this.#insert({ reads, slots, values }, found)
    return found
  }

  #insert(trail: Trail, found: Found<T>): void {
    const { values } = trail
    const end = values.length
    if (this.#root === undefined) this.#root = new Node(trail, 0, end, found)
    for (let at = this.#root; ; ) {
      let i = at.from
      while (i < at.to && at.trail.values[i] === values[i]) i++
      if (i < at.to) return part(at, i, trail, found)
      if (at.next === undefined || end === at.to) {
        at.next = undefined
        at.found = found
        return
      }
      const value = values[at.to] as number
      const next = at.next.get(value)
      if (next === undefined) {
        at.next.set(value, new Node(trail, at.to + 1, end, found))
        return
      }
      at = next
    }
  }
}

/** Cuts a stretch in two where a new trace parts from it. */
function part<T>(at: Node<T>, i: number, trail: Trail, found: Found<T>): void {
  const rest = new Node(at.trail, i + 1, at.to, at.found)
  rest.next = at.next
  at.next = new Map([
    [at.trail.values[i] as number, rest],
    [trail.values[i] as number, new Node(trail, i + 1, trail.values.length, found)],
  ])
  at.to = i
  at.found = undefined
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
