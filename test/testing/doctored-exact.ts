/** For each row that says exactly what a status must tell a write or a state that it must not let pass. */
import type { KubeObject } from '../../src/index.ts'
import { at, type Doctored, gone, made, node, ownedBy, pod, workload } from './doctored.ts'

const web = workload('Deployment', 'web', { replicas: 2 }, {}, { generation: 1 })
const said = (type: string, status: string, ms: number) => ({
  conditions: [{ type, status, lastTransitionTime: at(ms) }],
})
const wrote = (by: string, previous: KubeObject, object: KubeObject, more: Partial<Doctored> = {}): Doctored => ({
  write: { by, previous, object, verb: 'update/status' },
  before: [previous],
  ...more,
})
const tainted = (ms: number) =>
  node('node-1', { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: at(ms) }] })

const memory = (r: readonly (readonly number[])[]) => ({
  annotations: {
    'autoscaling.kybern.dev/recommendations': JSON.stringify({ r: r.map(([ms, n]) => [Date.parse(at(ms ?? 0)), n]) }),
  },
})
const scaler = (status: object, r: readonly (readonly number[])[], spec: object = {}) =>
  made(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    'web',
    {
      spec: {
        maxReplicas: 8,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 50 } } }],
        ...spec,
      },
      status: { conditions: [{ type: 'ScalingActive', status: 'True' }], ...status },
    },
    memory(r),
  )
const asks = { containers: [{ name: 'c', resources: { requests: { cpu: '100m' } } }] }
const measured = (name: string, cpu: string) => [
  pod(name, { spec: asks, status: { startTime: at(-900_000) } }),
  made('metrics.k8s.io/v1beta1', 'PodMetrics', name, {
    timestamp: at(0),
    window: '15s',
    containers: [{ name: 'c', usage: { cpu } }],
  }),
]
const looked = (
  status: object,
  r: readonly (readonly number[])[],
  replicas: number,
  more: KubeObject[] = [],
): Doctored => ({
  write: {
    by: 'controller/horizontal-pod-autoscaler',
    reconciled: 'default/web',
    previous: scaler({}, r),
    object: scaler(status, r),
  },
  before: [scaler({}, r), workload('Deployment', 'web', { replicas }), ...more],
})

const affinity = {
  required: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-2'] }] }] },
}
const volume = (name: string, spec: object = {}, phase = 'Available') =>
  made('v1', 'PersistentVolume', name, {
    spec: { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'slow', ...spec },
    status: { phase },
  })
const claim = (spec: object = {}, phase = 'Pending', meta = {}) =>
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
      status: { phase },
    },
    meta,
  )
const names = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }
const reference = { namespace: 'default', name: 'data', uid: 'uid-data' }

export const doctoredExactWrites: Readonly<Record<string, readonly [Doctored, RegExp]>> = {
  G7b: [
    wrote('controller/deployment', web, { ...web, status: { observedGeneration: 2 } }),
    /is of generation 1, and 2 was observed/,
  ],
  G14: [
    wrote(
      'controller/node-lifecycle',
      node('node-1', {}, said('Ready', 'True', 0)),
      node('node-1', {}, said('Ready', 'Unknown', 0)),
      { now: 60_000 },
    ),
    /Ready of Node node-1 became Unknown, and says that it did at/,
  ],
  L12: [
    wrote('kubelet', pod('a', { status: { startTime: at(0) } }), pod('a', { status: { startTime: at(5000) } })),
    /was started at .*, and now at/,
  ],
  N9: [wrote('controller/node-lifecycle', tainted(0), tainted(5000)), /is said to be of another time/],
  H7: [
    looked(
      { currentReplicas: 2, desiredReplicas: 2 },
      [[0, 2]],
      2,
      ['a', 'b'].flatMap((name) => measured(name, '80m')),
    ),
    /recommends 2 where the use of 2 calls for 4/,
  ],
  H8: [
    looked(
      { currentReplicas: 4, desiredReplicas: 2 },
      [
        [0, 6],
        [0, 2],
      ],
      4,
    ),
    /has 4 and settles for 2 where its rules make it 6/,
  ],
  H9: [looked({ currentReplicas: 3, desiredReplicas: 3 }, [[0, 3]], 2), /says that there are 3 of 2/],
  V11: [
    {
      write: {
        verb: 'bind',
        by: 'scheduler',
        previous: pod('p', { node: '', spec: names }),
        object: pod('p', { spec: names }),
      },
      before: [node('node-1'), claim({ volumeName: 'disk' }, 'Bound'), volume('disk', { nodeAffinity: affinity })],
    },
    /bound to node-1, where disk is not to be had/,
  ],
  V12: [
    {
      write: { by: 'controller/volume-provisioner', object: volume('pvc-1', { claimRef: reference }) },
      before: [claim({}, 'Pending', gone)],
    },
    /was made for .*, which is being deleted/,
  ],
  V14: [
    wrote(
      'kubelet',
      pod('p', { spec: names, status: { startTime: at(0) } }),
      pod('p', {
        spec: names,
        status: { startTime: at(0), containerStatuses: [{ name: 'c', state: { running: { startedAt: at(0) } } }] },
      }),
      { before: [claim()] },
    ),
    /has begun, and .* is not bound/,
  ],
}

const service = made('v1', 'Service', 'web', {
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
})
const listening = { containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 8080 }] }] }
const serving = pod('a', { spec: listening, status: { podIP: '10.0.0.1' } })
const slice = made(
  'discovery.k8s.io/v1',
  'EndpointSlice',
  'web-1',
  {
    addressType: 'IPv4',
    ports: [{ name: '', port: 80, protocol: 'TCP' }],
    endpoints: [
      {
        addresses: ['10.0.0.1'],
        nodeName: 'node-1',
        conditions: { ready: true, serving: true, terminating: false },
        targetRef: { kind: 'Pod', name: 'a', namespace: 'default', uid: serving.metadata.uid },
      },
    ],
  },
  {
    labels: {
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    },
  },
)

export const doctoredExactStates: Readonly<Record<string, readonly [readonly KubeObject[], RegExp, number?]>> = {
  P4: [
    [
      made('policy/v1', 'PodDisruptionBudget', 'web', {
        spec: { selector: { matchLabels: { app: 'web' } }, minAvailable: '30%' },
        status: { expectedPods: 2, desiredHealthy: 0, currentHealthy: 1, disruptionsAllowed: 1 },
      }),
      web,
      pod('a', ownedBy(web)),
    ],
    /says desiredHealthy 0 and it is 1/,
  ],
  E7: [[service, serving, slice], /says of a the ports :80\/TCP, and it is :8080\/TCP/],
  E8: [[service, serving], /does not say 10\.0\.0\.1 ready at :8080\/TCP/],
  N1c: [
    [node('node-1', { taints: [{ key: 'hot', effect: 'NoExecute', timeAdded: at(0) }] }), pod('a')],
    /does not stand hot of node-1 and is there/,
  ],
  N6b: [[node('node-1', { unschedulable: true })], /keeps pods away for "", and it is "unschedulable"/],
  V13: [[claim(), volume('disk')], /waits, and PersistentVolume disk is free/],
}
