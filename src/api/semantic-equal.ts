/**
 * Equality as the API server sees it when it asks whether a field changed: absent, null and empty are the same, and
 * amounts are compared as amounts (`1000m` is `1`).
 * Source: k8s.io/apimachinery pkg/api/equality (Semantic)
 */
import { compareQuantity, isQuantity, parseQuantity } from './quantity.ts'

const amountMaps = new Set(['limits', 'requests', 'capacity', 'allocatable', 'allocatedResources', 'overhead'])
const amounts = new Set(['sizeLimit', 'divisor'])

/** Whether two JSON values mean the same. */
export function semanticEqual(a: unknown, b: unknown): boolean {
  return same(a, b, false)
}

function same(a: unknown, b: unknown, amount: boolean): boolean {
  if (a === b) return true
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b)
  if (typeof a !== 'object' || typeof b !== 'object') return amount && sameAmount(a, b)
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameLists(a, b)
  return sameMaps(a as Record<string, unknown>, b as Record<string, unknown>, amount)
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  return typeof value === 'object' && Object.values(value).every((item) => item === undefined || item === null)
}

function sameAmount(a: unknown, b: unknown): boolean {
  return isQuantity(a) && isQuantity(b) && compareQuantity(parseQuantity(a), parseQuantity(b)) === 0
}

function sameLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => same(item, b[index], false))
}

function sameMaps(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>, amount: boolean) {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => same(a[key], b[key], amount || amountMaps.has(key) || amounts.has(key)))
}
