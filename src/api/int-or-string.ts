/**
 * Fields that are a number or a percentage: maxSurge, maxUnavailable, minAvailable.
 * Source: k8s.io/apimachinery pkg/util/intstr; https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
 */
import { goQuote } from './go-text.ts'

/** A whole number, or text such as '25%' (or a port's name, which has no scaled value). */
export type IntOrString = number | string

/**
 * A number as it is, a percentage of `total` rounded up or down. Throws an Error with Kubernetes' text for an absent
 * value and for text that is not a percentage.
 */
export function scaledValue(value: IntOrString | undefined, total: number, roundUp: boolean): number {
  if (value === undefined) throw new Error('nil value for IntOrString')
  if (typeof value === 'number') return value
  const scaled = (percentOf(value) * total) / 100
  // Adding zero turns a negative zero into the plain one.
  return (roundUp ? Math.ceil(scaled) : Math.floor(scaled)) + 0
}

/** True for text that is a percentage. */
export function isPercent(value: IntOrString): boolean {
  return typeof value === 'string' && /^[+-]?\d+%$/.test(value)
}

function percentOf(text: string): number {
  if (!text.endsWith('%')) throw new Error('invalid value for IntOrString: invalid type: string is not a percentage')
  const digits = text.slice(0, -1)
  if (/^[+-]?\d+$/.test(digits)) return Number(digits)
  const why = `strconv.Atoi: parsing ${goQuote(digits)}: invalid syntax`
  throw new Error(`invalid value for IntOrString: invalid value ${goQuote(text)}: ${why}`)
}
