/** Kubernetes' quantity library. Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-quantity-library */
import {
  addQuantity,
  compareQuantity,
  parseQuantity,
  type Quantity,
  quantityToNumber,
  subQuantity,
} from '../../quantity.ts'
import {
  CelDouble,
  CelError,
  CelObject,
  int,
  isInt,
  largestInt,
  noOverload,
  smallestInt,
  type Value,
} from '../values.ts'
import type { Functions } from './dispatch.ts'
import { CelSemver, compareSemver } from './semvers.ts'

/** A quantity. Sums are of another Go type behind, which equality does not accept on its right. */
export class CelQuantity extends CelObject {
  readonly typeName = 'kubernetes.Quantity'
  readonly amount: Quantity
  readonly computed: boolean
  constructor(amount: Quantity, computed = false) {
    super()
    this.amount = amount
    this.computed = computed
  }
  equals(other: Value): boolean | CelError {
    if (!(other instanceof CelQuantity) || other.computed) return noOverload
    return compareQuantity(this.amount, other.amount) === 0
  }
}

function parsed(text: Value): CelQuantity | CelError {
  if (typeof text !== 'string') return noOverload
  if (text !== text.trim()) return new CelError(faultOf('x'))
  try {
    return new CelQuantity(parseQuantity(text))
  } catch (error) {
    return new CelError(error instanceof Error ? error.message : String(error))
  }
}

function faultOf(text: string): string {
  try {
    parseQuantity(text)
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The amount as a whole number within 64 bits. */
function whole({ unscaled, scale }: Quantity): bigint | undefined {
  const unit = 10n ** BigInt(Math.abs(scale))
  if (scale < 0 && unscaled % unit !== 0n) return undefined
  const amount = scale < 0 ? unscaled / unit : unscaled * unit
  return amount < smallestInt || amount > largestInt ? undefined : amount
}

function onQuantity(run: (quantity: Quantity) => Value) {
  return ([value = null]: readonly Value[]): Value => (value instanceof CelQuantity ? run(value.amount) : noOverload)
}

/** A comparison of quantities and of versions. */
function comparing(answer: (order: number) => Value) {
  return ([a = null, b = null]: readonly Value[]): Value => {
    if (a instanceof CelQuantity && b instanceof CelQuantity) return answer(compareQuantity(a.amount, b.amount))
    return a instanceof CelSemver && b instanceof CelSemver ? answer(compareSemver(a, b)) : noOverload
  }
}

function adding(run: (a: Quantity, b: Quantity) => Quantity) {
  return ([a = null, b = null]: readonly Value[]): Value => {
    if (!(a instanceof CelQuantity)) return noOverload
    if (b instanceof CelQuantity) return new CelQuantity(run(a.amount, b.amount), true)
    if (!isInt(b)) return noOverload
    return new CelQuantity(run(a.amount, { unscaled: BigInt(b), scale: 0, format: 'DecimalExponent' }), true)
  }
}

export const quantities: Functions = {
  quantity: ([text = null]) => parsed(text),
  isQuantity: ([text = null]) => parsed(text) instanceof CelQuantity,
  sign: onQuantity(({ unscaled }) => (unscaled > 0n ? 1 : unscaled < 0n ? -1 : 0)),
  isInteger: onQuantity((quantity) => whole(quantity) !== undefined),
  asInteger: onQuantity((quantity) => {
    const amount = whole(quantity)
    return amount === undefined ? new CelError('cannot convert value to integer') : int(amount)
  }),
  asApproximateFloat: onQuantity((quantity) => new CelDouble(quantityToNumber(quantity))),
  add: adding(addQuantity),
  sub: adding(subQuantity),
  compareTo: comparing((order) => order),
  isGreaterThan: comparing((order) => order === 1),
  isLessThan: comparing((order) => order === -1),
}
