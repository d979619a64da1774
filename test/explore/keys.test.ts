/** When two states count as one: permuted names do, different worlds do not; time only by its distance to now. */
import { expect, test } from 'vitest'
import { KybernError } from '../../src/lib/coded-error.ts'
import { Cells } from '../../src/testing/explore/cells.ts'
import { type KeyOptions, Keys } from '../../src/testing/explore/keys.ts'
import type { Ground } from '../../src/testing/explore/reader.ts'
import { always, explore, noOscillation, scenario } from '../../src/testing/index.ts'

const start = Date.parse('2026-01-01T00:00:00Z')
const time = (ms: number): string => new Date(start + ms).toISOString().replace('.000', '')

interface PodState {
  readonly id: string
  readonly node?: string
  readonly startedMs?: number
  readonly queued?: boolean
}

/** A world of pods as cells. `at`: the clock. */
function world(keyOptions: KeyOptions) {
  const cells = new Cells()
  const clock = cells.slot('other', 'clock')
  const ground = { cells, start, clock } as unknown as Ground
  const keys = new Keys(ground, keyOptions)
  const vectorOf = (pods: readonly PodState[], at = 0, timerMs?: number): Int32Array => {
    const values = new Map<number, number>([[clock, at]])
    const endpoints = pods.filter(({ node }) => node !== undefined)
    for (const { id, node, startedMs = 0, queued } of pods) {
      const [name, uid] = [`web-${id}`, `uid-${id}`]
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, generateName: 'web-', namespace: 'default', uid, creationTimestamp: time(startedMs) },
        spec: node === undefined ? {} : { nodeName: node },
      }
      values.set(cells.slot('object', 'pods', `default/${name}`), cells.objectId(pod))
      values.set(cells.slot('actor', `pods/default/${name}`), cells.id({ uid, on: node ?? '' }))
      values.set(cells.slot('count', `pods default/${name}`), Number(id.length))
      if (queued === true) values.set(cells.slot('queue', 'pod-gc', `default/${name}`), 1)
    }
    const slice = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'web', namespace: 'default', uid: 'e' },
      subsets: endpoints.map(({ id, node }) => ({ uid: `uid-${id}`, node })),
    }
    values.set(cells.slot('object', 'endpoints', 'default/web'), cells.objectId(slice))
    if (timerMs !== undefined)
      values.set(
        cells.slot('timer', 'agent x wake'),
        cells.id({ at: timerMs, background: false, alarm: { agent: 'x', id: 'wake' } }),
      )
    return cells.vector(values)
  }
  return {
    keyOf: (pods: readonly PodState[], at?: number, timerMs?: number) => keys.of(vectorOf(pods, at, timerMs)),
    keys,
  }
}

const symmetric = { symmetry: ['pods'] } as const

test('worlds that differ only in the names of pods are one', () => {
  const { keyOf } = world(symmetric)
  const one = keyOf([{ id: 'a', node: 'n1' }, { id: 'b', node: 'n2', queued: true }, { id: 'c' }])
  expect(keyOf([{ id: 'x', node: 'n2', queued: true }, { id: 'y' }, { id: 'z', node: 'n1' }])).toBe(one)
  expect(world({}).keyOf([{ id: 'a' }])).not.toBe(world({}).keyOf([{ id: 'b' }]))
})

test('who is queued, where it stands and who is mentioned tells them apart', () => {
  const { keyOf } = world(symmetric)
  const both = (first: object, second: object): number =>
    keyOf([
      { id: 'a', node: 'n1', ...first },
      { id: 'b', node: 'n2', ...second },
    ])
  const all = [
    both({}, {}),
    both({ queued: true }, {}),
    both({}, { queued: true }),
    both({ queued: true }, { queued: true }),
    both({ node: 'n2' }, {}),
    both({ node: undefined }, {}),
    keyOf([{ id: 'a', node: 'n1' }]),
  ]
  expect(new Set(all).size).toBe(all.length)
})

test('a pairing is told apart though its parts are the same', () => {
  const cells = new Cells()
  const ground = { cells, start, clock: cells.slot('other', 'clock') } as unknown as Ground
  const keys = new Keys(ground, symmetric)
  for (const id of ['a', 'b'])
    cells.objectId({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `web-${id}`, generateName: 'web-', uid: `uid-${id}` },
    })
  const vector = (of: readonly [string, string][]): Int32Array => {
    const slots = of.map(([name, uid]) => [cells.slot('actor', `pods/default/${name}`), cells.id({ uid })] as const)
    const marked = cells.slot('queue', 'gc', 'default/web-a')
    const seen = [cells.slot('memory', 'kubelet'), cells.id({ seen: ['uid-a'] })] as const
    return cells.vector(new Map([...slots, [marked, 1] as const, seen]))
  }
  const straight = keys.of(
    vector([
      ['web-a', 'uid-a'],
      ['web-b', 'uid-b'],
    ]),
  )
  expect(
    keys.of(
      vector([
        ['web-a', 'uid-b'],
        ['web-b', 'uid-a'],
      ]),
    ),
  ).not.toBe(straight)
})

test('relative time: only distances count, ages up to the horizon, timers exactly', () => {
  const { keyOf } = world({ time: 'relative', horizonMs: 60_000 })
  const pod = (startedMs: number) => [{ id: 'a', node: 'n1', startedMs }]
  const one = keyOf(pod(0), 10_000, 15_000)
  expect(keyOf(pod(5000), 15_000, 20_000)).toBe(one)
  expect(keyOf(pod(0), 15_000, 20_000)).not.toBe(one)
  expect(keyOf(pod(5000), 15_000, 21_000)).not.toBe(one)
  expect(keyOf(pod(0), 100_000)).toBe(keyOf(pod(30_000), 300_000))
})

const daily = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'daily' },
  spec: {
    schedule: '0 3 * * *',
    suspend: true,
    jobTemplate: {
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } } },
    },
  },
}

test('CronJobs go by the time of day: relative time is refused, and not chosen by itself', async () => {
  const one = scenario('daily', (c) => c.nodes(1).apply(daily))
  await expect(explore(one, [always(() => true)], { time: 'relative' })).rejects.toThrow(KybernError)
  const report = await explore(one, [noOscillation((s) => s.pods.length)])
  expect(report.covered.assumes.join()).not.toContain('differ only by when')
})
