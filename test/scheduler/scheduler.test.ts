/** The agent as a whole: placements, messages, queues, refused bindings. */
import { describe, expect, it } from 'vitest'
import { node, on, pod, Scene } from './scene.ts'

describe('a turn', () => {
  it('binds pods, tells it, and confirms the binding with the next turn', () => {
    const scene = new Scene().add(node('node-1'), pod('web-1', { cpu: '1' })).run()
    expect(scene.placed).toEqual({ 'web-1': 'node-1' })
    expect(scene.events('Scheduled')).toEqual(['default/web-1: Successfully assigned default/web-1 to node-1'])
    expect(scene.state.assumed.size).toBe(0)
    expect(scene.state.pods.size).toBe(0)
  })

  it('counts every placement of a batch at once', () => {
    const scene = new Scene().add(node('node-1', { cpu: '2' }))
    scene.add(pod('a', { cpu: '1' }), pod('b', { cpu: '1' }), pod('c', { cpu: '1' })).run()
    expect(Object.values(scene.placed).filter((name) => name === 'node-1')).toHaveLength(2)
    expect(scene.why('c')).toBe(
      '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    )
  })

  it('says when there is no node at all, and tries again when one comes', () => {
    const scene = new Scene().add(pod('web-1')).run()
    expect(scene.why('web-1')).toBe('no nodes available to schedule pods')
    scene.add(node('node-1')).run().advance(1000)
    expect(scene.placed).toEqual({ 'web-1': 'node-1' })
  })
})

describe('priority', () => {
  it('places the more important pod first', () => {
    const scene = new Scene().add(node('node-1', { cpu: '1' }))
    scene.add(pod('low', { cpu: '1' }), pod('high', { cpu: '1' }, { priority: 10 })).run()
    expect(scene.placed).toEqual({ high: 'node-1', low: '' })
  })

  it('removes pods of lower priority and keeps their room for the preemptor', () => {
    const scene = new Scene().add(node('node-1', { cpu: '1' }), on('node-1', pod('low', { cpu: '1' })))
    scene
      .add(pod('high', { cpu: '1' }, { priority: 10 }))
      .turn()
      .carryOut()
    expect(scene.at('high')?.status.nominatedNodeName).toBe('node-1')
    const uid = scene.at('high')?.metadata.uid
    expect(scene.events('Preempted')).toEqual([`default/low: Preempted by pod ${uid} on node node-1`])
    scene
      .remove('pods', 'default', 'low')
      .add(pod('later', { cpu: '1' }, { priority: 5 }))
      .run()
      .advance(1000)
    expect(scene.placed).toEqual({ high: 'node-1', later: '' })
  })
})
