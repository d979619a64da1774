/** Events live for an hour after they last happened. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { eventExpiryController as controller } from '../../src/controllers/event-expiry.ts'
import { Bench } from '../support/bench.ts'
import { at } from '../support/core-objects.ts'
import { t0 } from '../support/view.ts'

const event = (name: string, seconds: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name, namespace: 'default', creationTimestamp: at(0) },
  lastTimestamp: at(seconds),
})
const wakes = (bench: Bench) => controller.reconcile(bench.view, '').filter((intent) => intent.type === 'wake')

describe('events', () => {
  it('are deleted an hour after they last happened', () => {
    const bench = new Bench([event('old', 0), event('again', 600)])
    bench.now = t0 + 3_599_999
    bench.step(controller, '')
    expect(bench.view.list('events')).toHaveLength(2)
    bench.now = t0 + 3_600_000
    bench.step(controller, '')
    expect(bench.view.list('events').map((one) => one.metadata.name)).toEqual(['again'])
  })

  it('are looked at in the background when the first may expire, once a minute at most, once an hour at least', () => {
    expect(wakes(new Bench())).toEqual([{ type: 'wake', at: t0 + 3_600_000, background: true }])
    const bench = new Bench([event('a', 0), event('b', 600)])
    bench.now = t0 + 300_000
    expect(wakes(bench)).toMatchObject([{ at: t0 + 3_600_000 }])
    bench.now = t0 + 3_599_000
    expect(wakes(bench)).toMatchObject([{ at: t0 + 3_659_000 }])
  })

  it('do not wake it one by one', () => {
    expect(controller.matters?.({} as never)).toBe(false)
    expect(controller.reconcile(new Bench([event('a', 0)]).view, 'default/a')).toEqual([])
  })
})
