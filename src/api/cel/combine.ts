/** Ways of making closures from closures: what the parts cost and which errors they absorb. */
import { add, subtract } from './arithmetic.ts'
import { costOf } from './call-cost.ts'
import { equal } from './equality.ts'
import { charge, type Run } from './run.ts'
import { CelError, CelOptional, codePoints, noOverload, type Value } from './values.ts'

export function charged(run: Run, cost: number): Run {
  return (context) => {
    const value = run(context)
    charge(context, cost)
    return value
  }
}

export function answer(value: Value, member: (value: Value) => boolean): Value {
  return value instanceof CelError ? value : member(value)
}

/** `&&` (when `stops` is false) and `||`: the deciding value wins over errors of the other side. */
export function logical(left: Run, right: Run, stops: boolean): Run {
  return (context) => {
    const a = left(context)
    if (a === stops) return stops
    const b = right(context)
    if (b === stops) return stops
    if (a === b && a === !stops) return a
    if (a !== !stops) return a instanceof CelError ? a : noOverload
    return b instanceof CelError ? b : typeof b === 'boolean' ? b : noOverload
  }
}

export function alternative(left: Run, right: Run, unwrap: boolean): Run {
  return (context) => {
    const value = left(context)
    if (!(value instanceof CelOptional)) return value
    if (value.value === undefined) return right(context)
    return unwrap ? value.value : value
  }
}

/** `==` (wanted true) and `!=`, at the cost of reading the shorter side. */
export function equality(left: Run, right: Run, wanted: boolean): Run {
  const cost = costOf('_==_', 'equals') as (args: readonly Value[], result: Value) => number
  return (context) => {
    const a = left(context)
    const b = right(context)
    if (typeof a === 'number' && typeof b === 'number') {
      charge(context, 1)
      return (a === b) === wanted
    }
    if (typeof a === 'string' && typeof b === 'string') {
      charge(context, Math.ceil(Math.min(codePoints(a), codePoints(b)) * 0.1))
      return (a === b) === wanted
    }
    charge(context, cost([a, b], null))
    if (a instanceof CelError) return a
    if (b instanceof CelError) return b
    const same = equal(a, b)
    return wanted ? same : same !== true
  }
}

/** Operators on two small integers, whose result is small too or worked out exactly. */
export const quick: Readonly<Record<string, (a: number, b: number) => Value>> = {
  '_<_': (a, b) => a < b,
  '_<=_': (a, b) => a <= b,
  '_>_': (a, b) => a > b,
  '_>=_': (a, b) => a >= b,
  '_+_': add,
  '_-_': subtract,
}

export type Invoke = (args: readonly Value[], overload: string) => Value
export type Cost = number | ((args: readonly Value[], result: Value) => number)

export function unary(run: Run, invoke: Invoke, cost: Cost, lenient: boolean): Run {
  return (context) => {
    const value = run(context)
    const args = [value]
    const result = value instanceof CelError && !lenient ? value : invoke(args, '')
    charge(context, typeof cost === 'number' ? cost : cost(args, result))
    return result
  }
}

export function binary(
  left: Run,
  right: Run,
  invoke: Invoke,
  cost: Cost,
  small?: (a: number, b: number) => Value,
): Run {
  return (context) => {
    const a = left(context)
    const b = right(context)
    if (small && typeof a === 'number' && typeof b === 'number') {
      charge(context, 1)
      return small(a, b)
    }
    const args = [a, b]
    const result = a instanceof CelError ? a : b instanceof CelError ? b : invoke(args, '')
    charge(context, typeof cost === 'number' ? cost : cost(args, result))
    return result
  }
}
