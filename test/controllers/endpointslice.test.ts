/** EndpointSlices follow their services' pods, and are put right when somebody else changes them. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { endpointSliceController } from '../../src/controllers/endpointslice.ts'
import { EndpointSlice, Pod, Service } from '../../src/kinds/index.ts'
import { Bench } from '../support/bench.ts'
import { namespaceNamed, nodeNamed, podNamed, ready } from '../support/core-objects.ts'

function service(name = 'web', spec: object = {}, metadata: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, ...metadata },
    spec: {
      selector: { app: name },
      clusterIP: '10.96.0.9',
      ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
      ...spec,
    },
  }
}

function webPod(index: number, more: { metadata?: object; spec?: object; status?: object } = {}): KubeObject {
  return podNamed(`web-${String(index).padStart(3, '0')}`, {
    metadata: { labels: { app: 'web' }, ...more.metadata },
    spec: { nodeName: 'n1', ...more.spec },
    status: { podIP: `10.1.${index >> 8}.${index & 255}`, ...ready('True'), ...more.status },
  })
}

const slicesOf = (bench: Bench) => bench.view.list(EndpointSlice, 'default')
const settled = (...objects: KubeObject[]): Bench => {
  const bench = new Bench([namespaceNamed('default'), ...objects])
  bench.settle([endpointSliceController])
  return bench
}
const gone = { deletionTimestamp: '2026-01-01T00:00:10Z', deletionGracePeriodSeconds: 30 }

describe('what a slice says', () => {
  it('names the pod, its address, node and zone, and belongs to the service', () => {
    const bench = settled(
      service(),
      webPod(1),
      nodeNamed('n1', { metadata: { labels: { 'topology.kubernetes.io/zone': 'a' } } }),
    )
    const [slice] = slicesOf(bench)
    expect(slice?.metadata.name).toMatch(/^web-[a-z0-9]{5}$/)
    expect(slice?.metadata.labels).toEqual({
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    })
    expect(slice?.metadata.ownerReferences?.[0]).toMatchObject({
      kind: 'Service',
      name: 'web',
      uid: 'uid-web',
      controller: true,
    })
    expect(slice?.addressType).toBe('IPv4')
    expect(slice?.ports).toEqual([{ name: '', port: 8080, protocol: 'TCP' }])
    expect(slice?.endpoints).toEqual([
      {
        addresses: ['10.1.0.1'],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: 'n1',
        targetRef: { kind: 'Pod', namespace: 'default', name: 'web-001', uid: 'uid-web-001' },
        zone: 'a',
      },
    ])
  })

  const cases: [string, KubeObject, KubeObject, object][] = [
    [
      'a pod that is not ready',
      service(),
      webPod(1, { status: ready('False') }),
      { ready: false, serving: false, terminating: false },
    ],
    [
      'a pod that is going',
      service(),
      webPod(1, { metadata: gone }),
      { ready: false, serving: true, terminating: true },
    ],
    [
      'a pod that is not ready behind publishNotReadyAddresses',
      service('web', { publishNotReadyAddresses: true }),
      webPod(1, { status: ready('False') }),
      { ready: true, serving: false, terminating: false },
    ],
  ]
  it.each(cases)('%s', (_title, svc, pod, conditions) => {
    expect(slicesOf(settled(svc, pod))[0]?.endpoints[0]?.conditions).toEqual(conditions)
  })

  const left: [string, KubeObject][] = [
    ['without an address', webPod(1, { status: { podIP: undefined } })],
    ['of another application', webPod(1, { metadata: { labels: { app: 'other' } } })],
    ['that failed', webPod(1, { status: { phase: 'Failed' } })],
    ['that succeeded', webPod(1, { status: { phase: 'Succeeded' } })],
    ['of another namespace', webPod(1, { metadata: { labels: { app: 'web' }, namespace: 'other' } })],
  ]
  it.each(left)('a pod %s is no endpoint; one empty slice stands for the service', (_title, pod) => {
    const slices = slicesOf(settled(service(), pod))
    expect(slices.map((slice) => slice.endpoints)).toEqual([[]])
  })

  it('finds named ports in the pod, and splits pods that differ', () => {
    const named = (index: number, containerPort: number) =>
      webPod(index, { spec: { nodeName: 'n1', containers: [{ name: 'c', ports: [{ name: 'http', containerPort }] }] } })
    const bench = settled(
      service('web', { ports: [{ name: 'h', port: 80, targetPort: 'http' }] }),
      named(1, 8080),
      named(2, 9090),
    )
    expect(
      slicesOf(bench)
        .map((slice) => slice.ports[0].port)
        .sort(),
    ).toEqual([8080, 9090])
  })

  it('marks headless services, and leaves those without selector and aliases alone', () => {
    expect(slicesOf(settled(service('web', { clusterIP: 'None' })))[0]?.metadata.labels).toHaveProperty([
      'service.kubernetes.io/headless',
    ])
    expect(slicesOf(settled(service('web', { selector: undefined }), webPod(1)))).toEqual([])
    expect(slicesOf(settled(service('web', { type: 'ExternalName', externalName: 'x.example' }), webPod(1)))).toEqual(
      [],
    )
  })
})

describe('traffic distribution', () => {
  const zoned = nodeNamed('n1', { metadata: { labels: { 'topology.kubernetes.io/zone': 'a' } } })
  const zones = { forZones: [{ name: 'a' }] }
  it.each([
    [undefined, undefined],
    ['PreferClose', zones],
    ['PreferSameZone', zones],
    ['PreferSameNode', { ...zones, forNodes: [{ name: 'n1' }] }],
  ])('%s', (trafficDistribution, hints) => {
    const bench = settled(
      service('web', { trafficDistribution }),
      webPod(1),
      webPod(2, { status: ready('False') }),
      zoned,
    )
    const endpoints: readonly { hints?: object }[] = slicesOf(bench)[0]?.endpoints
    expect(endpoints.map((one) => one.hints)).toEqual([hints, undefined])
  })

  it('hints go when the service no longer wants them', () => {
    const bench = settled(service('web', { trafficDistribution: 'PreferClose' }), webPod(1), zoned)
    bench.put(service())
    bench.settle([endpointSliceController])
    expect(slicesOf(bench)[0]?.endpoints[0].hints).toBeUndefined()
  })
})

describe('many endpoints', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => webPod(index))

  it('come a hundred to a slice', () => {
    const sizes = slicesOf(settled(service(), ...many(250))).map((slice) => slice.endpoints.length)
    expect(sizes.sort((a, b) => a - b)).toEqual([50, 100, 100])
  })

  it('a new pod fills a hole and touches one slice only; no pod sits twice', () => {
    const bench = settled(service(), ...many(150))
    bench.commit({ type: 'delete', ref: { resource: 'pods', namespace: 'default', name: 'web-007' }, graceSeconds: 0 })
    bench.settle([endpointSliceController])
    bench.changes.length = 0
    bench.put(webPod(200))
    bench.settle([endpointSliceController])
    expect(bench.changes.map((change) => change.type)).toEqual(['MODIFIED'])
    const addresses = slicesOf(bench).flatMap((slice) =>
      slice.endpoints.map((one: { addresses: string[] }) => one.addresses[0]),
    )
    expect(new Set(addresses).size).toBe(150)
    expect(addresses).toHaveLength(150)
    expect(addresses).not.toContain('10.1.0.7')
  })

  it('a pod listed twice by hand is listed once', () => {
    const bench = settled(service(), webPod(1))
    const [slice] = slicesOf(bench) as [KubeObject]
    bench.put({ ...slice, metadata: { ...slice.metadata, name: 'web-copy', uid: 'uid-copy' } })
    bench.settle([endpointSliceController])
    expect(slicesOf(bench).flatMap((one) => one.endpoints)).toHaveLength(1)
  })
})

describe('repair (E4)', () => {
  const spoilt: [string, (slice: KubeObject) => KubeObject][] = [
    ['endpoints removed', (slice) => ({ ...slice, endpoints: [] })],
    [
      'a stranger added',
      (slice) => ({ ...slice, endpoints: [...slice.endpoints, { addresses: ['9.9.9.9'], conditions: {} }] }),
    ],
    [
      'readiness turned',
      (slice) => ({ ...slice, endpoints: [{ ...slice.endpoints[0], conditions: { ready: false } }] }),
    ],
    ['another port', (slice) => ({ ...slice, ports: [{ name: '', port: 1, protocol: 'TCP' }] })],
    [
      'a label added',
      (slice) => ({ ...slice, metadata: { ...slice.metadata, labels: { ...slice.metadata.labels, x: 'y' } } }),
    ],
  ]
  it.each(spoilt)('%s', (_title, spoil) => {
    const bench = settled(service(), webPod(1))
    const [slice] = slicesOf(bench) as [KubeObject]
    bench.put(spoil(slice))
    bench.settle([endpointSliceController])
    const { resourceVersion: _before, generation: _counted, ...metadata } = slice.metadata
    expect(slicesOf(bench)).toHaveLength(1)
    expect(slicesOf(bench)[0]).toMatchObject({ ...slice, metadata })
    expect(slicesOf(bench)[0]?.metadata.labels).not.toHaveProperty('x')
  })

  it.each([
    ['nobody', []],
    ['a service that had this name before', [{ apiVersion: 'v1', kind: 'Service', name: 'web', uid: 'before' }]],
  ])('a slice of %s is replaced', (_title, ownerReferences) => {
    const bench = settled(service(), webPod(1))
    const [slice] = slicesOf(bench) as [KubeObject]
    bench.put({ ...slice, metadata: { ...slice.metadata, ownerReferences } })
    bench.settle([endpointSliceController])
    const [made, ...others] = slicesOf(bench)
    expect(others).toEqual([])
    expect(made?.metadata.uid).not.toBe(slice.metadata.uid)
    expect(made?.metadata.ownerReferences).toMatchObject([{ name: 'web', uid: 'uid-web', controller: true }])
    expect(made?.endpoints).toEqual(slice.endpoints)
  })

  it('a deleted slice is made again; its change wakes the service, under the old name, too', () => {
    const bench = settled(service(), webPod(1))
    const [slice] = slicesOf(bench) as [KubeObject]
    const outcome = bench.commit({
      type: 'delete',
      ref: { resource: EndpointSlice.resource, namespace: 'default', name: slice.metadata.name },
    })
    if (!outcome.ok || outcome.change === undefined) throw new Error('not deleted')
    expect(bench.keysFor(endpointSliceController, outcome.change)).toEqual(['default/web'])
    bench.settle([endpointSliceController])
    expect(slicesOf(bench).flatMap((one) => one.endpoints)).toHaveLength(1)
    const labels = { ...slice.metadata.labels, 'kubernetes.io/service-name': 'other' }
    const moved = {
      ...outcome.change,
      type: 'MODIFIED' as const,
      previous: slice,
      object: { ...slice, metadata: { ...slice.metadata, labels } },
    }
    expect(bench.keysFor(endpointSliceController, moved).sort()).toEqual(['default/other', 'default/web'])
  })

  it('a new port of the service reuses the slice', () => {
    const bench = settled(service(), webPod(1))
    const [before] = slicesOf(bench)
    bench.put(service('web', { ports: [{ port: 80, targetPort: 9000, protocol: 'TCP' }] }))
    bench.settle([endpointSliceController])
    expect(slicesOf(bench).map((slice) => [slice.metadata.name, slice.ports[0].port])).toEqual([
      [before?.metadata.name, 9000],
    ])
  })
})

describe('who is woken', () => {
  const change = (object: KubeObject, previous: KubeObject | undefined) =>
    ({
      type: previous === undefined ? 'ADDED' : 'MODIFIED',
      resource: Pod.resource,
      key: '',
      object,
      previous,
      revision: 1,
      time: 0,
      cause: { why: 'request', by: 'x' },
    }) as const

  it('only services that select the pod now or did before', () => {
    const bench = new Bench([service('web'), service('api'), service('db')])
    const moved = webPod(1, { metadata: { labels: { app: 'api' } } })
    expect(bench.keysFor(endpointSliceController, change(webPod(1), undefined))).toEqual(['default/web'])
    expect(bench.keysFor(endpointSliceController, change(moved, webPod(1))).sort()).toEqual([
      'default/api',
      'default/web',
    ])
  })

  it('nobody when nothing an endpoint shows has changed', () => {
    const bench = new Bench([service('web')])
    const counted = webPod(1, { status: { containerStatuses: [{ restartCount: 1 }] } })
    expect(bench.keysFor(endpointSliceController, change(counted, webPod(1)))).toEqual([])
  })

  it('writes nothing for a converged service, nor for one being deleted', () => {
    const bench = settled(service(), webPod(1))
    expect(endpointSliceController.reconcile(bench.view, 'default/web')).toEqual([])
    bench.put(service('web', {}, gone))
    bench.put(webPod(2))
    expect(endpointSliceController.reconcile(bench.view, 'default/web')).toEqual([])
    expect(bench.view.get(Service, 'default', 'web')).toBeDefined()
  })
})
