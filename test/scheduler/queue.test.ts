/** Queues: what wakes a refused pod and what does not, back-off, gates, refused bindings, pods of others. */
import { describe, expect, it } from 'vitest'
import { node, on, pod, Scene } from './scene.ts'

const full = () => new Scene().add(node('node-1', { cpu: '1' }), on('node-1', pod('old', { cpu: '1' })))

describe('a refused pod', () => {
  it('waits for a change that can cure it, and sits out its back-off', () => {
    const scene = full()
      .add(pod('web', { cpu: '1' }))
      .run()
    expect(scene.state.pods.get('default/web')).toMatchObject({ place: 'unschedulable', attempts: 1 })
    scene
      .add(node('small', { cpu: '500m' }, { spec: { unschedulable: true } }))
      .turn()
      .carryOut()
    expect(scene.state.pods.get('default/web')?.place).toBe('unschedulable')
    scene.remove('pods', 'default', 'old').turn().carryOut()
    expect(scene.state.pods.get('default/web')).toMatchObject({ place: 'backoff', until: scene.now + 1000 })
    scene.advance(999)
    expect(scene.placed.web).toBe('')
    scene.advance(1)
    expect(scene.placed.web).toBe('node-1')
  })

  it('is tried again every five minutes', () => {
    const scene = full()
      .add(pod('web', { cpu: '1' }))
      .run()
    scene.advance(299_000)
    expect(scene.state.pods.get('default/web')?.attempts).toBe(1)
    scene.advance(2000)
    expect(scene.state.pods.get('default/web')?.attempts).toBe(2)
  })

  it('writes its condition once and reports every attempt', () => {
    const scene = full()
      .add(pod('web', { cpu: '1' }))
      .run()
    const version = scene.at('web')?.metadata.resourceVersion
    scene.advance(301_000)
    expect(scene.at('web')?.metadata.resourceVersion).toBe(version)
    expect(scene.view.list('events').find((one) => one.reason === 'FailedScheduling')?.count).toBe(2)
  })

  it('waits twice as long after every attempt, at most 10 s', () => {
    const scene = full()
      .add(pod('web', { cpu: '1' }))
      .run()
    const waits: number[] = []
    for (let i = 0; i < 6; i++) {
      scene.remove('pods', 'default', `old${i === 0 ? '' : i}`).add(on('node-1', pod(`old${i + 1}`, { cpu: '1' })))
      scene.turn().carryOut()
      waits.push((scene.state.pods.get('default/web')?.until ?? 0) - scene.now)
      scene.advance(waits.at(-1) ?? 0)
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000])
  })
})

describe('a pod', () => {
  it('with scheduling gates waits, says so, and goes on when they are lifted', () => {
    const scene = new Scene().add(node('node-1'), pod('web', {}, { schedulingGates: [{ name: 'quota' }] })).run()
    expect(scene.placed.web).toBe('')
    expect(scene.at('web')?.status.conditions).toMatchObject([{ type: 'PodScheduled', reason: 'SchedulingGated' }])
    const open = scene.at('web')
    const ref = { resource: 'pods', namespace: 'default', name: 'web' }
    if (open)
      scene.commit({
        type: 'update',
        ref,
        object: { ...open, spec: { ...open.spec, schedulingGates: [] } },
        trusted: true,
      })
    expect(scene.run().placed.web).toBe('node-1')
  })

  it('of another scheduler, or one that is being deleted, is left alone', () => {
    const scene = new Scene().add(node('node-1'), pod('theirs', {}, { schedulerName: 'other' }))
    scene
      .add(pod('ending', {}, {}, { finalizers: ['example.com/hold'] }))
      .remove('pods', 'default', 'ending')
      .run()
    expect(scene.placed).toEqual({ theirs: '', ending: '' })
    expect(scene.view.count('events')).toBe(0)
  })

  it('whose binding is refused is taken off the node and tried again after a second', () => {
    const scene = new Scene().add(node('node-1', { cpu: '1' }), pod('web', { cpu: '1' })).turn()
    const { uid: _uid, ...bind } = scene.intents.find((one) => one.type === 'pod.bind') as {
      uid?: string
      type: 'pod.bind'
    }
    scene.intents = scene.intents.map((one) => (one.type === 'pod.bind' ? { ...one, uid: 'stale' } : one))
    scene.carryOut().turn().carryOut()
    expect(bind.type).toBe('pod.bind')
    expect(scene.placed.web).toBe('')
    expect(scene.events('Scheduled')).toEqual([])
    expect(scene.state.pods.get('default/web')).toMatchObject({ place: 'backoff', until: scene.now + 1000 })
    expect(scene.state.assumed.size).toBe(0)
    expect(scene.advance(1000).placed.web).toBe('node-1')
  })

  it('that was bound by somebody else meanwhile counts where it is', () => {
    const scene = new Scene()
      .add(node('node-1', { cpu: '1' }), node('node-2', { cpu: '1' }), pod('web', { cpu: '1' }))
      .turn()
    const mine = scene.intents.find((one) => one.type === 'pod.bind')?.node
    const other = mine === 'node-1' ? 'node-2' : 'node-1'
    scene.commit({ type: 'pod.bind', ref: { resource: 'pods', namespace: 'default', name: 'web' }, node: other })
    scene.carryOut().run()
    scene.add(pod('next', { cpu: '1' })).run()
    expect(scene.placed).toEqual({ web: other, next: mine })
  })
})
