/**
 * What reductions leave out does not matter: with and without them the same verdicts come out and the same states are come
 * to rest in, in sound worlds and in worlds with bugs; and when somebody is not woken by what he reads, every order is tried.
 */
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { replicaSetController } from '../../src/controllers/replicaset.ts'
import { type Controller, controller } from '../../src/index.ts'
import { ConfigMap } from '../../src/kinds/core/config-map.ts'
import {
  always,
  apply,
  type ExploreOptions,
  explore,
  type Moment,
  type Property,
  type Report,
  type Scenario,
  scale,
  scenario,
  setImage,
  settled,
} from '../../src/testing/index.ts'
import { deployment } from '../kivi/support.ts'

/** What can be told of a world without the names of pods. */
function plain(s: Moment): string {
  const pods = s.list('Pod').map(({ spec, status, metadata }) => {
    const images = ((spec?.containers ?? []) as { image: string }[]).map(({ image }) => image)
    return [...images, spec?.nodeName, status?.phase, metadata.deletionTimestamp !== undefined].join(' ')
  })
  const sets = s.list('ReplicaSet').map(({ spec, status }) => `${spec?.replicas} ${JSON.stringify(status)}`)
  const owners = s.list('Deployment').map(({ spec, status }) => `${spec?.replicas} ${status?.availableReplicas}`)
  return [...pods.sort(), ...sets.sort(), ...owners].join('\n')
}

interface Seen {
  readonly report: Report
  readonly rests: string[]
}

/** Explores and keeps in which states it came to rest. */
async function seen(world: Scenario, options: ExploreOptions, properties: readonly Property[] = []): Promise<Seen> {
  const rests = new Set<string>()
  const keep = settled((s) => {
    rests.add(plain(s))
    return true
  }).as('kept')
  const report = await explore(world, [keep, ...properties], { shrink: false, ...options })
  return { report, rests: [...rests].sort() }
}

/** The controller of ReplicaSets with what it wants changed. */
function mutant(
  name: string,
  change: (intents: ReturnType<Controller['reconcile']>) => ReturnType<Controller['reconcile']>,
) {
  return {
    ...replicaSetController,
    name,
    reconcile: (...args: Parameters<Controller['reconcile']>) => change(replicaSetController.reconcile(...args)),
  }
}
const isCreate = ({ type }: { type: string }): boolean => type === 'create'
const mutants = {
  'creates one at a time': mutant('one-at-a-time', (intents) => {
    const first = intents.findIndex(isCreate)
    return intents.filter((one, i) => !isCreate(one) || i === first)
  }),
  'deletes nothing': mutant('deletes-nothing', (intents) => intents.filter(({ type }) => type !== 'delete')),
  'tells no status': mutant('no-status', (intents) => intents.filter(({ type }) => type !== 'update')),
}

const comes = (replicas: number): Scenario => scenario('comes', (c) => c.nodes(1).do(apply(deployment(replicas))))
const worlds: readonly (readonly [string, Scenario, ExploreOptions])[] = [
  ['two pods come', comes(2), {}],
  ['two pods come, with a crash', comes(1), { faults: { crash: 1 } }],
  ['one pod comes, with a late watch', comes(1), { faults: { lag: { pods: 1 } } }],
  ['a rollout', scenario('rollout', (c) => c.nodes(1).apply(deployment(1)).do(setImage('web', 'nginx:2'))), {}],
  [
    'a rollout, with a lost answer',
    scenario('rollout', (c) => c.nodes(1).apply(deployment(1)).do(setImage('web', 'nginx:2'))),
    { faults: { lose: 1 } },
  ],
  [
    'up and down',
    scenario('up and down', (c) => c.nodes(2).apply(deployment(1)).do(scale('web', 2), scale('web', 1))),
    {},
  ],
  ...Object.entries(mutants).map(
    ([name, use]) =>
      [
        name,
        scenario(name, (c) =>
          c
            .nodes(1)
            .use(use)
            .do(apply(deployment(1)), scale('web', 0))
            .inputs('quiet'),
        ),
        { without: ['replicaset'] },
      ] as const,
  ),
]

