/** Covering arrays cover, and are small. */
import { describe, expect, it } from 'vitest'
import { tWise } from '../../src/testing/t-wise.ts'

const values = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
const factors = (...sizes: number[]): Record<string, number[]> =>
  Object.fromEntries(sizes.map((size, i) => [`p${i}`, values(size)]))

/** How many combinations of `strength` parameters' values occur in the rows, and how many there are. */
function coverage(
  all: Record<string, readonly unknown[]>,
  rows: readonly object[],
  strength: number,
): [number, number] {
  const names = Object.keys(all)
  const subsets = (from: number, count: number): string[][] =>
    count === 0
      ? [[]]
      : names.slice(from).flatMap((name, i) => subsets(from + i + 1, count - 1).map((rest) => [name, ...rest]))
  const chosen = subsets(0, strength)
  const seen = new Set(
    rows.flatMap((row) => chosen.map((some) => JSON.stringify(some.map((name) => [name, (row as never)[name]])))),
  )
  const there = chosen.reduce(
    (sum, some) => sum + some.reduce((product, name) => product * (all[name]?.length ?? 0), 1),
    0,
  )
  return [seen.size, there]
}

describe('every combination occurs, in few rows', () => {
  it.each([
    [[3, 3, 3, 3], 2, 12],
    [[2, 2, 2, 2, 2, 2], 2, 8],
    [[5, 3, 2, 2], 2, 17],
    [[3, 3, 3, 3], 3, 36],
    [[4, 1, 3], 2, 12],
    [[2, 3], 1, 3],
    [[2, 3, 4], 3, 24],
    [[4, 4, 4, 4, 4, 4, 4, 4], 2, 34],
  ])('%j by %i', (sizes, strength, most) => {
    const all = factors(...sizes)
    const rows = tWise(all, strength)
    const [seen, there] = coverage(all, rows, strength)
    expect(seen).toBe(there)
    expect(rows.length).toBeLessThanOrEqual(most)
    expect(tWise(all, strength)).toEqual(rows)
  })
})

it('rows have the values, and their types', () => {
  const rows = tWise({ nodes: [1, 2], strategy: ['RollingUpdate', 'Recreate'] })
  const [row] = rows
  const nodes: number | undefined = row?.nodes
  expect([nodes, rows.length]).toEqual([1, 4])
  expect(rows).toContainEqual({ nodes: 2, strategy: 'Recreate' })
})

it.each([
  [{ a: [] }, 1, /"a" has no values/],
  [{ a: [1] }, 2, /cannot be combined/],
  [{ a: [1], b: [1] }, 0, /cannot be combined/],
])('%j by %i makes no sense', (all, strength, why) => {
  expect(() => tWise(all, strength)).toThrow(why)
})
