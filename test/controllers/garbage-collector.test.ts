/** Who goes with whom: background, foreground, orphan (GC1 to GC5). */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { garbageCollectorController as controller } from '../../src/controllers/garbage-collector.ts'
import { Bench } from '../support/bench.ts'
import { configMapNamed, namespaceNamed, nodeNamed } from '../support/core-objects.ts'

const owner = (name: string, more: object = {}) => ({ name, uid: `uid-${name}`, ...more })
const blocking = (name: string) => owner(name, { blockOwnerDeletion: true })
const going = (finalizer: string) => ({
  deletionTimestamp: '2026-01-01T00:00:05Z',
  deletionGracePeriodSeconds: 0,
  finalizers: [finalizer],
})
const left = (bench: Bench) => bench.view.list('configmaps').map((one) => one.metadata.name)
const settled = (...objects: KubeObject[]): Bench => {
  const bench = new Bench([namespaceNamed('default'), namespaceNamed('other'), ...objects])
  bench.settle([controller])
  return bench
}

describe('background', () => {
  const cases: [string, KubeObject[], string[]][] = [
    [
      'an owner that is there keeps its dependent',
      [configMapNamed('a'), configMapNamed('b', [owner('a')])],
      ['a', 'b'],
    ],
    ['no owner, no verdict', [configMapNamed('b')], ['b']],
    ['an owner that is gone takes it along', [configMapNamed('b', [owner('a')])], []],
    [
      'another object of the owner’s name is not the owner (GC1)',
      [configMapNamed('a'), configMapNamed('b', [{ name: 'a', uid: 'older' }])],
      ['a'],
    ],
    [
      'one live owner of two is enough',
      [configMapNamed('a'), configMapNamed('b', [owner('a'), owner('gone')])],
      ['a', 'b'],
    ],
    [
      'a whole chain goes',
      [configMapNamed('b', [owner('a')]), configMapNamed('c', [owner('b')]), configMapNamed('d', [owner('c')])],
      [],
    ],
    [
      'an owner that is only being deleted still keeps it',
      [configMapNamed('a', [], going('test/x')), configMapNamed('b', [owner('a')])],
      ['a', 'b'],
    ],
    [
      'an owner in another namespace is absent (GC5)',
      [configMapNamed('a', [], { namespace: 'other' }), configMapNamed('b', [owner('a')])],
      ['a'],
    ],
    [
      'an owner of an unknown kind is not judged',
      [configMapNamed('b', [{ apiVersion: 'x.example/v1', kind: 'Thing', name: 'a', uid: 'u' }])],
      ['b'],
    ],
    [
      'a cluster-scoped owner may own across',
      [nodeNamed('n'), configMapNamed('b', [{ kind: 'Node', name: 'n', uid: 'uid-n' }])],
      ['b'],
    ],
  ]
  it.each(cases)('%s', (_title, objects, wanted) => {
    expect(left(settled(...objects))).toEqual(wanted)
  })

  it('forgets owners that are gone when another stays', () => {
    const bench = settled(configMapNamed('a'), configMapNamed('b', [owner('a'), owner('gone')]))
    expect(bench.view.get('configmaps', 'default', 'b')?.metadata.ownerReferences?.map((one) => one.name)).toEqual([
      'a',
    ])
  })

  it('deletes only the very object it judged', () => {
    const bench = new Bench([configMapNamed('b', [owner('a')])])
    const intents = controller.reconcile(bench.view, 'configmaps|default/b')
    expect(intents).toMatchObject([{ type: 'delete', uid: 'uid-b', resourceVersion: '1' }])
    bench.put(configMapNamed('b', [owner('c')]))
    bench.put(configMapNamed('c'))
    for (const intent of intents) if (intent.type === 'delete') expect(bench.commit(intent).ok).toBe(false)
    expect(left(bench)).toEqual(['b', 'c'])
  })

  it('a cluster-scoped object with a namespaced owner is kept, and that is said', () => {
    const bench = new Bench([
      nodeNamed('n', {
        metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'uid-a' }] },
      }),
    ])
    bench.step(controller, 'nodes|n')
    expect(bench.view.list('nodes')).toHaveLength(1)
    expect(bench.view.list('events').map((event) => event.reason)).toEqual(['OwnerRefInvalidNamespace'])
  })
})

