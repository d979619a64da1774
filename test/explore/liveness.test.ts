/** What happens eventually, on graphs drawn by hand: who counts as fair, and what a lasso is. */
import { expect, test } from 'vitest'
import { Graph } from '../../src/testing/explore/graph.ts'
import type { Judge } from '../../src/testing/explore/judge.ts'
import { liveness } from '../../src/testing/explore/liveness.ts'
import { eventually, leadsTo, noOscillation, type Property, rests } from '../../src/testing/index.ts'

/** Bits of a state: 1 is what is waited for, 2 is from when on. */
interface Drawn {
  readonly marks: readonly number[]
  readonly values?: readonly number[]
  /** `from to actor flags ms`. */
  readonly edges: readonly (readonly [number, number, string, number?, number?])[]
  /** Who could act, beside those that do. */
  readonly could?: Readonly<Record<number, readonly string[]>>
}

function decided(property: Property, { marks, values = [], edges, could = {} }: Drawn) {
  let at = 0
  const isValue = property.formula.type === 'noOscillation'
  const graph = new Graph([() => (isValue ? values[at] : marks[at]) ?? 0])
  for (at = 0; at < marks.length; at++) graph.state(new Int32Array())
  for (const state of marks.keys()) {
    const acting = edges.filter(([from]) => from === state).map(([, , actor]) => actor)
    graph.could(state, [...acting, ...(could[state] ?? [])])
  }
  for (const [from, to, actor, is = 0, ms = 0] of edges)
    graph.edge({ from, to, action: `${from}>${to}`, actor, is, ms })
  const judge = { properties: [property], concerned: [0] } as unknown as Judge
  const { violation, starving } = liveness(graph, judge, (state) =>
    state === 0 ? [] : [{ name: `to ${state}`, to: state }],
  )
  const names = (steps: readonly { name: string }[] = []): string => steps.map(({ name }) => name).join(' ')
  return {
    why: violation?.why,
    stem: names(violation?.stem),
    loop: names(violation?.loop),
    starving: starving.length,
    concerned: judge.concerned[0],
  }
}

const comes = eventually(() => true)
const follows = leadsTo(
  () => true,
  () => true,
)
const steady = noOscillation(() => 0)

test('a loop in which everybody who can act acts is a violation', () => {
  const { why, stem, loop } = decided(comes, {
    marks: [0, 0, 0, 1],
    edges: [
      [0, 1, 'a'],
      [1, 2, 'a'],
      [2, 1, 'b'],
      [2, 3, 'b'],
    ],
  })
  expect([why, stem, loop]).toEqual(['it never comes, though everybody who can act acts', '0>1', '1>2 2>1'])
})

test('a loop in which somebody waits for ever is none', () => {
  const edges = [
    [0, 1, 'a'],
    [1, 0, 'a'],
    [0, 2, 'b'],
    [1, 2, 'b'],
  ] as const
  expect(decided(comes, { marks: [0, 0, 1], edges }).why).toBeUndefined()
  expect(decided(comes, { marks: [0, 0, 1], edges: edges.slice(0, 3) }).loop).toBe('0>1 1>0')
})

test('a run that ends owes what has not come', () => {
  expect(decided(comes, { marks: [0, 0], edges: [[0, 1, 'a']] })).toMatchObject({
    why: 'nobody has anything left to do, and it has not come',
    stem: '0>1',
    loop: '',
  })
})

test('leadsTo begins where its premise holds; a premise that never held is told', () => {
  const edges = [
    [0, 1, 'a'],
    [1, 2, 'a'],
    [2, 1, 'a'],
  ] as const
  expect(decided(follows, { marks: [0, 0, 0], edges })).toMatchObject({ why: undefined, concerned: 0 })
  expect(decided(follows, { marks: [2, 0, 1], edges }).why).toBeUndefined()
  expect(decided(follows, { marks: [1, 2, 0], edges })).toMatchObject({ stem: 'to 1', loop: '1>2 2>1', concerned: 1 })
})

test('within a time: the slowest way counts, whatever way is shorter in steps', () => {
  const edges = [
    [0, 1, 'a'],
    [1, 3, 'a', 0, 10],
    [0, 2, 'b'],
    [2, 3, 'b', 0, 60],
    [3, 4, 'a', 0, 50],
  ] as const
  const marks = [2, 0, 0, 0, 1]
  expect(decided(follows.within('120s'), { marks, edges }).why).toBeUndefined()
  expect(decided(follows.within(59), { marks, edges })).toMatchObject({
    why: 'it has not come within 0.059s',
    stem: '0>2 2>3',
  })
})

test('a circle in which a value changes is an oscillation; the user need not act in it', () => {
  const edges = [
    [0, 1, 'a'],
    [1, 0, 'b'],
  ] as const
  const could = { 0: ['user'], 1: ['user'] }
  expect(decided(steady, { marks: [0, 0], values: [1, 2], edges, could }).loop).toBe('0>1 1>0')
  expect(decided(steady, { marks: [0, 0], values: [1, 1], edges, could }).why).toBeUndefined()
})

test('coming to rest: only circles with writes are restless', () => {
  const edges = [
    [0, 1, 'a'],
    [1, 0, 'b'],
  ] as const
  expect(decided(rests(), { marks: [0, 0], edges }).why).toBeUndefined()
  expect(
    decided(rests(), {
      marks: [0, 0],
      edges: [
        [0, 1, 'a', 1],
        [1, 0, 'b'],
      ],
    }).why,
  ).toBe('somebody goes on writing for ever')
})

test('a circle that only refused writes keep alive is told apart', () => {
  const edges = [
    [0, 1, 'a', 2],
    [1, 0, 'b'],
    [1, 2, 'a'],
  ] as const
  expect(decided(comes, { marks: [0, 0, 1], edges, could: { 2: ['a'] } })).toMatchObject({
    why: undefined,
    starving: 1,
  })
})
