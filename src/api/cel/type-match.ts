/** Which types may stand for which: unification of type parameters as cel-go's checker does it. */
import { dynType, isSame, type Type, withParams } from './types.ts'

/** What type parameters stand for, by their text. */
export type Mapping = Map<string, Type>

export function isDyn(type: Type): boolean {
  return type.kind === 'dyn' || type.kind === 'any'
}

export function isDynOrError(type: Type): boolean {
  return isDyn(type) || type.kind === 'error'
}

export function isOptional(type: Type): boolean {
  return type.kind === 'opaque' && type.name === 'optional_type'
}

/** The type inside an optional, else the type itself. */
export function unwrapOptional(type: Type): Type {
  return isOptional(type) ? (type.params[0] ?? dynType) : type
}

function lessSpecific(a: Type, b: Type): boolean {
  if (isDyn(a) || a.kind === 'param') return true
  if (isDyn(b) || b.kind === 'param' || a.kind !== b.kind) return false
  if (a.kind === 'type') return true
  if (a.kind === 'opaque' || a.kind === 'list' || a.kind === 'map') {
    if (a.name !== b.name || a.params.length !== b.params.length) return false
    return a.params.every((param, index) => lessSpecific(param, b.params[index] ?? dynType))
  }
  return isSame(a, b)
}

/** The more general of two types that agree. */
export function mostGeneral(a: Type, b: Type): Type {
  return lessSpecific(a, b) ? a : b
}

function notIn(mapping: Mapping, type: Type, within: Type): boolean {
  if (isSame(type, within)) return false
  if (within.kind === 'param') {
    const found = mapping.get(within.text)
    return !found || notIn(mapping, type, found)
  }
  return within.params.every((param) => notIn(mapping, type, param))
}

const nullable = new Set(['opaque', 'struct', 'any', 'duration', 'timestamp', 'null'])

/** Whether `a` may stand for the parameter `b`; notes it when it may. */
function substitutes(mapping: Mapping, a: Type, b: Type): 'yes' | 'no' | 'taken' {
  if (isSame(a, b)) return 'yes'
  const found = mapping.get(b.text)
  if (found) {
    if (isSame(a, found)) return 'yes'
    if (!assignable(mapping, a, found)) return 'taken'
    const general = mostGeneral(a, found)
    if (notIn(mapping, b, general)) mapping.set(b.text, general)
    return 'yes'
  }
  if (!notIn(mapping, b, a)) return 'no'
  mapping.set(b.text, a)
  return 'yes'
}

function assignable(mapping: Mapping, a: Type, b: Type): boolean {
  if (b.kind === 'param') {
    const answer = substitutes(mapping, a, b)
    if (answer !== 'no') return answer === 'yes'
  }
  if (a.kind === 'param') return substitutes(mapping, b, a) === 'yes'
  if (isDynOrError(a) || isDynOrError(b)) return true
  if (a.kind === 'null') return nullable.has(b.kind)
  if (b.kind === 'null') return nullable.has(a.kind)
  if (a.kind === 'type') return b.kind === 'type'
  if (a.kind !== b.kind || a.name !== b.name || a.params.length !== b.params.length) return false
  return a.params.every((param, index) => assignable(mapping, param, b.params[index] ?? dynType))
}

/** The mapping under which all of `given` may stand for `wanted`, `undefined` when they may not. */
export function matchTypes(mapping: Mapping, given: readonly Type[], wanted: readonly Type[]): Mapping | undefined {
  if (given.length !== wanted.length) return undefined
  const closed = given.every((type) => type.closed) && wanted.every((type) => type.closed)
  const copy = closed ? mapping : new Map(mapping)
  const fits = given.every((type, index) => assignable(copy, type, wanted[index] ?? dynType))
  return fits ? copy : undefined
}

/** The type with its parameters replaced; those that stand for nothing become dyn when `toDyn`. */
export function substitute(mapping: Mapping, type: Type, toDyn: boolean): Type {
  if (type.closed) return type
  if (type.kind === 'param') {
    const found = mapping.get(type.text)
    if (found) return substitute(mapping, found, toDyn)
    return toDyn ? dynType : type
  }
  return withParams(
    type,
    type.params.map((param) => substitute(mapping, param, toDyn)),
  )
}
