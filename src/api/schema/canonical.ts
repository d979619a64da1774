/**
 * The text by which Go's own types write what they read: quantities in their canonical form, times in UTC with the
 * precision of their type, base64 without line ends. Values that are none of these stay as they are.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
import { formatQuantity, isQuantity } from '../quantity.ts'
import { isTime, parseTime, toMicro, toRfc3339 } from '../time.ts'
import type { FieldType } from './schema.ts'

const seconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const micros = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/

/** The value of a scalar type as it is stored. */
export function canonical(type: FieldType, value: unknown): unknown {
  switch (type.kind) {
    case 'quantity':
      return isQuantity(value) ? formatQuantity(value) : value
    case 'time':
      return seconds.test(value as string) || !isTime(value) ? value : toRfc3339(parseTime(value))
    case 'micro-time':
      return micros.test(value as string) || !isTime(value) ? value : inUtc(value)
    case 'bytes':
      return typeof value === 'string' && /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, '') : value
    default:
      return value
  }
}

/** Microseconds are below the clock's precision, so they are carried over as text. */
function inUtc(time: string): string {
  const fraction = /\.(\d{1,6})/.exec(time)?.[1] ?? ''
  return toMicro(parseTime(time)).replace(/\.\d+Z$/, `.${fraction.padEnd(6, '0')}Z`)
}
