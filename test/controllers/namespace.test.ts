/** What every namespace has, and how it goes. */
import { describe, expect, it } from 'vitest'
import { getCondition } from '../../src/api/conditions.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { namespaceController } from '../../src/controllers/namespace.ts'
import { rootCaCertificateController } from '../../src/controllers/root-ca-certificate.ts'
import { serviceAccountController } from '../../src/controllers/serviceaccount.ts'
import { admission } from '../../src/store/admission/index.ts'
import { Bench } from '../support/bench.ts'
import { configMapNamed, namespaceNamed, podNamed } from '../support/core-objects.ts'

const ref = { resource: 'namespaces', namespace: '', name: 'team' }
const inTeam = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, namespace: 'team' } })
const names = (bench: Bench, resource: string, namespace = 'team') =>
  bench.view.list(resource, namespace).map((one) => one.metadata.name)
const condition = (bench: Bench, type: string) =>
  getCondition(bench.view.get('namespaces', '', 'team')?.status?.conditions, type)

describe('an active namespace', () => {
  it('gets its default service account, and again when somebody deletes it', () => {
    const bench = new Bench([namespaceNamed('team')])
    bench.settle([serviceAccountController])
    expect(names(bench, 'serviceaccounts')).toEqual(['default'])
    const outcome = bench.commit({
      type: 'delete',
      ref: { ...ref, resource: 'serviceaccounts', namespace: 'team', name: 'default' },
    })
    if (!outcome.ok || outcome.change === undefined) throw new Error('not deleted')
    expect(bench.keysFor(serviceAccountController, outcome.change)).toEqual(['team'])
    bench.settle([serviceAccountController])
    expect(names(bench, 'serviceaccounts')).toEqual(['default'])
  })

  it('gets the certificate of the CA, repaired and renewed', () => {
    const source = configMapNamed('extension-apiserver-authentication', [], { namespace: 'kube-system' })
    const bench = new Bench([
      namespaceNamed('team'),
      namespaceNamed('kube-system'),
      { ...source, data: { 'client-ca-file': 'one' } },
    ])
    const text = () => bench.view.get('configmaps', 'team', 'kube-root-ca.crt')?.data['ca.crt']
    bench.settle([rootCaCertificateController])
    expect(text()).toBe('one')
    bench.put({ ...source, data: { 'client-ca-file': 'two' } })
    bench.settle([rootCaCertificateController])
    expect(text()).toBe('two')
    const map = bench.view.get('configmaps', 'team', 'kube-root-ca.crt') as KubeObject
    bench.put({ ...map, data: { 'ca.crt': 'forged' } })
    bench.settle([rootCaCertificateController])
    expect(text()).toBe('two')
    expect(rootCaCertificateController.reconcile(bench.view, 'team')).toEqual([])
  })

  it('is left alone by the deletion controller', () => {
    const bench = new Bench([namespaceNamed('team'), inTeam(podNamed('a'))])
    expect(namespaceController.reconcile(bench.view, 'team')).toEqual([])
  })
})

describe('a namespace that is deleted', () => {
  const deleted = (...objects: KubeObject[]): Bench => {
    const bench = new Bench([namespaceNamed('team'), namespaceNamed('other'), ...objects], admission)
    expect(bench.commit({ type: 'delete', ref }).ok).toBe(true)
    return bench
  }
  const all = [serviceAccountController, rootCaCertificateController, namespaceController]

  it('goes with everything in it and nothing else', () => {
    const elsewhere = { ...configMapNamed('kept').metadata, namespace: 'other' }
    const bench = deleted(inTeam(configMapNamed('a')), inTeam(configMapNamed('b')), {
      ...configMapNamed('kept'),
      metadata: elsewhere,
    })
    bench.settle([namespaceController])
    expect(bench.view.get('namespaces', '', 'team')).toBeUndefined()
    expect(names(bench, 'configmaps')).toEqual([])
    expect(names(bench, 'configmaps', 'other')).toEqual(['kept'])
  })

  it('is Terminating, takes nothing new in, and nobody fights over it', () => {
    const bench = deleted(inTeam(configMapNamed('held', [], { finalizers: ['test/hold'] })))
    bench.settle(all)
    expect(bench.view.get('namespaces', '', 'team')?.status.phase).toBe('Terminating')
    expect(names(bench, 'serviceaccounts')).toEqual([])
    const { uid: _uid, ...metadata } = inTeam(configMapNamed('late')).metadata
    const outcome = bench.commit({
      type: 'create',
      resource: 'configmaps',
      namespace: 'team',
      object: { ...configMapNamed('late'), metadata },
    })
    expect(outcome.ok).toBe(false)
  })

  it('says what keeps it, and goes when that is gone', () => {
    const bench = deleted(inTeam(configMapNamed('held', [], { finalizers: ['test/hold'] })))
    bench.settle([namespaceController])
    expect(condition(bench, 'NamespaceContentRemaining')).toMatchObject({
      status: 'True',
      reason: 'SomeResourcesRemain',
      message: 'Some resources are remaining: configmaps. has 1 resource instances',
    })
    expect(condition(bench, 'NamespaceFinalizersRemaining')).toMatchObject({
      status: 'True',
      reason: 'SomeFinalizersRemain',
      message: 'Some content in the namespace has finalizers remaining: test/hold in 1 resource instances',
    })
    expect(condition(bench, 'NamespaceDeletionContentFailure')?.status).toBe('False')
    expect(namespaceController.reconcile(bench.view, 'team')).toEqual([])
    const held = bench.view.get('configmaps', 'team', 'held') as KubeObject
    const released = bench.commit({
      type: 'update',
      ref: { resource: 'configmaps', namespace: 'team', name: 'held' },
      object: { ...held, metadata: { ...held.metadata, finalizers: [] } },
      trusted: true,
    })
    if (!released.ok || released.change === undefined) throw new Error('not released')
    expect(bench.keysFor(namespaceController, released.change)).toEqual(['team'])
    bench.settle([namespaceController])
    expect(bench.view.get('namespaces', '', 'team')).toBeUndefined()
  })

  it('deletes its pods before anything else', () => {
    const bench = deleted(
      inTeam(podNamed('a', { metadata: { finalizers: ['test/hold'] } })),
      inTeam(configMapNamed('a')),
    )
    bench.settle([namespaceController])
    expect(names(bench, 'configmaps')).toEqual(['a'])
    expect(bench.view.get('pods', 'team', 'a')?.metadata.deletionTimestamp).toBeDefined()
  })

  it('keeps its finalizer while anything is left, and needs it no more than once', () => {
    const bench = deleted(inTeam(configMapNamed('held', [], { finalizers: ['test/hold'] })))
    bench.settle([namespaceController])
    expect(bench.view.get('namespaces', '', 'team')?.spec.finalizers).toEqual(['kubernetes'])
  })

  it('is not woken by content of namespaces that stay', () => {
    const bench = new Bench([namespaceNamed('team')])
    const object = inTeam(configMapNamed('a'))
    const change = {
      type: 'DELETED',
      resource: 'configmaps',
      key: '',
      object,
      previous: object,
      revision: 1,
      time: 0,
      cause: { why: 'request', by: 'x' },
    } as const
    expect(bench.keysFor(namespaceController, change)).toEqual([])
  })
})
