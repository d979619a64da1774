/**
 * Quantities: `500m`, `1.5Gi`, `12e6`. Exact decimal numbers that remember the family of suffix they were written with.
 * Sources: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ and
 * k8s.io/apimachinery pkg/api/resource. Where that overflows 64 bits (values above 8Ei wrap, `1000E` prints as `1`),
 * this keeps the amount.
 */

/** The family of suffixes: m k M G …, Ki Mi Gi …, or e3 e6 …. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

/** `unscaled` × 10^`scale`. `text` is what was written when the API server would print it back as it is. */
export interface Quantity {
  readonly unscaled: bigint
  readonly scale: number
  readonly format: QuantityFormat
  readonly text?: string
}

const errors = {
  format: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  suffix: "unable to parse quantity's suffix",
} as const

const decimalSuffixes: readonly (readonly [string, number])[] = [
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const decimalExponents = new Map(decimalSuffixes)
const smallestScale = -9
const largestInt64 = 2n ** 63n - 1n
// Exponents beyond this are refused: they are far above every amount Kubernetes can hold and would cost memory.
const largestExponent = 10_000

interface Written {
  readonly negative: boolean
  readonly whole: string
  readonly fraction: string
  readonly suffix: string
}

/** The quantity of a text (surrounding space is ignored, as in JSON) or JSON number. Throws with Kubernetes' text. */
export function parseQuantity(text: string | number): Quantity {
  const read = readQuantity(String(text).trim())
  if (typeof read === 'string') throw new Error(read)
  return read
}

/** True for what `parseQuantity` reads. */
export function isQuantity(text: unknown): text is string | number {
  return (typeof text === 'string' || typeof text === 'number') && typeof readQuantity(String(text).trim()) !== 'string'
}

/** The quantity, or the text of the error. */
function readQuantity(text: string): Quantity | string {
  const written = split(text)
  if (written === undefined) return errors.format
  const suffix = interpret(written.suffix)
  if (suffix === undefined) return errors.suffix
  const digits = written.whole + written.fraction
  const magnitude = BigInt(digits === '' ? '0' : digits) * suffix.factor
  const unscaled = written.negative ? -magnitude : magnitude
  const exact = { unscaled, scale: suffix.exponent - written.fraction.length, format: suffix.format }
  if (printsAsWritten(written, exact, suffix.factor)) return { ...exact, text }
  return bounded(exact)
}

/** Sign, digits without leading zeros, and the rest; undefined for another shape. Without digits (`m`) it is zero, as in Kubernetes. */
function split(text: string): Written | undefined {
  const match = /^([+-]?)0*(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(text)
  if (match === null || text === '') return undefined
  const [, sign, whole, fraction, suffix] = match
  return { negative: sign === '-', whole: whole ?? '', fraction: fraction ?? '', suffix: suffix ?? '' }
}

function interpret(suffix: string): { factor: bigint; exponent: number; format: QuantityFormat } | undefined {
  const exponent = decimalExponents.get(suffix)
  if (exponent !== undefined) return { factor: 1n, exponent, format: 'DecimalSI' }
  const power = suffix === '' ? -1 : binarySuffixes.indexOf(suffix)
  if (power > 0) return { factor: 1024n ** BigInt(power), exponent: 0, format: 'BinarySI' }
  const match = /^[eE]([+-]?\d+)$/.exec(suffix)
  const written = Number(match?.[1])
  return Math.abs(written) <= largestExponent ? { factor: 1n, exponent: written, format: 'DecimalExponent' } : undefined
}

// The API server keeps the text of a quantity that is already canonical, and its test for that lets a few others pass
// (`1.500`, `+5`): those come back as they were sent.
function printsAsWritten({ whole, fraction }: Written, exact: Quantity, factor: bigint): boolean {
  const digits = whole + fraction
  if (exact.scale < smallestScale || digits === '') return false
  if (exact.format !== 'BinarySI') {
    const few = digits.length <= 18
    return few && exact.scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0')
  }
  const exponent = factor.toString(2).length - 1
  const few = 15 - whole.length - Math.trunc((exponent * 3) / 10) - 1 >= 0
  return fraction === '' && few && BigInt(digits) % 8n !== 0n
}

/** Non-zero amounts are rounded away from zero to a nano; binary ones are capped at the largest 64-bit integer. */
function bounded(quantity: Quantity): Quantity {
  const { unscaled, scale, format } = roundUpTo(quantity, smallestScale)
  if (format !== 'BinarySI') return { unscaled, scale, format }
  const one = scale >= 0 ? 1n : 10n ** BigInt(-scale)
  const size = unscaled < 0n ? -unscaled : unscaled
  if (size > largestInt64 * one) return { unscaled: unscaled < 0n ? -largestInt64 : largestInt64, scale: 0, format }
  return { unscaled, scale, format: size > 0n && size < one ? 'DecimalSI' : format }
}

/** The quantity at no smaller a scale, rounded away from zero. */
function roundUpTo(quantity: Quantity, scale: number): Quantity {
  const { unscaled, format } = quantity
  if (quantity.scale >= scale) return { unscaled, scale: quantity.scale, format }
  if (unscaled === 0n) return { unscaled, scale, format }
  const places = scale - quantity.scale
  const sign = unscaled < 0n ? -1n : 1n
  const size = unscaled * sign
  if (places > size.toString().length) return { unscaled: sign, scale, format }
  const unit = 10n ** BigInt(places)
  return { unscaled: sign * ((size + unit - 1n) / unit), scale, format }
}

/** Whole units of 10^`scale`, rounded away from zero; Infinity when outside every number. */
function unitsOf(quantity: Quantity, scale: number): number {
  const rounded = roundUpTo(quantity, scale)
  if (rounded.unscaled === 0n) return 0
  return Number(rounded.unscaled * 10n ** BigInt(rounded.scale - scale))
}

function quantityOf(given: string | number | Quantity): Quantity {
  return typeof given === 'object' ? given : parseQuantity(given)
}

/** The amount as the nearest number. */
export function quantityToNumber(quantity: Quantity): number {
  return Number(`${quantity.unscaled}e${quantity.scale}`)
}

/** Thousandths, rounded up (negative ones down): CPU in millicores. Exact up to 2^53. */
export function milliValue(text: string | number | Quantity): number {
  return unitsOf(quantityOf(text), -3)
}

/** Whole units, rounded up (negative ones down): bytes, counts. Exact up to 2^53. */
export function value(text: string | number | Quantity): number {
  return unitsOf(quantityOf(text), 0)
}

/** -1, 0 or 1. */
export function compareQuantity(a: Quantity, b: Quantity): -1 | 0 | 1 {
  const [signA, signB] = [signOf(a), signOf(b)]
  if (signA !== signB) return signA < signB ? -1 : 1
  if (signA === 0) return 0
  const [sizeA, sizeB] = [orderOf(a), orderOf(b)]
  if (sizeA !== sizeB) return sizeA < sizeB === signA > 0 ? -1 : 1
  const [left, right] = aligned(a, b)
  return left < right ? -1 : left > right ? 1 : 0
}

function signOf({ unscaled }: Quantity): -1 | 0 | 1 {
  return unscaled < 0n ? -1 : unscaled > 0n ? 1 : 0
}

/** Digits before the decimal point: comparable without writing an exponent out. */
function orderOf({ unscaled, scale }: Quantity): number {
  return (unscaled < 0n ? -unscaled : unscaled).toString().length + scale
}

/** Both amounts in units of the smaller scale. */
function aligned(a: Quantity, b: Quantity): [bigint, bigint, number] {
  const scale = Math.min(a.scale, b.scale)
  const up = (quantity: Quantity) => {
    const places = quantity.scale - scale
    return quantity.unscaled * 10n ** BigInt(places)
  }
  return [up(a), up(b), scale]
}

/** a + b, written with a's family of suffixes, or b's when a is zero. */
export function addQuantity(a: Quantity, b: Quantity): Quantity {
  const [left, right, scale] = aligned(a, b)
  return { unscaled: left + right, scale, format: a.unscaled === 0n ? b.format : a.format }
}

/** a - b, written with a's family of suffixes, or b's when a is zero. */
export function subQuantity(a: Quantity, b: Quantity): Quantity {
  return addQuantity(a, { ...b, unscaled: -b.unscaled })
}

/** The canonical text: no fraction, the largest suffix that loses nothing, no plus sign. */
export function formatQuantity(given: string | number | Quantity): string {
  const quantity = quantityOf(given)
  if (quantity.unscaled === 0n) return '0'
  if (quantity.text !== undefined) return quantity.text
  const binary = quantity.format === 'BinarySI' ? wholeOf(quantity) : undefined
  if (binary !== undefined && (binary >= 1024n || binary <= -1024n)) return binaryText(binary)
  return decimalText(quantity)
}

/** The amount when it is a whole number. */
function wholeOf({ unscaled, scale }: Quantity): bigint | undefined {
  if (scale >= 0) return unscaled * 10n ** BigInt(scale)
  const unit = 10n ** BigInt(-scale)
  return unscaled % unit === 0n ? unscaled / unit : undefined
}

function binaryText(amount: bigint): string {
  let power = 0
  let left = amount
  while (left % 1024n === 0n && power < binarySuffixes.length - 1) {
    left /= 1024n
    power++
  }
  return `${left}${binarySuffixes[power]}`
}

function decimalText(quantity: Quantity): string {
  const digits = /^(-?\d*?)(0*)$/.exec(quantity.unscaled.toString()) as RegExpExecArray
  const bare = digits[1] as string
  const exponent = quantity.scale + (digits[2] as string).length
  const thousands = Math.floor(exponent / 3) * 3
  const mantissa = bare + '0'.repeat(exponent - thousands)
  if (quantity.format === 'DecimalExponent') return thousands === 0 ? mantissa : `${mantissa}e${thousands}`
  const suffix = decimalSuffixes.find(([, power]) => power === thousands)?.[0]
  // Beyond E there is no suffix; the zeros are written out so that the amount survives.
  if (suffix !== undefined) return `${mantissa}${suffix}`
  return `${mantissa}${'0'.repeat(thousands - 18)}E`
}
