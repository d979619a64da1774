/** Addresses and ports of services; classes and finalizers of storage. */
import { describe, expect, it } from 'vitest'
import type { Kind } from '../../src/api/kind.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { StatusError } from '../../src/api/status-error.ts'
import { PersistentVolume, PersistentVolumeClaim, Service } from '../../src/kinds/index.ts'
import { serviceAllocation } from '../../src/store/admission/service-allocation.ts'
import { defaultStorageClass, storageObjectInUseProtection } from '../../src/store/admission/storage.ts'
import type { AdmissionStep } from '../../src/store/admission-step.ts'
import { toolsOf } from '../support/admission-tools.ts'
import { at } from '../support/core-objects.ts'
import { viewOf } from '../support/view.ts'

const toolsAt = (start: number) => toolsOf({ random: () => start })

function service(spec: object, name = 'web'): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default', uid: `uid-${name}` },
    spec: { type: 'ClusterIP', ports: [{ port: 80, protocol: 'TCP' }], ...spec },
  }
}

function admit(
  step: AdmissionStep,
  kind: Kind,
  object: KubeObject,
  world: KubeObject[] = [],
  previous?: KubeObject,
  start = 0,
): KubeObject {
  const { name, namespace = '' } = object.metadata
  const operation = previous === undefined ? 'CREATE' : 'UPDATE'
  const request = {
    operation,
    kind,
    namespace,
    name,
    object,
    subresource: '',
    ...(previous ? { previous } : {}),
  } as const
  return step(request, viewOf(world), toolsAt(start))
}
const allocate = (spec: object, world: KubeObject[] = [], previous?: KubeObject, start = 0) =>
  admit(serviceAllocation, Service, service(spec), world, previous, start).spec
const why = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof StatusError) return `${error.code} ${error.message}`
  }
  return 'not refused'
}

describe('cluster addresses', () => {
  it('come from the upper band, at random, and never twice', () => {
    expect(allocate({})).toMatchObject({
      clusterIP: '10.96.1.0',
      clusterIPs: ['10.96.1.0'],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
    })
    const taken = [service({ clusterIP: '10.96.1.0' }, 'a'), service({ clusterIP: '10.96.1.1' }, 'b')]
    expect(allocate({}, taken).clusterIP).toBe('10.96.1.2')
    expect(allocate({}, [], undefined, 300).clusterIP).toBe('10.96.2.44')
  })

  it('wrap around at the end of the range', () => {
    const last = 2 ** 20 - 1 - 256 - 1
    expect(allocate({}, [], undefined, last).clusterIP).toBe('10.111.255.254')
    expect(allocate({}, [service({ clusterIP: '10.111.255.254' }, 'a')], undefined, last).clusterIP).toBe('10.96.1.0')
  })

  it('may be chosen, unless they are taken or foreign', () => {
    expect(allocate({ clusterIP: '10.96.0.10' }).clusterIPs).toEqual(['10.96.0.10'])
    expect(why(() => allocate({ clusterIP: '10.96.0.10' }, [service({ clusterIP: '10.96.0.10' }, 'a')]))).toBe(
      '422 Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    )
    expect(why(() => allocate({ clusterIP: '10.95.0.1' }))).toContain(
      'the provided network does not match the current range',
    )
    expect(why(() => allocate({ clusterIP: '10.96.0.0' }))).toContain(
      'is not in the valid range. The range of valid IPs is 10.96.0.0/12',
    )
  })

  it('None stays None; an alias has none', () => {
    expect(allocate({ clusterIP: 'None' })).toMatchObject({ clusterIP: 'None', clusterIPs: ['None'] })
    expect(allocate({ type: 'ExternalName', externalName: 'x.example' }).clusterIP).toBeUndefined()
  })

  it('are kept by updates that leave them out, and given back by a service that becomes an alias', () => {
    const previous = service({ clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] })
    expect(allocate({}, [previous], previous).clusterIP).toBe('10.96.7.7')
    expect(allocate({ clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] }, [previous], previous).clusterIP).toBe(
      '10.96.7.7',
    )
    expect(allocate({ type: 'ExternalName', clusterIP: '10.96.7.7' }, [previous], previous).clusterIP).toBeUndefined()
  })
})

