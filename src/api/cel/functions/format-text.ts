/** `'%s has %d'.format([a, b])`. Source: cel-go's strings extension, https://pkg.go.dev/github.com/google/cel-go/ext#Strings */
import { goQuote } from '../../go-text.ts'
import { isDynOrError } from '../type-match.ts'
import type { Type } from '../types.ts'
import {
  CelDouble,
  CelDuration,
  CelError,
  CelList,
  CelMap,
  CelTimestamp,
  CelType,
  CelUint,
  isInt,
  typeName,
  type Value,
} from '../values.ts'
import { toText } from './conversions.ts'

const defaultPrecision = 6

/** What a clause like `%.3f` makes of a value; an error's text is without its prefix. */
type Clause = (value: Value) => string | CelError

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? undefined : value > 0 ? '∞' : '-∞'
}

/** Like `toFixed`, but exact halves go to the even digit. */
function roundedToEven(size: number, precision: number): string {
  const rounded = size.toFixed(precision)
  const longer = size.toFixed(Math.min(100, precision + 25))
  const cut = precision === 0 ? longer.indexOf('.') : longer.indexOf('.') + precision + 1
  const rest = longer.slice(cut).replace('.', '')
  if (!/^50*$/.test(rest)) return rounded
  const kept = longer.slice(0, cut)
  return Number(kept.at(-1)) % 2 === 0 ? kept : rounded
}

/** A double with so many digits after the point. */
function fixed(value: number, precision: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const size = Math.abs(value)
  if (size < 1e21) return sign + roundedToEven(size, Math.min(precision, 75))
  return `${sign}${BigInt(size)}${precision > 0 ? `.${'0'.repeat(precision)}` : ''}`
}

function doubleOf(value: Value, clause: string): number | CelError {
  if (value instanceof CelDouble) return value.value
  if (value === 'NaN') return Number.NaN
  if (value === 'Infinity') return Number.POSITIVE_INFINITY
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY
  return new CelError(`${clause} clause can only be used on doubles, was given ${typeName(value)}`)
}

function fixedClause(precision: number): Clause {
  return (value) => {
    const number = doubleOf(value, 'fixed-point')
    if (typeof number !== 'number') return number
    const [whole = '', fraction] = (special(number) ?? fixed(number, precision)).split('.')
    return fraction === undefined ? grouped(whole) : `${grouped(whole)}.${fraction}`
  }
}

function scientificClause(precision: number): Clause {
  const raised = (digits: string) => [...digits].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')
  return (value) => {
    const number = doubleOf(value, 'scientific')
    if (typeof number !== 'number') return number
    const unusual = special(number)
    if (unusual !== undefined) return unusual
    // What is written as the precision is taken for the width.
    const [mantissa = '', exponent = ''] = number.toExponential(defaultPrecision).split('e')
    const digits = exponent.replace(/^[+-]/, '').padStart(2, '0')
    return `${mantissa}×10${exponent.startsWith('-') ? '⁻' : ''}${raised(digits)}`.padStart(Math.min(precision, 1000))
  }
}

function integer(value: Value): bigint | undefined {
  return isInt(value) ? BigInt(value) : value instanceof CelUint ? value.value : undefined
}

const decimal: Clause = (value) => {
  const whole = integer(value)
  if (whole !== undefined) return String(whole)
  return new CelError(`decimal clause can only be used on integers, was given ${typeName(value)}`)
}

const binary: Clause = (value) => {
  if (typeof value === 'boolean') return value ? '1' : '0'
  const whole = integer(value)
  if (whole !== undefined) return whole.toString(2)
  return new CelError(`only integers and bools can be formatted as binary, was given ${typeName(value)}`)
}

const octal: Clause = (value) => {
  const whole = integer(value)
  if (whole !== undefined) return whole.toString(8)
  return new CelError(`octal clause can only be used on integers, was given ${typeName(value)}`)
}

const hex: Clause = (value) => {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  if (bytes instanceof Uint8Array) return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const whole = integer(value)
  if (whole !== undefined) return whole.toString(16)
  return new CelError(`only integers, byte buffers, and strings can be formatted as hex, was given ${typeName(value)}`)
}

/** A value inside a list or map, written as an expression would write it. */
function literal(value: Value): string | CelError {
  const text = part(value)
  if (typeof text !== 'string') return text
  if (typeof value === 'string') return goQuote(text)
  if (value instanceof Uint8Array) return `b${goQuote(text)}`
  return value instanceof CelDouble && !Number.isFinite(value.value) ? goQuote(text) : text
}

function part(value: Value): string | CelError {
  if (value instanceof CelDouble) {
    if (Number.isFinite(value.value)) return fixed(value.value, defaultPrecision)
    return Number.isNaN(value.value) ? 'NaN' : value.value > 0 ? '+Inf' : '-Inf'
  }
  if (value instanceof CelTimestamp) return `timestamp(${goQuote(String(toText(value)))})`
  if (value instanceof CelDuration) return `duration(${goQuote(String(toText(value)))})`
  if (value === null || typeof value !== 'object' || value instanceof CelList || value instanceof CelMap)
    return text(value)
  if (value instanceof CelUint || value instanceof CelType || value instanceof Uint8Array) return text(value)
  return new CelError(`no formatting function for ${typeName(value)}`)
}

