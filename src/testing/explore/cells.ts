/**
 * The state of an exploration as numbers: every object, queue entry, actor, timer and memory has a cell, every value a
 * cell may hold has a number. A state is one Int32Array; two states are equal when their numbers are. Objects are
 * interned without their resourceVersion and given their number instead: it differs exactly when the object does.
 * Source: hash-consing and state vectors of explicit model checkers (Spin: https://spinroot.com/spin/Doc/ieee97.pdf)
 */
import type { KubeObject, ResourceKey } from '../../api/object.ts'
import { deepFreeze } from '../../lib/deep-freeze.ts'
import { fnv32 } from '../../lib/digest.ts'
import { canonicalText } from './canonical.ts'

/**
 * Cell values by slot; what lies past the end is 0, which is `absent` everywhere. The first two are no cells but the
 * digest of all others, which every change keeps up with.
 */
export type Vector = Int32Array

/** Slots before this one are the digest. */
export const firstSlot = 2

/** What a slot is for: the first part of its name. */
export type CellKind =
  | 'object'
  | 'queue'
  | 'failure'
  | 'memory'
  | 'inbox'
  | 'actor'
  | 'beneath'
  | 'timer'
  | 'count'
  | 'held'
  | 'past'
  | 'other'

export interface Slot {
  readonly kind: CellKind
  readonly name: string
  /** Of objects: the collection. Of queues and failures: the controller. Of inboxes and held changes: the agent. */
  readonly of: string
  /** Of objects and queues: the key. */
  readonly key: string
}

export class Cells {
  readonly slots: Slot[] = []
  /** Slots of what never changes in this exploration: they are numbered -1, -2, … and their values stand here. */
  readonly still: Slot[] = []
  readonly stillValues: number[] = []
  /** Slots of all objects that may change. */
  readonly movingObjects: number[] = []
  readonly #isStill: (resource: ResourceKey) => boolean
  readonly #slotOf = new Map<string, number>()
  readonly #byKind = new Map<CellKind, number[]>()
  readonly #byResource = new Map<ResourceKey, number[]>()
  readonly #values: unknown[] = [undefined, true]
  readonly #idOf = new Map<string, number>([['true', 1]])
  readonly #known = new WeakMap<object, number>()
  readonly #lists = new Map<number, number>()
  readonly #parts = new Map<string, object>()
  readonly #partNumbers = new WeakMap<object, number>()
  readonly #partTexts = new WeakMap<object, string>()
  /** Digests of slots and values: the same in every exploration, whatever was found first. */
  readonly #slotDigests: number[] = []
  readonly #valueDigests: number[] = [0, 1]
  readonly #valueDigestsToo: number[] = [0, 1]
  /** True for slots whose numbers are no values' numbers: counts, the clock, marks. */
  readonly #raw: boolean[] = []

  /** `isStill` names the collections in which nothing changes. */
  constructor(isStill: (resource: ResourceKey) => boolean = () => false) {
    this.#isStill = isStill
    for (const half of ['low', 'high']) this.slot('other', `digest ${half}`)
  }

  /** The slot of this kind and name; made when it is new. */
  slot(kind: CellKind, of: string, key = ''): number {
    const name = `${kind} ${of} ${key}`
    const known = this.#slotOf.get(name)
    if (known !== undefined) return known
    const isStill = kind === 'object' && this.#isStill(of)
    const list = isStill ? this.still : this.slots
    const made = isStill ? -1 - list.length : list.length
    list.push({ kind, name, of, key })
    this.#slotOf.set(name, made)
    if (!isStill) {
      this.#slotDigests.push(fnv32(name))
      this.#raw.push(kind === 'count' || kind === 'other' || kind === 'queue')
    }
    this.ofKind(kind).push(made)
    if (kind === 'object') (this.ofResource(of) as number[]).push(made)
    if (kind === 'object' && !isStill) this.movingObjects.push(made)
    return made
  }

  /** What a slot is. */
  slotAt(slot: number): Slot {
    return (slot < 0 ? this.still[-1 - slot] : this.slots[slot]) as Slot
  }

  /** The number in a cell of a state. */
  read(vector: Vector, slot: number): number {
    return (slot < 0 ? this.stillValues[-1 - slot] : vector[slot]) ?? 0
  }

  isStill(resource: ResourceKey): boolean {
    return this.#isStill(resource)
  }