describe('the same rests and the same verdicts', () => {
  for (const [name, world, options] of worlds) {
    test(name, async () => {
      const properties = (): Property[] => [
        always((s) => s.pods.length === 0).as('no pods'),
        settled((s) => s.deployment('web').available === s.deployment('web').replicas).as('all there'),
      ]
      const whole = await seen(world, { ...options, reduction: 'none' })
      expect(whole.report.verdict).toBe('exhausted')
      expect(whole.rests.length).toBeGreaterThan(0)
      for (const reduced of [{}, { symmetry: ['pods'] }] as const) {
        const { report, rests } = await seen(world, { ...options, ...reduced })
        expect([report.verdict, rests]).toEqual(['exhausted', whole.rests])
        expect(report.covered.states).toBeLessThan(whole.report.covered.states / 2)
      }
      for (const property of properties()) {
        const verdicts = []
        for (const reduced of [{ reduction: 'none' }, {}, { symmetry: ['pods'] }] as const)
          verdicts.push((await seen(world, { ...options, ...reduced }, [property])).report.verdict)
        expect(new Set(verdicts).size).toBe(1)
      }
    })
  }
})

const map = (name: string, data: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
})

/** Copies `from` to `to`. The one that is deaf looks at `from` but is not woken by it. */
function copier(isDeaf: boolean): Controller {
  return controller({
    name: isDeaf ? 'deaf' : 'copier',
    of: ConfigMap,
    watches: isDeaf ? [] : [{ kind: ConfigMap, keys: () => ['default/to'] }],
    reconcile(view, key) {
      const [from, to] = ['from', 'to'].map((name) => view.get(ConfigMap, 'default', name))
      if (key !== 'default/to' || from === undefined || to === undefined) return []
      const [wanted, is] = [from, to].map(({ data }) => (data as { x: string }).x)
      if (wanted === is) return []
      return [
        {
          type: 'update',
          ref: { resource: 'configmaps', namespace: 'default', name: 'to' },
          object: { ...to, data: from.data },
        },
      ]
    },
  })
}

const news = 'news that change nothing for a kubelet or the scheduler change nothing together with later ones'

const copies = (use: Controller): Scenario =>
  scenario('copies', (c) =>
    c
      .nodes(0)
      .use(use)
      .apply(map('from', { x: '1' }), map('to', { x: '1' }))
      .do(apply(map('to', { x: '1', y: '1' })), apply(map('from', { x: '2' }))),
  )

describe('whether everybody is woken by what he reads', () => {
  test('is checked, and said with how often', async () => {
    const report = await explore(copies(copier(false)), [always(() => true)])
    expect(report.covered.assumes).toEqual([news])
    expect(String(report)).toMatch(/taken at once; \d+ times it was checked that nobody would act without being woken/)
  })

  test('when it is not so every order is tried, and it is said of whom', async () => {
    const deaf = copies(copier(true))
    const report = await explore(deaf, [always(() => true)])
    const whole = await explore(deaf, [always(() => true)], { reduction: 'none' })
    expect(report.covered.states).toBe(whole.covered.states)
    expect(report.covered.notes).toEqual([
      'every order was tried: after "input 1 kubectl apply # configmap/from" nobody wakes "reconcile deaf default/to", which would update configmaps default/to',
    ])
    expect(report.properties[0]?.concerned).toBe(whole.properties[0]?.concerned)
  })

  test('whoever wants the reduction all the same gets it, with what it takes for granted', async () => {
    const { covered } = await explore(copies(copier(true)), [always(() => true)], { reduction: 'quiet' })
    expect(covered.assumes).toEqual([
      news,
      expect.stringMatching(/^everybody is woken by what he reads, though after /),
    ])
  })
})
