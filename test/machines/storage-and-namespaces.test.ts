/** The lives of namespaces, services, volumes and claims: every state is reached, and real changes lead through them. */
import { describe, expect, it } from 'vitest'
import { type AnyMachineSnapshot, type AnyStateMachine, getInitialSnapshot, getNextSnapshot } from 'xstate'
import { namespaceMachine } from '../../machines/namespace.ts'
import { persistentVolumeMachine } from '../../machines/persistent-volume.ts'
import { persistentVolumeClaimMachine } from '../../machines/persistent-volume-claim.ts'
import { serviceMachine } from '../../machines/service.ts'
import type { ActorEvent } from '../../src/actors/actor.ts'
import { lifeEvents } from '../../src/actors/lives/index.ts'
import type { KubeObject } from '../../src/api/object.ts'
import type { Change } from '../../src/store/transition.ts'
import { at, namespaceNamed } from '../support/core-objects.ts'

const input = { name: 'x', namespace: 'default', uid: 'u' }
const machines: readonly (readonly [string, AnyStateMachine])[] = [
  ['namespace', namespaceMachine],
  ['service', serviceMachine],
  ['persistent-volume', persistentVolumeMachine],
  ['persistent-volume-claim', persistentVolumeClaimMachine],
]

/** Ids of the atomic states a walk over all events reaches. */
function reached(machine: AnyStateMachine): Set<string> {
  const start = getInitialSnapshot(machine, input) as AnyMachineSnapshot
  const seen = new Map([[JSON.stringify(start.value), start]])
  const queue = [start]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const type of machine.events) {
      const after = getNextSnapshot(machine, next, { type }) as AnyMachineSnapshot
      const name = JSON.stringify(after.value)
      if (seen.has(name)) continue
      seen.set(name, after)
      queue.push(after)
    }
  }
  return new Set([...seen.values()].flatMap((snapshot) => snapshot._nodes.map((node) => node.id)))
}

function under(node: StateNode): StateNode[] {
  return [node, ...Object.values(node.states).flatMap((child) => under(child as StateNode))]
}

type StateNode = AnyStateMachine['root']

describe.each(machines)('%s', (name, machine) => {
  it('reaches every state that can be stayed in', () => {
    const stayed = under(machine.root).filter((node) => node.always === undefined || node.always.length === 0)
    const missing = stayed.map((node) => node.id).filter((id) => !reached(machine).has(id))
    expect(missing).toEqual([])
  })

  it('ends when its object is removed', () => {
    const removed = getNextSnapshot(machine, getInitialSnapshot(machine, input), {
      type: 'object.removed',
    }) as AnyMachineSnapshot
    expect(removed.status).toBe('done')
  })

  it('has a source of events', () => {
    expect(lifeEvents[name]).toBeTypeOf('function')
  })
})

/** The states an object's successive versions lead through; a last `undefined` is its removal. */
function states(name: string, machine: AnyStateMachine, versions: readonly (KubeObject | undefined)[]): unknown[] {
  let snapshot = getInitialSnapshot(machine, input) as AnyMachineSnapshot
  let previous: KubeObject | undefined
  return versions.map((version) => {
    const object = (version ?? previous) as KubeObject
    const type = version === undefined ? 'DELETED' : previous === undefined ? 'ADDED' : 'MODIFIED'
    const change: Change = {
      type,
      resource: '',
      key: '',
      object,
      previous,
      revision: 1,
      time: 0,
      cause: { why: 'request', by: 'x' },
    }
    const events: readonly ActorEvent[] = lifeEvents[name]?.(change) ?? []
    for (const event of events) snapshot = getNextSnapshot(machine, snapshot, event) as AnyMachineSnapshot
    previous = object
    return snapshot.value
  })
}

const going = (object: KubeObject, finalizers: string[]): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, deletionTimestamp: at(0), finalizers },
})

