/**
 * Small worlds and controllers drawn at random: what a search leaves out (steps that change nothing, in any but one order)
 * makes no difference to any verdict, about states, about ends or about what happens eventually under weak fairness.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { type Controller, controller } from '../../src/index.ts'
import { ConfigMap } from '../../src/kinds/core/config-map.ts'
import {
  always,
  apply,
  eventually,
  explore,
  leadsTo,
  type Moment,
  noOscillation,
  type Property,
  rests,
  type Scenario,
  scenario,
  settled,
} from '../../src/testing/index.ts'

const names = ['a', 'b'] as const
const values = 3

/** What a controller does: by the value of its own object and of the other one, which it writes and what; or nothing. */
interface Rule {
  readonly of: 0 | 1
  readonly readsOther: boolean
  readonly isWoken: boolean
  /** For each pair of values: undefined, or what to write where. */
  readonly table: readonly ({ readonly at: 0 | 1; readonly value: number } | undefined)[]
}

const map = (name: string, value: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { value: `${value}` },
})
const saidBy = (object: KubeObject | undefined): number => Number(object?.data?.value ?? 0)

function acting({ of, readsOther, isWoken, table }: Rule, index: number): Controller {
  const [own, other] = [names[of], names[1 - of]] as [string, string]
  return controller({
    name: `own-${index}`,
    of: ConfigMap,
    ...(isWoken
      ? { watches: [{ kind: ConfigMap, keys: ({ metadata }) => (metadata.name === other ? [`default/${own}`] : []) }] }
      : {}),
    reconcile(view, key) {
      if (key !== `default/${own}`) return []
      const mine = view.get(ConfigMap, 'default', own)
      if (mine === undefined) return []
      const theirs = readsOther ? saidBy(view.get(ConfigMap, 'default', other)) : 0
      const rule = table[saidBy(mine) * values + theirs]
      if (rule === undefined) return []
      const name = rule.at === 0 ? own : other
      const was = view.get(ConfigMap, 'default', name)
      if (was === undefined || saidBy(was) === rule.value) return []
      const ref = { resource: 'configmaps', namespace: 'default', name }
      return [{ type: 'patch', ref, patchType: 'merge', patch: { data: { value: `${rule.value}` } } }]
    },
  })
}

const written = fc.record({ at: fc.constantFrom(0 as const, 1 as const), value: fc.nat(values - 1) })
const rule: fc.Arbitrary<Rule> = fc.record({
  of: fc.constantFrom(0 as const, 1 as const),
  readsOther: fc.boolean(),
  isWoken: fc.boolean(),
  table: fc.array(fc.option(written, { nil: undefined, freq: 2 }), {
    minLength: values * values,
    maxLength: values * values,
  }),
})
const worlds = fc.record({
  rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
  inputs: fc.array(fc.record({ at: fc.nat(1), value: fc.nat(values - 1) }), { minLength: 1, maxLength: 2 }),
  crash: fc.nat(1),
})

const worldOf = ({ rules, inputs }: { rules: Rule[]; inputs: { at: number; value: number }[] }): Scenario =>
  scenario('random', (c) =>
    c
      .nodes(0)
      .use(...rules.map(acting))
      .apply(map('b', 0))
      .do(apply(map('a', 0)), ...inputs.map(({ at, value }) => apply(map(names[at] as string, value)))),
  )

const at = (s: Moment, name: string): number => saidBy(s.get('ConfigMap', name))
const properties: readonly Property[] = [
  always((s) => at(s, 'a') !== 2 || at(s, 'b') !== 1).as('never both'),
  settled((s) => at(s, 'a') !== 1).as('does not end there'),
  eventually((s) => at(s, 'a') === 2).as('comes'),
  leadsTo(
    (s) => at(s, 'a') === 1,
    (s) => at(s, 'b') === 1,
  ).as('follows'),
  noOscillation((s) => at(s, 'a')).as('comes to a value'),
  rests().as('comes to rest'),
]

test('reduced or not, every property has the same verdict', async () => {
  const without = ['kubelet', 'scheduler']
  let violated = 0
  let exhausted = 0
  const property = fc.asyncProperty(worlds, async ({ crash, ...drawn }) => {
    const world = worldOf(drawn)
    for (const one of properties) {
      const options = { without, shrink: false, states: 20_000, ...(crash > 0 ? { faults: { crash } } : {}) }
      const reduced = await explore(world, [one], options)
      const whole = await explore(world, [one], { ...options, reduction: 'none' })
      expect([one.name, reduced.verdict]).toEqual([one.name, whole.verdict])
      if (whole.verdict === 'violated') violated++
      if (whole.verdict === 'exhausted') exhausted++
    }
  })
  await fc.assert(property, { numRuns: 6, seed: 1, endOnFailure: true })
  expect(violated).toBeGreaterThan(0)
  expect(exhausted).toBeGreaterThan(0)
})
