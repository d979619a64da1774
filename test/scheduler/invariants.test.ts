/** What must hold of every placement, whatever the cluster (K2 to K6), and what must hold of states: forks, seeds. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { explain } from '../../src/scheduler/explain.ts'
import { takeColumns } from '../../src/scheduler/holder.ts'
import type { View } from '../../src/store/view.ts'
import { viewOf } from '../support/view.ts'
import { nodes, placedPods, pods, surroundings } from './arbitrary.ts'
import { node, on, pod, Scene } from './scene.ts'

/** The world as it was when the scheduler gave this pod its node: with those it placed before, without the pod itself. */
function before(view: View, bound: readonly string[], name: string): View {
  const objects = ['nodes', 'namespaces', 'services'].flatMap((kind) => view.list(kind))
  const earlier = bound.slice(0, bound.indexOf(name))
  const there = view.list('pods').filter((one) => one.spec.nodeName && !bound.includes(one.metadata.name))
  const placed = view.list('pods').filter((one) => earlier.includes(one.metadata.name))
  return viewOf([...objects, ...there, ...placed])
}

function unplaced({ spec: { nodeName: _node, ...spec }, ...rest }: KubeObject): KubeObject {
  return { ...rest, spec, status: { phase: 'Pending' } } as KubeObject
}

