/** Settings that are off by default: behaviours of autoscalers, tolerations for a while, percentages of budgets, places of volumes. */
import type { Scenario } from './scenarios.ts'
import { claimText, classText, volumeText } from './scenarios-things.ts'

const text = (...objects: readonly string[]): string => objects.join('\n---')
const object = (apiVersion: string, kind: string, name: string, more: string, meta = ''): string =>
  `\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}${meta}}\n${more}`
const pod = (name: string, spec: string, meta = ''): string =>
  object('v1', 'Pod', name, `spec: {${spec}}`, `, labels: {app: web}${meta}`)
const serves = (more = '') => `containers: [{name: c, image: "nginx:1"${more}}]`
const inZone = (name: string, zone: string) => ({ name, labels: { 'topology.kubernetes.io/zone': zone } })

const scaled = (name: string, behavior: string, metrics: string) =>
  text(
    object(
      'apps/v1',
      'Deployment',
      name,
      `spec: {replicas: 3, selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {${serves(', resources: {requests: {cpu: 100m, memory: 64Mi}}')}}}}`,
    ),
    object('v1', 'Service', name, `spec: {selector: {app: ${name}}, ports: [{port: 80}]}`),
    object(
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      name,
      `spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ${name}}, minReplicas: 2, maxReplicas: 9${behavior}, metrics: [${metrics}]}`,
    ),
  )
/** One that ends badly, and is selected by what is scaled. */
const failed = (app: string) =>
  object(
    'v1',
    'Pod',
    `${app}-failed`,
    'spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, "sleep 2; exit 1"], resources: {requests: {cpu: 50m, memory: 10Mi}}}]}',
    `, labels: {app: ${app}}`,
  )
const cpu = (percent: number) =>
  `{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: ${percent}}}}`
const cpuValue = (amount: string) =>
  `{type: Resource, resource: {name: cpu, target: {type: AverageValue, averageValue: ${amount}}}}`
const careful =
  ', behavior: {scaleUp: {stabilizationWindowSeconds: 30, selectPolicy: Min, policies: [{type: Pods, value: 2, periodSeconds: 60}, {type: Percent, value: 50, periodSeconds: 30}]}, scaleDown: {stabilizationWindowSeconds: 60, policies: [{type: Pods, value: 1, periodSeconds: 30}, {type: Percent, value: 50, periodSeconds: 60}]}}'

const stands = (name: string, tolerations: string): string => pod(name, `tolerations: [${tolerations}], ${serves()}`)
const for_ = (key: string, seconds?: number): string =>
  `{key: ${key}, operator: Exists, effect: NoExecute${seconds === undefined ? '' : `, tolerationSeconds: ${seconds}`}}`

const budget = (name: string, app: string, spec: string) =>
  object('policy/v1', 'PodDisruptionBudget', name, `spec: {selector: {matchLabels: {app: ${app}}}, ${spec}}`)
const replicated = (kind: string, name: string, replicas: number) =>
  object(
    'apps/v1',
    kind,
    name,
    `spec: {replicas: ${replicas}, selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {${serves()}}}}`,
  )

const local = (name: string, node: string) =>
  volumeText(
    name,
    '5Gi',
    'late',
    `accessModes: [ReadWriteOnce], nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [${node}]}]}]}}`,
  )
const uses = (name: string, ...claims: readonly string[]) =>
  object(
    'v1',
    'Pod',
    name,
    `spec: {volumes: [${claims.map((claim) => `{name: ${claim}, persistentVolumeClaim: {claimName: ${claim}}}`).join(', ')}], ${serves()}}`,
  )

const port = (name: string, number: number, protocol: string) =>
  `{name: ${name}, containerPort: ${number}, protocol: ${protocol}}`
