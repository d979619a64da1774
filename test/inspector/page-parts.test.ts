/** The parts of the page that are pure: the axis, rows, layout of charts, comparing lines, files of counterexamples. */
import { describe, expect, it } from 'vitest'
import { machines } from '../../machines/index.ts'
import { chartsOf } from '../../src/inspector/charts.ts'
import { counterexampleVersion, parseCounterexample } from '../../src/inspector/counterexample.ts'
import { laidOut } from '../../src/inspector/page/chart/layout.ts'
import { example } from '../../src/inspector/page/counterexample/example.ts'
import { Axis, idleMs, lastAtOrBefore } from '../../src/inspector/page/model/axis.ts'
import { ClusterModel } from '../../src/inspector/page/model/cluster-model.ts'
import { rowsOf } from '../../src/inspector/page/model/rows.ts'
import { factAt, isThere, stateAt } from '../../src/inspector/page/model/track.ts'
import { bytes, cpu, duration } from '../../src/inspector/page/model/words.ts'
import { comparedLines } from '../../src/inspector/page/object/compared-lines.ts'
import { yamlParts } from '../../src/inspector/page/object/yaml-parts.ts'
import type { CommitRecord, ObjectSummary } from '../../src/inspector/words.ts'

describe('the axis', () => {
  it('keeps time as it is, and collapses what is idle into a break', () => {
    const axis = new Axis()
    for (const time of [0, 100, 400, 60_400, 60_500]) axis.push(time, false)
    expect(axis.time).toEqual([0, 100, 400, 400 + idleMs, 500 + idleMs])
    expect(axis.breaks).toEqual([{ index: 3, from: 400, to: 60_400, start: 400, end: 400 + idleMs }])
    expect(axis.steps).toEqual([1, 2, 3, 4, 5])
    expect(axis.timeAt(250)).toBe(250)
    expect(axis.timeAt(400 + idleMs / 2)).toBe(30_400)
  })

  it('takes heartbeats for silence, and never runs backwards', () => {
    const axis = new Axis()
    axis.push(0, false)
    for (let time = 10_000; time <= 50_000; time += 10_000) axis.push(time, true)
    axis.push(60_000, false)
    expect(axis.breaks).toHaveLength(1)
    expect(axis.steps.at(-1)).toBe(2)
    expect([...axis.time].sort((a, b) => a - b)).toEqual(axis.time)
    expect(axis.indexAt(axis.time[3] as number, 'time')).toBe(3)
  })

  it('finds the last at or before', () => {
    expect([-1, 0, 1, 2, 5, 9].map((wanted) => lastAtOrBefore([0, 2, 2, 5], wanted))).toEqual([-1, 0, 0, 2, 3, 3])
  })
})

function summary(kind: string, name: string, owner = ''): ObjectSummary {
  const owners = owner === '' ? [] : [{ kind: '', name: '', uid: owner, controller: true }]
  return {
    ...{ resource: `${kind.toLowerCase()}s`, apiVersion: 'v1', kind, namespace: 'default', name, uid: name },
    ...{ owners, labels: {}, created: 0, status: 'Running', health: 'good' as const },
    ...{ actor: `${kind.toLowerCase()}s/default/${name}` },
  }
}

function commit(seq: number, change: CommitRecord['change'], object: ObjectSummary): CommitRecord {
  const cause = { why: 'reconcile', by: 'controller/x' } as const
  return { type: 'commit', seq, revision: seq + 1, time: seq * 10, change, cause, object, diff: [] }
}

describe('the model', () => {
  const model = new ClusterModel('main')
  model.begin({ revision: 1, time: 0, objects: [], actors: [], timers: [], gone: [], nextSeq: 0 })
  model.take([
    commit(0, 'ADDED', summary('Deployment', 'web')),
    commit(1, 'ADDED', summary('ReplicaSet', 'web-1', 'web')),
    commit(2, 'ADDED', summary('Pod', 'web-1-a', 'web-1')),
    commit(3, 'ADDED', summary('Event', 'noise')),
    {
      type: 'actor',
      seq: 4,
      revision: 4,
      time: 40,
      id: 'pods/default/web-1-a/nginx',
      machine: 'container',
      owner: 'kubelet',
      news: 'spawned',
      event: 'x',
      states: ['waiting'],
      from: [],
    },
    commit(5, 'MODIFIED', { ...summary('Pod', 'web-1-a', 'web-1'), status: 'Failed', health: 'bad' }),
    commit(6, 'DELETED', summary('Pod', 'web-1-a', 'web-1')),
  ])
  const options = { grouping: 'owner', filter: '', toggled: new Set<string>(), shown: new Set<string>() } as const
  const labels = (filter: string): string[] =>
    rowsOf(model, { ...options, filter }).map(({ label, depth }) => `${depth} ${label}`)

  it('makes rows by owner, gone objects included, quiet kinds left out', () => {
    expect(labels('')).toEqual(['0 default', '1 web', '2 web-1', '3 web-1-a'])
  })

  it('keeps what is around a match, and leaves out the rest', () => {
    expect(labels('kind:pod')).toEqual(['0 default', '1 web', '2 web-1', '3 web-1-a'])
    expect(labels('kind:pod -web-1-a')).toEqual([])
    expect(labels('kind:deployment')).toEqual(['0 default', '1 web'])
  })

  it('reads any earlier record', () => {
    const pod = model.byId.get('web-1-a')
    if (pod === undefined) throw new Error('no pod')
    expect([1, 2, 5, 6].map((seq) => isThere(pod, seq))).toEqual([false, true, true, false])
    expect([2, 4, 5].map((seq) => factAt(pod, seq)?.status)).toEqual(['Running', 'Running', 'Failed'])
    expect([2, 5].map((seq) => model.states.at(stateAt(pod, seq))?.tone)).toEqual(['good', 'bad'])
  })
})

