/** Equality and order of values. Numbers of all three types compare by amount. Source: the CEL language definition. */
import {
  CelDouble,
  CelDuration,
  CelError,
  CelList,
  CelMap,
  CelObject,
  CelOptional,
  CelTimestamp,
  CelType,
  CelUint,
  isInt,
  noOverload,
  type Value,
} from './values.ts'

/** -1, 0 or 1 for two numbers; undefined when one is NaN or none. */
function compareNumbers(a: Value, b: Value): number | undefined {
  const left = isInt(a) ? a : a instanceof CelUint || a instanceof CelDouble ? a.value : undefined
  const right = isInt(b) ? b : b instanceof CelUint || b instanceof CelDouble ? b.value : undefined
  if (left === undefined || right === undefined) return undefined
  // Doubles compare with integers as doubles, as in cel-go.
  if (a instanceof CelDouble || b instanceof CelDouble) {
    const [x, y] = [Number(left), Number(right)]
    return x < y ? -1 : x > y ? 1 : x === y ? 0 : undefined
  }
  return left < right ? -1 : left > right ? 1 : 0
}

const isNumber = (value: Value) => isInt(value) || value instanceof CelUint || value instanceof CelDouble

function sameLists(a: CelList, b: CelList): boolean | CelError {
  if (a.same) return a.same(b)
  if (a.size !== b.size) return false
  for (let index = 0; index < a.size; index++) {
    const same = equal(a.get(index), b.get(index))
    if (same !== true) return same
  }
  return true
}

function sameMaps(a: CelMap, b: CelMap): boolean | CelError {
  if (a.same) return a.same(b)
  if (a.size !== b.size) return false
  for (const key of a.keys()) {
    const left = a.find(key)
    const right = b.find(key)
    if (left === undefined || right === undefined) return false
    const same = equal(left, right)
    if (same !== true) return same
  }
  return true
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}

/** Whether two values are equal; values of different types are not. */
export function equal(a: Value, b: Value): boolean | CelError {
  if (a === b) return !(a instanceof CelDouble && Number.isNaN(a.value))
  if (a === null || b === null) return false
  if (typeof a !== 'object') return typeof a === 'string' || typeof a === 'boolean' ? false : compareNumbers(a, b) === 0
  if (a instanceof CelError) return a
  if (a instanceof CelList) return b instanceof CelList ? sameLists(a, b) : a.strict ? noOverload : false
  if (a instanceof CelMap) return b instanceof CelMap ? sameMaps(a, b) : a.strict ? noOverload : false
  if (a instanceof CelUint || a instanceof CelDouble) return compareNumbers(a, b) === 0
  if (a instanceof CelTimestamp) return b instanceof CelTimestamp && a.seconds === b.seconds && a.nanos === b.nanos
  if (a instanceof CelDuration) return b instanceof CelDuration && a.nanos === b.nanos
  if (a instanceof CelType) return b instanceof CelType && a.name === b.name
  if (a instanceof Uint8Array) return b instanceof Uint8Array && sameBytes(a, b)
  if (a instanceof CelOptional) {
    if (!(b instanceof CelOptional)) return false
    if (a.value === undefined || b.value === undefined) return a.value === b.value
    return equal(a.value, b.value)
  }
  return a instanceof CelObject && a.equals(b)
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let index = 0; index < shared; index++) {
    const difference = (a[index] as number) - (b[index] as number)
    if (difference !== 0) return Math.sign(difference)
  }
  return Math.sign(a.length - b.length)
}

/** Texts by their code points (which is the order of their UTF-8 bytes). */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length)
  for (let index = 0; index < shared; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left === right) continue
    // Surrogates stand for code points above the rest of the plane.
    const lift = (code: number) => (code >= 0xe000 ? code - 0x800 : code >= 0xd800 ? code + 0x2000 : code)
    return lift(left) < lift(right) ? -1 : 1
  }
  return Math.sign(a.length - b.length)
}

/** -1, 0 or 1, or the error of values that have no order. `undefined` for NaN. */
export function compare(a: Value, b: Value): number | CelError {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0
  if (isNumber(a)) {
    if (!isNumber(b)) return noOverload
    return compareNumbers(a, b) ?? new CelError('NaN values cannot be ordered')
  }
  if (typeof a === 'string') return typeof b === 'string' ? compareText(a, b) : noOverload
  if (typeof a === 'boolean') return typeof b === 'boolean' ? Number(a) - Number(b) : noOverload
  if (a instanceof CelTimestamp)
    return b instanceof CelTimestamp ? Math.sign(a.seconds - b.seconds || a.nanos - b.nanos) : noOverload
  if (a instanceof CelDuration)
    return b instanceof CelDuration ? (a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0) : noOverload
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? compareBytes(a, b) : noOverload
  return a instanceof CelError ? a : noOverload
}

/** True for values that `<` and its like can take on their left. */
export function isOrdered(value: Value): boolean {
  return (
    isNumber(value) ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    value instanceof CelTimestamp ||
    value instanceof CelDuration ||
    value instanceof Uint8Array
  )
}
