/** YARN's two schedulers: who is served next among queues, what may be borrowed, and what a wrong configuration says. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { node, pod, type Resources, Scene } from './scene.ts'

const config = (name: string, data: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'kube-system' },
  data,
})
const capacities = (queues: Record<string, string>): KubeObject =>
  config(
    'capacity-scheduler',
    Object.fromEntries(Object.entries(queues).map(([key, value]) => [`yarn.scheduler.capacity.root.${key}`, value])),
  )
const shares = (queues: Record<string, string>): KubeObject =>
  config('fair-scheduler', Object.fromEntries(Object.entries(queues).map(([key, value]) => [`root.${key}`, value])))

/** Pods `QUEUE-0`, `QUEUE-1`, … of one size. */
const tasks = (schedulerName: string, queue: string, count: number, size: Resources, owner?: string): KubeObject[] =>
  Array.from({ length: count }, (_, i) =>
    pod(
      `${owner ?? queue.replaceAll('.', '-')}-${i}`,
      size,
      { schedulerName },
      {
        labels: { 'kybern.dev/queue': queue },
        ...(owner !== undefined && {
          ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: owner, uid: owner, controller: true }],
        }),
      },
    ),
  )

/** How many pods of each queue have a node. */
function counts(scene: Scene): Record<string, number> {
  const found: Record<string, number> = {}
  for (const [name, at] of Object.entries(scene.run().placed)) {
    const queue = name.replace(/-\d+$/, '')
    found[queue] = (found[queue] ?? 0) + (at === '' ? 0 : 1)
  }
  return found
}

const cpu = { cpu: '1', memory: '100Mi' }
const scene = (): Scene => new Scene().add(node('node-1', { cpu: '10', memory: '100Gi' }))

describe('capacity', () => {
  const halves = { queues: 'prod,dev', 'prod.capacity': '70', 'dev.capacity': '30', 'dev.maximum-capacity': '50' }

  it('gives every queue what it is promised when all want more', () => {
    const full = scene().add(
      capacities(halves),
      ...tasks('capacity', 'dev', 10, cpu),
      ...tasks('capacity', 'prod', 10, cpu),
    )
    expect(counts(full)).toEqual({ dev: 3, prod: 7 })
    expect(full.why('dev-9')).toBe('0/1 nodes are available: 1 Insufficient cpu.')
  })

  it('lends what others leave idle, up to the maximum capacity', () => {
    const idle = scene().add(capacities(halves), ...tasks('capacity', 'dev', 10, cpu))
    expect(counts(idle)).toEqual({ dev: 5 })
    expect(idle.why('dev-9')).toBe(
      '0/1 nodes are available: queue root.dev would exceed its maximum capacity of 50 % of cpu.',
    )
    idle.remove('pods', 'default', 'dev-0')
    expect(counts(idle.run().advance(11_000))).toEqual({ dev: 5 })
  })

  it('shares a share among the queues below', () => {
    const nested = {
      ...{ queues: 'prod,dev', 'prod.capacity': '60', 'dev.capacity': '40' },
      ...{ 'prod.queues': 'web,batch', 'prod.web.capacity': '50', 'prod.batch.capacity': '50' },
    }
    const all = ['prod.web', 'prod.batch', 'dev'].flatMap((queue) => tasks('capacity', queue, 10, cpu))
    expect(counts(scene().add(capacities(nested), ...all))).toEqual({ 'prod-web': 3, 'prod-batch': 3, dev: 4 })
  })

  it('takes up a new configuration at once', () => {
    const one = scene().add(capacities(halves), ...tasks('capacity', 'dev', 10, cpu))
    expect(counts(one)).toEqual({ dev: 5 })
    one.remove('configmaps', 'kube-system', 'capacity-scheduler')
    one.add(capacities({ ...halves, 'dev.maximum-capacity': '80' }))
    expect(counts(one.run().advance(11_000))).toEqual({ dev: 8 })
  })

  it.each([
    [{ ...halves, 'dev.capacity': '20' }, 'the capacities of the queues below root add up to 90, not to 100'],
    [
      { ...halves, 'dev.user-limit-factor': '2' },
      'the property yarn.scheduler.capacity.root.dev.user-limit-factor of ConfigMap capacity-scheduler is not known',
    ],
    [
      { ...halves, 'dev.capacity': 'much' },
      'queue root.dev has no capacity from 0 to 100, or a maximum-capacity below it',
    ],
    [{ ...halves, 'dev.state': 'STOPPED' }, 'queue root.dev is STOPPED'],
    [{ queues: 'prod', 'prod.capacity': '100' }, 'there is no queue "dev" that takes pods'],
  ])('says what keeps a pod waiting: %o', (queues, message) => {
    const wrong = scene()
      .add(capacities(queues), ...tasks('capacity', 'dev', 1, cpu))
      .run()
    expect(wrong.why('dev-0')).toBe(`0/1 nodes are available: ${message}.`)
  })

  it('has one queue without a configuration', () => {
    expect(counts(scene().add(...tasks('capacity', 'default', 11, cpu)))).toEqual({ default: 10 })
  })
})

