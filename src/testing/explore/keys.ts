/**
 * When two states count as one. `exact`: when all numbers are equal. `relative`: times count by their distance to now, so
 * that a loop through time closes. `symmetry`: pods (and nodes, when wished) that differ only in their name, uid and
 * address are interchangeable: tokens are coloured by what mentions them, and the key is a sum over cells with tokens
 * replaced by colours. What may be taken for equal though it is not: what is drawn for a name (ties among nodes, victims
 * by name); two worlds whose tokens a few rounds of colouring cannot tell apart; ages beyond the horizon.
 * Sources: region abstraction (Alur and Dill, https://doi.org/10.1016/0304-3975(94)90010-8), symmetry reduction (Ip and
 * Dill, https://doi.org/10.1007/BF00625968), colour refinement (Weisfeiler and Leman 1968)
 */
import { type Cells, firstSlot, joined, mixed, mixedToo, type Vector } from './cells.ts'
import { type Fragment, Masker } from './masks.ts'
import type { Ground } from './reader.ts'
import type { HeldChange } from './sight.ts'
import { Visited } from './visited.ts'

export interface KeyOptions {
  /** Default `absolute`. */
  readonly time?: 'absolute' | 'relative' | undefined
  /** How far back ages are told apart, in ms. Default 15 minutes. */
  readonly horizonMs?: number | undefined
  /** Whose names do not count. Default nobody's. */
  readonly symmetry?: readonly ('pods' | 'nodes')[] | undefined
}

/** What the key of a slot or a value is made of. `parts` are those with tokens or times. */
interface Masked {
  readonly low: number
  readonly high: number
  readonly parts: readonly Fragment[]
}

const rounds = 2
const podAddress = /^10\.2\d\d\.\d{1,3}\.\d{1,3}$/
const empty: Masked = { low: 0, high: 0, parts: [] }

/** Works out keys of states. */
export class Keys {
  readonly #cells: Cells
  readonly #ground: Ground
  readonly #relative: boolean
  readonly #symmetry: ReadonlySet<string>
  readonly #horizonMs: number
  readonly #masker: Masker
  readonly #tokens = new Map<string, number>()
  readonly #values: (Masked | undefined)[] = []
  readonly #slots: (Fragment | undefined)[] = []
  readonly #entries: (readonly Fragment[] | undefined)[] = []
  readonly #names = new Map<string, string>()
  #scanned = 0
  /** The keys of states that were asked about: most are asked about several times. */
  readonly #known = new Visited()
  #keys = new Float64Array(1 << 10)
  #kept = 0
  /** Of the fragments of one state: their digests without tokens, and their tokens. */
  #lows = new Int32Array(256)
  #highs = new Int32Array(256)
  #mentions: (readonly number[])[] = []
  #slotMentions: (readonly number[])[] = []
  #colours = new Int32Array(64)
  #coloursToo = new Int32Array(64)
  #next = new Int32Array(64)
  #nextToo = new Int32Array(64)
  #seen = new Uint8Array(64)
  #touched: number[] = []