describe('node ports', () => {
  const ports = (spec: { ports?: { nodePort?: number }[] }) => spec.ports?.map((port) => port.nodePort)

  it('are chosen for NodePort and LoadBalancer, not for ClusterIP', () => {
    expect(ports(allocate({ type: 'NodePort' }))).toEqual([30000])
    expect(ports(allocate({ type: 'LoadBalancer' }))).toEqual([30000])
    expect(ports(allocate({}))).toEqual([undefined])
    expect(ports(allocate({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }))).toEqual([undefined])
  })

  it('differ from each other and from those of other services', () => {
    const other = service({ type: 'NodePort', ports: [{ port: 1, protocol: 'TCP', nodePort: 30001 }] }, 'a')
    const two = [
      { port: 80, protocol: 'TCP' },
      { port: 81, protocol: 'TCP' },
    ]
    expect(ports(allocate({ type: 'NodePort', ports: two }, [other]))).toEqual([30000, 30002])
    const asked = [
      { port: 80, protocol: 'TCP' },
      { port: 81, protocol: 'TCP', nodePort: 30000 },
    ]
    expect(ports(allocate({ type: 'NodePort', ports: asked }))).toEqual([30001, 30000])
  })

  it('may be chosen, unless they are taken or out of range', () => {
    const other = service({ type: 'NodePort', ports: [{ port: 1, protocol: 'TCP', nodePort: 30080 }] }, 'a')
    const wants = (nodePort: number) => ({ type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort }] })
    expect(ports(allocate(wants(30081), [other]))).toEqual([30081])
    expect(why(() => allocate(wants(30080), [other]))).toBe(
      '422 Service "web" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
    )
    expect(why(() => allocate(wants(80)))).toBe(
      '422 Service "web" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    )
  })

  it('are kept by updates, and given back when the type has none', () => {
    const previous = service({
      type: 'NodePort',
      clusterIP: '10.96.7.7',
      ports: [{ port: 80, protocol: 'TCP', nodePort: 30500 }],
    })
    expect(ports(allocate({ type: 'NodePort' }, [previous], previous))).toEqual([30500])
    expect(ports(allocate({ ports: [{ port: 80, protocol: 'TCP', nodePort: 30500 }] }, [previous], previous))).toEqual([
      undefined,
    ])
  })

  it('one is for health checks of a local load balancer', () => {
    expect(allocate({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' }).healthCheckNodePort).toBe(30001)
  })
})

describe('storage', () => {
  const storageClass = (name: string, isDefault: boolean, seconds = 0): KubeObject => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name,
      creationTimestamp: at(seconds),
      annotations: { 'storageclass.kubernetes.io/is-default-class': String(isDefault) },
    },
  })
  const claim = (spec: object): KubeObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c', namespace: 'default' },
    spec,
  })
  const classFor = (spec: object, world: KubeObject[]) =>
    admit(defaultStorageClass, PersistentVolumeClaim, claim(spec), world).spec.storageClassName

  const cases: [string, object, KubeObject[], string | undefined][] = [
    ['the default class', {}, [storageClass('a', false), storageClass('b', true)], 'b'],
    [
      'the newest of several',
      {},
      [storageClass('a', true, 5), storageClass('b', true, 9), storageClass('c', true, 7)],
      'b',
    ],
    ['none without a default', {}, [storageClass('a', false)], undefined],
    ['its own class', { storageClassName: 'x' }, [storageClass('b', true)], 'x'],
    ['explicitly none', { storageClassName: '' }, [storageClass('b', true)], ''],
  ]
  it.each(cases)('a claim gets %s', (_title, spec, world, wanted) => {
    expect(classFor(spec, world)).toBe(wanted)
  })

  it('claims and volumes are protected while they are used', () => {
    const volume: KubeObject = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'v', finalizers: ['test/own'] },
      spec: {},
    }
    expect(admit(storageObjectInUseProtection, PersistentVolume, volume).metadata.finalizers).toEqual([
      'test/own',
      'kubernetes.io/pv-protection',
    ])
    expect(admit(storageObjectInUseProtection, PersistentVolumeClaim, claim({})).metadata.finalizers).toEqual([
      'kubernetes.io/pvc-protection',
    ])
  })
})
