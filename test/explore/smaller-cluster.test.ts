/** Nodes that a counterexample does not need are left out of it; with the scenario it was found in it replays all the same. */
import { expect, test } from 'vitest'
import {
  always,
  explore,
  type Property,
  playFile,
  replay,
  type Scenario,
  scenario,
  setImage,
} from '../../src/testing/index.ts'
import { deployment, node, spread } from '../kivi/support.ts'

const rollout = scenario('rollout', (c) =>
  c
    .nodes(4)
    .apply(deployment(2, {}, { strategy: { rollingUpdate: { maxUnavailable: 1 } } }))
    .do(setImage('web', 'nginx:2')),
)
const two = always((s) => s.deployment('web').available > 1).as('two')
const apart = scenario('apart', (c) =>
  c
    .nodes([node('a', 'one'), node('b', 'two'), node('c', 'three')])
    .apply(deployment(2, { topologySpreadConstraints: [spread('zone', 'DoNotSchedule')] }))
    .do(setImage('web', 'nginx:2')),
)
const together = always((s) => new Set(s.pods.map(({ spec }) => spec.nodeName).filter(Boolean)).size < 2).as('together')

test.each<[string, Scenario, Property, readonly string[]]>([
  ['one node is enough', rollout, two, ['node-2', 'node-3', 'node-4']],
  ['two are needed', apart, together, ['c']],
])('%s', async (_name, of, property, without) => {
  const { counterexample: found } = await explore(of, [property])
  expect(found?.without).toEqual(without)
  expect(String(found?.test())).not.toContain(`name: "${without[0]}", labels`)
  for (const log of [found?.log ?? [], found?.url ?? '']) {
    const { verdict, counterexample } = await replay(of, [property], log)
    expect([verdict, counterexample?.why, counterexample?.chain]).toEqual(['violated', found?.why, found?.chain])
  }
  const file = found?.file()
  expect(await playFile(file as NonNullable<typeof file>, [])).toMatchObject({ same: true })
})

test('an address of something else is refused', async () => {
  await expect(replay(rollout, [two], 'kx://rollout')).rejects.toThrow('KYB-REPLAY')
  await expect(replay(rollout, [two], 'kx://rollout#_______')).rejects.toThrow('KYB-REPLAY')
})