describe('fair', () => {
  const gig = { cpu: '100m', memory: '10Gi' }

  it('shares by weight', () => {
    const weighed = scene().add(
      ...[shares({ queues: 'prod,dev', 'prod.weight': '4' })],
      ...[...tasks('fair', 'dev', 10, gig), ...tasks('fair', 'prod', 10, gig)],
    )
    expect(counts(weighed)).toEqual({ dev: 2, prod: 8 })
  })

  it('serves a queue below its least first, and none above its most', () => {
    const least = scene().add(
      ...[shares({ queues: 'a,b', 'a.minResources': 'memory=70Gi', 'b.maxResources': 'memory=20Gi' })],
      ...[...tasks('fair', 'a', 7, gig), ...tasks('fair', 'b', 10, gig)],
    )
    expect(counts(least)).toEqual({ a: 7, b: 2 })
    expect(least.why('b-9')).toBe('0/1 nodes are available: queue root.b would exceed its maxResources of memory.')
  })

  it('lets applications of a queue share alike, unless it is first in, first out', () => {
    const two = (): KubeObject[] => [...tasks('fair', 'q', 9, gig, 'early'), ...tasks('fair', 'q', 9, gig, 'late')]
    expect(counts(scene().add(shares({ queues: 'q' }), ...two()))).toEqual({ early: 5, late: 5 })
    const fifo = scene().add(shares({ queues: 'q', 'q.schedulingPolicy': 'fifo' }), ...two())
    expect(counts(fifo)).toEqual({ early: 9, late: 1 })
  })

  it('compares dominant resources when it is told so', () => {
    const small = [
      ...tasks('fair', 'a', 20, { cpu: '2', memory: '1Gi' }),
      ...tasks('fair', 'b', 20, { cpu: '1', memory: '20Gi' }),
    ]
    expect(counts(scene().add(shares({ queues: 'a,b', schedulingPolicy: 'drf' }), ...small))).toEqual({ a: 3, b: 4 })
  })

  it.each([
    [{ queues: 'a', 'a.weight': '0' }, 'the weight of queue root.a is not above 0'],
    [{ queues: 'a', 'a.minResources': 'much' }, '"much" of queue root.a is not like cpu=4'],
    [
      { queues: 'a', 'a.maxRunningApps': '3' },
      'the word root.a.maxRunningApps of ConfigMap fair-scheduler is not known',
    ],
    [
      { queues: 'a', 'a.schedulingPolicy': 'lottery' },
      'the schedulingPolicy "lottery" of queue root.a is none of fair, fifo, drf',
    ],
  ])('says what is wrong: %o', (queues, message) => {
    const wrong = scene()
      .add(shares(queues), ...tasks('fair', 'a', 1, gig))
      .run()
    expect(wrong.why('a-0')).toBe(`0/1 nodes are available: ${message}.`)
  })
})
