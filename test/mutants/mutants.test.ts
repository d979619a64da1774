/**
 * The catalogue of bugs stays true to the program: every patch still applies and still is a program. The whole of it is
 * run by `npm run mutants`; here a few quick ones are, and the program as it stands.
 */
import { transform } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { catalogue, changedBy, mutantOf, patched } from './patch.ts'
import { checked, median } from './run.ts'

const mutants = catalogue()
const quick = ['011-', '048-']
const settings = { budget: 4, seed: 1, shrink: false }

describe('patches', () => {
  it('there are more than a hundred, each with a number of its own', () => {
    expect(mutants.length).toBeGreaterThan(100)
    const numbers = mutants.map(({ name }) => Number(name.slice(0, 3)))
    expect(new Set(numbers).size).toBe(mutants.length)
  })

  it.each(mutants)('$name applies and is a program', async (mutant) => {
    const changed = changedBy(mutant)
    expect(changed.size).toBeGreaterThan(0)
    for (const [sourcefile, text] of changed) {
      const { code } = await transform(text, { loader: 'ts', sourcefile })
      expect(code.length).toBeGreaterThan(100)
    }
  })

  it('a hunk that is not there, or there twice, is told', () => {
    const hunk = { file: 'x.ts', before: 'a', after: 'b' }
    expect(patched('xay', [hunk])).toBe('xby')
    expect(() => patched('xyz', [hunk])).toThrow('not found')
    expect(() => patched('aa', [hunk])).toThrow('found twice')
    expect(() => mutantOf('x', 'issue: 1\n')).toThrow('no hunk')
  })
})

it('the median of an even count is between the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
})

describe('the standard checks', () => {
  it('raise no alarm over the program as it stands', async () => {
    const { verdict } = await checked(undefined, { ...settings, budget: 2 })
    expect(verdict).toMatchObject({ killed: false, property: '' })
    expect(verdict.runs).toBeGreaterThan(3)
  })

  it.each(quick)('find %s', async (prefix) => {
    const mutant = mutants.find(({ name }) => name.startsWith(prefix))
    const { verdict } = await checked(mutant, settings)
    expect(verdict.killed).toBe(true)
  })
})
