/** Quantities against the answers of the real library, and the laws they keep. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addQuantity,
  compareQuantity,
  formatQuantity,
  isQuantity,
  milliValue,
  parseQuantity,
  quantityToNumber,
  subQuantity,
  value,
} from '../../src/api/quantity.ts'
import { golden, thrownText } from '../support/golden.ts'

interface Parsed {
  in: string
  error?: string
  canonical: string
  format: string
  value: string
  milli: string
  float: number
  plusZero: string
}
interface Arithmetic {
  a: string
  b: string
  add: string
  sub: string
  cmp: number
}
const cases = golden<{ parse: Parsed[]; arithmetic: Arithmetic[] }>('quantity')
// JSON numbers and texts may be surrounded by space; the library trims before it parses.
const trimmed = new Set([' 1', '1 ', '1\n'])
// The library's own 64-bit limits, kept out on purpose: amounts beyond E lose their suffix, large ones wrap, and the
// smallest negative amount rounds to a positive one.
const losesSuffix = new Set(['1000E', '10000E', '1e21', '10e20', '1e30'])
const int64 = 2 ** 63
const wraps = (one: Parsed, thousand: number) => Math.abs(one.float * thousand) >= int64 || one.in === '-0.1n'

describe('parseQuantity', () => {
  for (const one of cases.parse.filter(({ in: text }) => !trimmed.has(text))) {
    it(`reads ${JSON.stringify(one.in)} as the library does`, () => {
      expect(thrownText(() => parseQuantity(one.in))).toBe(one.error)
      expect(isQuantity(one.in)).toBe(one.error === undefined)
      if (one.error !== undefined) return
      const quantity = parseQuantity(one.in)
      expect(quantity.format).toBe(one.format)
      if (quantity.format !== 'DecimalSI' || !losesSuffix.has(one.in)) {
        expect(formatQuantity(quantity)).toBe(one.canonical)
        expect(formatQuantity(addQuantity(quantity, parseQuantity('0')))).toBe(one.plusZero)
      }
      if (!wraps(one, 1)) expect(value(one.in)).toBe(Number(one.value))
      if (!wraps(one, 1000)) expect(milliValue(one.in)).toBe(Number(one.milli))
      expect(Math.abs(quantityToNumber(quantity) - one.float)).toBeLessThanOrEqual(Math.abs(one.float) * 1e-15)
    })
  }
  it('ignores surrounding space and takes JSON numbers', () => {
    expect(formatQuantity(' 1500m ')).toBe('1500m')
    expect(formatQuantity(0.5)).toBe('500m')
  })
  it('keeps amounts that 64 bits cannot hold', () => {
    expect(formatQuantity('1000E')).toBe('1000E')
    expect(value('12E')).toBe(12e18)
    expect(milliValue('-0.1n')).toBe(-1)
    expect(() => parseQuantity('1e99999')).toThrow("unable to parse quantity's suffix")
  })
})

describe('arithmetic', () => {
  for (const one of cases.arithmetic) {
    it(`${one.a} and ${one.b}`, () => {
      const [a, b] = [parseQuantity(one.a), parseQuantity(one.b)]
      expect(formatQuantity(addQuantity(a, b))).toBe(one.add)
      expect(formatQuantity(subQuantity(a, b))).toBe(one.sub)
      expect(compareQuantity(a, b)).toBe(one.cmp)
    })
  }
})

const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'n', 'u')
const quantityText = fc
  .tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 0, max: 999 }), suffix)
  .map(([whole, fraction, unit]) => `${whole}${fraction === 0 ? '' : `.${fraction}`}${unit}`)

describe('laws', () => {
  it('a printed quantity reads back as the same amount', () => {
    fc.assert(
      fc.property(quantityText, (text) => {
        const quantity = parseQuantity(text)
        expect(compareQuantity(parseQuantity(formatQuantity(quantity)), quantity)).toBe(0)
      }),
    )
  })
  it('canonical text is a fixed point', () => {
    fc.assert(
      fc.property(quantityText, (text) => {
        const canonical = formatQuantity({ ...parseQuantity(text), text: undefined } as never)
        expect(formatQuantity(canonical)).toBe(canonical)
      }),
    )
  })
  it('adding and subtracting the same amount changes nothing', () => {
    fc.assert(
      fc.property(quantityText, quantityText, (left, right) => {
        const [a, b] = [parseQuantity(left), parseQuantity(right)]
        expect(compareQuantity(subQuantity(addQuantity(a, b), b), a)).toBe(0)
      }),
    )
  })
})
