/**
 * Covering arrays: a few rows of parameters in which every combination of any `strength` parameters occurs. Most faults
 * need two or three parameters to meet, so this finds them with tens of clusters instead of thousands.
 * Source: D. Cohen et al., The AETG System (IEEE TSE 23/7, 1997); https://csrc.nist.gov/projects/automated-combinatorial-testing-for-software
 */
import { KybernError } from '../lib/coded-error.ts'

/** One value for each parameter. */
export type Row<F extends Readonly<Record<string, readonly unknown[]>>> = { readonly [K in keyof F]: F[K][number] }

/** How many uncovered combinations are tried as the beginning of a row. */
const tries = 10

/** The index of a value for each parameter; -1: not chosen yet. */
type Choice = readonly number[]

/**
 * Rows that cover every combination of `strength` parameters' values, greedily few; always the same ones. A strength of
 * all parameters is every combination. Throws KYB-TWISE for a parameter without values or a strength out of range.
 */
export function tWise<const F extends Readonly<Record<string, readonly unknown[]>>>(
  factors: F,
  strength = 2,
): Row<F>[] {
  const names = Object.keys(factors)
  const sizes = names.map((name) => (factors[name] ?? []).length)
  refuse(names, sizes, strength)
  const open = new Map(combinations(sizes, strength).map((tuple) => [keyOf(tuple), tuple]))
  const rows: Choice[] = []
  while (open.size > 0) {
    const row = bestRow(open, sizes, strength)
    for (const key of keysIn(row, strength)) open.delete(key)
    rows.push(row)
  }
  return rows.map(
    (row) => Object.fromEntries(names.map((name, i) => [name, factors[name]?.[row[i] as number]])) as Row<F>,
  )
}

function refuse(names: readonly string[], sizes: readonly number[], strength: number): void {
  const empty = names[sizes.indexOf(0)]
  if (empty !== undefined) throw new KybernError('KYB-TWISE', `the parameter "${empty}" has no values`)
  if (!Number.isInteger(strength) || strength < 1 || strength > names.length)
    throw new KybernError('KYB-TWISE', `${strength} of ${names.length} parameters cannot be combined`)
}

/** A parameter and the index of its value. */
type Pick = readonly [number, number]
type Tuple = readonly Pick[]

const keyOf = (tuple: Tuple): string => tuple.map(([factor, value]) => `${factor}:${value}`).join(' ')

/** Every combination of `strength` parameters with every value of each. */
function combinations(sizes: readonly number[], strength: number, from = 0): Tuple[] {
  if (strength === 0) return [[]]
  return sizes.flatMap((size, factor) =>
    factor < from
      ? []
      : combinations(sizes, strength - 1, factor + 1).flatMap((rest) =>
          Array.from({ length: size }, (_, value): Tuple => [[factor, value], ...rest]),
        ),
  )
}

/** The combinations that a row covers, of those parameters that are chosen. */
function keysIn(row: Choice, strength: number, withFactor?: number): string[] {
  const chosen = row.flatMap((value, factor): Pick[] => (value < 0 ? [] : [[factor, value]]))
  const subsets = (from: number, count: number): Pick[][] =>
    count === 0
      ? [[]]
      : chosen.slice(from).flatMap((pick, i) => subsets(from + i + 1, count - 1).map((rest) => [pick, ...rest]))
  const all = subsets(0, strength)
  return (withFactor === undefined ? all : all.filter((tuple) => tuple.some(([factor]) => factor === withFactor))).map(
    keyOf,
  )
}

function bestRow(open: ReadonlyMap<string, Tuple>, sizes: readonly number[], strength: number): Choice {
  const wanted = new Map<string, number>()
  for (const tuple of open.values())
    for (const pick of tuple) wanted.set(keyOf([pick]), (wanted.get(keyOf([pick])) ?? 0) + 1)
  let best: Choice = []
  let most = 0
  for (const [turn, tuple] of [...open.values()].slice(0, tries).entries()) {
    const row = completed(tuple, turn, { open, wanted, sizes, strength })
    const covered = keysIn(row, strength).filter((key) => open.has(key)).length
    if (covered > most) [best, most] = [row, covered]
  }
  return best
}

interface Search {
  readonly open: ReadonlyMap<string, Tuple>
  /** In how many uncovered combinations a value is. */
  readonly wanted: ReadonlyMap<string, number>
  readonly sizes: readonly number[]
  readonly strength: number
}

/** A row with this combination in it, the other parameters set one by one to what covers most, then to what is wanted most. */
function completed(tuple: Tuple, turn: number, { open, wanted, sizes, strength }: Search): Choice {
  const row = sizes.map(() => -1)
  for (const [factor, value] of tuple) row[factor] = value
  for (let i = 0; i < sizes.length; i++) {
    const factor = (i + turn) % sizes.length
    if (row[factor] !== -1) continue
    const gains = Array.from({ length: sizes[factor] as number }, (_, value) => {
      const covered = keysIn(row.with(factor, value), strength, factor).filter((key) => open.has(key)).length
      return covered * 1e6 + (wanted.get(keyOf([[factor, value]])) ?? 0)
    })
    row[factor] = gains.indexOf(Math.max(...gains))
  }
  return row
}
