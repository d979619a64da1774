/** What pods share: volumes in use, services of every type, quotas of many things, gates and ports, nodes that grow. */
import type { Scenario } from './scenarios.ts'

const text = (...objects: readonly string[]): string => objects.join('\n---')
const object = (apiVersion: string, kind: string, name: string, more: string): string =>
  `\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\n${more}`

export const classText = (name: string, mode: string): string =>
  object(
    'storage.k8s.io/v1',
    'StorageClass',
    name,
    `provisioner: kubernetes.io/no-provisioner\nvolumeBindingMode: ${mode}`,
  )
export const volumeText = (name: string, size: string, storageClass: string, more = ''): string =>
  object(
    'v1',
    'PersistentVolume',
    name,
    `spec: {capacity: {storage: ${size}}, storageClassName: ${storageClass}, hostPath: {path: /tmp}, ${more || 'accessModes: [ReadWriteOnce]'}}`,
  )
export const claimText = (name: string, size: string, storageClass: string, modes = 'ReadWriteOnce'): string =>
  object(
    'v1',
    'PersistentVolumeClaim',
    name,
    `spec: {accessModes: [${modes}], storageClassName: ${storageClass}, resources: {requests: {storage: ${size}}}}`,
  )
export const claimPodText = (name: string, claim: string, more = 'image: "nginx:1"'): string =>
  object(
    'v1',
    'Pod',
    name,
    `spec: {restartPolicy: Never, volumes: [{name: v, persistentVolumeClaim: {claimName: ${claim}}}], containers: [{name: c, ${more}}]}`,
  )
const brief = 'image: busybox, command: [sleep, "10"]'
const kept = 'accessModes: [ReadWriteOnce, ReadOnlyMany], persistentVolumeReclaimPolicy: Retain'

const volumes = text(
  classText('manual', 'Immediate'),
  classText('late', 'WaitForFirstConsumer'),
  volumeText('big', '10Gi', 'manual', kept),
  volumeText('small', '2Gi', 'manual'),
  volumeText('middle', '5Gi', 'manual', kept),
  volumeText('late-0', '3Gi', 'late'),
  volumeText('late-1', '4Gi', 'late'),
  claimText('data', '1Gi', 'manual'),
  claimText('shared', '1Gi', 'manual', 'ReadOnlyMany'),
  claimText('later', '1Gi', 'late'),
  claimText('later-still', '1Gi', 'late'),
  claimText('own', '1Gi', 'standard'),
  claimPodText('user', 'data'),
  claimPodText('done', 'shared', brief),
  claimPodText('late-user', 'later'),
  claimPodText('own-user', 'own'),
)

const pod = (name: string, spec: string, meta = ''): string =>
  `\napiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, labels: {app: web}${meta}}\nspec: {${spec}}`
const container = (more: string) =>
  `containers: [{name: c, image: "nginx:1", ports: [{name: http, containerPort: 80}]${more}}]`
const probe = ', readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5}'

const traffic = text(
  pod('bare', container('')),
  pod('held', container(''), ', finalizers: [example.com/hold]'),
  pod('unready', container(probe), ', annotations: {kybern.dev/script: "never ready"}'),
  pod('short', `restartPolicy: Never, ${container(', command: [sleep, "20"]')}`),
  object('v1', 'Service', 'web', 'spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}'),
  object(
    'v1',
    'Service',
    'open',
    'spec: {type: NodePort, selector: {app: web}, ports: [{name: a, port: 80}, {name: b, port: 81}]}',
  ),
  object('v1', 'Service', 'headless', 'spec: {clusterIP: None, selector: {app: web}, ports: [{port: 80}]}'),
)

const quotas = text(
  object(
    'v1',
    'ResourceQuota',
    'most',
    'spec: {hard: {pods: "6", requests.cpu: "3", limits.cpu: "6", services: "5", services.nodeports: "4", count/configmaps: "4", persistentvolumeclaims: "2"}}',
  ),
  object('v1', 'Service', 'open', 'spec: {type: LoadBalancer, ports: [{name: a, port: 80}, {name: b, port: 81}]}'),
  pod(
    'short',
    'restartPolicy: Never, containers: [{name: c, image: busybox, command: [sleep, "20"], resources: {requests: {cpu: 500m}, limits: {cpu: 1}}}]',
  ),
  pod('long', container(', resources: {requests: {cpu: 250m}, limits: {cpu: 1}}')),
)

const work = (name: string, cpu: string, more = '') =>
  pod(
    name,
    `restartPolicy: Never, containers: [{name: c, image: busybox, command: [sleep, "30"], resources: {requests: {cpu: ${cpu}}}}]${more}`,
  )
const starts = (name: string, cpu: string, more: string) =>
  pod(
    name,
    `initContainers: [{name: i, image: busybox, command: [sleep, "5"], resources: {requests: {cpu: ${cpu}}}${more}}], containers: [{name: c, image: nginx, resources: {requests: {cpu: 500m}}}]`,
  )

