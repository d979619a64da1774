/** The page of invariants says what the library holds: no more, no less. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { elsewhere, narrower } from '../../src/testing/invariants/elsewhere.ts'
import { invariants, library } from '../../src/testing/invariants/index.ts'
import { invariantsFile, invariantsPage } from '../record/invariants.ts'

test('the page is the one that would be written (npm run invariants)', () => {
  expect(readFileSync(invariantsFile, 'utf8')).toBe(invariantsPage())
})

test('every row has a number of its own, a sentence, a class and a source, and stands on the page once', () => {
  const all = [...library, ...elsewhere]
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  const page = invariantsPage()
  for (const { id, says, source } of all) {
    expect(page.split(`\n| ${id} |`)).toHaveLength(2)
    expect(says).toMatch(/\.$/)
    expect(source).toMatch(/^https:\/\//)
  }
})

test('a row is found by its number and by its name', () => {
  expect(invariants.R2).toBe(invariants.replicaSetConverges)
  expect(invariants.R2).toMatchObject({ id: 'R2', name: 'R2 replicaSetConverges', class: 'C' })
})

test('what is left out is of rows that are there', () => {
  const known = new Set([...library, ...elsewhere].map(({ id }) => id))
  expect(narrower.flatMap(({ ids }) => ids).filter((id) => !known.has(id))).toEqual([])
})