const ports = text(
  pod('plain', serves(`, ports: [${port('dns', 5353, 'UDP')}, ${port('http', 8080, 'TCP')}]`)),
  pod('mixed', serves(`, ports: [${port('http', 53, 'UDP')}, ${port('dns', 54, 'TCP')}]`)),
  pod(
    'helped',
    `initContainers: [{name: side, image: "nginx:1", restartPolicy: Always, ports: [${port('http', 8081, 'TCP')}]}], ${serves(`, ports: [${port('http', 9, 'UDP')}]`)}`,
  ),
  pod(
    'unready',
    serves(
      `, ports: [${port('http', 8080, 'TCP')}], readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 5}`,
    ),
    ', annotations: {kybern.dev/script: "never ready"}',
  ),
  pod(
    'slow',
    `terminationGracePeriodSeconds: 300, ${serves()}`,
    ', annotations: {kybern.dev/script: "stop after 200s"}',
  ),
  pod('held', serves(`, ports: [${port('http', 8080, 'TCP')}]`), ', finalizers: [example.com/hold]'),
  object(
    'v1',
    'Service',
    'named',
    'spec: {selector: {app: web}, publishNotReadyAddresses: false, ports: [{name: http, port: 80, targetPort: http}, {name: dns, port: 53, protocol: UDP, targetPort: dns}]}',
    ', labels: {tier: front}',
  ),
  object(
    'v1',
    'Service',
    'early',
    'spec: {clusterIP: None, selector: {app: web}, publishNotReadyAddresses: true, ports: [{port: 80, targetPort: http}]}',
  ),
)

export const ruleScenarios: readonly Scenario[] = [
  {
    name: 'autoscaling by rules',
    // Not all that may be asked for has room.
    cluster: {
      nodes: [
        { name: 'a', cpu: '700m' },
        { name: 'b', cpu: '700m' },
      ],
      scripts: { 'nginx:*': 'cpu 2m per request' },
    },
    endless: true,
    manifest: text(scaled('web', careful, cpu(50)), scaled('api', '', `${cpuValue('30m')}, ${cpu(70)}`), failed('api')),
    ops: ['wave', 'wave', 'wave', 'load', 'load', 'autoscaler-rules', 'autoscaler-rules', 'none', 'wait', 'delete-pod'],
  },
  {
    name: 'tolerations',
    cluster: { nodes: 3 },
    passing: true,
    manifest: text(
      stands('a', `${for_('hot', 30)}, ${for_('wet', 300)}`),
      stands('b', `${for_('hot', 300)}, ${for_('wet', 0)}`),
      stands('c', `${for_('hot')}, ${for_('wet', 60)}`),
      stands('d', `${for_('node.kubernetes.io/unreachable', 20)}, ${for_('hot', 120)}`),
      replicated('Deployment', 'api', 2),
    ),
    ops: ['taints', 'taints', 'taints', 'kill', 'cordon', 'pressure', 'pressure', 'apply', 'wait', 'edit-pod'],
  },
  {
    name: 'percentages',
    cluster: { nodes: 2 },
    manifest: text(
      replicated('Deployment', 'web', 3),
      replicated('ReplicaSet', 'api', 4),
      pod('bare', serves()),
      budget('web', 'web', 'minAvailable: 50%'),
      budget('api', 'api', 'maxUnavailable: 30%'),
    ),
    ops: [
      'scale',
      'scale',
      'percent',
      'percent',
      'evict',
      'evict',
      'end-pod',
      'relabel',
      'image',
      'stray-pod',
      'apply',
    ],
  },
  {
    name: 'places',
    cluster: { nodes: 2 },
    manifest: text(
      classText('late', 'WaitForFirstConsumer'),
      local('here', 'node-1'),
      local('there', 'node-2'),
      local('there-too', 'node-2'),
      claimText('one', '1Gi', 'late'),
      claimText('two', '1Gi', 'late'),
      claimText('three', '1Gi', 'late'),
      claimText('made', '1Gi', 'standard'),
      uses('both', 'one', 'two'),
      uses('single', 'three'),
      uses('dynamic', 'made'),
      claimText('unseen', '1Gi', 'late'),
      uses('pinned', 'unseen').replace('spec: {', 'spec: {nodeName: node-1, '),
    ),
    ops: ['end-pod', 'end-pod', 'apply', 'apply', 'delete-claim', 'delete-volume', 'cordon', 'taint', 'kill', 'wait'],
  },
  {
    name: 'ports',
    cluster: { nodes: [inZone('a', 'zone-a'), inZone('b', 'zone-b')] },
    manifest: ports,
    ops: [
      'service',
      'service',
      'early',
      'early',
      'held-pod',
      'held-pod',
      'relabel',
      'end-pod',
      'end-pod',
      'release',
      'slice',
      'label-node',
      'kill',
    ],
  },
]