  /** The slots of a collection's objects, in the order they came; the list grows. */
  ofResource(resource: ResourceKey): readonly number[] {
    return listIn(this.#byResource, resource)
  }

  /** The slots of a kind, in the order they came; the list grows. */
  ofKind(kind: CellKind): number[] {
    return listIn(this.#byKind, kind)
  }

  /** The value behind a number. */
  value<T>(id: number): T {
    return this.#values[id] as T
  }

  object(id: number): KubeObject | undefined {
    return this.#values[id] as KubeObject | undefined
  }

  /** The number of a plain value (persistent maps of it included). */
  id(value: unknown): number {
    if (value === undefined) return 0
    if (value === true) return 1
    const known = isObject(value) ? this.#known.get(value) : undefined
    if (known !== undefined) return known
    const id = this.#intern(canonicalText(value), value)
    if (isObject(value)) this.#known.set(value, id)
    return id
  }

  /** The number of a value that is told apart by another, plain one. */
  named(plain: unknown, value: object): number {
    const known = this.#known.get(value)
    if (known !== undefined) return known
    const id = this.#intern(`@${canonicalText(plain)}`, value)
    this.#known.set(value, id)
    return id
  }

  /** The number of an object; the one kept says it as its resourceVersion. */
  objectId(object: KubeObject | undefined): number {
    if (object === undefined) return 0
    const known = this.#known.get(object)
    if (known !== undefined) return known
    const { resourceVersion: _version, ...metadata } = object.metadata
    const bare: Record<string, unknown> = { ...object, metadata }
    for (const part of ['spec', 'status']) if (isObject(bare[part])) bare[part] = this.#shared(bare[part])
    const text = canonicalText(bare, (part) => this.#partTexts.get(part))
    const found = this.#idOf.get(text)
    if (found !== undefined) {
      this.#known.set(object, found)
      return found
    }
    const low = fnv32(text)
    const resourceVersion = String(joined(low, fnv32(text, low ^ 0x9e3779b9)))
    const kept = deepFreeze({ ...bare, metadata: { ...metadata, resourceVersion } })
    const id = this.#intern(text, kept)
    this.#known.set(kept as object, id)
    this.#known.set(object, id)
    return id
  }

  /** A plain value as text by which it is known; parts that have a number are said by it. */
  text(value: unknown): string {
    return canonicalText(value, (part) => this.#known.get(part) ?? this.#partNumbers.get(part))
  }

  /** The list behind a number with one more entry: the number of that list. */
  appended(list: number, entry: number): number {
    const pair = list * 0x400000 + entry
    const known = this.#lists.get(pair)
    if (known !== undefined) return known
    const id = this.list([...(this.value<readonly number[]>(list) ?? []), entry])
    this.#lists.set(pair, id)
    return id
  }

  /** The number of a list of numbers of values. */
  list(entries: readonly number[]): number {
    return this.#intern(`#${entries.join()}`, entries, `#${entries.map((entry) => this.hash(entry)).join()}`)
  }

  /** A digest of the value behind a number that is the same in every exploration. */
  hash(id: number): number {
    return this.#valueDigests[id] ?? 0
  }

  /** A state with these numbers in these slots, all others being empty. */
  vector(values: ReadonlyMap<number, number>): Vector {
    const vector = new Int32Array(Math.max(firstSlot, ...values.keys()) + 1)
    for (const [slot, value] of values) this.put(vector, slot, value)
    return vector
  }

  /** Changes one cell of a state that nobody else has seen yet. */
  put(vector: Vector, slot: number, value: number): void {
    const old = vector[slot] as number
    if (old === value) return
    vector[slot] = value
    const place = this.#slotDigests[slot] as number
    if (old !== 0) {
      vector[0] = (vector[0] as number) - mixed(place, this.#digestOf(slot, old))
      vector[1] = (vector[1] as number) - mixedToo(place, this.#digestTooOf(slot, old))
    }
    if (value === 0) return
    vector[0] = (vector[0] as number) + mixed(place, this.#digestOf(slot, value))
    vector[1] = (vector[1] as number) + mixedToo(place, this.#digestTooOf(slot, value))
  }

  #digestOf(slot: number, value: number): number {
    return this.#raw[slot] === true ? value : (this.#valueDigests[value] as number)
  }

  #digestTooOf(slot: number, value: number): number {
    return this.#raw[slot] === true ? value : (this.#valueDigestsToo[value] as number)
  }

  /** The key of a state: the same in every exploration; equal states have equal ones, others hardly ever. */
  digest(vector: Vector): number {
    return joined(vector[0] as number, vector[1] as number)
  }

  /** How many values there are. */
  get size(): number {
    return this.#values.length
  }

  /** Equal specs and statuses are one object: who compares by identity sees what did not change. */
  #shared(part: object): object {
    if (this.#partTexts.has(part)) return part
    const text = canonicalText(part)
    const known = this.#parts.get(text)
    if (known !== undefined) return known
    this.#parts.set(text, part)
    this.#partTexts.set(part, text)
    this.#partNumbers.set(part, -this.#parts.size)
    return part
  }

  #intern(text: string, value: unknown, stable = text): number {
    const known = this.#idOf.get(text)
    if (known !== undefined) return known
    const id = this.#values.length
    this.#values.push(value)
    const low = fnv32(stable)
    this.#valueDigests.push(low)
    this.#valueDigestsToo.push(fnv32(stable, low ^ 0x5bd1e995))
    this.#idOf.set(text, id)
    return id
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function listIn<K>(map: Map<K, number[]>, key: K): number[] {
  let list = map.get(key)
  if (list === undefined) {
    list = []
    map.set(key, list)
  }
  return list
}

/** Spreads a slot and its value over 32 bits. */
export function mixed(slot: number, value: number): number {
  let x = Math.imul(slot + 0x9e3779b9, 0x85ebca6b) ^ Math.imul(value + 0x7f4a7c15, 0xc2b2ae35)
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d)
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39)
  return x ^ (x >>> 15)
}

/** A second, independent spreading: together 64 bits. */
export function mixedToo(slot: number, value: number): number {
  let x = Math.imul(slot + 0x165667b1, 0xd3a2646d) ^ Math.imul(value + 0x27d4eb2f, 0xfd7046c5)
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return x ^ (x >>> 16)
}

/** Two 32-bit sums as one number of 53 bits, for keys of maps. */
export function joined(low: number, high: number): number {
  return (low >>> 0) + (high & 0x1fffff) * 0x1_0000_0000
}
