/** Functions of lists: Kubernetes' lists library, cel-go's lists (version 3) and sets extensions. */
import { add } from '../arithmetic.ts'
import { compare, equal, isOrdered } from '../equality.ts'
import { shownValue } from '../shown.ts'
import {
  CelDouble,
  CelDuration,
  CelError,
  CelList,
  CelMap,
  CelOptional,
  CelUint,
  GrowingMap,
  none,
  noOverload,
  PlainList,
  PlainMap,
  typeName,
  type Value,
} from '../values.ts'
import type { Functions } from './dispatch.ts'
import { contains } from './operators.ts'

/** The elements of a list. */
export function itemsOf(list: CelList): Value[] {
  return list instanceof PlainList ? list.items : Array.from({ length: list.size }, (_, index) => list.get(index))
}

/** A function of lists. */
function onList(run: (items: Value[], rest: readonly Value[], list: CelList) => Value) {
  return ([list = null, ...rest]: readonly Value[]): Value =>
    list instanceof CelList ? run(itemsOf(list), rest, list) : noOverload
}

/** The first (`step` 1) or last (-1) position of a value, -1 when it is not in the list. */
export function listIndex(list: CelList, value: Value, step: 1 | -1): Value {
  const items = itemsOf(list)
  const found = (item: Value) => equal(item, value) === true
  return step === 1 ? items.findIndex(found) : items.findLastIndex(found)
}

/** The least (`sign` 1) or greatest (-1) element. */
function extreme(name: string, sign: 1 | -1) {
  return onList((items) => {
    let [best] = items
    if (best === undefined) return new CelError(`${name} called on empty list`)
    if (!items.every(isOrdered)) return noOverload
    for (const item of items.slice(1)) if (compare(best, item) === sign) best = item
    return best
  })
}

function sum(items: readonly Value[], zero: Value): Value {
  let total = zero
  for (const item of items) {
    total = add(total, item)
    if (total instanceof CelError) return total
  }
  return total
}

/** The sum of no elements: by the overload, or by the first element when the overload is not known. */
function zeroOf(overload: string, value: Value | undefined): Value {
  if (overload.includes('double') || value instanceof CelDouble) return new CelDouble(0)
  if (overload.includes('uint') || value instanceof CelUint) return new CelUint(0n)
  return overload.includes('duration') || value instanceof CelDuration ? new CelDuration(0n) : 0
}

function isSorted(items: readonly Value[]): boolean {
  return items.every((item, index) => index === 0 || compare(items[index - 1] as Value, item) !== 1)
}

function slice(items: Value[], [start = 0, end = 0]: readonly Value[]): Value {
  const at = `cannot slice(${shownValue(start)}, ${shownValue(end)})`
  if (Number(start) < 0 || Number(end) < 0) return new CelError(`${at}, negative indexes not supported`)
  if (Number(start) > Number(end)) return new CelError(`${at}, start index must be less than or equal to end index`)
  if (items.length < Number(end)) return new CelError(`${at}, list is length ${items.length}`)
  return new PlainList(items.slice(Number(start), Number(end)))
}

function flatten(items: readonly Value[], depth: number): Value[] {
  return items.flatMap((item) => (item instanceof CelList && depth > 0 ? flatten(itemsOf(item), depth - 1) : [item]))
}

function distinct(items: readonly Value[]): Value[] {
  const kept: Value[] = []
  for (const item of items) if (!kept.some((other) => equal(item, other) === true)) kept.push(item)
  return kept
}

