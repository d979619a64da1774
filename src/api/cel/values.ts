/**
 * Values of expressions. Integers are JavaScript numbers as long as they are exact and BigInt beyond (an int has exactly
 * one form, so `===` compares); doubles, unsigned integers, times and the like are small objects; errors are values,
 * because `&&`, `||` and the quantifiers may absorb them. Source: the CEL language definition, "Values".
 */

export const largestInt = 2n ** 63n - 1n
export const smallestInt = -(2n ** 63n)
export const largestUint = 2n ** 64n - 1n

/** An evaluation that failed. `message` is cel-go's. */
export class CelError {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

export class CelUint {
  readonly value: bigint
  constructor(value: bigint) {
    this.value = value
  }
}

export class CelDouble {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** An instant: seconds since 1970 (years 1 to 9999) and nanoseconds 0 to 999,999,999. */
export class CelTimestamp {
  readonly seconds: number
  readonly nanos: number
  constructor(seconds: number, nanos: number) {
    this.seconds = seconds
    this.nanos = nanos
  }
}

/** A span in nanoseconds, within 64 bits. */
export class CelDuration {
  readonly nanos: bigint
  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

/** A type as value: what `type(x)` answers. */
export class CelType {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** `optional.of(x)` or `optional.none()`. */
export class CelOptional {
  readonly value: Value | undefined
  constructor(value: Value | undefined) {
    this.value = value
  }
}

export const none = new CelOptional(undefined)

/** A list. Implementations convert elements when asked. */
export abstract class CelList {
  abstract readonly size: number
  /** The element at a position within bounds. */
  abstract get(index: number): Value
  /** What `a + b` gives when this list joins by a rule of its own (sets, lists with keys). */
  join?(other: CelList): CelList
  /** Equality by a rule of its own. */
  same?(other: CelList): boolean | CelError
  /** True when comparing with something else than a list is an error. */
  readonly strict?: boolean
  /** The JSON behind it, when there is one. */
  readonly raw?: readonly unknown[] | undefined
}

/** A list of values. `growing` marks the accumulator of a loop, which appends in place. */
export class PlainList extends CelList {
  readonly items: Value[]
  constructor(items: Value[]) {
    super()
    this.items = items
  }
  get size(): number {
    return this.items.length
  }
  get(index: number): Value {
    return this.items[index] as Value
  }
}

/** The accumulator of a loop: an unshared list that `+` extends in place. */
export class GrowingList extends PlainList {}

/** A map or an object. Keys are strings, booleans, ints and uints; `keyOf` says how a key is looked up. */
export abstract class CelMap {
  abstract readonly size: number
  /** The value of a key, `undefined` when absent, an error when such a key cannot be. */
  abstract find(key: Value): Value | undefined
  abstract keys(): Value[]
  same?(other: CelMap): boolean | CelError
  /** True when comparing with something else than a map is an error. */
  readonly strict?: boolean
  readonly raw?: Readonly<Record<string, unknown>> | undefined
}

/** The form in which a key is kept: unsigned and whole double keys equal ints of the same amount. */
export function keyOf(key: Value): unknown {
  if (key instanceof CelUint) return int(key.value)
  if (key instanceof CelDouble) return Number.isInteger(key.value) ? int(BigInt(key.value)) : key
  return key
}

/** A map of values. */
export class PlainMap extends CelMap {
  readonly entries: Map<unknown, { key: Value; value: Value }>
  constructor(entries: Map<unknown, { key: Value; value: Value }> = new Map()) {
    super()
    this.entries = entries
  }
  get size(): number {
    return this.entries.size
  }
  find(key: Value): Value | undefined {
    return this.entries.get(keyOf(key))?.value
  }
  keys(): Value[] {
    return [...this.entries.values()].map((entry) => entry.key)
  }
  set(key: Value, value: Value): void {
    this.entries.set(keyOf(key), { key, value })
  }
}

/** The accumulator of a loop that makes a map. */
export class GrowingMap extends PlainMap {}

/** A value of a type of Kubernetes' libraries or of a message type. */
export abstract class CelObject {
  abstract readonly typeName: string
  abstract equals(other: Value): boolean | CelError
  /** How the cost counter sees its size. */
  get size(): number {
    return 1
  }
  /** A field of a message, `undefined` when it has no such field. */
  field?(name: string): Value | undefined
  /** True when the field was set. */
  has?(name: string): boolean
}

export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | CelUint
  | CelDouble
  | CelTimestamp
  | CelDuration
  | CelType
  | CelOptional
  | CelList
  | CelMap
  | CelObject
  | CelError

/** The one form of an integer: a number when that is exact. */
export function int(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value
}

export function isInt(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** The name of a value's type at run time, as `type()` and messages show it. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 'int'
    case 'boolean':
      return 'bool'
    case 'string':
      return 'string'
  }
  if (value === null) return 'null_type'
  if (value instanceof CelDouble) return 'double'
  if (value instanceof CelUint) return 'uint'
  if (value instanceof CelList) return 'list'
  if (value instanceof CelMap) return 'map'
  if (value instanceof CelTimestamp) return 'google.protobuf.Timestamp'
  if (value instanceof CelDuration) return 'google.protobuf.Duration'
  if (value instanceof CelOptional) return 'optional_type'
  if (value instanceof CelType) return 'type'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof CelObject) return value.typeName
  return 'error'
}

/** How many code points a text has: what `size()` answers. */
export function codePoints(text: string): number {
  let count = text.length
  for (let at = 0; at < text.length - 1; at++) {
    const code = text.charCodeAt(at)
    if (code >= 0xd800 && code <= 0xdbff) {
      const low = text.charCodeAt(at + 1)
      if (low >= 0xdc00 && low <= 0xdfff) {
        count--
        at++
      }
    }
  }
  return count
}

/** The size of strings, bytes, lists and maps; `undefined` for others. */
export function sizeOf(value: Value): number | undefined {
  if (typeof value === 'string') return codePoints(value)
  if (value instanceof CelList || value instanceof CelMap) return value.size
  return value instanceof Uint8Array ? value.length : undefined
}

export const noOverload = new CelError('no such overload')