describe('foreground (GC3)', () => {
  it('an owner outlives those that block it, whatever order they are looked at in', () => {
    const bench = new Bench([
      configMapNamed('a', [], going('foregroundDeletion')),
      configMapNamed('b', [blocking('a')], { finalizers: ['test/hold'] }),
    ])
    bench.settle([controller])
    expect(left(bench)).toEqual(['a', 'b'])
    expect(bench.view.get('configmaps', 'default', 'b')?.metadata.deletionTimestamp).toBeDefined()
    expect(controller.reconcile(bench.view, 'configmaps|default/a')).toEqual([])
    const b = bench.view.get('configmaps', 'default', 'b') as KubeObject
    const outcome = bench.commit({
      type: 'update',
      ref: { resource: 'configmaps', namespace: 'default', name: 'b' },
      object: { ...b, metadata: { ...b.metadata, finalizers: [] } },
      trusted: true,
    })
    if (!outcome.ok || outcome.change === undefined) throw new Error('not released')
    expect(bench.keysFor(controller, outcome.change)).toContain('configmaps|default/a')
    bench.settle([controller])
    expect(left(bench)).toEqual([])
  })

  it('does not wait for those that do not block, but deletes them', () => {
    const bench = settled(configMapNamed('a', [], going('foregroundDeletion')), configMapNamed('b', [owner('a')]))
    expect(left(bench)).toEqual([])
  })

  it('goes down a chain and comes up again', () => {
    const bench = settled(
      configMapNamed('a', [], going('foregroundDeletion')),
      configMapNamed('b', [blocking('a')]),
      configMapNamed('c', [blocking('b')]),
    )
    expect(left(bench)).toEqual([])
  })

  it('a dependent with another owner is let go of instead', () => {
    const bench = settled(
      configMapNamed('a', [], going('foregroundDeletion')),
      configMapNamed('x'),
      configMapNamed('b', [blocking('a'), owner('x')]),
    )
    expect(left(bench)).toEqual(['b', 'x'])
    expect(bench.view.get('configmaps', 'default', 'b')?.metadata.ownerReferences?.map((one) => one.name)).toEqual([
      'x',
    ])
  })

  it('two that wait for each other both go', () => {
    const bench = settled(
      configMapNamed('a', [blocking('b')], going('foregroundDeletion')),
      configMapNamed('b', [blocking('a')]),
    )
    expect(left(bench)).toEqual([])
  })
})

describe('orphan (GC4)', () => {
  it('dependents survive without the reference, then the owner goes', () => {
    const bench = settled(
      configMapNamed('a', [], going('orphan')),
      configMapNamed('b', [owner('a')]),
      configMapNamed('c', [owner('a'), owner('b')]),
    )
    expect(left(bench)).toEqual(['b', 'c'])
    expect(bench.view.get('configmaps', 'default', 'b')?.metadata.ownerReferences).toBeUndefined()
    expect(bench.view.get('configmaps', 'default', 'c')?.metadata.ownerReferences?.map((one) => one.name)).toEqual([
      'b',
    ])
  })

  it('survives a crash after any write (G4)', () => {
    for (const writes of [0, 1, 2, 3]) {
      const bench = new Bench([
        configMapNamed('a', [], going('orphan')),
        configMapNamed('b', [owner('a')]),
        configMapNamed('c', [owner('a')]),
      ])
      bench.step(controller, 'configmaps|default/a', writes)
      bench.settle([controller])
      expect(left(bench)).toEqual(['b', 'c'])
    }
  })
})

describe('who is looked at', () => {
  const change = (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject, previous?: KubeObject) =>
    ({
      type,
      resource: 'configmaps',
      key: '',
      object,
      previous,
      revision: 1,
      time: 0,
      cause: { why: 'request', by: 'x' },
    }) as const

  it('nobody for an object without owners and finalizers', () => {
    const bench = new Bench([configMapNamed('a')])
    expect(bench.keysFor(controller, change('ADDED', configMapNamed('a')))).toEqual([])
  })

  it('the dependents of what was deleted, and of what begins to wait for them', () => {
    const bench = new Bench([configMapNamed('a'), configMapNamed('b', [owner('a')]), configMapNamed('c', [owner('b')])])
    expect(bench.keysFor(controller, change('DELETED', configMapNamed('a')))).toEqual(['configmaps|default/b'])
    const waiting = configMapNamed('a', [], going('foregroundDeletion'))
    expect(bench.keysFor(controller, change('MODIFIED', waiting, configMapNamed('a')))).toEqual([
      'configmaps|default/a',
      'configmaps|default/b',
    ])
  })

  it('at the start everything that has owners', () => {
    const bench = new Bench([configMapNamed('a'), configMapNamed('b', [owner('a')])])
    expect(controller.starts?.(bench.view)).toEqual(['configmaps|default/b'])
  })
})
