/** Values as Go's `%v` prints them in errors, and the names of cel-go's types for them. */
import { durationText, timestampText } from './time-text.ts'
import {
  CelDouble,
  CelDuration,
  CelError,
  CelList,
  CelMap,
  CelOptional,
  CelTimestamp,
  CelType,
  CelUint,
  type Value,
} from './values.ts'

/** A double as Go's `%g` prints it: shortest, with an exponent when that is below -4 or above 5. */
export function goDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e')
    const amount = exponent.replace(/^[+-]/, '')
    return `${digits}e${exponent.startsWith('-') ? '-' : '+'}${amount.padStart(2, '0')}`
  }
  return String(value)
}

/** A value inside an error message. */
export function shownValue(value: Value): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return String(value)
  if (value instanceof CelUint) return String(value.value)
  if (value instanceof CelDouble) return goDouble(value.value)
  if (value instanceof CelTimestamp) return timestampText(value)
  if (value instanceof CelDuration) return durationText(value)
  if (value instanceof CelType) return value.name
  if (value instanceof CelError) return value.message
  if (value instanceof CelOptional)
    return value.value === undefined ? 'optional.none()' : `optional(${shownValue(value.value)})`
  if (value instanceof CelList)
    return `[${Array.from({ length: value.size }, (_, at) => shownValue(value.get(at))).join(', ')}]`
  if (value instanceof CelMap)
    return `{${value
      .keys()
      .map((key) => `${shownValue(key)}: ${shownValue(value.find(key) as Value)}`)
      .join(', ')}}`
  return value instanceof Uint8Array ? `[${[...value].join(' ')}]` : value.typeName
}

/** The Go type behind a value, as `%T` prints it. */
export function goType(value: Value): string {
  if (value === null) return 'types.Null'
  if (typeof value === 'string') return 'types.String'
  if (typeof value === 'boolean') return 'types.Bool'
  if (typeof value === 'number' || typeof value === 'bigint') return 'types.Int'
  if (value instanceof CelDouble) return 'types.Double'
  if (value instanceof CelUint) return 'types.Uint'
  if (value instanceof CelTimestamp) return 'types.Timestamp'
  if (value instanceof CelDuration) return 'types.Duration'
  if (value instanceof CelOptional) return '*types.Optional'
  if (value instanceof CelType) return '*types.Type'
  if (value instanceof Uint8Array) return 'types.Bytes'
  return 'typeName' in value ? value.typeName : 'types.Err'
}