describe('the layout of charts', () => {
  for (const chart of chartsOf(machines)) {
    it(`${chart.machine}: every state once, none beside its own, none over another`, () => {
      const laid = laidOut(chart, { textWidth: (text) => text.length * 6, actions: true, wrap: 400 })
      expect(laid.states.map(({ node }) => node.id).sort()).toEqual(
        chart.states
          .filter(({ id }) => id !== '')
          .map(({ id }) => id)
          .sort(),
      )
      for (const a of laid.states)
        for (const b of laid.states) {
          if (a === b) continue
          const within = b.node.id.startsWith(`${a.node.id}.`)
          const around = a.node.id.startsWith(`${b.node.id}.`)
          const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
          const holds = b.x >= a.x && b.y >= a.y && b.x + b.width <= a.x + a.width && b.y + b.height <= a.y + a.height
          if (within) expect({ a: a.node.id, b: b.node.id, holds }).toMatchObject({ holds: true })
          else if (!around) expect({ a: a.node.id, b: b.node.id, apart }).toMatchObject({ apart: true })
        }
    })

    it(`${chart.machine}: every arrow is drawn or told exactly once`, () => {
      const laid = laidOut(chart, { textWidth: (text) => text.length * 6, actions: false, wrap: 400 })
      const told = laid.states.flatMap(({ lines }) => lines.map(({ arrow }) => arrow))
      const drawn = laid.edges.flatMap(({ arrows }) => arrows)
      const all = chart.arrows
        .map((_arrow, i) => i)
        .filter((i) => (chart.arrows[i]?.to.length ?? 0) > 0 || chart.arrows[i]?.from !== '')
      expect([...told, ...drawn].sort((a, b) => a - b)).toEqual(all)
    })
  }
})

describe('lines', () => {
  it('are compared by what stayed', () => {
    const lines = comparedLines('a\nb\nc\nd\n', 'a\nc\nx\nd\n').map(({ sign, text }) => sign + text)
    expect(lines).toEqual([' a', '-b', ' c', '+x', ' d'])
    expect(comparedLines('a\n', 'a\n')).toEqual([{ text: 'a', sign: ' ' }])
  })

  it('of YAML come apart into keys and values', () => {
    const kinds = (line: string) => yamlParts(line).map(({ kind, text }) => `${kind}:${text}`)
    expect(kinds('  - name: web')).toEqual(['space:  ', 'mark:- ', 'key:name', 'mark:: ', 'string:web'])
    expect(kinds('replicas: 3')).toEqual(['key:replicas', 'mark:: ', 'number:3'])
    expect(kinds('    - 10.0.0.1:80')).toEqual(['space:    ', 'mark:- ', 'string:10.0.0.1:80'])
  })
})

it('times and amounts are told in the units people use', () => {
  expect([5, 1400, 61_000, 3_660_000, 90_000_000].map(duration)).toEqual(['5ms', '1.4s', '1m 1s', '1h 1m', '1d 1h'])
  expect([250, 1000, 1500, 64_000].map(cpu)).toEqual(['250m', '1', '1500m', '64'])
  expect([512, 64 * 2 ** 20, 1.5 * 2 ** 30].map(bytes)).toEqual(['512', '64Mi', '1.5Gi'])
})

describe('a counterexample file', () => {
  it('is read back as it was written', () => {
    expect(parseCounterexample(JSON.stringify(example))).toEqual(example)
  })

  it('is refused with what is wrong with it', () => {
    const refusal = (file: unknown): string => {
      try {
        parseCounterexample(typeof file === 'string' ? file : JSON.stringify(file))
      } catch (error) {
        return (error as Error).message.replace('KYB-COUNTEREXAMPLE: this file is no counterexample: ', '')
      }
      return ''
    }
    expect(refusal('{')).toMatch(/no JSON/)
    expect(refusal({ ...example, version: 2 })).toBe(`its version is 2; this is ${counterexampleVersion}`)
    expect(refusal({ ...example, steps: [] })).toBe('it has no steps')
    expect(refusal({ ...example, steps: [{ ...example.steps[0], at: 'now' }] })).toBe('step 0: at is no number')
    expect(refusal({ ...example, loop: { from: 10 } })).toBe('loop.from is the index of no step')
  })
})
