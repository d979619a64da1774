/**
 * Values without what does not count: a value is a few fragments, each a digest of what is fixed, the tokens it mentions
 * (names, uids and addresses that are interchangeable) and the times in it. Worked out once for each value.
 */
import type { KubeObject } from '../../api/object.ts'
import { parseTime } from '../../api/time.ts'
import { fnv32 } from '../../lib/digest.ts'
import { mixed, mixedToo } from './cells.ts'

/** A part of a value. Tokens and times come as pairs of a role (where in the part) and a token, or ms since the start. */
export interface Fragment {
  readonly low: number
  readonly high: number
  readonly tokens: readonly number[]
  readonly times: readonly number[]
}

/** What counts as a token, and whether times are relative. */
export interface Masking {
  /** The number of the token this word is, or -1. */
  token(word: string): number
  readonly relative: boolean
  /** The cluster's clock in ms at which offset 0 is. */
  readonly start: number
}

interface Open {
  low: number
  high: number
  tokens: number[]
  times: number[]
}

interface Entries {
  forEachPair(visit: (key: string, value: unknown) => void): unknown
}

const wordOf = /[A-Za-z0-9.:-]+/g
const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/
const epoch = /^1[5-9]\d{11}$/
/** What says nothing to anybody: digests of versions, random parts of names, how many there were. */
const unsaid = new Set(['resourceVersion', 'containerID', 'lastIp', 'beats', 'requests', 'columns', 'because'])
const drawn = /\bkube-api-access-[a-z0-9]{5}\b/
/** Counters that matter only while they are small. */
const capped = new Set(['restartCount', 'restarts', 'pullTries'])
const mostCounted = 8
/** Kinds whose age is looked at (which is older, which is young). Of others the age says nothing. */
const aging = new Set(['Pod', 'ReplicaSet', 'Job', 'ControllerRevision', 'PodMetrics'])

/** Masks one value. `offset`: numbers under these keys are ms since the start. */
export class Masker {
  readonly #masking: Masking
  #parts: Fragment[] = []
  #generation: number | undefined
  #ages = true

  constructor(masking: Masking) {
    this.#masking = masking
  }

  /** The fragments of a value; the first is the whole without those that are parts of their own. */
  fragments(value: unknown): Fragment[] {
    this.#parts = []
    this.#generation = undefined
    this.#ages = true
    const whole = this.#value(value, 17, '')
    return [whole, ...this.#parts]
  }

  /** A name with its tokens left out. */
  text(text: string): Fragment {
    const open = fresh()
    this.#text(open, text)
    return open
  }

  #value(value: unknown, path: number, key: string): Open {
    const open = fresh()
    if (typeof value === 'string') this.#text(open, value)
    else if (typeof value === 'number') this.#number(open, value, key)
    else if (value === null || typeof value !== 'object') leaf(open, fnv32(String(value)))
    else if (Array.isArray(value)) this.#list(open, value, path)
    else if ('forEachPair' in value) {
      ;(value as Entries).forEachPair((name, item) => this.#entry(open, name, item, path))
    } else this.#record(open, value as Record<string, unknown>, path)
    return open
  }

  #record(open: Open, value: Record<string, unknown>, path: number): void {
    const outer = this.#generation
    const isObject = isKubeObject(value)
    if (isObject && this.#masking.relative) {
      this.#generation = value.metadata.generation
      this.#ages = aging.has(value.kind)
    }
    for (const name in value) {
      const item = value[name]
      if (item === undefined || typeof item === 'function' || unsaid.has(name)) continue
      if (this.#masking.relative && this.#isAside(name, value)) continue
      this.#entry(open, name, item, path)
    }
    if (isObject) this.#generation = outer
  }

  /** Fields that only grow, or ages nobody looks at. */
  #isAside(name: string, value: Record<string, unknown>): boolean {
    if (name === 'generation' && 'uid' in value) return true
    if (name === 'creationTimestamp') return !this.#ages
    return name === 'time' && 'fieldsV1' in value
  }

  #entry(open: Open, name: string, item: unknown, path: number): void {
    const mentioned = fresh()
    this.#text(mentioned, name)
    const place = mixed(path, mentioned.low)
    if (mentioned.tokens.length === 0) {
      this.#join(open, this.#value(item, place, name), place)
      return
    }
    this.#part(place, this.#value(item, place, ''), mentioned.tokens)
  }

  #list(open: Open, list: readonly unknown[], path: number): void {
    leaf(open, list.length)
    for (let i = 0; i < list.length; i++) {
      const place = mixed(path, 7)
      const item = this.#value(list[i], place, '')
      if (item.tokens.length > 0 && list.length > 1) this.#part(place, item, [])
      else this.#join(open, item, mixed(path, i + 11))
    }
  }

  #part(place: number, { low, high, tokens, times }: Open, more: readonly number[]): void {
    this.#parts.push({
      low: mixed(place, low),
      high: mixedToo(place, high),
      tokens: [...more, ...tokens],
      times,
    })
  }

  #join(open: Open, { low, high, tokens, times }: Open, place: number): void {
    open.low = (open.low + mixed(place, low)) | 0
    open.high = (open.high + mixedToo(place, high)) | 0
    for (let i = 0; i < tokens.length; i += 2)
      open.tokens.push(mixed(place, tokens[i] as number), tokens[i + 1] as number)
    for (let i = 0; i < times.length; i += 2) open.times.push(mixed(place, times[i] as number), times[i + 1] as number)
  }

  #number(open: Open, value: number, key: string): void {
    const { relative, start } = this.#masking
    if (relative && value > 1.5e12 && value < 2e13) open.times.push(3, bounded(value - start))
    else if (relative && (key === 'at' || key === 'order')) open.times.push(5, bounded(value))
    else if (relative && key === 'observedGeneration' && this.#generation !== undefined)
      leaf(open, fnv32(`behind ${this.#generation - value}`))
    else leaf(open, fnv32(String(relative && capped.has(key) ? Math.min(value, mostCounted) : value)))
  }

  #text(open: Open, text: string): void {
    const { relative, start } = this.#masking
    if (relative && text.length >= 20 && stamp.test(text)) {
      open.times.push(3, bounded(parseTime(text) - start))
      leaf(open, 23)
      return
    }
    let rest = ''
    let from = 0
    for (const found of text.matchAll(wordOf)) {
      const [word] = found
      const token = this.#masking.token(word)
      const isTime = token < 0 && relative && epoch.test(word)
      if (token < 0 && !isTime) continue
      const role = fnv32(rest, open.tokens.length + open.times.length + 1)
      if (isTime) open.times.push(role, bounded(Number(word) - start))
      else open.tokens.push(role, token)
      rest += `${text.slice(from, found.index)}\0`
      from = found.index + word.length
    }
    const fixed = from === 0 ? text : rest + text.slice(from)
    leaf(open, fnv32(drawn.test(fixed) ? fixed.replace(drawn, 'kube-api-access') : fixed))
  }
}

function isKubeObject(value: Record<string, unknown>): value is Record<string, unknown> & KubeObject {
  return typeof value.kind === 'string' && typeof value.metadata === 'object' && value.metadata !== null
}

function fresh(): Open {
  return { low: 0, high: 0, tokens: [], times: [] }
}

function leaf(open: Open, digest: number): void {
  open.low = (open.low + mixed(1, digest)) | 0
  open.high = (open.high + mixedToo(1, digest)) | 0
}

function bounded(ms: number): number {
  return Math.max(-0x3fffffff, Math.min(0x3fffffff, ms))
}
