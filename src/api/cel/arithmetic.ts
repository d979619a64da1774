/** `+ - * / %` and negation, with cel-go's errors at the bounds of 64 bits. */
import {
  CelDouble,
  CelDuration,
  CelError,
  CelList,
  CelTimestamp,
  CelUint,
  GrowingList,
  int,
  isInt,
  largestInt,
  largestUint,
  noOverload,
  PlainList,
  smallestInt,
  type Value,
} from './values.ts'

const integerOverflow = new CelError('integer overflow')
const uintOverflow = new CelError('unsigned integer overflow')
const timestampOverflow = new CelError('timestamp overflow')
const divideByZero = new CelError('division by zero')
const modulusByZero = new CelError('modulus by zero')

const firstSecond = -62135596800
const lastSecond = 253402300799
const nanosPerSecond = 1_000_000_000n

function checkedInt(value: bigint): Value {
  return value < smallestInt || value > largestInt ? integerOverflow : int(value)
}

function checkedUint(value: bigint): Value {
  return value < 0n || value > largestUint ? uintOverflow : new CelUint(value)
}

function checkedDuration(nanos: bigint): Value {
  return nanos < smallestInt || nanos > largestInt ? integerOverflow : new CelDuration(nanos)
}

/** The instant so many nanoseconds after 1970, or the error when that is outside of years 1 to 9999. */
export function timestampOf(nanos: bigint): Value {
  let seconds = nanos / nanosPerSecond
  let rest = nanos % nanosPerSecond
  if (rest < 0n) {
    rest += nanosPerSecond
    seconds -= 1n
  }
  if (seconds < BigInt(firstSecond) || seconds > BigInt(lastSecond)) return timestampOverflow
  return new CelTimestamp(Number(seconds), Number(rest))
}

/** Nanoseconds since 1970. */
export function nanosOf(time: CelTimestamp): bigint {
  return BigInt(time.seconds) * nanosPerSecond + BigInt(time.nanos)
}

function addLists(a: CelList, b: CelList): Value {
  if (a instanceof GrowingList) {
    for (let index = 0; index < b.size; index++) a.items.push(b.get(index))
    return a
  }
  if (a.join) return a.join(b)
  const items: Value[] = []
  for (const list of [a, b]) for (let index = 0; index < list.size; index++) items.push(list.get(index))
  return new PlainList(items)
}

export function add(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    return Number.isSafeInteger(sum) ? sum : checkedInt(BigInt(a) + BigInt(b))
  }
  if (typeof a === 'string') return typeof b === 'string' ? a + b : noOverload
  if (isInt(a)) return isInt(b) ? checkedInt(BigInt(a) + BigInt(b)) : noOverload
  if (a instanceof CelList) return b instanceof CelList ? addLists(a, b) : noOverload
  if (a instanceof CelDouble) return b instanceof CelDouble ? new CelDouble(a.value + b.value) : noOverload
  if (a instanceof CelUint) return b instanceof CelUint ? checkedUint(a.value + b.value) : noOverload
  if (a instanceof CelDuration) {
    if (b instanceof CelDuration) return checkedDuration(a.nanos + b.nanos)
    return b instanceof CelTimestamp ? timestampOf(nanosOf(b) + a.nanos) : noOverload
  }
  if (a instanceof CelTimestamp) return b instanceof CelDuration ? timestampOf(nanosOf(a) + b.nanos) : noOverload
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? Uint8Array.from([...a, ...b]) : noOverload
  return new CelError('no such overload: _+_')
}

export function subtract(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    return Number.isSafeInteger(difference) ? difference : checkedInt(BigInt(a) - BigInt(b))
  }
  if (isInt(a)) return isInt(b) ? checkedInt(BigInt(a) - BigInt(b)) : noOverload
  if (a instanceof CelDouble) return b instanceof CelDouble ? new CelDouble(a.value - b.value) : noOverload
  if (a instanceof CelUint) return b instanceof CelUint ? checkedUint(a.value - b.value) : noOverload
  if (a instanceof CelDuration) return b instanceof CelDuration ? checkedDuration(a.nanos - b.nanos) : noOverload
  if (a instanceof CelTimestamp) {
    if (b instanceof CelDuration) return timestampOf(nanosOf(a) - b.nanos)
    return b instanceof CelTimestamp ? checkedDuration(nanosOf(a) - nanosOf(b)) : noOverload
  }
  return new CelError('no such overload: _-_')
}

export function multiply(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    if (Number.isSafeInteger(product)) return product + 0
    return checkedInt(BigInt(a) * BigInt(b))
  }
  if (isInt(a)) return isInt(b) ? checkedInt(BigInt(a) * BigInt(b)) : noOverload
  if (a instanceof CelDouble) return b instanceof CelDouble ? new CelDouble(a.value * b.value) : noOverload
  if (a instanceof CelUint) return b instanceof CelUint ? checkedUint(a.value * b.value) : noOverload
  return new CelError('no such overload: _*_')
}

export function divide(a: Value, b: Value): Value {
  if (isInt(a)) {
    if (!isInt(b)) return noOverload
    if (b === 0) return divideByZero
    return checkedInt(BigInt(a) / BigInt(b))
  }
  if (a instanceof CelDouble) return b instanceof CelDouble ? new CelDouble(a.value / b.value) : noOverload
  if (a instanceof CelUint) {
    if (!(b instanceof CelUint)) return noOverload
    return b.value === 0n ? divideByZero : new CelUint(a.value / b.value)
  }
  return new CelError('no such overload: _/_')
}

export function modulo(a: Value, b: Value): Value {
  if (isInt(a)) {
    if (!isInt(b)) return noOverload
    if (b === 0) return modulusByZero
    if (BigInt(a) === smallestInt && b === -1) return integerOverflow
    return int(BigInt(a) % BigInt(b))
  }
  if (a instanceof CelUint) {
    if (!(b instanceof CelUint)) return noOverload
    return b.value === 0n ? modulusByZero : new CelUint(a.value % b.value)
  }
  return new CelError('no such overload: _%_')
}

export function negate(a: Value): Value {
  if (isInt(a)) return checkedInt(-BigInt(a))
  if (a instanceof CelDouble) return new CelDouble(-a.value)
  return a instanceof CelDuration ? checkedDuration(-a.nanos) : noOverload
}
