/** Loops over lists and maps that accumulate a value. */

import type { Context, Run } from './run.ts'
import { goType } from './shown.ts'
import { CelError, CelList, CelMap, GrowingList, GrowingMap, PlainList, PlainMap, type Value } from './values.ts'

interface Loop {
  readonly range: Run
  readonly condition: Run
  readonly step: Run
  readonly result: Run
  /** Slots of the accumulator and the iteration variables. */
  readonly accu: number
  readonly first: number
  readonly second: number | undefined
}

/** The accumulator's first value: empty lists and maps grow in place. */
function start(value: Value): Value {
  if (value instanceof CelList && value.size === 0) return new GrowingList([])
  if (value instanceof CelMap && value.size === 0) return new GrowingMap()
  return value
}

function finish(value: Value): Value {
  if (value instanceof GrowingList) return new PlainList(value.items)
  return value instanceof GrowingMap ? new PlainMap(value.entries) : value
}

function pairs(range: Value): Iterable<readonly [Value, Value]> | CelError {
  if (range instanceof CelMap) return range.keys().map((key) => [key, range.find(key) as Value] as const)
  if (!(range instanceof CelList)) return new CelError(`unsupported comprehension range type: ${goType(range)}`)
  return Array.from({ length: range.size }, (_, index) => [index, range.get(index)] as const)
}

function singles(range: Value): readonly Value[] | CelError {
  if (range instanceof PlainList) return range.items
  if (range instanceof CelList) return Array.from({ length: range.size }, (_, index) => range.get(index))
  if (range instanceof CelMap) return range.keys()
  return new CelError(`got '${goType(range)}', expected iterable type`)
}

function step(loop: Loop, context: Context): boolean {
  const go = loop.condition(context)
  if (go === false) return false
  context.slots[loop.accu] = loop.step(context)
  return true
}

function run(loop: Loop): Run {
  const { range, accu, first, second, result } = loop
  return (context) => {
    context.slots[accu] = undefined
    const over = range(context)
    if (over instanceof CelError) return over
    if (second === undefined) {
      const items = singles(over)
      if (items instanceof CelError) return items
      for (let index = 0; index < items.length; index++) {
        context.slots[first] = items[index]
        if (!step(loop, context)) break
      }
    } else {
      const entries = pairs(over)
      if (entries instanceof CelError) return entries
      for (const [key, value] of entries) {
        context.slots[first] = key
        context.slots[second] = value
        if (!step(loop, context)) break
      }
    }
    return finish(result(context))
  }
}

export const fold = { start, run }