describe('lives of real objects', () => {
  it('a namespace that is emptied', () => {
    const remaining = (type: string, status: string) => ({ conditions: [{ type, status }] })
    const active = namespaceNamed('x')
    const dying = going(active, [])
    const held = { ...dying, status: { ...remaining('NamespaceFinalizersRemaining', 'True') } }
    const waiting = { ...dying, status: { ...remaining('NamespaceContentRemaining', 'True') } }
    const empty = { ...dying, status: { ...remaining('NamespaceContentRemaining', 'False') } }
    const finalized = { ...empty, spec: { finalizers: [] } }
    expect(states('namespace', namespaceMachine, [active, dying, waiting, held, empty, finalized, undefined])).toEqual([
      'active',
      { terminating: 'emptying' },
      { terminating: 'waiting' },
      { terminating: 'blocked' },
      { terminating: 'empty' },
      { terminating: 'finalized' },
      'gone',
    ])
  })

  it('a service that changes its type', () => {
    const of = (spec: object, status: object = {}): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'x' },
      spec,
      status,
    })
    const versions = [
      of({ type: 'ClusterIP', clusterIP: '10.96.0.5' }),
      of({ type: 'NodePort', clusterIP: '10.96.0.5' }),
      of({ type: 'LoadBalancer', clusterIP: '10.96.0.5' }),
      of({ type: 'LoadBalancer', clusterIP: '10.96.0.5' }, { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } }),
      of({ type: 'ExternalName' }),
      going(of({ type: 'ClusterIP', clusterIP: 'None' }), ['x']),
      undefined,
    ]
    expect(states('service', serviceMachine, versions)).toEqual([
      { reachable: 'internal' },
      { reachable: 'exposed' },
      { reachable: { balanced: 'waiting' } },
      { reachable: { balanced: 'provisioned' } },
      { reachable: 'external' },
      'terminating',
      'gone',
    ])
  })

  it('a volume that is bound, released and deleted', () => {
    const of = (phase: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'x' },
      status: { phase },
    })
    const protectedOne = ['kubernetes.io/pv-protection']
    const versions = [
      of('Available'),
      of('Bound'),
      going(of('Bound'), protectedOne),
      going(of('Released'), protectedOne),
      undefined,
    ]
    expect(states('persistent-volume', persistentVolumeMachine, versions)).toEqual([
      'available',
      'bound',
      { terminating: 'inUse' },
      { terminating: 'free' },
      'gone',
    ])
    expect(states('persistent-volume', persistentVolumeMachine, [of('Bound'), of('Released'), of('Failed')])).toEqual([
      'bound',
      'released',
      'failed',
    ])
  })

  it('a claim that is provisioned, bound and kept by a pod', () => {
    const of = (annotations: Record<string, string>, phase: string, volumeName?: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'x', annotations },
      spec: { volumeName },
      status: { phase },
    })
    const node = { 'volume.kubernetes.io/selected-node': 'n1' }
    const asked = { ...node, 'volume.kubernetes.io/storage-provisioner': 'p' }
    const versions = [
      of({}, 'Pending'),
      of(node, 'Pending'),
      of(asked, 'Pending'),
      of(asked, 'Pending', 'v'),
      of(asked, 'Bound', 'v'),
      going(of(asked, 'Bound', 'v'), ['kubernetes.io/pvc-protection']),
      going(of(asked, 'Bound', 'v'), ['test/other']),
      undefined,
    ]
    expect(states('persistent-volume-claim', persistentVolumeClaimMachine, versions)).toEqual([
      { pending: 'unbound' },
      { pending: 'placed' },
      { pending: 'provisioning' },
      { pending: 'binding' },
      'bound',
      { terminating: 'inUse' },
      { terminating: 'free' },
      'gone',
    ])
  })

  it('an object that is there already when its life is first looked at', () => {
    const bound: KubeObject = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'x' },
      status: { phase: 'Bound' },
    }
    expect(
      states('persistent-volume', persistentVolumeMachine, [going(bound, ['kubernetes.io/pv-protection'])]),
    ).toEqual([{ terminating: 'inUse' }])
  })
})
