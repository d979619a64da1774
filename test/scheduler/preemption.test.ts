/** Whom preemption removes, where, and what it says when it does not help. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { node, on, pod, Scene } from './scene.ts'

const high = (spec: object = {}) => pod('high', { cpu: '1' }, { priority: 10, ...spec })
const low = (name: string, at: string, priority = 0, cpu = '1', meta: object = {}) =>
  on(at, pod(name, { cpu }, { priority }, meta))

/** Names of the pods that are to go. */
function victims(scene: Scene): string[] {
  return scene.intents.flatMap((one) => (one.type === 'delete' ? [one.ref.name] : [])).sort()
}

function budget(name: string, app: string, allowed: number): KubeObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'default' },
    spec: { selector: { matchLabels: { app } } },
    status: { disruptionsAllowed: allowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
  }
}

const oneCpu = { cpu: '1' }

describe('preemption', () => {
  it('marks, removes and reports its victim, and nominates the node', () => {
    const scene = new Scene().add(node('node-1', oneCpu), low('low', 'node-1'), high()).turn().carryOut()
    const uid = scene.at('high')?.metadata.uid
    expect(scene.at('high')?.status.nominatedNodeName).toBe('node-1')
    expect(scene.why('high')).toBe('0/1 nodes are available: 1 Insufficient cpu.')
    expect(scene.events('Preempted')).toEqual([`default/low: Preempted by pod ${uid} on node node-1`])
    const low1 = scene.at('low')
    if (low1 !== undefined) expect(low1.metadata.deletionTimestamp).toBeDefined()
  })

  it('takes no more victims than it needs, the least important ones', () => {
    const scene = new Scene().add(node('node-1', { cpu: '3' }))
    scene.add(low('p1', 'node-1', 1), low('p2', 'node-1', 2), low('p3', 'node-1', 3), high()).turn()
    expect(victims(scene)).toEqual(['p1'])
  })

  it('goes where the highest victim is lowest, then where the fewest are', () => {
    const scene = new Scene().add(node('node-1', oneCpu), node('node-2', oneCpu), node('node-3', oneCpu))
    scene.add(low('five', 'node-1', 5), low('half-a', 'node-2', 3, '500m'), low('half-b', 'node-2', 3, '500m'))
    scene.add(low('three', 'node-3', 3), high()).turn()
    expect(victims(scene)).toEqual(['three'])
  })

  it('spares disruption budgets where it can, even at the price of a more important victim (K7)', () => {
    const scene = new Scene().add(node('node-1', oneCpu), node('node-2', oneCpu), budget('keep', 'db', 0))
    scene.add(low('db', 'node-1', 1, '1', { labels: { app: 'db' } }), low('web', 'node-2', 5), high()).turn()
    expect(victims(scene)).toEqual(['web'])
  })

  it('does not help against taints, equal priorities, or for a pod that never preempts', () => {
    const tainted = node('node-2', {}, { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } })
    const scene = new Scene().add(node('node-1', oneCpu), tainted, low('peer', 'node-1', 10), high()).run()
    expect(scene.why('high')).toBe(
      '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.',
    )
    const never = new Scene()
      .add(node('node-1', oneCpu), low('low', 'node-1'), high({ preemptionPolicy: 'Never' }))
      .run()
    expect(never.why('high')).toBe(
      '0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.',
    )
    const large = new Scene().add(
      node('node-1', oneCpu),
      low('low', 'node-1'),
      pod('big', { cpu: '2' }, { priority: 9 }),
    )
    expect(large.run().why('big')).toContain('preemption: 0/1 nodes are available: 1 Preemption is not helpful')
  })

  it('keeps the room for the preemptor in the same batch and after (K8, K9)', () => {
    const scene = new Scene().add(node('node-1', oneCpu), low('low', 'node-1')).run()
    scene
      .add(high(), pod('mid', { cpu: '1' }, { priority: 5 }), pod('tiny', { cpu: '1' }))
      .turn()
      .carryOut()
    expect(scene.at('mid')?.status.nominatedNodeName).toBeUndefined()
    scene.remove('pods', 'default', 'low').run()
    scene.add(pod('late', { cpu: '1' }, { priority: 7 })).run()
    expect(scene.placed.late).toBe('')
    scene.advance(20_000)
    expect(scene.placed).toEqual({ high: 'node-1', mid: '', tiny: '', late: '' })
  })

  it('gives the room to a pod of still higher priority, and the first one looks elsewhere', () => {
    const scene = new Scene().add(
      node('node-1', oneCpu),
      low('low', 'node-1', 0, '1', { finalizers: ['example.com/hold'] }),
    )
    scene.add(high()).turn().carryOut()
    scene
      .add(pod('higher', { cpu: '1' }, { priority: 20 }))
      .turn()
      .carryOut()
    expect(scene.at('higher')?.status.nominatedNodeName).toBe('node-1')
    expect(scene.at('high')?.status.nominatedNodeName).toBeUndefined()
  })

  it('waits for a victim that is still ending rather than removing more', () => {
    const slow = { finalizers: ['example.com/hold'] }
    const scene = new Scene().add(node('node-1', oneCpu), node('node-2', oneCpu))
    scene
      .add(low('a', 'node-1', 0, '1', slow), low('b', 'node-2', 1), high())
      .turn()
      .carryOut()
      .run()
    scene.advance(301_000)
    expect(scene.at('b')?.metadata.deletionTimestamp).toBeUndefined()
    expect(scene.why('high')).toContain('preemption: not eligible due to a terminating pod on the nominated node.')
    expect(scene.at('high')?.status.nominatedNodeName).toBe('node-1')
  })
})
