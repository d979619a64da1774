/** Times, sizes and changes in words. */
import type { Json } from '../../../api/object.ts'
import type { CommitRecord, FeedRecord } from '../../words.ts'

/** ms as `1.4s`, `12m 5s`, `3h 20m`, `2d 4h`: two units at most. */
export function duration(ms: number): string {
  if (ms < 0) return `-${duration(-ms)}`
  if (ms < 1000) return `${Math.round(ms)}ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${trim(seconds.toFixed(seconds < 10 ? 2 : 1))}s`
  const whole = Math.round(seconds)
  if (whole < 3600) return two(Math.floor(whole / 60), 'm', whole % 60, 's')
  if (whole < 86_400) return two(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'm')
  return two(Math.floor(whole / 86_400), 'd', Math.floor((whole % 86_400) / 3600), 'h')
}

/** As `duration`, told apart from what is `unit` ms later. */
export function preciseDuration(ms: number, unit: number): string {
  if (ms < 60_000 || unit >= 1000) return duration(ms)
  const digits = unit >= 100 ? 1 : unit >= 10 ? 2 : 3
  const minutes = Math.floor(ms / 60_000)
  const rest = `${((ms - minutes * 60_000) / 1000).toFixed(digits)}s`
  return minutes < 60 ? `${minutes}m ${rest}` : `${Math.floor(minutes / 60)}h ${minutes % 60}m ${rest}`
}

function trim(text: string): string {
  return text.replace(/\.?0+$/, '')
}

function two(large: number, unit: string, small: number, smaller: string): string {
  return small === 0 ? `${large}${unit}` : `${large}${unit} ${small}${smaller}`
}

/** `14:03:07.250`, UTC. */
export function clockTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23)
}

/** `2026-01-01 14:03:07.250 UTC`. */
export function fullTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23).replace('T', ' ')} UTC`
}

/** Millicores as `250m`, `1.5`. */
export function cpu(milli: number): string {
  return milli % 1000 === 0 || milli >= 10_000 ? trim((milli / 1000).toFixed(1)) : `${milli}m`
}

/** Bytes as `64Mi`, `1.5Gi`. */
export function bytes(count: number): string {
  for (const [unit, size] of [
    ['Ti', 2 ** 40],
    ['Gi', 2 ** 30],
    ['Mi', 2 ** 20],
    ['Ki', 2 ** 10],
  ] as const)
    if (count >= size) return `${trim((count / size).toFixed(1))}${unit}`
  return `${count}`
}

/** A value on one line, cut at `most` characters. */
export function shortValue(value: Json | undefined, most = 80): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

const verbs = { ADDED: 'created', MODIFIED: 'changed', DELETED: 'removed' } as const

/** `controller/replicaset created Pod web-0`. */
export function commitWords({ change, object, cause }: CommitRecord): string {
  return `${cause.by} ${verbs[change]} ${object.kind} ${object.name}`
}

/** One record as a line. */
export function recordWords(record: FeedRecord): string {
  switch (record.type) {
    case 'commit':
      return commitWords(record)
    case 'actor':
      if (record.news === 'stopped') return `${record.id} stopped`
      return `${record.id}: ${record.event.replace(/^xstate\.after\.([^.]+)\..*$/, 'after $1')} → ${record.states[record.states.length - 1] ?? ''}`
    case 'fault':
      return `fault: ${record.text}`
    case 'command':
      return record.text
    case 'trouble':
      return `${record.by} ${record.key}: ${record.error}`
  }
}

/** `12 requests/s`, `0.5 requests/s`. */
export function rate(requestsPerSecond: number): string {
  return `${Number(requestsPerSecond.toPrecision(3))} requests/s`
}
