/** Deep equality of JSON values, identity first. The only door to fast-equals. */
import { deepEqual } from 'fast-equals'

/** True when both values are the same JSON. */
export function equal(a: unknown, b: unknown): boolean {
  return a === b || deepEqual(a, b)
}
