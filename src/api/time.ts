/**
 * Times and durations as Kubernetes writes them, by arithmetic alone: no clock and no time zone is read.
 * Sources: https://www.rfc-editor.org/rfc/rfc3339, k8s.io/apimachinery pkg/util/duration, https://pkg.go.dev/time#ParseDuration
 */
import { KybernError } from '../lib/coded-error.ts'

const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** metav1.Time of ms since 1970: `2024-01-31T08:00:00Z`, fractions of a second cut off. */
export function toRfc3339(ms: number): string {
  return `${dateTime(ms)}Z`
}

const days = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A time in ms as HTTP headers of Kubernetes carry it: `Tue, 23 Nov 2027 07:48:52 UTC`. */
export function toRfc1123(ms: number): string {
  const [date = '', time = ''] = toRfc3339(ms).split(/[TZ]/)
  const [year, month, day] = date.split('-')
  return `${days[Math.floor(ms / 86_400_000) % 7]}, ${day} ${months[Number(month) - 1]} ${year} ${time} UTC`
}

/** metav1.MicroTime of ms since 1970: `2024-01-31T08:00:00.123000Z`. */
export function toMicro(ms: number): string {
  const millis = Math.floor(ms) - Math.floor(ms / secondMs) * secondMs
  return `${dateTime(ms)}.${pad(millis, 3)}000Z`
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

function dateTime(ms: number): string {
  const days = Math.floor(ms / dayMs)
  const seconds = Math.floor((ms - days * dayMs) / secondMs)
  const { year, month, day } = civilFromDays(days)
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${clock.map((part) => pad(part, 2)).join(':')}`
}

// The proleptic Gregorian calendar in eras of 400 years that begin in March, so that the leap day comes last.
// Method: https://howardhinnant.github.io/date_algorithms.html
const daysPerEra = 146_097
const epochShift = 719_468

function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + epochShift
  const era = Math.floor(shifted / daysPerEra)
  const dayOfEra = shifted - era * daysPerEra
  const leaps = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

function daysFromCivil(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year
  const era = Math.floor(shiftedYear / 400)
  const yearOfEra = shiftedYear - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100)
  return era * daysPerEra + yearOfEra * 365 + leaps + dayOfYear - epochShift
}

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/** Ms since 1970 of an RFC 3339 time (fractions below a ms are cut off). Throws KYB-TIME for anything else. */
export function parseTime(text: string): number {
  const ms = readTime(text)
  if (ms === undefined) throw new Error(`KYB-TIME: ${JSON.stringify(text)} is not an RFC 3339 time`)
  return ms
}

/** True for a well-formed RFC 3339 time that exists in the calendar. */
export function isTime(text: unknown): text is string {
  return typeof text === 'string' && readTime(text) !== undefined
}

function readTime(text: string): number | undefined {
  const match = rfc3339.exec(text)
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const days = daysFromCivil(year, month, day)
  const back = civilFromDays(days)
  const offsetMinutes = Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0)
  const exists = month >= 1 && month <= 12 && back.month === month && back.day === day
  if (!exists || hour > 23 || minute > 59 || second > 59 || offsetMinutes >= 24 * 60) return undefined
  const millis = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3))
  const local = days * dayMs + hour * hourMs + minute * minuteMs + second * secondMs + millis
  return match[8] === undefined ? local : local - (match[8] === '-' ? -1 : 1) * offsetMinutes * minuteMs
}

/** The age kubectl shows for something that began at `fromMs`. */
export function ageOf(fromMs: number, nowMs: number): string {
  return humanDuration(nowMs - fromMs)
}

/** A duration in two or three figures: `119s`, `2m5s`, `10m`, `2h59m`, `47h`, `7d23h`, `3y5d`; `<invalid>` before -1s. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / secondMs)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.trunc(seconds / 60)
  if (minutes < 10) return `${minutes}m${rest(seconds % 60, 's')}`
  if (minutes < 180) return `${minutes}m`
  const hours = Math.trunc(minutes / 60)
  if (hours < 8) return `${hours}h${rest(minutes % 60, 'm')}`
  if (hours < 48) return `${hours}h`
  const days = Math.trunc(hours / 24)
  if (hours < 24 * 8) return `${days}d${rest(hours % 24, 'h')}`
  if (hours < 24 * 365 * 2) return `${days}d`
  const years = Math.trunc(days / 365)
  return hours < 24 * 365 * 8 ? `${years}y${rest(days % 365, 'd')}` : `${years}y`
}

function rest(value: number, unit: string): string {
  return value === 0 ? '' : `${value}${unit}`
}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: secondMs,
  m: minuteMs,
  h: hourMs,
}
const durationPart = /^(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/

/** Ms of a Go duration (`1h30m`, `250ms`, `-1.5s`, `0`); a number is ms already. Throws KYB-DURATION otherwise. */
export function parseDuration(text: string | number): number {
  if (typeof text === 'number' && Number.isFinite(text)) return text
  if (typeof text !== 'string')
    throw new KybernError('KYB-DURATION', `${text} is not a duration such as 1h30m, 10s or a number of milliseconds`)
  const sign = text.startsWith('-') ? -1 : 1
  let left = text.replace(/^[+-]/, '')
  if (left === '0') return 0
  const bad = () =>
    new KybernError('KYB-DURATION', `${JSON.stringify(text)} is not a duration such as 1h30m, 10s or 250ms`)
  if (left === '') throw bad()
  let ms = 0
  while (left !== '') {
    const part = durationPart.exec(left)
    if (part === null) throw bad()
    ms += Number(part[1]) * (unitMs[part[2] as string] as number)
    left = left.slice(part[0].length)
  }
  return ms === 0 ? 0 : sign * ms
}