  constructor(ground: Ground, { time = 'absolute', horizonMs = 900_000, symmetry = [] }: KeyOptions) {
    this.#ground = ground
    this.#cells = ground.cells
    this.#relative = time === 'relative'
    this.#horizonMs = horizonMs
    this.#symmetry = new Set(symmetry)
    this.#masker = new Masker({
      relative: this.#relative,
      start: ground.start,
      token: (word) => this.#tokenOf(word),
    })
  }

  /** Is a key more than the exact digest? */
  get isExact(): boolean {
    return !this.#relative && this.#symmetry.size === 0
  }

  /** What is taken for granted, in words. */
  get assumes(): string[] {
    const ages = this.#horizonMs % 60_000 === 0 ? `${this.#horizonMs / 60_000} min` : `${this.#horizonMs / 1000} s`
    return [
      ...(this.#relative ? [`states that differ only by when they are, or in ages over ${ages}, are one`] : []),
      ...(this.#symmetry.size > 0 ? [`${[...this.#symmetry].join(' and ')} that differ only by name are one`] : []),
    ]
  }

  /** The key of a state. */
  of(vector: Vector): number {
    const digest = this.#cells.digest(vector)
    if (this.isExact) return digest
    const known = this.#known.add(digest)
    if (known < this.#kept) return this.#keys[known] as number
    this.#scan()
    const [low, high, count] = this.#gather(vector)
    const key = count === 0 ? joined(low, high) : this.#refined(low, high, count)
    if (this.#kept === this.#keys.length) this.#keys = doubled(this.#keys)
    this.#keys[this.#kept++] = key
    return key
  }

  get bytes(): number {
    return this.isExact ? 0 : this.#known.bytes + this.#keys.byteLength
  }

  /** A name in which interchangeable names are left out. */
  masked(name: string): string {
    if (this.#symmetry.size === 0) return name
    const known = this.#names.get(name)
    if (known !== undefined) return known
    this.#scan()
    const masked = name.replace(/[A-Za-z0-9.:-]+/g, (word) => (this.#tokenOf(word) < 0 ? word : '*'))
    this.#names.set(name, masked)
    return masked
  }

  /** Fixed cells are summed up; those that mention tokens are put aside. */
  #gather(vector: Vector): [low: number, high: number, count: number] {
    const { clock } = this.#ground
    const now = vector[clock] ?? 0
    let low = 0
    let high = 0
    let count = 0
    for (let slot = firstSlot; slot < vector.length; slot++) {
      const id = vector[slot] as number
      if (id === 0) continue
      const place = this.#slots[slot] ?? this.#slotMask(slot)
      if (place === skipped) continue
      const value = this.#isRaw(slot) ? this.#raw(slot, id, now) : (this.#values[id] ?? this.#valueMask(slot, id))
      const fixed = mixed(place.low, value.low)
      const fixedToo = mixedToo(place.high, value.high)
      const isFixed = place.tokens.length === 0
      if (isFixed) {
        low = (low + fixed) | 0
        high = (high + fixedToo) | 0
      } else if (value.parts.length === 0) this.#aside(count++, fixed, fixedToo, place.tokens, none)
      for (let i = 0; i < value.parts.length; i++) {
        const part = value.parts[i] as Fragment
        let a = (mixed(place.low, part.low) + (isFixed ? 0 : fixed)) | 0
        let b = (mixedToo(place.high, part.high) + (isFixed ? 0 : fixedToo)) | 0
        const { times } = part
        for (let t = 0; t < times.length; t += 2) {
          const since = Math.max((times[t + 1] as number) - now, -this.#horizonMs)
          a = (a + mixed(times[t] as number, since)) | 0
          b = (b + mixedToo(times[t] as number, since)) | 0
        }
        if (isFixed && part.tokens.length === 0) {
          low = (low + mixed(29, a)) | 0
          high = (high + mixedToo(29, b)) | 0
        } else this.#aside(count++, a, b, place.tokens, part.tokens)
      }
    }
    return [low, high, count]
  }

  #aside(at: number, low: number, high: number, ofSlot: readonly number[], tokens: readonly number[]): void {
    if (at >= this.#lows.length) {
      this.#lows = grown(this.#lows)
      this.#highs = grown(this.#highs)
    }
    this.#lows[at] = low
    this.#highs[at] = high
    this.#slotMentions[at] = ofSlot
    this.#mentions[at] = tokens
  }

  #refined(first: number, firstToo: number, count: number): number {
    this.#begin()
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < count; i++) {
        const [low, high] = [this.#sum(i), this.#sumToo(i)]
        this.#spread(this.#slotMentions[i] as readonly number[], low, high, 31)
        this.#spread(this.#mentions[i] as readonly number[], low, high, 0)
      }
      this.#turn()
    }
    let low = first
    let high = firstToo
    for (let i = 0; i < count; i++) {
      low = (low + mixed(37, this.#sum(i))) | 0
      high = (high + mixedToo(37, this.#sumToo(i))) | 0
    }
    for (const token of this.#touched) {
      this.#colours[token] = 0
      this.#coloursToo[token] = 0
      this.#seen[token] = 0
    }
    this.#touched.length = 0
    return joined(low, high)
  }

  #begin(): void {
    if (this.#colours.length >= this.#tokens.size) return
    const size = this.#tokens.size * 2
    this.#colours = new Int32Array(size)
    this.#coloursToo = new Int32Array(size)
    this.#next = new Int32Array(size)
    this.#nextToo = new Int32Array(size)
    this.#seen = new Uint8Array(size)
  }

  #sum(at: number): number {
    let sum = this.#lows[at] as number
    const [ofSlot, own] = [this.#slotMentions[at] as readonly number[], this.#mentions[at] as readonly number[]]
    for (let i = 0; i < ofSlot.length; i += 2)
      sum = (sum + mixed((ofSlot[i] as number) + 31, this.#colours[ofSlot[i + 1] as number] as number)) | 0
    for (let i = 0; i < own.length; i += 2)
      sum = (sum + mixed(own[i] as number, this.#colours[own[i + 1] as number] as number)) | 0
    return sum
  }

  #sumToo(at: number): number {
    let sum = this.#highs[at] as number
    const [ofSlot, own] = [this.#slotMentions[at] as readonly number[], this.#mentions[at] as readonly number[]]
    for (let i = 0; i < ofSlot.length; i += 2)
      sum = (sum + mixedToo((ofSlot[i] as number) + 31, this.#coloursToo[ofSlot[i + 1] as number] as number)) | 0
    for (let i = 0; i < own.length; i += 2)
      sum = (sum + mixedToo(own[i] as number, this.#coloursToo[own[i + 1] as number] as number)) | 0
    return sum
  }

  #spread(mentions: readonly number[], low: number, high: number, more: number): void {
    for (let i = 0; i < mentions.length; i += 2) {
      const role = (mentions[i] as number) + more
      const token = mentions[i + 1] as number
      if (this.#seen[token] !== 1) {
        this.#seen[token] = 1
        this.#touched.push(token)
      }
      this.#next[token] = ((this.#next[token] as number) + mixed(role, low)) | 0
      this.#nextToo[token] = ((this.#nextToo[token] as number) + mixedToo(role, high)) | 0
    }
  }

  #turn(): void {
    for (const token of this.#touched) {
      this.#colours[token] = this.#next[token] as number
      this.#coloursToo[token] = this.#nextToo[token] as number
      this.#next[token] = 0
      this.#nextToo[token] = 0
    }
  }

  #slotMask(slot: number): Fragment {
    const { kind, name } = this.#cells.slotAt(slot)
    const isLeftOut = (kind === 'count' && this.#symmetry.size > 0) || (slot === this.#ground.clock && this.#relative)
    const made = isLeftOut ? skipped : this.#masker.text(name)
    this.#slots[slot] = made
    return made
  }

  #isRaw(slot: number): boolean {
    const { kind } = this.#cells.slotAt(slot)
    return kind === 'count' || kind === 'other' || kind === 'queue'
  }

  /** Numbers that are no values' numbers: counts and marks. */
  #raw(slot: number, value: number, now: number): Masked {
    const { kind, of } = this.#cells.slotAt(slot)
    if (value === 1 && kind !== 'other') return once
    const said = this.#relative && kind === 'other' && /^wait( |$)/.test(of) ? Math.max(0, value - now) : value
    return { low: said, high: said, parts: [] }
  }

  #valueMask(slot: number, id: number): Masked {
    const { kind } = this.#cells.slotAt(slot)
    const value = this.#cells.value<unknown>(id)
    const made = kind === 'inbox' || kind === 'held' || kind === 'past' ? this.#listed(kind, value) : this.#plain(value)
    this.#values[id] = made
    return made
  }

  #plain(value: unknown): Masked {
    const plain = isActor(value) ? [value.machine, value.snapshot.value, value.snapshot.context] : value
    return summed(this.#masker.fragments(plain), 0)
  }

  /** Lists of numbers of values, in their order. */
  #listed(kind: string, value: unknown): Masked {
    let made = empty
    for (const [i, entry] of (value as readonly number[]).entries()) {
      const { low, high, parts } = summed(this.#entry(kind, entry), i + 1)
      made = { low: (made.low + low) | 0, high: (made.high + high) | 0, parts: [...made.parts, ...parts] }
    }
    return made
  }

  #entry(kind: string, entry: number): readonly Fragment[] {
    const known = this.#entries[entry]
    if (known !== undefined) return known
    const one = this.#cells.value<unknown>(entry)
    const plain = kind !== 'inbox' && typeof one === 'object' ? this.#held(one as HeldChange) : one
    const made = this.#masker.fragments(plain)
    this.#entries[entry] = made
    return made
  }

  #held({ slot, from, to, last, type }: HeldChange): unknown {
    const { cells } = this.#ground
    return [cells.slotAt(slot).name, cells.object(from), cells.object(to), cells.object(last), type]
  }

  #tokenOf(word: string): number {
    const known = this.#tokens.get(word)
    if (known !== undefined) return known
    return this.#symmetry.size > 0 && podAddress.test(word) ? this.#register(word) : -1
  }

  #register(word: unknown): number {
    if (typeof word !== 'string' || word === '') return -1
    const known = this.#tokens.get(word)
    if (known !== undefined) return known
    const token = this.#tokens.size
    this.#tokens.set(word, token)
    return token
  }

  /** New objects may bring new tokens: names that were drawn, uids, addresses. */
  #scan(): void {
    if (this.#symmetry.size === 0) return
    const { size } = this.#cells
    for (; this.#scanned < size; this.#scanned++) {
      const object = this.#cells.object(this.#scanned)
      if (object?.kind === 'Pod' && this.#symmetry.has('pods')) this.#pod(object)
      if (object?.kind === 'Node' && this.#symmetry.has('nodes')) this.#node(object)
    }
  }

  #pod({
    metadata,
  }: {
    readonly metadata: { readonly name: string; readonly uid?: string; generateName?: string }
  }): void {
    this.#register(metadata.uid)
    if (metadata.generateName !== undefined) this.#register(metadata.name)
  }

  #node({ metadata, spec, status }: NonNullable<ReturnType<Cells['object']>>): void {
    this.#register(metadata.uid)
    this.#register(metadata.name)
    for (const { address } of (status?.addresses ?? []) as { address: string }[]) this.#register(address)
    this.#register(String(spec?.podCIDR ?? '').split('/')[0])
    const info = status?.nodeInfo as Record<string, string> | undefined
    for (const field of ['bootID', 'machineID', 'systemUUID']) this.#register(info?.[field])
  }
}

const none: readonly number[] = []
const once: Masked = { low: 1, high: 1, parts: [] }
const skipped: Fragment = { low: 0, high: 0, tokens: none, times: none }

function summed(fragments: readonly Fragment[], place: number): Masked {
  let low = 0
  let high = 0
  const parts: Fragment[] = []
  for (const one of fragments) {
    const [a, b] = [mixed(place, one.low), mixedToo(place, one.high)]
    if (one.tokens.length > 0 || one.times.length > 0) parts.push({ ...one, low: a, high: b })
    else {
      low = (low + a) | 0
      high = (high + b) | 0
    }
  }
  return { low, high, parts }
}

function isActor(value: unknown): value is { machine: string; snapshot: { value: unknown; context: unknown } } {
  return typeof value === 'object' && value !== null && 'machine' in value && 'snapshot' in value
}

function doubled(array: Float64Array): Float64Array<ArrayBuffer> {
  const next = new Float64Array(array.length * 2)
  next.set(array)
  return next
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const next = new Int32Array(array.length * 2)
  next.set(array)
  return next
}
