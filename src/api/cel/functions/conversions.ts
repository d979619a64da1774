/** Conversions between the basic types, with cel-go's errors. Source: the CEL language definition, "Functions". */

import { IpAddress, IpNetwork } from '../address.ts'
import { timestampOf } from '../arithmetic.ts'
import { goDouble } from '../shown.ts'
import { dateParts, durationText, parseDuration, parseTimestamp, timestampText } from '../time-text.ts'
import {
  CelDouble,
  CelDuration,
  CelError,
  CelTimestamp,
  CelUint,
  int,
  isInt,
  largestInt,
  largestUint,
  smallestInt,
  typeName,
  type Value,
} from '../values.ts'
import type { Functions } from './dispatch.ts'

const integerOverflow = new CelError('integer overflow')
const uintOverflow = new CelError('unsigned integer overflow')
const encoder = new TextEncoder()

const failed = (value: Value, to: string) => new CelError(`type conversion error from '${typeName(value)}' to '${to}'`)

function toInt(value: Value): Value {
  if (isInt(value)) return value
  if (value instanceof CelUint) return value.value > largestInt ? integerOverflow : int(value.value)
  if (value instanceof CelDouble) {
    // 2^63 itself is outside on both sides, as in cel-go.
    const within = value.value > -(2 ** 63) && value.value < 2 ** 63
    return within ? int(BigInt(Math.trunc(value.value))) : integerOverflow
  }
  if (value instanceof CelTimestamp) return value.seconds
  if (value instanceof CelDuration) return int(value.nanos)
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) {
    const parsed = BigInt(value.replace(/^\+/, ''))
    if (parsed >= smallestInt && parsed <= largestInt) return int(parsed)
  }
  return failed(value, 'int')
}

function toUint(value: Value): Value {
  if (value instanceof CelUint) return value
  if (isInt(value)) return value < 0 ? uintOverflow : new CelUint(BigInt(value))
  if (value instanceof CelDouble) {
    const within = value.value >= 0 && value.value < 2 ** 64
    return within ? new CelUint(BigInt(Math.trunc(value.value))) : uintOverflow
  }
  if (typeof value === 'string' && /^\d+$/.test(value)) {
    const parsed = BigInt(value)
    if (parsed <= largestUint) return new CelUint(parsed)
  }
  return failed(value, 'uint')
}

const specialDoubles: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '+infinity': Number.POSITIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
}

function toDouble(value: Value): Value {
  if (value instanceof CelDouble) return value
  if (isInt(value)) return new CelDouble(Number(value))
  if (value instanceof CelUint) return new CelDouble(Number(value.value))
  if (typeof value !== 'string') return failed(value, 'double')
  const special = specialDoubles[value.toLowerCase()]
  if (special !== undefined) return new CelDouble(special)
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) return failed(value, 'double')
  const parsed = Number(value)
  return Number.isFinite(parsed) ? new CelDouble(parsed) : failed(value, 'double')
}

/** The text of a value: what `string(value)` answers. */
export function toText(value: Value): Value {
  if (typeof value === 'string') return value
  if (isInt(value) || typeof value === 'boolean') return String(value)
  if (value instanceof CelUint) return String(value.value)
  if (value instanceof CelDouble) return goDouble(value.value)
  if (value instanceof CelTimestamp) return timestampText(value)
  if (value instanceof CelDuration) return durationText(value)
  if (value instanceof IpAddress || value instanceof IpNetwork) return value.text
  if (!(value instanceof Uint8Array)) return failed(value, 'string')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value)
  } catch {
    return new CelError('invalid UTF-8 in bytes, cannot convert to string')
  }
}

const truths = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const falsehoods = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

function toBool(value: Value): Value {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string' && truths.has(value)) return true
  return typeof value === 'string' && falsehoods.has(value) ? false : failed(value, 'bool')
}

function toTimestamp(value: Value): Value {
  if (value instanceof CelTimestamp) return value
  if (isInt(value)) return timestampOf(BigInt(value) * 1_000_000_000n)
  const parsed = typeof value === 'string' ? parseTimestamp(value) : undefined
  return parsed ?? failed(value, 'google.protobuf.Timestamp')
}

function toDuration(value: Value): Value {
  if (value instanceof CelDuration) return value
  if (isInt(value)) return new CelDuration(BigInt(value))
  const parsed = typeof value === 'string' ? parseDuration(value) : undefined
  return parsed ?? failed(value, 'google.protobuf.Duration')
}

/** Seconds east of UTC of a time zone at an instant, or why there is none. */
function zoneOffset(zone: string, seconds: number): number | CelError {
  const colon = zone.indexOf(':')
  if (colon < 0) return namedOffset(zone, seconds)
  const hours = zone.slice(0, colon)
  const minutes = zone.slice(colon + 1)
  for (const part of [hours, minutes])
    if (!/^[+-]?\d+$/.test(part)) return new CelError(`strconv.Atoi: parsing ${JSON.stringify(part)}: invalid syntax`)
  const span = Number(hours) * 60 + (zone.startsWith('-') ? -Number(minutes) : Number(minutes))
  return span * 60
}

function namedOffset(zone: string, seconds: number): number | CelError {
  if (zone === '' || zone === 'UTC') return 0
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    const name = format.formatToParts(seconds * 1000).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
    const match = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name)
    if (!match) return 0
    const size = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0)
    return match[1] === '-' ? -size : size
  } catch {
    return new CelError(`unknown time zone ${zone}`)
  }
}

/** A getter of times, and of durations when `nanosEach` tells how much one unit is. */
function part(read: (date: ReturnType<typeof dateParts>, time: CelTimestamp) => number, nanosEach?: bigint) {
  return ([value = null, zone]: readonly Value[]): Value => {
    if (value instanceof CelDuration && nanosEach !== undefined) return int(value.nanos / nanosEach)
    if (!(value instanceof CelTimestamp)) return new CelError('no such overload')
    const offset = typeof zone === 'string' ? zoneOffset(zone, value.seconds) : 0
    return typeof offset === 'number' ? read(dateParts(value.seconds, offset), value) : offset
  }
}

export const conversions: Functions = {
  int: ([value = null]) => toInt(value),
  uint: ([value = null]) => toUint(value),
  double: ([value = null]) => toDouble(value),
  string: ([value = null]) => toText(value),
  bool: ([value = null]) => toBool(value),
  bytes: ([value = null]) => (typeof value === 'string' ? encoder.encode(value) : value),
  timestamp: ([value = null]) => toTimestamp(value),
  duration: ([value = null]) => toDuration(value),
  getFullYear: part((date) => date.year),
  getMonth: part((date) => date.month - 1),
  getDayOfYear: part((date) => date.dayOfYear),
  getDayOfMonth: part((date) => date.day - 1),
  getDate: part((date) => date.day),
  getDayOfWeek: part((date) => date.weekday),
  getHours: part((date) => date.hours, 3_600_000_000_000n),
  getMinutes: part((date) => date.minutes, 60_000_000_000n),
  getSeconds: part((date) => date.seconds, 1_000_000_000n),
  getMilliseconds: part((_, time) => Math.floor(time.nanos / 1e6), 1_000_000n),
}
