/** What the exploration once found in our own controllers: each run that showed a bug is run again and shows none. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { promised } from '../../src/testing/invariants/index.ts'
import { root } from './patch.ts'
import { scenarios } from './suite/scenarios.ts'
import type { Roughness, Step } from './suite/steps.ts'
import { ran } from './suite/suite.ts'

interface Seed {
  readonly kind: string
  /** What was wrong. */
  readonly says: string
  readonly scenario: string
  readonly roughness: Roughness
  readonly steps: readonly Step[]
}

const folder = join(root, 'fixtures/seeds')
const seeds = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({ file, ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Seed) }))
  .filter(({ kind }) => kind === 'suite')

it.each(seeds)('$file: $says', async ({ scenario: name, steps, roughness }) => {
  const scenario = scenarios.find((one) => one.name === name)
  expect(scenario).toBeDefined()
  if (scenario === undefined) return
  const { violation } = await ran(scenario, steps, roughness, promised)
  expect(violation).toBeUndefined()
})

it('equal steps give equal runs', async () => {
  const [scenario] = scenarios
  const [seed] = seeds
  if (scenario === undefined || seed === undefined) throw new Error('there is nothing to run')
  const first = await ran(scenario, seed.steps, 2, promised)
  const second = await ran(scenario, seed.steps, 2, promised)
  expect(second.story).toEqual(first.story)
  expect(first.story.length).toBeGreaterThan(20)
})
