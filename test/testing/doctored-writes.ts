/** For each row about writes one that it must not let pass. */
import { at, type Doctored, gone, made, node, ownedBy, pod, workload } from './doctored.ts'

const web = workload('Deployment', 'web', {
  replicas: 4,
  strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
})
const rs = (name: string, replicas: number, more: object = {}, meta: object = {}) =>
  workload(
    'ReplicaSet',
    name,
    { replicas },
    { availableReplicas: replicas, ...more },
    { labels: { 'pod-template-hash': 'h' }, ...ownedBy(web), ...meta },
  )
const deployed = { by: 'controller/deployment', reconciled: 'default/web' } as const
const set = workload('ReplicaSet', 'set', { replicas: 1 })
const replicated = { by: 'controller/replicaset', reconciled: 'default/set' } as const
const db = workload('StatefulSet', 'db', { replicas: 3 }, { updateRevision: 'new', currentRevision: 'old' })
const stateful = { by: 'controller/statefulset', reconciled: 'default/db' } as const
const dbPod = (i: number, revision = 'old', parts: object = {}) =>
  pod(`db-${i}`, { ...ownedBy(db), labels: { app: 'web', 'controller-revision-hash': revision }, ...parts })
const agent = workload('DaemonSet', 'agent')
const daemon = { by: 'controller/daemonset', reconciled: 'default/agent' } as const
const job = (spec: object = {}, status: object = {}) => made('batch/v1', 'Job', 'sum', { spec, status })
const working = { by: 'controller/job', reconciled: 'default/sum' } as const
const tracked = { finalizers: ['batch.kubernetes.io/job-tracking'] }
const tick = (spec: object) => made('batch/v1', 'CronJob', 'tick', { spec: { schedule: '* * * * *', ...spec } })
const ticking = { by: 'controller/cronjob', reconciled: 'default/tick' } as const
const budget = (status: object) =>
  made('policy/v1', 'PodDisruptionBudget', 'web', { spec: { selector: { matchLabels: { app: 'web' } } }, status })
const collected = { by: 'controller/garbage-collector' } as const
const map = (name: string, meta: object = {}) => made('v1', 'ConfigMap', name, {}, meta)
const scaler = (status: object = {}, spec: object = {}, asked?: number) =>
  made(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    'web',
    {
      spec: {
        minReplicas: 2,
        maxReplicas: 8,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 50 } } }],
        ...spec,
      },
      status,
    },
    asked === undefined ? {} : { annotations: { 'autoscaling.kybern.dev/recommendations': asking(asked) } },
  )
const asking = (replicas: number): string => JSON.stringify({ r: [[1, replicas]] })
const using = (averageUtilization: number) => [{ resource: { name: 'cpu', current: { averageUtilization } } }]
const scaling = { by: 'controller/horizontal-pod-autoscaler', reconciled: 'default/web' } as const
const lifecycle = { by: 'controller/node-lifecycle' } as const
const unknown = { conditions: [{ type: 'Ready', status: 'Unknown' }] }
const lost = { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: at(0) }] }
const bound = (
  spec: object = {},
  believed = [node('node-1')],
  others: readonly ReturnType<typeof pod>[] = [],
): Doctored => {
  const waiting = pod('p', { node: '', spec })
  const all = [...believed, ...others]
  return {
    write: { verb: 'bind', by: 'scheduler', previous: waiting, object: pod('p', { spec }) },
    before: [...all, waiting],
  }
}
const cpu = (amount: string) => ({ containers: [{ name: 'c', resources: { requests: { cpu: amount } } }] })
const apart = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'host', labelSelector: { matchLabels: { app: 'web' } } },
      ],
    },
  },
}
const spread = {
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } } }],
}
const zone = (name: string, of: string) => node(name, {}, {}, { zone: of, host: name })
const preempted = (priority: number, more: Partial<Doctored> = {}): Doctored => ({
  write: {
    by: 'scheduler',
    previous: pod('low', { spec: { priority } }),
    object: pod('low', { spec: { priority }, ...gone }),
  },
  before: [
    node('node-1'),
    pod('low', { spec: { priority } }),
    pod('p', { node: '', spec: { priority: 5 }, status: { nominatedNodeName: 'node-1' } }),
  ],
  ...more,
})
const managed = (replicas: number) =>
  workload(
    'Deployment',
    'web',
    { replicas },
    {},
    {
      managedFields: [{ manager: 'other', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }],
    },
  )
