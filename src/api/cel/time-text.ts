/** Times and durations as texts, as Go reads and prints them. */
import { goQuote } from '../go-text.ts'
import { timestampOf } from './arithmetic.ts'
import { CelDuration, type CelTimestamp, largestInt, type Value } from './values.ts'

const dayMs = 86_400_000
const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/

/** The parts of an instant in UTC, `offsetMinutes` east of it. */
export interface DateParts {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly weekday: number
  readonly dayOfYear: number
  readonly hours: number
  readonly minutes: number
  readonly seconds: number
}

/** Days since 1970 of a civil date. Source: Howard Hinnant, "chrono-compatible low-level date algorithms". */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146097 + dayOfEra - 719468
}

/** The civil date of an instant. */
export function dateParts(seconds: number, offsetSeconds = 0): DateParts {
  const local = seconds + offsetSeconds
  const days = Math.floor(local / 86400)
  const rest = local - days * 86400
  const z = days + 719468
  const era = Math.floor(z / 146097)
  const dayOfEra = z - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return {
    year,
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
    weekday: (((days + 4) % 7) + 7) % 7,
    dayOfYear: days - daysOf(year, 1, 1),
    hours: Math.floor(rest / 3600),
    minutes: Math.floor((rest % 3600) / 60),
    seconds: rest % 60,
  }
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** The instant of an RFC 3339 text, an overflow error, or `undefined` when it is none. */
export function parseTimestamp(text: string): Value | undefined {
  const match = rfc3339.exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1, 7).map(Number)
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined
  const [, , , , , , , fraction = '', sign, zoneHours = '0', zoneMinutes = '0'] = match
  if (Number(zoneHours) > 24 || Number(zoneMinutes) > 60) return undefined
  const offset = (Number(zoneHours) * 3600 + Number(zoneMinutes) * 60) * (sign === '-' ? -1 : 1)
  const whole = daysOf(year, month, day) * (dayMs / 1000) + hours * 3600 + minutes * 60 + seconds - offset
  return timestampOf(BigInt(whole) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0')))
}

/** The instant at which a day `2006-01-02` begins, `undefined` when it is none. */
export function parseDate(text: string): Value | undefined {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? parseTimestamp(`${text}T00:00:00Z`) : undefined
}

const layout: readonly (readonly [RegExp, string])[] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d{2}/, '01'],
  [/^-/, '-'],
  [/^\d{2}/, '02'],
  [/^T/i, 'T'],
  [/^\d{2}/, '15'],
  [/^:/, ':'],
  [/^\d{2}/, '04'],
  [/^:/, ':'],
  [/^\d{2}/, '05'],
]

/** Why Go reads no day, or no day and time, in a text. */
export function goTimeFault(text: string, withTime: boolean): string {
  const parts = withTime ? layout : layout.slice(0, 5)
  const shown = parts.map(([, part]) => part).join('')
  let rest = text
  for (const [pattern, part] of parts) {
    const match = pattern.exec(rest)
    if (!match) return `parsing time ${goQuote(text)} as "${shown}": cannot parse ${goQuote(rest)} as "${part}"`
    rest = rest.slice(match[0].length)
  }
  if (rest !== '') return `parsing time ${goQuote(text)}: extra text: ${goQuote(rest)}`
  return `parsing time ${goQuote(text)}: ${Number(text.slice(5, 7)) > 12 ? 'month' : 'day'} out of range`
}

const two = (value: number) => String(value).padStart(2, '0')

/** An instant as RFC 3339 with as many digits as it needs. */
export function timestampText(time: CelTimestamp): string {
  const { year, month, day, hours, minutes, seconds } = dateParts(time.seconds)
  const fraction = time.nanos ? `.${String(time.nanos).padStart(9, '0').replace(/0+$/, '')}` : ''
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hours)}:${two(minutes)}:${two(seconds)}${fraction}Z`
}

const unitNanos: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}

/** The duration of a text like `1h30m0.5s`, `undefined` when it is none. */
export function parseDuration(text: string): CelDuration | undefined {
  const signed = /^[+-]?/.exec(text)?.[0] ?? ''
  const body = text.slice(signed.length)
  if (body === '0') return new CelDuration(0n)
  if (body === '') return undefined
  let total = 0n
  const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y
  for (let at = 0; at < body.length; at = part.lastIndex) {
    part.lastIndex = at
    const match = part.exec(body)
    if (!match) return undefined
    const [, whole = '', fraction = '', unit = 's'] = match
    if (whole === '' && fraction === '') return undefined
    const scale = unitNanos[unit] as bigint
    const digits = fraction.slice(0, 18)
    total += BigInt(whole || '0') * scale + (BigInt(digits || '0') * scale) / 10n ** BigInt(digits.length)
    if (total > largestInt + (signed === '-' ? 1n : 0n)) return undefined
  }
  return new CelDuration(signed === '-' ? -total : total)
}

/** A duration in seconds: `5400s`, `0.5s`. */
export function durationText(duration: CelDuration): string {
  const negative = duration.nanos < 0n
  const size = negative ? -duration.nanos : duration.nanos
  const whole = size / 1_000_000_000n
  const fraction = String(size % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${negative ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}s`
}
