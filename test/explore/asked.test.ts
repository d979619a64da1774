/** What is misspelt or makes no sense is an error that says what there is: nothing is left unexplored in silence. */
import { expect, test } from 'vitest'
import { controller, defineKind, type Transition } from '../../src/index.ts'
import {
  always,
  check,
  type ExploreOptions,
  explore,
  never,
  noOscillation,
  type Property,
  replay,
  scenario,
  setImage,
  sometimes,
  transitionsOf,
} from '../../src/testing/index.ts'
import { deployment } from '../kivi/support.ts'

const world = scenario('w', (c) => c.nodes(1).apply(deployment(1)).do(setImage('web', 'nginx:2')))
const fine = always(() => true)
const asked = (options: object, property: Property = fine): Promise<unknown> =>
  explore(world, [property], { states: 10, ...options } as ExploreOptions)

test.each([
  [{ stats: 3 }, /KYB-EXPLORE: there is no option "stats"; there are agesMs, .* states/],
  [{ mode: 'rnadom' }, /KYB-EXPLORE: there is no mode "rnadom"/],
  [{ states: -1 }, /KYB-EXPLORE: states takes a whole number from 1 on, not -1/],
  [{ mode: 'random', runs: 0 }, /KYB-EXPLORE: runs takes a whole number from 1 on, not 0/],
  [{ mode: 'random', runs: Number.NaN }, /not NaN/],
  [{ faults: { crashes: 1 } }, /KYB-FAULT: there is no fault "crashes"/],
  [{ faults: { crash: -1 } }, /KYB-FAULT: crash takes a whole number from 0 on, not -1/],
  [{ faults: { lag: { pods: '2' } } }, /KYB-FAULT: lag takes a whole number from 0 on, not "2"/],
  [{ faults: { crash: { deploymnt: 1 } } }, /KYB-FAULT: there is no controller "deploymnt"; there are .*deployment/],
  [{ faults: { lag: { podz: 1 } } }, /KYB-FAULT: the cluster serves no "podz" whose watch could lag/],
  [{ faults: { skew: 1, skewBy: 'soon' } }, /KYB-DURATION/],
  [{ faults: { crash: 1 }, faultsOf: ['nobody'] }, /KYB-FAULT: there is no controller "nobody"/],
])('%j', async (options, message) => {
  await expect(asked(options)).rejects.toThrow(message)
})

test.each([
  [always((s) => s.get('Deployment', 'web')?.spec.paused), /KYB-EXPLORE: the property "always": it answers undefined/],
  [never((s) => s.get('Deployment', 'web')?.spec.paused), /"never": it answers undefined/],
  [sometimes((s) => s.get('Deployment', 'web')?.spec.template), /"sometimes": it answers object/],
  [always((s) => s.list('Podz').length === 0), /KYB-KIND: the property "always": the cluster serves no kind "Podz"/],
  [always((s) => s.get('Deployment', 'no')?.spec.x.y), /KYB-EXPLORE: the property "always": it answers undefined/],
  [always((s) => s.pods[7]?.metadata.name === 'x' || (undefined as never)), /it answers undefined/],
  [
    always((s) => (s.get('Deployment', 'no') as unknown as { spec: boolean }).spec).as('mine'),
    /"mine": it threw TypeError/,
  ],
])('answers that are none (%#)', async (property, message) => {
  await expect(asked({}, property)).rejects.toThrow(message)
})

test('what is neither a property nor options', async () => {
  await expect(check(world, (() => true) as never)).rejects.toThrow(/KYB-EXPLORE: a function is neither a property/)
})

test('an address of another scenario', async () => {
  await expect(replay(world, [fine], 'kx://other#AAA')).rejects.toThrow(
    /KYB-REPLAY: kx:\/\/other is a run of another scenario; this one is kx:\/\/w/,
  )
})

test('an operation that there is not', () => {
  expect(() => transitionsOf({ op: 'scael' } as never, {} as never)).toThrow(/KYB-EXPLORE: there is no operation/)
})

test('what the user does to no effect is told', async () => {
  const notes = async (name: string) => {
    const one = scenario('typo', (c) => c.nodes(1).apply(deployment(1)).do(setImage(name, 'nginx:2')))
    return (await explore(one, [fine], { states: 50 })).covered.notes.filter((note) => note.startsWith('the user'))
  }
  expect(await notes('web')).toEqual([])
  expect(await notes('webb')).toEqual([
    expect.stringMatching(/^the user's "kubectl set image deployment\/webb .*" changes nothing .*"webb" not found$/),
  ])
})

test('what a mode cannot judge is told', async () => {
  const round = noOscillation((s) => s.pods.length).as('round')
  const { covered } = await explore(world, [round], { mode: 'random', runs: 2 })
  expect(covered.notes).toEqual(['"round" was not judged: what goes round for ever is found only in mode exhaustive'])
  expect((await explore(world, [round], { states: 20 })).covered.notes.join()).not.toContain('round')
})

const A = defineKind({ group: 'a.io', version: 'v1', kind: 'A', plural: 'as', namespaced: true })
const a = (name = 'a') => ({ apiVersion: 'a.io/v1', kind: 'A', metadata: { name, namespace: 'default' } })
const tried = (reconcile: () => unknown, more: object = {}): Promise<unknown> =>
  check.controller(controller({ name: 'mine', of: A, reconcile: reconcile as () => Transition[] }), {
    uses: [A],
    samples: [a()],
    ...more,
  })
const nowhere = { type: 'create', resource: 'configmap', namespace: 'default', object: { ...a(), kind: 'ConfigMap' } }

test.each([
  [() => [], { sample: 1 }, /KYB-EXPLORE: there is no option "sample"; there are .*samples/],
  [() => [], { edits: [a('b')] }, /KYB-EXPLORE: the edit of default\/b changes no sample; samples are default\/a/],
  [async () => [], {}, /KYB-EXPLORE: mine answers a promise/],
  [() => undefined, {}, /KYB-EXPLORE: mine answers undefined, no list of writes/],
  [() => [{ type: 'creat' }], {}, /KYB-EXPLORE: mine answers a write of type "creat"; there are create, update/],
  [
    () => [nowhere],
    {},
    /KYB-EXPLORE: mine fails at default\/a again and again, though nothing went wrong: .*configmap/,
  ],
  [
    () => {
      throw new Error('boom')
    },
    {},
    /KYB-EXPLORE: mine fails at default\/a again and again, though nothing went wrong: Error: boom\. What it needs/,
  ],
])('controllers that cannot be checked (%#)', async (reconcile, more, message) => {
  await expect(tried(reconcile, more)).rejects.toThrow(message)
})
