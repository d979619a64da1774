/** `x in [constants]` as a look-up, at no cost of its own. */
import { CelDouble, type CelList, CelUint, int, isInt, type Value } from './values.ts'

function memberKey(value: Value): unknown {
  if (value instanceof CelUint) return int(value.value)
  if (!(value instanceof CelDouble)) return value
  return Number.isInteger(value.value) ? int(BigInt(value.value)) : value.value
}

/** The test whether a value is one of the list's, `undefined` when the list has others than plain values. */
export function membership(list: CelList): ((value: Value) => boolean) | undefined {
  const keys = new Set<unknown>()
  for (let index = 0; index < list.size; index++) {
    const value = list.get(index)
    const plain = typeof value === 'string' || typeof value === 'boolean' || isInt(value)
    if (!plain && !(value instanceof CelUint) && !(value instanceof CelDouble)) return undefined
    keys.add(memberKey(value))
  }
  return (value) => keys.has(memberKey(value)) && !(value instanceof CelDouble && Number.isNaN(value.value))
}