describe('every placement', () => {
  it('passed all filters at that moment (K2, K3, K4, K5)', () => {
    fc.assert(
      fc.property(nodes(5), placedPods(5), pods(6), (all, placed, waiting) => {
        const quiet = waiting.map((one) => ({ ...one, spec: { ...one.spec, preemptionPolicy: 'Never' } }))
        const scene = new Scene().add(...surroundings, ...all, ...placed.map(alive), ...quiet).turn()
        const bound = scene.intents.flatMap((one) => (one.type === 'pod.bind' ? [one.ref.name] : []))
        scene.carryOut()
        for (const name of bound) {
          const one = scene.view.list('pods').find((other) => other.metadata.name === name) as KubeObject
          const refused = explain(before(scene.view, bound, name), unplaced(one))
          expect(refused.filter(({ node: at }) => at === one.spec.nodeName || at === '')).toEqual([])
        }
      }),
      { numRuns: 150 },
    )
  })

  it('is made whenever one is possible', () => {
    fc.assert(
      fc.property(nodes(4), placedPods(4), pods(4), (all, placed, waiting) => {
        const quiet = waiting.map((one) => ({ ...one, spec: { ...one.spec, preemptionPolicy: 'Never' } }))
        const scene = new Scene()
          .add(...surroundings, ...all, ...placed.map(alive), ...quiet)
          .run()
          .advance(20_000)
        for (const one of scene.view.list('pods').filter((other) => !other.spec.nodeName)) {
          const refused = new Set(explain(scene.view, one).map(({ node: at }) => at))
          expect(refused.has('') || all.every(({ metadata }) => refused.has(metadata.name))).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('fits where preemption made room for it, once the victims are gone', () => {
    fc.assert(
      fc.property(nodes(4), placedPods(8), pods(1), (all, placed, [one]) => {
        const asking = { ...(one as KubeObject), spec: { ...one?.spec, priority: 20 } }
        const scene = new Scene().add(...surroundings, ...all, ...placed.map(alive), asking).turn()
        const gone = scene.intents.flatMap((intent) => (intent.type === 'delete' ? [intent.ref.name] : []))
        if (gone.length === 0) return
        scene.carryOut()
        const nominated = scene.view.list('pods').find((other) => other.metadata.name === asking.metadata.name)
        for (const name of gone) {
          const victim = placed.find((other) => other.metadata.name === name)
          expect(victim?.spec.nodeName).toBe(nominated?.status.nominatedNodeName)
          scene.remove('pods', victim?.metadata.namespace ?? '', name)
        }
        const refused = explain(scene.view, nominated as KubeObject).map(({ node: at }) => at)
        expect(refused).not.toContain(nominated?.status.nominatedNodeName)
        expect(scene.run().advance(20_000).placed[asking.metadata.name]).not.toBe('')
      }),
      { numRuns: 300 },
    )
  })

  it('removes only pods of strictly lower priority, and none for a pod that never preempts (K6)', () => {
    fc.assert(
      fc.property(nodes(4), placedPods(8), pods(3), fc.boolean(), (all, placed, waiting, never) => {
        const asking = waiting.map((one) =>
          never ? { ...one, spec: { ...one.spec, preemptionPolicy: 'Never' } } : one,
        )
        const scene = new Scene().add(...surroundings, ...all, ...placed.map(alive), ...asking).turn()
        const highest = Math.max(...waiting.map((one) => one.spec.priority))
        for (const intent of scene.intents) {
          if (intent.type !== 'delete') continue
          expect(never).toBe(false)
          const victim = scene.view.get('pods', intent.ref.namespace, intent.ref.name)
          expect(victim?.spec.priority).toBeLessThan(highest)
          expect(intent.uid).toBe(victim?.metadata.uid)
        }
      }),
      { numRuns: 200 },
    )
  })
})

/** The store would finish a deletion at once here. */
function alive(one: KubeObject): KubeObject {
  const { deletionTimestamp: _ending, ...metadata } = one.metadata
  return { ...one, metadata }
}

describe('states', () => {
  const start = () =>
    new Scene()
      .add(node('node-1', { cpu: '2' }), node('node-2', { cpu: '2' }), on('node-1', pod('old', { cpu: '1' })))
      .add(pod('first', { cpu: '1' }))
      .run()

  it('can be continued twice, and neither side sees the other', () => {
    const left = start()
    left.add(pod('huge', { cpu: '3' })).run()
    const shared = left.state
    const text = () => JSON.stringify([...shared.pods.entries(), ...shared.refusedBy.entries()])
    const before = text()
    const right = left.fork()
    const big = (name: string) => pod(name, { cpu: '2' })
    left.add(pod('a', { cpu: '1' }), pod('b', { cpu: '1' })).run()
    right.remove('pods', 'default', 'old').remove('pods', 'default', 'first').add(big('x'), big('y')).run()
    expect(Object.values(left.placed).sort()).toEqual(['', 'node-1', 'node-1', 'node-2', 'node-2'])
    expect(Object.values(right.placed).sort()).toEqual(['', 'node-1', 'node-2'])
    left.add(pod('c', { cpu: '1' })).run()
    expect(left.placed.c).toBe('')
    expect(right.add(pod('z', { cpu: '1' })).run().placed.z).toBe('')
    expect(before).toContain('default/huge')
    expect(text()).toBe(before)
  })

  it('give the same answer from columns that were advanced and from columns that were lost', () => {
    fc.assert(
      fc.property(nodes(5), pods(4), pods(5), (all, first, second) => {
        const renamed = second.map((one) => ({ ...one, metadata: { ...one.metadata, name: `${one.metadata.name}-2` } }))
        const kept = new Scene().add(...surroundings, ...all, ...first).run()
        const lost = kept.fork()
        for (const scene of [kept, lost]) scene.add(...renamed)
        kept.run()
        expect(takeColumns(lost.state.columns)).toBeUndefined()
        expect(lost.run().placed).toEqual(kept.placed)
        expect(JSON.stringify([...lost.state.pods.entries()])).toBe(JSON.stringify([...kept.state.pods.entries()]))
      }),
      { numRuns: 100 },
    )
  })

  it('lead to the same placements with the same seed, and to other ones among equals with another', () => {
    const placed = (seed: number) => {
      const scene = new Scene({}, seed)
      for (let i = 0; i < 8; i++) scene.add(node(`node-${i}`))
      return scene.add(pod('a'), pod('b'), pod('c')).run().placed
    }
    expect(placed(1)).toEqual(placed(1))
    expect(new Set([1, 2, 3, 4].map((seed) => JSON.stringify(placed(seed)))).size).toBeGreaterThan(1)
  })
})