function sortBy(items: readonly Value[], keys: readonly Value[], list: CelList): Value {
  if (items.length !== keys.length)
    return new CelError(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${items.length} and ${keys.length} elements respectively`,
    )
  const [first] = keys
  if (first === undefined) return list
  if (!isOrdered(first)) return new CelError('list elements must be comparable')
  if (keys.some((key) => typeName(key) !== typeName(first)))
    return new CelError('list elements must have the same type')
  const order = items.map((_, index) => index)
  order.sort((a, b) => {
    const answer = compare(keys[a] as Value, keys[b] as Value)
    return typeof answer === 'number' ? answer : 0
  })
  return new PlainList(order.map((index) => items[index] as Value))
}

function containsAll(list: Value, wanted: CelList): Value {
  for (const item of itemsOf(wanted)) {
    const found = contains(list, item)
    if (found !== true) return found
  }
  return true
}

function unwrap(items: readonly Value[]): Value {
  const values: Value[] = []
  for (const item of items) {
    if (!(item instanceof CelOptional)) return new CelError(`value ${shownValue(item)} is not optional`)
    if (item.value !== undefined) values.push(item.value)
  }
  return new PlainList(values)
}

function insert(map: CelMap, entries: readonly (readonly [Value, Value])[]): Value {
  const target = map instanceof GrowingMap ? map : new PlainMap()
  if (target !== map) for (const key of map.keys()) target.set(key, map.find(key) as Value)
  for (const [key, value] of entries) {
    if (target.find(key) !== undefined) return new CelError(`insert failed: key ${shownValue(key)} already exists`)
    target.set(key, value)
  }
  return target
}

function zero(value: Value): boolean {
  if (value instanceof CelList || value instanceof CelMap) return value.size === 0
  if (value instanceof Uint8Array) return value.length === 0
  if (value instanceof CelUint || value instanceof CelDouble) return Number(value.value) === 0
  if (value instanceof CelDuration) return value.nanos === 0n
  if (value instanceof CelOptional) return value.value === undefined || zero(value.value)
  return value === null || value === '' || value === 0 || value === false
}

export const lists: Functions = {
  isSorted: onList(isSorted),
  min: extreme('min', 1),
  max: extreme('max', -1),
  sum: ([list = null], overload) =>
    list instanceof CelList
      ? sum(itemsOf(list), zeroOf(overload, list.size > 0 ? list.get(0) : undefined))
      : noOverload,
  slice: onList(slice),
  reverse: onList((items) => new PlainList(items.toReversed())),
  distinct: onList((items) => new PlainList(distinct(items))),
  sort: onList((items, _, list) => sortBy(items, items, list)),
  '@sortByAssociatedKeys': onList((items, [keys], list) =>
    keys instanceof CelList ? sortBy(items, itemsOf(keys), list) : noOverload,
  ),
  flatten: onList((items, [depth = 1]) =>
    Number(depth) < 0 ? new CelError('level must be non-negative') : new PlainList(flatten(items, Number(depth))),
  ),
  'lists.range': ([count = 0]) =>
    new PlainList(Array.from({ length: Math.max(0, Number(count)) }, (_, index) => index)),
  first: onList(([first]) => (first === undefined ? none : new CelOptional(first))),
  last: onList((items) => (items.length === 0 ? none : new CelOptional(items.at(-1)))),
  'sets.contains': ([list = null, wanted]) => (wanted instanceof CelList ? containsAll(list, wanted) : noOverload),
  'sets.equivalent': ([a, b]) => {
    if (!(a instanceof CelList) || !(b instanceof CelList)) return noOverload
    const answer = containsAll(a, b)
    return answer === true ? containsAll(b, a) : answer
  },
  'sets.intersects': onList((items, [other = null]) => items.some((item) => contains(other, item) === true)),
  'optional.of': ([value = null]) => new CelOptional(value),
  'optional.ofNonZeroValue': ([value = null]) => (zero(value) ? none : new CelOptional(value)),
  'optional.none': () => none,
  'optional.unwrap': onList(unwrap),
  unwrapOpt: onList(unwrap),
  value: ([value]) => {
    if (!(value instanceof CelOptional)) return noOverload
    return value.value ?? (value.value === null ? null : new CelError('optional.none() dereference'))
  },
  hasValue: ([value]) => (value instanceof CelOptional ? value.value !== undefined : noOverload),
  'cel.@mapInsert': ([map, key = null, value]) => {
    if (!(map instanceof CelMap)) return noOverload
    if (value !== undefined) return insert(map, [[key, value]])
    return key instanceof CelMap
      ? insert(
          map,
          key.keys().map((each) => [each, key.find(each) as Value]),
        )
      : noOverload
  },
}
