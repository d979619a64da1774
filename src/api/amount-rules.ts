/**
 * The rules of numbers that may also be percentages: maxSurge, maxUnavailable, minAvailable.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment
 */
import { faults, nonNegative, when } from './checks.ts'
import { type FieldError, invalidValue, type Path } from './field-error.ts'
import type { IntOrString } from './int-or-string.ts'
import { isValidPercent } from './names.ts'

/** A number that is not negative, or digits and a percent sign. */
export function amountOrPercentFaults(value: IntOrString | undefined, place: Path): FieldError[] {
  if (typeof value === 'string') return faults(place, value, isValidPercent(value))
  return nonNegative(value, place)
}

/** No more than all. */
export function atMostAllFaults(value: IntOrString | undefined, place: Path): FieldError[] {
  const percent = percentOf(value)
  const isMore = percent !== undefined && percent > 100
  return when(isMore, invalidValue(place, value, 'must not be greater than 100%'))
}

/** Whether the number, or the percentage, is nothing; text that is neither is nothing too. */
export function isNothing(value: IntOrString | undefined): boolean {
  return typeof value === 'string' ? (percentOf(value) ?? 0) === 0 : (value ?? 0) === 0
}

function percentOf(value: IntOrString | undefined): number | undefined {
  const digits = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined
  return digits === undefined ? undefined : Number(digits)
}
