/** The general scenarios: for each kind of work a small world and what users do to it. None is made for one bug. */
import type { ClusterOptions } from '../../../src/cluster/options.ts'
import { endScenarios } from './scenarios-ends.ts'
import { podScenarios } from './scenarios-pods.ts'
import { ruleScenarios } from './scenarios-rules.ts'
import { thingScenarios } from './scenarios-things.ts'

export interface Scenario {
  readonly name: string
  readonly cluster: ClusterOptions
  /** Applied before the run begins, and settled. */
  readonly manifest: string
  /** Names of operations; what comes up more often is drawn more often. */
  readonly ops: readonly string[]
  /** Set when everything is done in each run: where runs are short. */
  readonly busy?: boolean
  /** Set when something goes on for ever by design: schedules, load. */
  readonly endless?: boolean
  /** Set when what the manifest says comes to its end by itself: nothing would be left to begin with. */
  readonly passing?: boolean
}

/** Releases differ: one is slow to begin, one slow to end. */
export const scripts = { 'nginx:2': 'ready after 15s', 'nginx:3': 'stop after 12s' }

const template = (app: string, more = '', meta = '') =>
  `{metadata: {labels: {app: ${app}}${meta}}, spec: {containers: [{name: c, image: "nginx:1", ports: [{containerPort: 80}]}]${more}}}`

const deployment = (name: string, more = '', pod = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec: {replicas: 3, selector: {matchLabels: {app: ${name}}}, template: ${template(name, pod)}${more}}
---`

const service = (name: string) => `
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app: ${name}}, ports: [{port: 80, targetPort: 80}]}
---`

const budgetFor = (app: string, spec: string) => `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: ${app}}
spec: {selector: {matchLabels: {app: ${app}}}, ${spec}}
---`

const jobs = `
apiVersion: batch/v1
kind: Job
metadata: {name: sum}
spec: {completions: 4, parallelism: 2, backoffLimit: 3, template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sleep, "20"]}]}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: parts}
spec: {completions: 3, parallelism: 3, completionMode: Indexed, template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sleep, "10"]}]}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: bad}
spec: {completions: 2, parallelism: 2, backoffLimit: 2, template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, "sleep 5; exit 1"]}]}}}
---`

const priorityClasses = [
  ['low', 10],
  ['middle', 100],
  ['high', 1000],
  ['never', 900],
]
  .map(
    ([name, value]) => `
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: ${name}}
value: ${value}${name === 'never' ? '\npreemptionPolicy: Never' : ''}
---`,
  )
  .join('')

const node = (name: string, zone: string, cpu = '4') => ({
  name,
  cpu,
  labels: { 'topology.kubernetes.io/zone': zone, 'kubernetes.io/hostname': name },
})
const spread = (app: string) =>
  `, topologySpreadConstraints: [{maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: ${app}}}}]`
const apart = (app: string) =>
  `, affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: ${app}}}}]}}`
const tolerant = ', tolerations: [{key: maintenance, operator: Exists, effect: NoExecute, tolerationSeconds: 60}]'

const rollout = [
  'scale',
  'scale',
  'image',
  'image',
  'repair',
  'repair',
  'restart-rollout',
  'strategy',
  'min-ready',
  'delete-pod',
  'recreate',
  'apply',
]
const nodes = ['cordon', 'drain', 'taint', 'kill', 'delete-pod', 'add-node', 'delete-node', 'pin']

export const scenarios: readonly Scenario[] = [
  {
    name: 'deployment',
    cluster: { nodes: 3 },
    manifest: deployment('web'),
    ops: [...rollout, 'pause', 'delete', 'delete-replicaset', 'relabel', 'stray-pod'],
  },
  {
    name: 'replicaset',
    cluster: { nodes: 2 },
    manifest: ['one', 'two']
      .map(
        (name) => `
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: ${name}}
spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: ${template('web')}}
---`,
      )
      .join(''),
    ops: ['scale', 'scale', 'delete', 'recreate', 'relabel', 'relabel', 'stray-pod', 'delete-pod', 'apply'],
  },
  {
    name: 'statefulset',
    cluster: { nodes: 3 },
    manifest: `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 3
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: ${template('db')}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
---`,
    ops: [...rollout, 'delete-claim', 'kill', 'delete', 'relabel'],
  },
  {
    name: 'parallel statefulset',
    cluster: { nodes: 3 },
    manifest: `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec: {replicas: 3, podManagementPolicy: Parallel, serviceName: db, selector: {matchLabels: {app: db}}, template: ${template('db')}}
