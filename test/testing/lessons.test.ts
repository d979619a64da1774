/** What many believe of Kubernetes and is not so: every such row has a scenario in which it is false. */
import { expect, test } from 'vitest'
import { folklore, promised } from '../../src/testing/invariants/index.ts'
import { lessons } from '../../src/testing/invariants/lessons.ts'
import { taught } from '../../src/testing/invariants/teach.ts'

/** Promises of a cluster with one scheduler. */
const forOne = promised.filter(({ id }) => id !== 'K8' && id !== 'G8' && id !== 'K2')

test('every folk belief has its lesson', () => {
  expect(lessons.map(({ property }) => property.id).sort()).toEqual(folklore.map(({ id }) => id).sort())
})

test.each(lessons.map((one) => [one.property.name, one] as const))(
  '%s is false, and no promise is broken by it',
  async (_name, one) => {
    const { violated } = await taught(one, forOne)
    expect(violated.map(({ property, why }) => `${property.name}: ${why}`)).toEqual([
      expect.stringContaining(`${one.property.name}: `),
    ])
  },
)
