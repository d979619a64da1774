/** Operators and the functions that every value has. */
import { add, divide, modulo, multiply, negate, subtract } from '../arithmetic.ts'
import { compare, equal, isOrdered } from '../equality.ts'
import {
  CelDouble,
  CelError,
  CelList,
  CelMap,
  CelType,
  CelUint,
  isInt,
  noOverload,
  sizeOf,
  typeName,
  type Value,
} from '../values.ts'
import type { Functions } from './dispatch.ts'

function ordered(name: string, test: (order: number) => boolean) {
  const missing = new CelError(`no such overload: ${name}`)
  return (args: readonly Value[]): Value => {
    const [a = null, b = null] = args
    if (!isOrdered(a)) return missing
    const order = compare(a, b)
    return typeof order === 'number' ? test(order) : order
  }
}

/** Whether a list or map has a value. */
export function contains(container: Value, value: Value): Value {
  if (container instanceof CelMap) {
    const found = container.find(value)
    return found instanceof CelError ? found : found !== undefined
  }
  if (!(container instanceof CelList)) return container instanceof CelError ? container : noOverload
  for (let index = 0; index < container.size; index++) if (equal(container.get(index), value) === true) return true
  return false
}

export const operators: Functions = {
  '_+_': ([a = null, b = null]) => add(a, b),
  '_-_': ([a = null, b = null]) => subtract(a, b),
  '_*_': ([a = null, b = null]) => multiply(a, b),
  '_/_': ([a = null, b = null]) => divide(a, b),
  '_%_': ([a = null, b = null]) => modulo(a, b),
  '-_': ([a = null]) => (isInt(a) || a instanceof CelDouble || a instanceof CelUint ? negate(a) : noOverload),
  '!_': ([a = null]) => (typeof a === 'boolean' ? !a : noOverload),
  '_<_': ordered('_<_', (order) => order < 0),
  '_<=_': ordered('_<=_', (order) => order <= 0),
  '_>_': ordered('_>_', (order) => order > 0),
  '_>=_': ordered('_>=_', (order) => order >= 0),
  '@in': ([value = null, container = null]) => contains(container, value),
  '@not_strictly_false': ([value = null]) => (typeof value === 'boolean' ? value : true),
  size: ([value = null]) => sizeOf(value) ?? new CelError('no such overload: size'),
  type: ([value = null]) => new CelType(typeName(value)),
  dyn: ([value = null]) => value,
}
