/** The seam for policies: dominant resource fairness, and one written on the spot. */
import { describe, expect, it } from 'vitest'
import { kubernetesPolicy, type Policy } from '../../src/scheduler/index.ts'
import { dominantShare } from '../../src/scheduler/policies/queues.ts'
import { node, pod, Scene } from './scene.ts'

const task = (name: string, framework: string, cpu: string, memory: string) =>
  pod(name, { cpu, memory }, { schedulerName: 'drf' }, { labels: { 'kybern.dev/framework': framework } })

describe('drf', () => {
  it("shares the cluster of the paper's example: three tasks for A, two for B", () => {
    const scene = new Scene().add(node('node-1', { cpu: '9', memory: '18Gi' }))
    for (let i = 0; i < 6; i++) scene.add(task(`a-${i}`, 'a', '1', '4Gi'), task(`b-${i}`, 'b', '3', '1Gi'))
    const placed = Object.entries(scene.run().placed).filter(([, at]) => at !== '')
    expect(placed.map(([name]) => name.slice(0, 1)).sort()).toEqual(['a', 'a', 'a', 'b', 'b'])
    expect(scene.why('a-5')).toBe('0/1 nodes are available: 1 Insufficient cpu.')
    expect(scene.events('Scheduled')[0]).toContain('Successfully assigned default/')
  })

  it('counts what a framework already has', () => {
    const scene = new Scene()
      .add(node('node-1', { cpu: '4' }))
      .add(task('a-0', 'a', '2', '1Gi'))
      .run()
    scene.add(task('a-1', 'a', '1', '1Gi'), task('b-0', 'b', '1', '1Gi'), task('b-1', 'b', '1', '1Gi')).run()
    expect(scene.placed).toEqual({ 'a-0': 'node-1', 'a-1': '', 'b-0': 'node-1', 'b-1': 'node-1' })
  })

  it('takes the largest share of any resource', () => {
    const total = new Map([
      ['cpu', 9000],
      ['memory', 18],
      ['gpu', 0],
    ])
    expect(
      dominantShare(
        new Map([
          ['cpu', 3000],
          ['memory', 12],
        ]),
        total,
      ),
    ).toBeCloseTo(2 / 3)
    expect(dominantShare(new Map([['gpu', 1]]), total)).toBe(Number.POSITIVE_INFINITY)
    expect(dominantShare(new Map(), total)).toBe(0)
  })
})

describe("a policy of one's own", () => {
  it('claims its pods, orders them and places them; the others go on as before', () => {
    const backwards: Policy = {
      name: 'backwards',
      claims: (one) => one.spec.schedulerName === 'backwards',
      order: (queue) => [...queue].sort((a, b) => (a.facts.key < b.facts.key ? 1 : -1)),
      place: (pending, desk) => kubernetesPolicy.place(pending, desk),
    }
    const scene = new Scene({ policies: [backwards, kubernetesPolicy] }).add(node('node-1', { cpu: '2' }))
    const mine = { schedulerName: 'backwards' }
    scene.add(pod('a', { cpu: '1' }, mine), pod('b', { cpu: '1' }, mine), pod('c', { cpu: '1' }))
    expect(scene.run().placed).toEqual({ a: 'node-1', b: 'node-1', c: '' })
    const short = new Scene({ policies: [backwards] }).add(node('node-1', { cpu: '1' }))
    expect(short.add(pod('a', { cpu: '1' }, mine), pod('b', { cpu: '1' }, mine)).run().placed).toEqual({
      a: '',
      b: 'node-1',
    })
  })
})