const queue = text(
  work('a', '1500m'),
  work('b', '1500m'),
  work('c', '1500m'),
  starts('d', '1500m', ''),
  starts('e', '1', '')
    .replace('command: [sleep, "5"]', 'restartPolicy: Always')
    .replace('image: busybox', 'image: nginx'),
  work('gated', '100m', ', schedulingGates: [{name: example.com/wait}]'),
  pod('port-a', 'containers: [{name: c, image: nginx, ports: [{containerPort: 80, hostPort: 80}]}]'),
  pod('port-b', 'containers: [{name: c, image: nginx, ports: [{containerPort: 80, hostPort: 80}]}]'),
  pod('port-c', 'containers: [{name: c, image: nginx, ports: [{containerPort: 80, hostPort: 80, hostIP: 10.0.0.9}]}]'),
  pod('chosen', 'nodeSelector: {disk: ssd}, containers: [{name: c, image: nginx}]'),
)

/** Nodes of several sizes, full of small pods of several priorities, and no budgets. */
const ranked = text(
  ...[
    ['low', 10],
    ['middle', 100],
    ['high', 1000],
    ['never', 900],
  ].map(([name, value]) =>
    object(
      'scheduling.k8s.io/v1',
      'PriorityClass',
      name as string,
      `value: ${value}${name === 'never' ? '\npreemptionPolicy: Never' : ''}`,
    ),
  ),
  ...['low', 'middle', 'low', 'none', 'middle', 'low', 'none', 'middle'].map((rank, i) =>
    object(
      'v1',
      'Pod',
      `small-${i}`,
      `spec: {${rank === 'none' ? '' : `priorityClassName: ${rank}, `}containers: [{name: c, image: "nginx:1", resources: {requests: {cpu: ${i % 3 === 0 ? '500m' : '1'}}}}]}`,
    ),
  ),
)

export const thingScenarios: readonly Scenario[] = [
  {
    name: 'volumes',
    cluster: { nodes: 2 },
    manifest: volumes,
    ops: [
      'claim-pod',
      'claim-pod',
      'claim-anew',
      'claim-anew',
      'volume',
      'delete-claim',
      'delete-claim',
      'delete-volume',
      'end-pod',
      'end-pod',
      'apply',
      'kill',
    ],
  },
  {
    name: 'traffic',
    cluster: { nodes: 2 },
    manifest: traffic,
    ops: [
      'service',
      'service-type',
      'service-type',
      'copy-service',
      'copy-service',
      'relabel',
      'end-pod',
      'end-pod',
      'apply',
      'delete-service',
      'release',
      'kill',
      'slice',
    ],
  },
  {
    name: 'quotas',
    cluster: { nodes: 2 },
    manifest: quotas,
    ops: [
      'service-type',
      'copy-service',
      'delete-service',
      'end-pod',
      'end-pod',
      'apply',
      'apply',
      'owned',
      'delete-map',
      'more-quota',
      'claim-anew',
      'delete-claim',
      'wait',
    ],
  },
  {
    name: 'queue',
    cluster: {
      nodes: [
        { name: 'a', cpu: '2' },
        { name: 'b', cpu: '2' },
      ],
    },
    manifest: queue,
    ops: [
      'apply',
      'apply',
      'end-pod',
      'end-pod',
      'ungate',
      'label-node',
      'grow-node',
      'cordon',
      'taint',
      'add-node',
      'wait',
      'kill',
    ],
  },
  {
    name: 'ranks',
    cluster: {
      nodes: [
        { name: 'a', cpu: '2' },
        { name: 'b', cpu: '3' },
        { name: 'c', cpu: '2500m' },
      ],
    },
    manifest: ranked,
    ops: ['big-pod', 'big-pod', 'big-pod', 'big-pod', 'big-pod', 'big-pod', 'apply', 'delete-pod', 'cordon', 'end-pod'],
  },
  {
    name: 'clients',
    cluster: { nodes: 2 },
    busy: true,
    manifest: text(
      object(
        'apps/v1',
        'Deployment',
        'web',
        'spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: "nginx:1"}]}}}',
      ),
      object('v1', 'ConfigMap', 'map-0', 'data: {n: "0"}'),
      object('v1', 'ConfigMap', 'map-1, finalizers: [example.com/hold]', 'data: {n: "1"}'),
      object('v1', 'ConfigMap', 'map-2, finalizers: [example.com/hold]', 'data: {n: "2"}'),
      object('v1', 'Service', 'web', 'spec: {selector: {app: web}, ports: [{port: 80}]}'),
    ),
    ops: [
      'replace',
      'replace',
      'replace',
      'put-status',
      'put-status',
      'replace',
      'replace',
      'replace',
      'delete-map',
      'delete-map',
      'bind-too',
      'bind-too',
      'meant-another',
      'meant-another',
      'meant-another',
      'meant-another',
      'end-pod',
      'delete-pod',
      'end-pod',
      'owned',
      'delete-map',
      'release',
      'edit-map',
      'scale',
      'delete',
    ],
  },
]
