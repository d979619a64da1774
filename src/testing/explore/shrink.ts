/**
 * Making a counterexample small: fewer faults, then fewer inputs, then fewer choices; what is left out takes its ordinary
 * course. Every try is run again and counts only when the same property fails.
 * Source: delta debugging (Zeller and Hildebrandt, https://doi.org/10.1109/32.988498)
 */
import { Runner, untilSettled } from './run.ts'
import type { World } from './world.ts'

/** A log that still fails, and how it was found. */
export interface Shrunk {
  readonly log: readonly string[]
  readonly tries: number
}

const isFault = (name: string): boolean =>
  /^(hold|miss|travel|echo|skew|kill|silence|crash|time, )|, write \d+ |, shuffled /.test(name)
const isInput = (name: string): boolean => name.startsWith('input ')

/** How many tries shrinking may take. */
const patience = 3000

export function shrink(world: World, log: readonly string[], property: string): Shrunk {
  const runner = new Runner(world)
  let tries = 0
  const fails = (names: readonly string[]): readonly string[] | undefined => {
    if (tries >= patience) return undefined
    tries++
    const ran = runner.play(names, { property })
    return ran.violation === undefined ? undefined : ran.used
  }
  return { log: withRests(fewer(log, fails), fails), tries }
}

/** Answers the names that were used when a run of these names still fails. */
type Fails = (names: readonly string[]) => readonly string[] | undefined

/** Fewer faults, then fewer inputs, then fewer choices. */
export function fewer(log: readonly string[], fails: Fails): readonly string[] {
  let best: readonly string[] = fails(log) ?? log
  for (const group of [isFault, isInput, () => true]) {
    best = withoutMost(best, group, fails)
  }
  for (let before = -1; before !== best.length; ) {
    before = best.length
    best = withoutEach(best, fails)
  }
  return best
}

/** Leaves out halves, quarters, … of the group as long as that goes. */
function withoutMost(log: readonly string[], group: (name: string) => boolean, fails: Fails): readonly string[] {
  let best = log
  for (let size = Math.ceil(best.filter(group).length / 1); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; ; ) {
      const places = best.flatMap((name, i) => (group(name) ? [i] : []))
      if (start >= places.length) break
      const out = new Set(places.slice(start, start + size))
      const smaller = fails(best.filter((_name, i) => !out.has(i)))
      if (smaller === undefined) start += size
      else best = smaller
    }
  }
  return best
}

function withoutEach(log: readonly string[], fails: Fails): readonly string[] {
  let best = log
  for (let i = best.length - 1; i >= 0; i--) {
    const smaller = fails(best.filter((_name, at) => at !== i))
    if (smaller !== undefined && smaller.length < best.length) best = smaller
    if (i > best.length) i = best.length
  }
  return best
}

/** Stretches without faults and inputs become one word where letting everything settle does as well. */
function withRests(log: readonly string[], fails: Fails): readonly string[] {
  let best = log
  for (let start = 0; start < best.length; start++) {
    if (isFault(best[start] as string) || isInput(best[start] as string)) continue
    let end = start + 1
    while (end < best.length && !isFault(best[end] as string) && !isInput(best[end] as string)) end++
    const rested = fails([...best.slice(0, start), untilSettled, ...best.slice(end)])
    if (rested === undefined) {
      start = end - 1
      continue
    }
    best = rested
    const without = withoutEach(best, fails)
    if (without.length < best.length) {
      best = without
      start = -1
    }
  }
  return best
}