const named = (job: string) => ({ 'batch.kubernetes.io/job-completion-index': job })

const minimum = (disruptionsAllowed: number, disruptedPods?: object) =>
  made('policy/v1', 'PodDisruptionBudget', 'web', {
    spec: { selector: { matchLabels: { app: 'web' } }, minAvailable: 1 },
    status: { disruptionsAllowed, desiredHealthy: 0, ...(disruptedPods === undefined ? {} : { disruptedPods }) },
  })
const disk = (uid: string | undefined, size = '1Gi') =>
  made('v1', 'PersistentVolume', 'disk', {
    spec: {
      capacity: { storage: size },
      ...(uid === undefined ? {} : { claimRef: { uid, name: 'a', namespace: 'default' } }),
    },
  })
const claimed = (name: string) =>
  made('v1', 'PersistentVolumeClaim', name, {
    spec: { volumeName: 'disk', resources: { requests: { storage: '2Gi' } } },
    status: { phase: 'Bound' },
  })

export const doctoredWrites: Readonly<Record<string, readonly [Doctored, RegExp]>> = {
  A1: [{ write: { object: pod('a'), revision: 3, follows: 4 } }, /write 3 comes after write 4/],
  A2: [
    {
      write: {
        previous: pod('a', { resourceVersion: '7' }),
        object: pod('a'),
        asked: {
          type: 'update',
          ref: { resource: 'pods', namespace: 'default', name: 'a' },
          object: pod('a', { resourceVersion: '5' }),
        },
      },
    },
    /made for version 5 and met 7/,
  ],
  A5: [{ write: { object: pod('a') }, after: [] }, /is not read/],
  A7: [{ write: { previous: pod('a'), object: pod('a', { uid: 'other' }) } }, /changed its uid/],
  A8: [
    { write: { previous: rs('a', 1, {}, { generation: 1 }), object: rs('a', 2, {}, { generation: 1 }) } },
    /changed and is still of generation 1/,
  ],
  A9: [
    { write: { type: 'DELETED', previous: map('a', { finalizers: ['x'] }), object: map('a', { finalizers: ['x'] }) } },
    /has the finalizers x/,
  ],
  A10: [{ write: { previous: map('a', gone), object: map('a') } }, /not being deleted any more/],
  A11: [{ write: { verb: 'update/status', previous: rs('a', 1), object: rs('a', 2) } }, /changed the spec/],
  A12: [{ write: { previous: pod('a'), object: pod('a', { node: 'node-2' }) } }, /cannot be changed/],
  A13: [
    { write: { object: pod('a') }, before: [made('v1', 'Namespace', 'default', {}, gone)] },
    /namespace that is ending/,
  ],
  A14: [
    {
      write: { object: pod('a') },
      before: [made('v1', 'ResourceQuota', 'most', { spec: { hard: { pods: '0' } }, status: { hard: { pods: '0' } } })],
    },
    /1 pods where most allows 0/,
  ],
  A15: [
    {
      write: {
        previous: managed(1),
        object: managed(2),
        asked: {
          type: 'patch',
          patchType: 'apply',
          manager: 'me',
          ref: { resource: 'deployments.apps', namespace: 'default', name: 'web' },
          patch: {},
        },
      },
    },
    /other owns .spec.replicas/,
  ],
  G5: [
    {
      write: {
        type: 'DELETED',
        by: 'controller/x',
        previous: pod('a', { uid: 'new' }),
        object: pod('a', { uid: 'new' }),
      },
      believed: [pod('a')],
    },
    /looked at Pod default\/a of uid uid-a/,
  ],
  G11: [{ write: { ...replicated, object: pod('a') }, before: [set] }, /does not control/],
  G13: [
    {
      write: {
        by: 'controller/deployment',
        previous: web,
        object: workload('Deployment', 'web', {}, { observedGeneration: 2 }, { generation: 2 }),
      },
      believed: [workload('Deployment', 'web', {}, {}, { generation: 1 })],
    },
    /looked at generation 1/,
  ],
  D1: [
    { write: { ...deployed, previous: rs('a', 4), object: rs('a', 1) }, before: [web, rs('a', 4)] },
    /leaves 1 available where 3/,
  ],
  D2: [
    { write: { ...deployed, previous: rs('a', 0), object: rs('a', 4) }, before: [web, rs('a', 0), rs('b', 4)] },
    /want 8 pods where 5/,
  ],
  D3: [{ write: { ...deployed, object: rs('b', 0) }, before: [web, rs('a', 4)] }, /2 ReplicaSets have the hash h/],
  D4: [
    {
      write: { ...deployed, object: rs('b', 4) },
      before: [
        workload('Deployment', 'web', { replicas: 4, strategy: { type: 'Recreate' } }),
        rs('a', 0),
        pod('old', ownedBy(rs('a', 0))),
      ],
    },
    /may still run/,
  ],
  D5: [
    { write: { ...deployed, object: rs('b', 0) }, before: [workload('Deployment', 'web', { paused: true })] },
    /for a paused Deployment/,
  ],
  D6: [
    {
      write: { ...deployed, object: rs('b', 0, {}, { annotations: { 'deployment.kubernetes.io/revision': '1' } }) },
      before: [web, rs('a', 4, {}, { annotations: { 'deployment.kubernetes.io/revision': '1' } })],
    },
    /got revision 1; another has 1/,
  ],
  R1: [
    { write: { ...replicated, object: pod('b', ownedBy(set)) }, before: [set, pod('a', ownedBy(set))] },
    /wants 1 pods and has 2/,
  ],
  R3: [
    {
      write: { ...replicated, previous: pod('a', { app: 'x' }), object: pod('a', { app: 'x', ...ownedBy(set) }) },
      before: [set],
    },
    /does not select/,
  ],
  R4: [
    {
      write: {
        ...replicated,
        previous: pod('a', { app: 'x', ...ownedBy(set) }),
        object: pod('a', { app: 'x', ...gone }),
      },
      before: [set, pod('a', { app: 'x', ...ownedBy(set) })],
    },
    /does not select/,
  ],
  R5: [
    {
      write: {
        object: map('a', {
          ownerReferences: [...(ownedBy(set).ownerReferences ?? []), ...(ownedBy(web).ownerReferences ?? [])],
        }),
      },
    },
    /controlled by set and web/,
  ],
  R6: [
    {
      write: { ...replicated, previous: pod('a', ownedBy(set)), object: pod('a', { ...gone, ...ownedBy(set) }) },
      before: [set, pod('a', ownedBy(set)), pod('b', { up: false, ...ownedBy(set) })],
    },
    /should have gone before/,
  ],
  S1: [
    { write: { type: 'DELETED', by: 'controller/statefulset', previous: dbPod(0), object: dbPod(0) } },
    /may still run on node-1/,
  ],
  S2: [{ write: { ...stateful, object: dbPod(1) }, before: [db] }, /before pod 0 was ready/],
  S3: [
    { write: { ...stateful, previous: dbPod(3), object: dbPod(3, 'old', gone) }, before: [db, dbPod(3), dbPod(4)] },
    /while db-4 was there/,
  ],
  S4: [
    { write: { ...stateful, previous: dbPod(1), object: dbPod(1, 'old', gone) }, before: [db, dbPod(1), dbPod(2)] },
    /replaced before db-2/,
  ],
  S5: [
    {
      write: { ...stateful, object: dbPod(0, 'new') },
      before: [
        workload(
          'StatefulSet',
          'db',
          { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } },
          { currentRevision: 'old' },
        ),
      ],
    },
    /of new and not of old/,
  ],
  S6: [
    {
      write: {
        ...stateful,
        type: 'DELETED',
        previous: made('v1', 'PersistentVolumeClaim', 'data-db-0'),
        object: made('v1', 'PersistentVolumeClaim', 'data-db-0'),
      },
      before: [db],
    },
    /deleted PersistentVolumeClaim/,
  ],
  DS1: [
    { write: { ...daemon, object: pod('b', ownedBy(agent)) }, before: [agent, pod('a', ownedBy(agent))] },
    /node-1 has a and b/,
  ],
  DS3: [
    {
      write: { ...daemon, previous: pod('a', ownedBy(agent)), object: pod('a', { ...gone, ...ownedBy(agent) }) },
      before: [agent, node('node-1'), node('node-2'), pod('a', ownedBy(agent))],
    },
    /2 nodes are left/,
  ],
  DS5: [
    { write: { ...daemon, object: pod('a', ownedBy(agent)) }, before: [agent] },
    /does not stand not-ready:NoExecute/,
  ],
  J1: [
    { write: { ...working, previous: job(), object: job({}, { succeeded: 1 }) } },
    /counts 1 more pods and had noted 0/,
  ],
  J2: [{ write: { object: job({ completions: 1 }, { succeeded: 2 }) } }, /counts 2/],
  "J2'": [
    {
      write: { ...working, object: pod('b', ownedBy(job())) },
      before: [job(), pod('a', { ...ownedBy(job()), status: { startTime: at(0) } })],
    },
    /had been started before/,
  ],
  J3: [
    { write: { ...working, object: pod('b', ownedBy(job())) }, before: [job(), pod('a', ownedBy(job()))] },
    /has 2 pods where 1/,
  ],
  J4: [
    {
      write: { ...working, object: pod('b', ownedBy(job())) },
      before: [job({}, { conditions: [{ type: 'Failed', status: 'True' }] })],
    },
    /for a Job that is over/,
  ],
  J4b: [
    {
      write: {
        ...working,
        resource: 'jobs.batch',
        previous: job(),
        object: job({}, { conditions: [{ type: 'Failed', status: 'True' }] }),
      },
      before: [job(), pod('a', ownedBy(job()))],
    },
    /is Failed while a runs/,
  ],
  J6: [
    {
      write: { ...working, object: pod('b', { ...ownedBy(job()), annotations: named('0') }) },
      before: [pod('a', { ...ownedBy(job()), annotations: named('0') })],
    },
    /index 0 has a and b/,
  ],
  J7: [
    {
      write: {
        ...working,
        previous: pod('a', { ...tracked, ...ownedBy(job()) }),
        object: { ...pod('a', ownedBy(job())), status: { phase: 'Failed' } },
      },
      before: [job()],
    },
    /let go before it was noted/,
  ],
  CJ1: [
    {
      write: { ...ticking, object: made('batch/v1', 'Job', 'b') },
      before: [
        tick({ concurrencyPolicy: 'Forbid' }),
        made(
          'batch/v1',
          'Job',
          'a',
          {},
          { ...ownedBy(tick({})), annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': at(0) } },
        ),
      ],
    },
    /still ran/,
  ],
  CJ3: [
    {
      write: {
        ...ticking,
        object: made(
          'batch/v1',
          'Job',
          'b',
          {},
          { annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': at(0) } },
        ),
      },
      before: [tick({ startingDeadlineSeconds: 10 })],
      now: 60_000,
    },
    /began 60000 ms late/,
  ],
  K1: [
    { write: { verb: 'bind', previous: pod('a'), object: pod('a', { node: 'node-2' }) } },
    /went from node-1 to node-2/,
  ],
  K2: [bound(cpu('3'), [node('node-1')], [pod('a', { spec: cpu('2') })]), /5000 cpu are asked/],
  K3: [bound({}, [node('node-1', { taints: [{ key: 'x', effect: 'NoSchedule' }] })]), /has the taint x/],
  K4: [bound(spread, [zone('node-1', 'one'), zone('node-2', 'two')], [pod('a')]), /the skew over zone would be 2/],
  K5: [bound({}, [zone('node-1', 'one')], [pod('a', { spec: apart })]), /may not share/],
  K6: [preempted(9), /of priority 9 was sent away for 5/],
  K7: [
    preempted(1, {
      believed: [node('node-1'), pod('low', { spec: { priority: 1 } }), budget({ disruptionsAllowed: 0 })],
    }),
    /is protected and there was room without it/,
  ],
  N1b: [
    {
      write: { by: 'controller/taint-eviction', previous: pod('a'), object: pod('a', gone) },
      before: [node('node-1'), pod('a')],
    },
    /did not have to leave/,
  ],
  N2: [
    {
      write: { ...lifecycle, verb: 'update/status', previous: node('node-1'), object: node('node-1', {}, unknown) },
      before: [
        made(
          'coordination.k8s.io/v1',
          'Lease',
          'node-1',
          { spec: { renewTime: at(0) } },
          { namespace: 'kube-node-lease' },
        ),
      ],
      now: 5000,
    },
    /renewed its lease 5000 ms ago/,
  ],
  N3: [
    {
      write: { ...lifecycle, previous: node('node-1'), object: node('node-1', lost) },
      before: [node('node-1'), node('node-2', lost), node('node-3')],
    },
    /right after node-2/,
  ],
  N4: [bound({}, [node('node-1', { unschedulable: true })]), /which is cordoned/],
  N5b: [
    {
      write: { by: 'controller/replicaset', type: 'DELETED', previous: pod('a'), object: pod('a') },
      before: [node('node-1')],
    },
    /removed Pod default\/a, which runs on node-1/,
  ],
  N5: [
    {
      write: {
        by: 'kubelet',
        type: 'DELETED',
        previous: pod('a', gone),
        object: pod('a', {
          deletionTimestamp: at(30_000),
          deletionGracePeriodSeconds: 30,
          status: { containerStatuses: [{ name: 'c', state: { running: {} } }] },
        }),
      },
      now: 1000,
    },
    /29000 ms before its time/,
  ],
  E6: [
    {
      write: {
        by: 'controller/endpointslice',
        object: made(
          'discovery.k8s.io/v1',
          'EndpointSlice',
          's1',
          {
            endpoints: [
              {
                addresses: ['10.0.0.1'],
                conditions: { ready: true },
                targetRef: { kind: 'Pod', name: 'a', namespace: 'default', uid: pod('a').metadata.uid },
              },
            ],
          },
          { labels: { 'kubernetes.io/service-name': 'web' } },
        ),
      },
      before: [made('v1', 'Service', 'web', { spec: { selector: { app: 'web' } } }), pod('a', gone)],
    },
    /a was called ready/,
  ],
  P1: [{ write: { verb: 'evict', previous: pod('a'), object: pod('a', gone) }, before: [budget({})] }, /was not asked/],
  P1b: [
    {
      write: {
        by: 'controller/pod-disruption-budget',
        verb: 'update/status',
        previous: minimum(0),
        object: minimum(1),
      },
      before: [pod('a')],
    },
    /allows 1: 1 are healthy, 1 must be/,
  ],
  P1c: [
    {
      write: {
        by: 'controller/pod-disruption-budget',
        verb: 'update/status',
        previous: minimum(0, { a: at(0) }),
        object: minimum(0),
      },
      before: [pod('a')],
      now: 1000,
    },
    /a was granted its eviction/,
  ],
  GC1: [
    {
      write: { ...collected, previous: pod('a', ownedBy(set)), object: pod('a', { ...gone, ...ownedBy(set) }) },
      before: [set],
    },
    /ReplicaSet set is there/,
  ],
  GC3: [
    {
      write: {
        ...collected,
        previous: map('a', { ...gone, finalizers: ['foregroundDeletion'] }),
        object: map('a', gone),
      },
      before: [map('b', ownedBy(map('a'), { blockOwnerDeletion: true }))],
    },
    /let go while ConfigMap default\/b was there/,
  ],
  GC4: [
    {
      write: { ...collected, previous: map('a', { ...gone, finalizers: ['orphan'] }), object: map('a', gone) },
      before: [map('b', ownedBy(map('a')))],
    },
    /b still names it/,
  ],
  GC5: [
    {
      write: {
        ...collected,
        type: 'DELETED',
        previous: made('v1', 'Node', 'n', {}, ownedBy(set)),
        object: made('v1', 'Node', 'n', {}, ownedBy(set)),
      },
    },
    /for the namespaced ReplicaSet set/,
  ],
  H1: [
    {
      write: {
        ...scaling,
        previous: workload('Deployment', 'web', { replicas: 8 }),
        object: workload('Deployment', 'web', { replicas: 9 }),
      },
      before: [scaler()],
    },
    /asked for 9 pods/,
  ],
  H2: [
    {
      write: {
        ...scaling,
        previous: scaler(),
        object: scaler({ currentReplicas: 4, desiredReplicas: 5, currentMetrics: using(51) }, {}, 5),
      },
    },
    /goes from 4 to 5 within the tolerance/,
  ],
  H3: [
    {
      write: {
        ...scaling,
        previous: scaler(),
        object: scaler({ currentReplicas: 2, desiredReplicas: 8, currentMetrics: using(60) }, {}, 8),
      },
      before: [workload('Deployment', 'web'), pod('a'), pod('b'), pod('c', { node: '' })],
    },
    /wants 8 pods where the use of 2 calls for 3/,
  ],
  H4: [
    {
      write: {
        ...scaling,
        previous: workload('Deployment', 'web', { replicas: 2 }),
        object: workload('Deployment', 'web', { replicas: 8 }),
      },
      before: [scaler()],
    },
    /policies allow 6/,
  ],
  A13c: [
    {
      write: {
        type: 'DELETED',
        object: made('v1', 'Namespace', 'default'),
        previous: made('v1', 'Namespace', 'default', {}, gone),
      },
      before: [pod('a')],
    },
    /went while Pod a was in it/,
  ],
  D6c: [
    {
      write: {
        by: 'controller/deployment',
        type: 'DELETED',
        previous: workload('ReplicaSet', 'old', { replicas: 1 }),
        object: workload('ReplicaSet', 'old', { replicas: 1 }),
      },
    },
    /old was deleted with 0 pods/,
  ],
  CJ1b: [
    {
      write: { ...ticking, object: made('batch/v1', 'Job', 'b', {}, ownedBy(tick({ concurrencyPolicy: 'Replace' }))) },
      before: [
        tick({ concurrencyPolicy: 'Replace' }),
        made('batch/v1', 'Job', 'a', {}, ownedBy(tick({ concurrencyPolicy: 'Replace' }))),
      ],
    },
    /a still ran/,
  ],
  V1: [
    { write: { previous: claimed('a'), object: claimed('a') }, before: [claimed('b')] },
    /a and b have the volume disk/,
  ],
  V2: [
    { write: { by: 'controller/persistent-volume', previous: disk('uid-a'), object: disk('uid-b') } },
    /went from one claim to another/,
  ],
  V3: [
    {
      write: { by: 'controller/persistent-volume', previous: disk(undefined), object: disk('uid-a') },
      before: [claimed('a')],
    },
    /and a asks for/,
  ],
  V4: [
    { write: { by: 'controller/persistent-volume', type: 'DELETED', previous: disk('uid-a'), object: disk('uid-a') } },
    /its policy is Retain/,
  ],
  H6: [
    {
      write: {
        previous: workload('Deployment', 'web', { replicas: 4 }),
        object: workload('Deployment', 'web', { replicas: 1 }),
      },
      before: [scaler()],
    },
    /was set to 1 pods beside/,
  ],
}
