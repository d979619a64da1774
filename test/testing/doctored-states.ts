/** For each row about states one that it must not hold of: objects, what is said of them, and how many ms after the beginning. */
import type { KubeObject } from '../../src/index.ts'
import { at, gone, made, node, ownedBy, pod, workload } from './doctored.ts'

const web = workload('Deployment', 'web', { replicas: 4 }, {}, { generation: 2 })
const set = workload('ReplicaSet', 'web-1', { replicas: 2 }, { availableReplicas: 2 }, ownedBy(web))
const db = workload(
  'StatefulSet',
  'db',
  { replicas: 2, volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
  { updateRevision: 'new' },
)
const agent = workload('DaemonSet', 'agent')
const job = (spec: object, status: object) => made('batch/v1', 'Job', 'sum', { spec, status })
const tick = (spec: object) =>
  made('batch/v1', 'CronJob', 'tick', { spec: { schedule: '* * * * *', ...spec } }, { creationTimestamp: at(0) })
const complete = { conditions: [{ type: 'Complete', status: 'True' }] }
const service = made('v1', 'Service', 'web', { spec: { selector: { app: 'web' } } })
const endpoint = (one: KubeObject, ip = '10.0.0.1') => ({
  addresses: [ip],
  conditions: { ready: true },
  targetRef: { kind: 'Pod', name: one.metadata.name, namespace: 'default', uid: one.metadata.uid },
})
const slice = (name: string, endpoints: readonly object[]) =>
  made(
    'discovery.k8s.io/v1',
    'EndpointSlice',
    name,
    { addressType: 'IPv4', endpoints },
    {
      labels: {
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ...ownedBy(service),
    },
  )
const serving = pod('a', { status: { podIP: '10.0.0.1' } })
const revised = (name: string, revision: number, replicas: number) =>
  workload(
    'ReplicaSet',
    name,
    { replicas },
    { availableReplicas: replicas },
    { ...ownedBy(web), annotations: { 'deployment.kubernetes.io/revision': `${revision}` } },
  )
const progressing = {
  conditions: [{ type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', lastUpdateTime: at(0) }],
}
const done = { conditions: [{ type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' }] }
const whole = { replicas: 4, updatedReplicas: 4, availableReplicas: 4, observedGeneration: 2 }
const spread = {
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } } }],
}
const template = { metadata: { labels: { app: 'web' } }, spec: spread }

const running = (name: string, meta: object) =>
  pod(name, {
    ...meta,
    status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at(0) }] },
  })

type Case = readonly [objects: readonly KubeObject[], why: RegExp, after?: number]

