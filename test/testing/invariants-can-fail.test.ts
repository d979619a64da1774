/** Every promise can be broken: a doctored state or write that is wrong in its way, and is told so. */
import { expect, test } from 'vitest'
import { invariants, library } from '../../src/testing/invariants/index.ts'
import type { Property } from '../../src/testing/property.ts'
import { type Doctored, whyBroken, whyFalse } from './doctored.ts'
import { doctoredConditionStates, doctoredConditionWrites } from './doctored-conditions.ts'
import { doctoredEndStates, doctoredEndWrites } from './doctored-ends.ts'
import { doctoredExactStates, doctoredExactWrites } from './doctored-exact.ts'
import { doctoredPodStates, doctoredPodWrites } from './doctored-pods.ts'
import { doctoredStates as states } from './doctored-states.ts'
import { doctoredThingStates, doctoredThingWrites } from './doctored-things.ts'
import { doctoredWrites as writes } from './doctored-writes.ts'

const doctoredStates = {
  ...states,
  ...doctoredPodStates,
  ...doctoredThingStates,
  ...doctoredConditionStates,
  ...doctoredExactStates,
  ...doctoredEndStates,
}
const doctoredWrites = {
  ...writes,
  ...doctoredPodWrites,
  ...doctoredThingWrites,
  ...doctoredConditionWrites,
  ...doctoredExactWrites,
  ...doctoredEndWrites,
}

const named = (id: string): Property => (invariants as unknown as Record<string, Property>)[id] as Property

test.each(Object.entries(doctoredWrites))(
  '%s can be broken by a write',
  (id, [doctored, why]: readonly [Doctored, RegExp]) => {
    expect(whyBroken(named(id), doctored)).toMatch(why)
  },
)

test.each(Object.entries(doctoredStates))('%s can be false of a state', (id, [objects, why, after]) => {
  expect(whyFalse(named(id), objects, after)).toMatch(why)
})

/** Judged by circles, reconciles and ends: shown below, or where they are explored. */
const otherwise = ['G2', 'G8', 'G9', 'H5', 'K8', "K8'"]

test('none is left out', () => {
  const shown = [...Object.keys(doctoredWrites), ...Object.keys(doctoredStates), ...otherwise].sort()
  expect(shown).toEqual(library.map(({ id }) => id).sort())
})
