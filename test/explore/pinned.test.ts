/**
 * Small worlds and how many states they have: a change of semantics anywhere shows as a changed number here. Change a
 * number only when you know what changed it. And the canary: a false claim that a search must find.
 */
import { expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import {
  always,
  apply,
  drain,
  type ExploreOptions,
  explore,
  noOscillation,
  rests,
  type Scenario,
  scale,
  scenario,
  setImage,
  settled,
} from '../../src/testing/index.ts'
import { overload } from '../kivi/overload.ts'
import { deployment } from '../kivi/support.ts'

const job: KubeObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j' },
  spec: {
    completions: 2,
    parallelism: 2,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command: ['true'] }] } },
  },
}

const worlds: Record<string, Scenario> = {
  rollout: scenario('rollout', (c) => c.nodes(1).apply(deployment(1)).do(setImage('web', 'nginx:2'))),
  job: scenario('job', (c) => c.nodes(1).do(apply(job))),
  drain: scenario('drain', (c) => c.nodes(2).apply(deployment(3)).do(drain('node-1'))),
  'up and down': scenario('up and down', (c) => c.nodes(2).apply(deployment(1)).do(scale('web', 3), scale('web', 1))),
  comes: scenario('comes', (c) => c.nodes(1).do(apply(deployment(2)))),
  overload: overload(3, 6, '900m'),
}

/** States and transitions. */
const pinned: readonly (readonly [string, ExploreOptions, number, number])[] = [
  ['rollout', { reduction: 'none' }, 1139, 4741],
  ['rollout', {}, 84, 96],
  ['job', { reduction: 'none' }, 868, 3842],
  ['job', {}, 70, 75],
  ['drain', { reduction: 'none' }, 12900, 72379],
  ['drain', {}, 546, 805],
  ['up and down', {}, 1015, 1463],
  ['up and down', { symmetry: ['pods'] }, 934, 1367],
  ['comes', { faults: { crash: 1 } }, 825, 1030],
  ['comes', { faults: { crash: 1 }, symmetry: ['pods'] }, 776, 976],
  ['overload', {}, 3646, 5808],
  ['overload', { symmetry: ['pods'] }, 2056, 3204],
]

for (const [name, options, states, transitions] of pinned) {
  test(`${name} ${JSON.stringify(options)}: ${states} states`, async () => {
    const { verdict, covered } = await explore(worlds[name] as Scenario, [always(() => true)], options)
    expect([verdict, covered.states, covered.transitions]).toEqual(['exhausted', states, transitions])
  })
}

test('with and without reductions the same is found', async () => {
  const three = always((s) => s.pods.length < 3).as('never three pods')
  const two = settled((s) => s.pods.length !== 2).as('never ends with two')
  const all = [{ reduction: 'none' }, {}, { symmetry: ['pods'] }, { symmetry: ['pods', 'nodes'] }] as const
  const found = []
  for (const options of all) {
    const reports = [
      await explore(worlds.comes as Scenario, [three], options),
      await explore(worlds.comes as Scenario, [two], options),
    ]
    found.push(reports.map(({ verdict }) => verdict).join())
  }
  expect(found).toEqual(all.map(() => 'exhausted,violated'))
})

test('canary: what is false is found, as a state, at the end, and as a circle', async () => {
  const one = worlds['up and down'] as Scenario
  const never = await explore(one, [always((s) => s.activePods.length < 3).as('canary')])
  expect([never.verdict, never.counterexample?.property]).toEqual(['violated', 'canary'])
  const end = await explore(one, [settled((s) => s.pods.length === 3).as('canary')])
  expect(end.verdict).toBe('violated')
  const tainted = { name: 'node-1', taints: [{ key: 'k', effect: 'NoExecute' as const }] }
  const circling = scenario('canary', (c) => c.nodes([tainted]).do(apply(deployment(1, { nodeName: 'node-1' }))))
  for (const property of [noOscillation((s) => s.pods.length), rests()]) {
    const circle = await explore(circling, [property], { agesMs: 10_000 })
    expect([circle.verdict, circle.counterexample?.loopFrom === undefined]).toEqual(['violated', false])
  }
})