export const doctoredStates: Readonly<Record<string, Case>> = {
  A13b: [
    [made('v1', 'Namespace', 'team', { status: { phase: 'Terminating' } }, gone)],
    /does not go and does not say why/,
  ],
  G7: [
    [workload('Deployment', 'web', {}, { observedGeneration: 1 }, { generation: 2 })],
    /is of generation 1; it is of 2/,
  ],
  "D1'": [[{ ...web, status: { ...done, availableReplicas: 2 } }], /has 2 available/],
  "D2'": [
    [
      workload('Deployment', 'web', { replicas: 1 }),
      { ...set, metadata: { ...set.metadata } },
      ...['a', 'b', 'c'].map((name) => pod(name, ownedBy(set))),
    ],
    /has 3 pods/,
  ],
  D6b: [
    [
      { ...web, spec: { ...web.spec, revisionHistoryLimit: 1 }, status: whole },
      revised('c', 3, 4),
      revised('b', 2, 0),
      revised('a', 1, 0),
    ],
    /keeps 2 old/,
  ],
  D7: [
    [{ ...web, status: { ...whole, updatedReplicas: 3 } }, revised('b', 2, 3), revised('a', 1, 1)],
    /is not complete/,
  ],
  D8: [[{ ...web, status: progressing }], /stuck since/, 700_000],
  R2: [[set, pod('a', ownedBy(set))], /wants 2 pods and has 1/],
  R4b: [[set, pod('a', { ...ownedBy(set), app: 'other' })], /controls a/],
  R7: [
    [
      set,
      ...Array.from({ length: 13 }, (_, i) =>
        pod(`p${i}`, { ...ownedBy(set), phase: 'Failed', creationTimestamp: at(0) }),
      ),
    ],
    /13 pods fail/,
    1000,
  ],
  S6b: [[db, pod('db-0', ownedBy(db))], /has no claim data-db-0/],
  S7: [
    [db, pod('db-0', { ...ownedBy(db), labels: { 'controller-revision-hash': 'old' } })],
    /db-0 is of an old revision/,
  ],
  S7b: [
    [
      { ...db, spec: { ...db.spec, podManagementPolicy: 'Parallel' } },
      pod('db-0', { ...ownedBy(db), labels: { 'controller-revision-hash': 'old' } }),
    ],
    /db-0 is of an old revision/,
  ],
  DS2: [[agent, node('node-1')], /has no pod on node-1/],
  J5: [[job({ backoffLimit: 1 }, { failed: 2 })], /has 2 failures and goes on/],
  CJ2: [[tick({})], /has no Job for/, 200_000],
  CJ3b: [
    [tick({ successfulJobsHistoryLimit: 0 }), made('batch/v1', 'Job', 'a', { status: complete }, ownedBy(tick({})))],
    /keeps 1 completed/,
  ],
  "K4'": [
    [
      workload('Deployment', 'web', { template }),
      node('node-1', {}, {}, { zone: 'one' }),
      node('node-2', {}, {}, { zone: 'two' }),
      pod('a', { spec: spread }),
      pod('b', { spec: spread }),
    ],
    /the skew over zone is 2/,
  ],
  K9: [[node('node-1'), pod('a', { node: '' })], /waits and could be on node-1/],
  K10: [[pod('a', { node: '' })], /waits for a node/],
  N1: [
    [node('node-1', { taints: [{ key: 'x', effect: 'NoExecute', timeAdded: at(0) }] }), pod('a')],
    /is still on node-1/,
    100_000,
  ],
  P2: [
    [made('policy/v1', 'PodDisruptionBudget', 'web', { status: { currentHealthy: 1, desiredHealthy: 2 } })],
    /has 1 healthy pods of 2/,
  ],
  P3: [[node('node-1', { unschedulable: true }), pod('a')], /a is still there/],
  A14b: [
    [
      made('v1', 'ResourceQuota', 'most', {
        spec: { hard: { pods: '5' } },
        status: { hard: { pods: '5' }, used: { pods: '2' } },
      }),
      pod('a'),
    ],
    /most says 2 pods and there are 1/,
  ],
  G13b: [[{ ...set, status: { replicas: 2 } }, pod('a', ownedBy(set))], /says replicas 2 and it is 1/],
  D3b: [[web, revised('b', 2, 0), revised('a', 1, 4)], /and another of its template/],
  S8: [[workload('StatefulSet', 'db', { replicas: 2 }), running('db-0', ownedBy(db))], /has no pod 1/],
  DS4: [
    [
      workload('DaemonSet', 'agent', {}, { updatedNumberScheduled: 0, desiredNumberScheduled: 1 }),
      node('node-1'),
      running('a', ownedBy(agent)),
    ],
    /updated 0 of 1/,
  ],
  J5b: [[job({ completions: 2 }, { succeeded: 1 })], /is not over and has no pod/],
  N6: [[node('node-1', {}, { conditions: [{ type: 'Ready', status: 'Unknown' }] })], /is lost and has no taint/],
  N7: [[node('node-1', {}, { conditions: [{ type: 'Ready', status: 'Unknown' }] }), pod('a')], /a is ready on node-1/],
  N8: [[pod('a')], /a is on node-1, which is gone/],
  E1b: [[service, serving], /do not name 10.0.0.1/],
  GC6: [[made('v1', 'ConfigMap', 'a', {}, { ...gone, finalizers: ['foregroundDeletion'] })], /a waits for nobody/],
  V5: [
    [
      made('v1', 'PersistentVolume', 'disk', { spec: { claimRef: { uid: 'uid-b' } } }),
      made('v1', 'PersistentVolumeClaim', 'a', { spec: { volumeName: 'disk' }, status: { phase: 'Bound' } }),
    ],
    /of another claim/,
  ],
  GC2: [[pod('a', ownedBy(set))], /left without its owners/],
  E1: [[service, serving], /1 too few/],
  E2: [[service, serving, slice('s1', [endpoint(serving)]), slice('s2', [endpoint(serving)])], /a is in two slices/],
  E3: [[service, slice('s1', [endpoint(serving)])], /serves a, which is gone/],
  E4: [[service, serving, slice('s1', [endpoint(serving, '10.9.9.9')])], /says of a what is not so/],
}