function listText(list: CelList): string | CelError {
  const parts: string[] = []
  for (let index = 0; index < list.size; index++) {
    const shown = literal(list.get(index))
    if (typeof shown !== 'string') return shown
    parts.push(shown)
  }
  return `[${parts.join(', ')}]`
}

function mapText(map: CelMap): string | CelError {
  const parts: [string, string][] = []
  for (const key of map.keys()) {
    if (key instanceof CelDouble) return new CelError(`no formatting function for map key of type ${typeName(key)}`)
    const name = literal(key)
    const value = literal(map.find(key) as Value)
    if (typeof name !== 'string') return name
    if (typeof value !== 'string') return value
    parts.push([name, value])
  }
  parts.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${parts.map(([name, value]) => `${name}:${value}`).join(', ')}}`
}

const text: Clause = (value) => {
  if (value === null) return 'null'
  if (value instanceof CelList) return listText(value)
  if (value instanceof CelMap) return mapText(value)
  if (value instanceof CelType) return value.name
  const shown = toText(value)
  if (typeof shown === 'string') return shown
  if (value instanceof Uint8Array) return shown as CelError
  const accepted = 'strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps'
  return new CelError(`string clause can only be used on ${accepted}, was given ${typeName(value)}`)
}

function clauseOf(letter: string, precision: number): Clause | undefined {
  switch (letter) {
    case 's':
      return text
    case 'd':
      return decimal
    case 'f':
      return fixedClause(precision)
    case 'e':
      return scientificClause(precision)
    case 'b':
      return binary
    case 'x':
      return hex
    case 'X':
      return (value) => {
        const shown = hex(value)
        return typeof shown === 'string' ? shown.toUpperCase() : shown
      }
    case 'o':
      return octal
    default:
      return undefined
  }
}

const clauses = /%%|%(\.\d*)?([\s\S])?/gu

const words: Readonly<Record<string, readonly [types: string, message: string]>> = {
  d: ['int uint', 'decimal clause can only be used on integers'],
  f: ['double string', 'fixed-point clause can only be used on doubles'],
  e: ['double string', 'scientific clause can only be used on doubles'],
  b: ['int uint bool', 'only integers and bools can be formatted as binary'],
  x: ['int uint string bytes', 'only integers, byte buffers, and strings can be formatted as hex'],
  o: ['int uint', 'octal clause can only be used on integers'],
  s: [
    'list map int uint double bool string timestamp bytes duration type null',
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  ],
}

/** What is wrong with a format whose arguments have these types; `index` is the argument's when it is one's fault. */
export function formatFault(format: string, types: readonly Type[]): { message: string; index?: number } | undefined {
  let index = 0
  for (const [all, precision, letter] of format.matchAll(clauses)) {
    if (all === '%%') continue
    const type = types[index]
    if (!type) return { message: `index ${index} out of range` }
    if (letter === undefined && precision === undefined) return { message: 'unexpected end of string' }
    const known = letter === 'X' ? words.x : words[letter ?? '']
    if (!known || precision === '.') return { message: (clauseText(letter, precision, null) as CelError).message }
    const accepted = isDynOrError(type) || type.kind === 'param' || known[0].split(' ').includes(type.kind)
    if (!accepted) return { message: `error during formatting: ${known[1]}, was given ${type.name}`, index }
    index++
  }
  if (types.length <= index) return undefined
  return { message: `too many arguments supplied to string.format (expected ${index}, got ${types.length})` }
}

/** The text with its clauses replaced by the values. */
export function formatText(format: string, values: CelList): Value {
  let used = 0
  let fault: CelError | undefined
  const answer = format.replace(clauses, (all: string, precision: string | undefined, letter: string | undefined) => {
    if (all === '%%' || fault) return '%'
    const index = used++
    if (index >= values.size) fault = new CelError(`index ${index} out of range`)
    else if (letter === undefined && precision === undefined) fault = new CelError('unexpected end of string')
    else {
      const shown = clauseText(letter, precision, values.get(index))
      if (typeof shown === 'string') return shown
      fault = shown
    }
    return ''
  })
  return fault ?? answer
}

function clauseText(letter: string | undefined, precision: string | undefined, value: Value): string | CelError {
  const head = 'could not parse formatting clause: '
  const parsing = `${head}error while parsing precision: `
  if (letter === undefined) return new CelError(`${parsing}could not find end of precision specifier`)
  if (precision === '.')
    return new CelError(
      `${parsing}error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax`,
    )
  const clause = clauseOf(letter, precision === undefined ? defaultPrecision : Number(precision.slice(1)))
  if (!clause) return new CelError(`${head}unrecognized formatting clause "${letter}"`)
  const shown = clause(value)
  return typeof shown === 'string' ? shown : new CelError(`error during formatting: ${shown.message}`)
}