---`,
    ops: rollout,
  },
  {
    name: 'daemonset',
    cluster: { nodes: 3 },
    manifest: `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec: {selector: {matchLabels: {app: agent}}, template: ${template('agent')}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: fast}
spec: {selector: {matchLabels: {app: fast}}, template: ${template('fast', ', nodeSelector: {disk: ssd}')}}
---`,
    ops: [
      'image',
      'image',
      'repair',
      'restart-rollout',
      'strategy',
      'min-ready',
      'delete-pod',
      'recreate',
      'label-node',
      'label-node',
      'pin',
      ...nodes,
    ],
  },
  {
    name: 'jobs',
    cluster: { nodes: 2 },
    passing: true,
    manifest: jobs,
    ops: ['job', 'job', 'delete-pod', 'delete-pod', 'delete-job', 'apply', 'recreate', 'kill', 'wait'],
  },
  {
    name: 'cronjob',
    cluster: { nodes: 2 },
    endless: true,
    manifest: `
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec: {schedule: "* * * * *", concurrencyPolicy: Forbid, jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sleep, "90"]}]}}}}}
---`,
    ops: ['cron-job', 'cron-job', 'delete-job', 'wait', 'wait', 'recreate', 'delete-pod'],
  },
  {
    name: 'garbage',
    cluster: { nodes: 1 },
    manifest: ['map-0', 'map-1']
      .map(
        (name) => `
apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}}
---`,
      )
      .join(''),
    ops: ['owned', 'owned', 'owned', 'owned', 'delete-map', 'delete-map', 'delete-map', 'edit-map', 'release', 'apply'],
  },
  {
    name: 'owners',
    cluster: { nodes: 2 },
    manifest: deployment('web') + jobs.slice(0, jobs.indexOf('---') + 3),
    ops: ['delete', 'delete', 'recreate', 'delete-replicaset', 'apply', 'scale', 'image', 'delete-pod', 'delete-job'],
  },
  {
    name: 'budgets',
    cluster: { nodes: 3 },
    manifest:
      deployment('web') +
      deployment('api') +
      budgetFor('web', 'minAvailable: 2') +
      budgetFor('api', 'maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow'),
    ops: [
      'evict',
      'evict',
      'evict',
      'drain',
      'drain',
      'budget',
      'scale',
      'image',
      'repair',
      'delete-pod',
      'cordon',
      'delete-budget',
      'kill',
    ],
  },
  {
    name: 'services',
    cluster: { nodes: 2 },
    manifest: deployment('web') + service('web'),
    ops: [
      'service',
      'service',
      'slice',
      'slice',
      'delete-slice',
      'delete-service',
      'apply',
      'scale',
      'relabel',
      'delete-pod',
      'image',
      'kill',
    ],
  },
  {
    name: 'nodes',
    cluster: { nodes: [node('a', 'zone-a'), node('b', 'zone-a'), node('c', 'zone-b')] },
    manifest: deployment('web', '', tolerant) + deployment('api'),
    ops: [...nodes, 'taint', 'kill', 'kill', 'scale'],
  },
  {
    name: 'spread',
    cluster: { nodes: [node('a', 'zone-a'), node('b', 'zone-b'), node('c', 'zone-c')] },
    manifest:
      deployment('web', '', spread('web')) +
      deployment('lone', '', apart('lone')) +
      deployment('shy', '', apart('lone')).replace('replicas: 3', 'replicas: 1'),
    ops: [
      'scale',
      'scale',
      'image',
      'restart-rollout',
      'cordon',
      'taint',
      'delete-pod',
      'label-node',
      'kill',
      'add-node',
    ],
  },
  {
    name: 'priorities',
    cluster: { nodes: [node('a', 'zone-a'), node('b', 'zone-b')] },
    // Most of the room is taken by what stands low.
    manifest:
      priorityClasses +
      budgetFor('big', 'minAvailable: 1') +
      deployment('filler', '', ', priorityClassName: low').replace(
        'ports:',
        'resources: {requests: {cpu: "2"}}, ports:',
      ),
    ops: ['big-pod', 'big-pod', 'big-pod', 'big-pod', 'delete-pod', 'scale', 'cordon', 'add-node', 'evict', 'kill'],
  },
  {
    name: 'room',
    cluster: { nodes: [node('a', 'zone-a', '2'), node('b', 'zone-b', '2')] },
    manifest: priorityClasses + deployment('web').replace('ports:', 'resources: {requests: {cpu: 800m}}, ports:'),
    ops: ['scale', 'scale', 'image', 'delete-pod', 'cordon', 'add-node', 'big-pod', 'drain', 'kill', 'taint', 'pin'],
  },
  {
    name: 'autoscaling',
    cluster: { nodes: 3, scripts: { 'nginx:*': 'cpu 2m per request' } },
    endless: true,
    manifest: `${deployment('web').replace('ports:', 'resources: {requests: {cpu: 100m}}, ports:')}${service('web')}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 8, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}
