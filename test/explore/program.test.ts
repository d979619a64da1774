/** The test that comes with a counterexample fails where it was found, and passes when what was wrong is mended. */
import { expect, test } from 'vitest'
import * as testing from '../../src/testing/index.ts'
import {
  always,
  apply,
  explore,
  leadsTo,
  noOscillation,
  type Property,
  rests,
  scenario,
  setImage,
} from '../../src/testing/index.ts'
import { deployment } from '../kivi/support.ts'

const tainted = { name: 'node-1', taints: [{ key: 'k', effect: 'NoExecute' as const }] }
const worlds = {
  rollout: scenario('rollout', (c) =>
    c
      .nodes(2)
      .apply(deployment(2, {}, { strategy: { rollingUpdate: { maxUnavailable: 1 } } }))
      .do(setImage('web', 'nginx:2')),
  ),
  circle: scenario('circle', (c) => c.nodes([tainted]).do(apply(deployment(1, { nodeName: 'node-1' })))),
}
const programs: [keyof typeof worlds, Property][] = [
  ['rollout', always((s) => s.deployment('web').available > 1).as('two "at least"')],
  [
    'rollout',
    leadsTo(
      (s) => s.image('web') === 'nginx:2',
      (s) => s.deployment('web').updated > 2,
    ).within('10m'),
  ],
  ['circle', noOscillation((s) => s.pods.length)],
  ['circle', rests()],
]

/** The tests a program declares. */
function declared(program: string): (() => Promise<void>)[] {
  const body = program.replace(/^import .*$/gm, '')
  const tests: (() => Promise<void>)[] = []
  const words = { ...testing, expect, test: (_name: string, run: () => Promise<void>) => tests.push(run) }
  new Function(...Object.keys(words), body)(...Object.values(words))
  return tests
}

for (const [name, property] of programs) {
  test(`${name}: ${property.name}`, async () => {
    const { counterexample } = await explore(worlds[name], [property], { agesMs: 10_000 })
    const program = counterexample?.test() ?? ''
    const [run, ...more] = declared(program)
    expect(more).toEqual([])
    await expect(run?.()).rejects.toThrow(`'${counterexample?.why.slice(0, 20)}`)
    const mended = program
      .replace('replicas: 2', 'replicas: 3')
      .replace('nodeName: "node-1"', 'nodeName: "node-1", tolerations: [{ operator: "Exists" }]')
    await expect(declared(mended)[0]?.()).resolves.toBeUndefined()
  })
}
