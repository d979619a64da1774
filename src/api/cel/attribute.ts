/** Chains of selections: `a.b[c].?d`. Source: cel-go's interpreter, attributes. */

import { dynValue } from './dyn-value.ts'
import { charge, type Run } from './run.ts'
import { shownValue } from './shown.ts'
import {
  CelDouble,
  CelError,
  CelList,
  CelMap,
  CelObject,
  CelOptional,
  CelUint,
  isInt,
  none,
  typeName,
  type Value,
} from './values.ts'

export interface Qualifier {
  readonly key: Run
  /** Written with `?`: what is absent gives `optional.none()`. */
  readonly optional: boolean
}

export interface Attribute {
  readonly base: Run
  /** What evaluating the chain costs beside its parts: 0 when it starts at `?:`. */
  readonly cost: 0 | 1
  readonly qualifiers: readonly Qualifier[]
}

/** The position a key means, or the error of keys that mean none. */
export function indexOf(key: Value): number | CelError {
  if (typeof key === 'number') return key
  if (isInt(key)) return Number(key)
  if (key instanceof CelUint) return Number(key.value)
  if (key instanceof CelDouble && Number.isInteger(key.value)) return key.value
  if (key instanceof CelDouble) return new CelError(`unsupported index value ${shownValue(key)} in list`)
  return new CelError(`unsupported index type '${typeName(key)}' in list`)
}

/** The part of a value, `undefined` when it is absent. */
function part(value: Value, key: Value): Value | undefined {
  if (value instanceof CelMap) return value.find(key)
  if (value instanceof CelList) {
    const index = indexOf(key)
    if (typeof index !== 'number') return index
    return index >= 0 && index < value.size ? value.get(index) : undefined
  }
  if (value instanceof CelObject && typeof key === 'string') return value.field?.(key)
  return value instanceof CelError ? value : undefined
}

/** The part of a value; an error when it is absent. */
export function qualify(value: Value, key: Value): Value {
  const found = part(value, key)
  if (found !== undefined) return found
  if (value instanceof CelList) return new CelError(`index out of bounds: ${shownValue(key)}`)
  return new CelError(`no such key: ${shownValue(key)}`)
}

/** The value of the chain without the cost of its start: how a chain is read as part of another. */
export function resolved(attribute: Attribute): Run {
  const { base, qualifiers } = attribute
  return (context) => {
    let value = base(context)
    if (value instanceof CelError) return value
    let optional = false
    if (value instanceof CelOptional) {
      if (value.value === undefined) return value
      // Unwrapped here, the value loses its schema, as in cel-go.
      value = dynValue(value.value)
      optional = true
    }
    for (const qualifier of qualifiers) {
      optional ||= qualifier.optional
      const key = qualifier.key(context)
      if (key instanceof CelError) {
        charge(context, 1)
        return key
      }
      if (!optional) {
        value = qualify(value, key)
        charge(context, 1)
      } else {
        const found = part(value, key)
        if (found === undefined) return none
        charge(context, 1)
        value = found
      }
      if (value instanceof CelError) return value
    }
    return optional ? new CelOptional(value) : value
  }
}

/** The value of the chain. */
export function evaluated(attribute: Attribute): Run {
  const { base, qualifiers, cost } = attribute
  if (qualifiers.length === 0) {
    return (context) => {
      const value = base(context)
      if (cost) charge(context, 1)
      if (value instanceof CelOptional && value.value !== undefined) return new CelOptional(dynValue(value.value))
      return value
    }
  }
  const run = resolved(attribute)
  if (cost === 0) return run
  return (context) => {
    const value = run(context)
    charge(context, 1)
    return value
  }
}

function isPresent(value: Value, key: string): boolean | CelError {
  if (value instanceof CelObject) return value.has?.(key) ?? false
  const found = part(value, key)
  return found instanceof CelError ? found : found !== undefined
}

/** `has(a.b.c)`: whether the last selection is there. */
export function tested(attribute: Attribute, field: string): Run {
  const run = resolved(attribute)
  return (context) => {
    const value = run(context)
    if (value instanceof CelError) return value
    if (value instanceof CelOptional && value.value === undefined) return false
    const answer = isPresent(value instanceof CelOptional ? (value.value as Value) : value, field)
    charge(context, 1)
    return answer
  }
}
