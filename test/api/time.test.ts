/** Times, ages and durations against Go's answers. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ageOf, humanDuration, isTime, parseDuration, parseTime, toMicro, toRfc3339 } from '../../src/api/time.ts'
import { golden } from '../support/golden.ts'

interface Time {
  in: string
  error?: true
  ms: number
  time: string
  micro: string
}
interface Duration {
  in: string
  error?: true
  ms: number
}
const cases = golden<{ human: [number, string][]; parse: Duration[]; times: Time[] }>('time')
// Go's zero time is written as null; here every year has a text.
const zeroTime = '0001-01-01T00:00:00Z'

describe('humanDuration', () => {
  it.each(cases.human)('%d ms is %s', (ms, text) => {
    expect(humanDuration(ms)).toBe(text)
    expect(ageOf(1_000_000, 1_000_000 + ms)).toBe(text)
  })
})

describe('parseDuration', () => {
  it.each(cases.parse)('$in', ({ in: text, error, ms }) => {
    if (error) expect(() => parseDuration(text)).toThrow(/^KYB-DURATION: /)
    else expect(parseDuration(text)).toBeCloseTo(ms, 9)
  })
  it('takes a number as ms', () => {
    expect(parseDuration(1500)).toBe(1500)
    expect(() => parseDuration(Number.NaN)).toThrow(/^KYB-DURATION: /)
  })
})

describe('times', () => {
  it.each(cases.times)('$in', ({ in: text, error, ms, time, micro }) => {
    expect(isTime(text)).toBe(error === undefined)
    if (error) {
      expect(() => parseTime(text)).toThrow(/^KYB-TIME: /)
      return
    }
    expect(parseTime(text)).toBe(ms)
    if (text === zeroTime) return
    expect(toRfc3339(ms)).toBe(time)
    expect(toMicro(ms)).toBe(micro)
  })
  it('agrees with the calendar of the language', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (ms) => {
        expect(toMicro(ms)).toBe(new Date(ms).toISOString().replace('Z', '000Z'))
        expect(parseTime(toMicro(ms))).toBe(ms)
      }),
    )
  })
})