---`,
    ops: ['load', 'load', 'load', 'autoscaler', 'image', 'restart-rollout', 'scale', 'apply', 'wait', 'delete-pod'],
  },
  {
    name: 'namespaces',
    cluster: { nodes: 1 },
    manifest: 'apiVersion: v1\nkind: Namespace\nmetadata: {name: team}\n',
    ops: ['namespace', 'namespace', 'namespace', 'release', 'delete-pod'],
  },
  {
    name: 'quota',
    cluster: { nodes: 2 },
    manifest: `
apiVersion: v1
kind: ResourceQuota
metadata: {name: most}
spec: {hard: {pods: "5", count/configmaps: "4"}}
---${deployment('web')}`,
    ops: [
      'scale',
      'scale',
      'quota',
      'stray-pod',
      'delete-pod',
      'image',
      'owned',
      'delete-map',
      'restart-rollout',
      'recreate',
    ],
  },
  {
    name: 'storage',
    cluster: { nodes: 1 },
    manifest:
      'apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: manual}\nprovisioner: kubernetes.io/no-provisioner\n',
    ops: ['claim', 'claim', 'volume', 'volume', 'volume', 'delete-claim', 'delete-volume'],
  },
  ...podScenarios,
  ...thingScenarios,
  ...ruleScenarios,
  ...endScenarios,
  {
    name: 'settings',
    cluster: { nodes: 3 },
    manifest: `${deployment('web', ', revisionHistoryLimit: 1, progressDeadlineSeconds: 40')}
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec: {replicas: 3, podManagementPolicy: Parallel, ordinals: {start: 1}, revisionHistoryLimit: 0, serviceName: db, selector: {matchLabels: {app: db}}, template: ${template('db')}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec: {revisionHistoryLimit: 0, selector: {matchLabels: {app: agent}}, template: ${template('agent')}}
---`,
    ops: [
      'settings',
      'settings',
      'settings',
      'image',
      'image',
      'image',
      'restart-rollout',
      'restart-rollout',
      'undo',
      'undo',
      'repair',
      'scale',
      'cost',
      'min-ready',
      'strategy',
      'pause',
    ],
  },
]
