/**
 * Schedules in cron's notation, five fields or a word such as `@daily`, in any time zone.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
 */
import { Cron, CronPattern } from 'croner'

const words: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

/** Why a schedule cannot be read, in the words of Kubernetes' parser; undefined for one that can. */
export function whyNotCron(schedule: string): string | undefined {
  const { pattern } = parts(schedule)
  if (every(pattern) !== undefined || Object.hasOwn(words, pattern)) return undefined
  if (pattern.startsWith('@')) return `unrecognized descriptor: ${pattern}`
  const fields = pattern.split(/\s+/).filter((field) => field !== '')
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`
  try {
    new CronPattern(pattern)
    return undefined
  } catch (error) {
    return `failed to parse: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** Why a name is no time zone. */
export function whyNotTimeZone(zone: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return undefined
  } catch {
    return `unknown time zone ${zone}`
  }
}

/** The next time after `afterMs` (ms), or undefined when there is none; `@every` counts from `afterMs`. */
export function nextCron(schedule: string, afterMs: number, zone: string | undefined): number | undefined {
  const { pattern, zone: written } = parts(schedule)
  const seconds = every(pattern)
  if (seconds !== undefined) return (Math.floor(afterMs / 1000) + seconds) * 1000
  const cron = new Cron(words[pattern] ?? pattern, { timezone: zone ?? written ?? 'UTC', mode: '5-part', paused: true })
  return cron.nextRun(new Date(afterMs))?.getTime()
}

/** A time (ms) in RFC 3339 as the clocks of a zone show it: `2026-01-01T05:31:00+05:30`. */
export function timeInZone(ms: number, zone: string | undefined): string {
  const shown = new Intl.DateTimeFormat('en', { timeZone: zone ?? 'UTC', timeZoneName: 'longOffset' })
  const name = shown.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  const [, sign = '+', hours = '0', minutes = '0'] = /^GMT([+-])(\d+)(?::(\d+))?$/.exec(name) ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  const local = new Date(ms + offset * 60_000).toISOString().slice(0, 19)
  return offset === 0 ? `${local}Z` : `${local}${sign}${hours.padStart(2, '0')}:${minutes.padStart(2, '0')}`
}

function parts(schedule: string): { pattern: string; zone: string | undefined } {
  const found = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/.exec(schedule.trim())
  return found === null
    ? { pattern: schedule.trim(), zone: undefined }
    : { pattern: (found[2] as string).trim(), zone: found[1] }
}

/** Seconds of `@every 1h30m`. */
function every(pattern: string): number | undefined {
  const found = /^@every\s+((?:\d+(?:\.\d+)?[hms])+)$/.exec(pattern)
  if (found === null) return undefined
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 }
  const amounts = [...(found[1] as string).matchAll(/(\d+(?:\.\d+)?)([hms])/g)]
  const total = amounts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit as string] as number), 0)
  return Math.max(1, Math.floor(total))
}
