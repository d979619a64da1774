/** For each row about storage in use and services' addresses a write or a state that it must not let pass. */
import type { KubeObject } from '../../src/index.ts'
import { type Doctored, gone, made, node, ownedBy, pod, workload } from './doctored.ts'

const reference = { namespace: 'default', name: 'data', uid: 'uid-data' }
const volume = (name: string, spec: object = {}, status: object = { phase: 'Available' }, meta = {}): KubeObject =>
  made(
    'v1',
    'PersistentVolume',
    name,
    {
      spec: { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'slow', ...spec },
      status,
    },
    meta,
  )
const claim = (spec: object = {}, status: object = {}, meta = {}): KubeObject =>
  made(
    'v1',
    'PersistentVolumeClaim',
    'data',
    {
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'slow',
        resources: { requests: { storage: '1Gi' } },
        ...spec,
      },
      status,
    },
    meta,
  )
const kept = { finalizers: ['kubernetes.io/pvc-protection'], ...gone }
const user = pod('user', { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] } })
const binds = (from: KubeObject, ...others: KubeObject[]): Doctored => ({
  write: {
    by: 'controller/persistent-volume-claim-binder',
    previous: from,
    object: { ...from, spec: { ...from.spec, claimRef: reference } },
  },
  before: [from, ...others],
})
const service = (name: string, spec: object): KubeObject => made('v1', 'Service', name, { spec })

const cpu = (amount: string, priority = 0) => ({
  priority,
  containers: [{ name: 'c', resources: { requests: { cpu: amount } } }],
})
const sized = (name: string, amount: string) => node(name, {}, { allocatable: { cpu: amount, pods: '10' } })
const first = pod('first', { node: '', spec: cpu('2', 9), status: { nominatedNodeName: 'node-1' } })
const kept2 = workload('Deployment', 'web', { replicas: 1, revisionHistoryLimit: 2 })
const old = workload('ReplicaSet', 'old', { replicas: 0 }, {}, ownedBy(kept2))
const agents = workload('DaemonSet', 'agent')
const reference1 = { apiVersion: 'v1', kind: 'ConfigMap', name: 'one', uid: 'one' }
/** `low` is sent away for `first`. */
const sentAway = (spec: object, ...others: KubeObject[]): Doctored => ({
  write: { by: 'scheduler', previous: pod('low', { spec }), object: pod('low', { spec, ...gone }) },
  before: [...others, pod('low', { spec }), first],
})

export const doctoredThingWrites: Readonly<Record<string, readonly [Doctored, RegExp]>> = {
  G13d: [
    {
      write: {
        by: 'controller/replicaset',
        previous: workload('ReplicaSet', 'set', { replicas: 1 }),
        object: workload('ReplicaSet', 'set', { replicas: 1 }, { replicas: -1 }),
      },
      before: [],
    },
    /says replicas -1/,
  ],
  R8: [
    {
      write: {
        by: 'controller/replicaset',
        previous: workload('ReplicaSet', 'set', { replicas: 1 }),
        object: workload('ReplicaSet', 'set', { replicas: 1 }, { availableReplicas: 1 }),
      },
      before: [workload('ReplicaSet', 'set', { replicas: 1 })],
    },
    /counts 1 as available, and 0 are/,
  ],
  D6f: [
    {
      write: { by: 'controller/deployment', reconciled: 'default/web', previous: old, object: old, type: 'DELETED' },
      before: [kept2, old, workload('ReplicaSet', 'new', { replicas: 1 }, {}, ownedBy(kept2))],
    },
    /has 1 old revisions and keeps 2/,
  ],
  R4c: [
    {
      write: {
        by: 'controller/replicaset',
        reconciled: 'default/set',
        previous: pod('a', { ownerReferences: [reference1, { ...reference1, uid: 'two', name: 'two' }] }),
        object: pod('a'),
      },
      before: [],
    },
    /lost one and two/,
  ],
  DS6: [
    {
      write: {
        by: 'controller/daemonset',
        reconciled: 'default/agent',
        previous: pod('a', ownedBy(agents)),
        object: pod('a', { ...ownedBy(agents), ...gone }),
      },
      before: [node('node-1'), agents, pod('a', ownedBy(agents))],
    },
    /was deleted from node-1, where it belongs/,
  ],
  K2b: [
    {
      write: {
        verb: 'bind',
        by: 'scheduler',
        previous: pod('p', { node: '', spec: cpu('1') }),
        object: pod('p', { spec: cpu('1') }),
      },
      before: [sized('node-1', '2'), pod('p', { node: '', spec: cpu('1') }), first],
    },
    /took the room of Pod default\/first/,
  ],
  K6b: [sentAway(cpu('2', 1), sized('node-1', '2'), sized('node-2', '2')), /first, which has room on node-2/],
  K6c: [
    sentAway(cpu('2', 5), sized('node-1', '4'), pod('lower', { spec: cpu('2', 1) })),
    /where pods of lower priority would do/,
  ],
  K6d: [
    sentAway(
      cpu('2', 5),
      sized('node-1', '2'),
      sized('node-2', '2'),
      pod('lower', { node: 'node-2', spec: cpu('2', 1) }),
    ),
    /though pods of lower priority are on node-2/,
  ],
  V6: [
    {
      write: {
        by: 'controller/persistent-volume-claim-protection',
        previous: claim({}, {}, kept),
        object: claim({}, {}, { ...gone }),
      },
      before: [claim({}, {}, kept), user],
    },
    /was let go, and user uses it/,
  ],
  V9: [
    binds(volume('disk'), claim({ accessModes: ['ReadWriteMany'] })),
    /cannot be had as ReadWriteMany, was given to data/,
  ],
  V9b: [binds(volume('disk'), claim(), volume('tiny', { capacity: { storage: '2Gi' } })), /and tiny would do/],
  V10: [
    binds(
      volume('disk'),
      claim(),
      made('storage.k8s.io/v1', 'StorageClass', 'slow', { volumeBindingMode: 'WaitForFirstConsumer' }),
    ),
    /got a volume before anybody used it/,
  ],
  E5: [
    {
      write: { object: service('a', { clusterIP: '10.96.0.9' }) },
      before: [service('b', { clusterIP: '10.96.0.9' })],
    },
    /a and Service default\/b have 10\.96\.0\.9/,
  ],
}

export const doctoredThingStates: Readonly<Record<string, readonly [readonly KubeObject[], RegExp, number?]>> = {
  V6b: [[claim({}, {}, kept)], /nobody uses it, and it stays/],
  V7: [[volume('disk', { claimRef: reference }, { phase: 'Bound' })], /lost its claim and says Bound/],
  V8: [
    [volume('disk', {}, {}), claim({ volumeName: 'disk' }, { phase: 'Bound', capacity: { storage: '1Gi' } })],
    /tells 1073741824 .* and it is not so/,
  ],
  E5b: [[service('a', { ports: [{ port: 80 }] })], /has no address/],
}
