/** Runs of a live cluster: for each kind of work what users do to it and what breaks beneath it. */

import { describe, expect, test } from 'vitest'
import type { ClusterOptions } from '../../src/cluster/options.ts'
import { type Cluster, createCluster } from '../../src/index.ts'
import {
  cordon,
  drain,
  kill,
  restore,
  scale,
  setImage,
  taint,
  uncordon,
  undo,
  untaint,
} from '../../src/testing/inputs.ts'
import { promised } from '../../src/testing/invariants/index.ts'
import { watchOver } from '../../src/testing/monitor.ts'
import type { Operation } from '../../src/testing/operation.ts'
import { perform } from '../../src/testing/perform.ts'

export interface Run {
  readonly name: string
  readonly options: ClusterOptions
  readonly act: (cluster: Cluster) => Promise<unknown>
}

const containers = (image = 'nginx:1', more = '') =>
  `[{name: c, image: "${image}", ports: [{containerPort: 80}]${more}}]`
const template = (app: string, more = '', container = containers()) =>
  `{metadata: {labels: {app: ${app}}}, spec: {containers: ${container}${more}}}`
const workload = (kind: string, name: string, more = '', pod = template(name)) => `
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}}
spec: {selector: {matchLabels: {app: ${name}}}, template: ${pod}${more}}
---`
const deployment = (name: string, more = ', replicas: 4', pod = template(name)) =>
  workload('Deployment', name, more, pod)
const job = (name: string, spec: string, command: string) => `
apiVersion: batch/v1
kind: Job
metadata: {name: ${name}}
spec: {${spec}, template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: ${command}}]}}}
---`
const service = (name: string) => `
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app: ${name}}, ports: [{port: 80}]}
---`
const budget = (name: string, spec: string) => `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: ${name}}
spec: {selector: {matchLabels: {app: ${name}}}, ${spec}}
---`

/** One after the other: some at once, some after what went before has had its time. */
async function does(cluster: Cluster, operations: readonly (Operation | 'settle')[]): Promise<void> {
  for (const operation of operations) {
    if (operation === 'settle') await cluster.settle()
    else await perform(cluster, operation)
  }
  await cluster.settle()
}

const applied =
  (manifest: string, ...operations: readonly (Operation | 'settle')[]) =>
  async (cluster: Cluster) => {
    await cluster.apply(manifest)
    await cluster.settle()
    await does(cluster, operations)
  }

const rolling = (surge: string, unavailable: string) =>
  `, replicas: 4, minReadySeconds: 5, strategy: {rollingUpdate: {maxSurge: ${surge}, maxUnavailable: ${unavailable}}}`

const rollout: readonly (Operation | 'settle')[] = [
  setImage('web', 'nginx:2'),
  'settle',
  setImage('web', 'nginx:3'),
  { wait: '7s' },
  scale('web', 7),
  { wait: '3s' },
  undo('web'),
  { wait: '2s' },
  scale('web', 2),
  'settle',
  setImage('web', 'nginx:does-not-exist'),
  { wait: '12m' },
  undo('web'),
  'settle',
]

const rollouts: readonly Run[] = [
  ['surge', rolling('1', '0')],
  ['no surge', rolling('0', '1')],
  ['half and half', rolling('"50%"', '"50%"')],
  ['Recreate', ', replicas: 3, strategy: {type: Recreate, rollingUpdate: null}'],
].map(([name, more]) => ({
  name: `rollout, ${name}`,
  options: { nodes: 3 },
  act: applied(deployment('web', more) + service('web'), ...rollout),
}))

const sets = `, replicas: 3, serviceName: db, volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]`
const partition = (n: number, more = '') =>
  ({
    op: 'apply',
    object: { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, ...setWith(n, more) },
  }) as never
const setWith = (n: number, image: string) => ({
  spec: {
    replicas: 3,
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: n } },
    template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image }] } },
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ],
  },
})

const deletePod = (name: string): Operation => ({ op: 'delete', kind: 'Pod', name })
const ticking = (policy: string) => `
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick-${policy.toLowerCase()}}
spec: {schedule: "* * * * *", concurrencyPolicy: ${policy}, startingDeadlineSeconds: 30, jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sleep, "90"]}]}}}}}
---`
const zoned = (name: string, zone: string, cpu = '4') => ({
  name,
  cpu,
  labels: { 'topology.kubernetes.io/zone': zone, 'kubernetes.io/hostname': name },
})
const spread = `, topologySpreadConstraints: [{maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}}]`
const apart = `, affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: lone}}}]}}`
const maintenance = { key: 'maintenance', value: 'yes', effect: 'NoExecute' } as const
const priority = (name: string, value: number, cpu: string, more = '') => `
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: ${name}}
value: ${value}
---${deployment(name, ', replicas: 3', template(name, `, priorityClassName: ${name}${more}`, containers('nginx:1', `, resources: {requests: {cpu: ${cpu}}}`)))}`

export const runs: readonly Run[] = [
  ...rollouts,
  {
    name: 'statefulset',
    options: { nodes: 3 },
    act: applied(
      workload('StatefulSet', 'db', sets),
      setImage('db', 'nginx:2', 'StatefulSet'),
      'settle',
      partition(2, 'nginx:3'),
      'settle',
      deletePod('db-0'),
      deletePod('db-2'),
      'settle',
      partition(0, 'nginx:4'),
      { wait: '2s' },
      kill('node-1'),
      { wait: '8m' },
      restore('node-1'),
      'settle',
      scale('db', 1, 'StatefulSet'),
      'settle',
      scale('db', 4, 'StatefulSet'),
      setImage('db', 'nginx:5', 'StatefulSet'),
    ),
  },
  {
    name: 'parallel statefulset',
    options: { nodes: 2 },
    act: applied(
      workload('StatefulSet', 'db', ', replicas: 3, serviceName: db, podManagementPolicy: Parallel'),
      setImage('db', 'nginx:2', 'StatefulSet'),
      { wait: '1s' },
      scale('db', 6, 'StatefulSet'),
      'settle',
      scale('db', 0, 'StatefulSet'),
    ),
  },
  {
    name: 'daemonset',
    options: { nodes: 4 },
    act: applied(
      workload('DaemonSet', 'agent') +
        workload(
          'DaemonSet',
          'swift',
          ', minReadySeconds: 4, updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}',
        ),
      setImage('agent', 'nginx:2', 'DaemonSet'),
      setImage('swift', 'nginx:2', 'DaemonSet'),
      { wait: '3s' },
      taint('node-2', maintenance),
      cordon('node-3'),
      'settle',
      untaint('node-2', maintenance),
      kill('node-4'),
      { wait: '7m' },
      setImage('agent', 'nginx:3', 'DaemonSet'),
      { wait: '1m' },
      restore('node-4'),
      uncordon('node-3'),
    ),
  },
  {
    name: 'jobs',
    options: { nodes: 2 },
    act: applied(
      job('sum', 'completions: 5, parallelism: 2', '[sleep, "20"]') +
        job('parts', 'completions: 4, parallelism: 3, completionMode: Indexed', '[sleep, "10"]') +
        job('bad', 'completions: 2, parallelism: 2, backoffLimit: 2', '[sh, -c, "sleep 5; exit 1"]') +
        job(
          'each',
          'completions: 3, parallelism: 3, completionMode: Indexed, backoffLimitPerIndex: 1',
          '[sh, -c, "sleep 3; exit 1"]',
        ) +
        job('late', 'activeDeadlineSeconds: 30, backoffLimit: 4', '[sleep, "300"]') +
        job(
          'policy',
          'backoffLimit: 3, podFailurePolicy: {rules: [{action: FailJob, onExitCodes: {operator: In, values: [42]}}]}',
          '[sh, -c, "exit 42"]',
        ),
    ),
  },
  {
    name: 'jobs that are disturbed',
    options: { nodes: 3 },
    act: async (cluster) => {
      await cluster.apply(
        job('sum', 'completions: 5, parallelism: 3, backoffLimit: 9', '[sleep, "60"]') +
          job('parts', 'completions: 4, parallelism: 4, completionMode: Indexed', '[sleep, "45"]'),
      )
      await cluster.advance('20s')
      for (const { metadata } of cluster.list('Pod').slice(0, 2)) await cluster.delete('Pod', metadata.name)
      cluster.fault({ kill: 'node-1' })
      await cluster.advance('10m')
      cluster.fault({ crash: 'job' })
      cluster.fault({ restart: 'job' })
      cluster.fault({ restore: 'node-1' })
      await cluster.settle()
      await cluster.delete('Job', 'sum')
      await cluster.settle()
    },
  },
  {
    name: 'cron jobs',
    options: { nodes: 3 },
    act: async (cluster) => {
      await cluster.apply(['Allow', 'Forbid', 'Replace'].map(ticking).join(''))
      await cluster.advance('12m')
      cluster.fault({ crash: 'cronjob' })
      await cluster.advance('90s')
      cluster.fault({ restart: 'cronjob' })
      await cluster.advance('4m')
      for (const { metadata } of cluster.list('CronJob'))
        await cluster.patch('CronJob', metadata.name, { spec: { suspend: true } })
      await cluster.settle()
    },
  },
  {
    name: 'nodes that fail',
    options: { nodes: [zoned('a', 'one'), zoned('b', 'one'), zoned('c', 'two'), zoned('d', 'two')] },
    act: applied(
      deployment('web') +
        deployment(
          'api',
          ', replicas: 3',
          template(
            'api',
            ', tolerations: [{key: maintenance, operator: Exists, effect: NoExecute, tolerationSeconds: 60}]',
          ),
        ) +
        service('web'),
      kill('a'),
      { wait: '50s' },
      { fault: { silence: 'c' } },
      { wait: '10m' },
      restore('a'),
      restore('c'),
      'settle',
      taint('b', maintenance),
      { wait: '40s' },
      untaint('b', maintenance),
      'settle',
      taint('b', maintenance),
      taint('d', maintenance),
      { wait: '3m' },
      untaint('b', maintenance),
      { op: 'delete', kind: 'Node', name: 'd' },
    ),
  },
  {
    name: 'all nodes fail',
    options: { nodes: 2 },
    act: applied(
      deployment('web'),
      kill('node-1'),
      kill('node-2'),
      { wait: '15m' },
      restore('node-1'),
      { wait: '10m' },
      restore('node-2'),
    ),
  },
  {
    name: 'drains and budgets',
    options: { nodes: 3 },
    act: applied(
      deployment('web') +
        deployment('api', ', replicas: 3') +
        budget('web', 'minAvailable: 3') +
        budget('api', 'maxUnavailable: "40%"'),
      { op: 'drain', node: 'node-1', timeoutSeconds: 120 },
      { op: 'drain', node: 'node-2', timeoutSeconds: 60 },
      setImage('web', 'nginx:2'),
      { wait: '1s' },
      uncordon('node-1'),
      drain('node-3'),
      drain('node-3'),
      'settle',
      uncordon('node-2'),
      uncordon('node-3'),
    ),
  },
  {
    name: 'spread and apart',
    options: { nodes: [zoned('a', 'one'), zoned('b', 'two'), zoned('c', 'three')] },
    act: applied(
      deployment('web', ', replicas: 5', template('web', spread)) +
        deployment('lone', ', replicas: 4', template('lone', apart)),
      setImage('web', 'nginx:2'),
      scale('web', 8),
      'settle',
      cordon('a'),
      scale('web', 3),
      { wait: '5s' },
      scale('web', 6),
      setImage('lone', 'nginx:2'),
    ),
  },
  {
    name: 'priorities',
    options: { nodes: [zoned('a', 'one'), zoned('b', 'two')] },
    act: async (cluster) => {
      await cluster.apply(priority('low', 10, '1200m') + budget('low', 'minAvailable: 2'))
      await cluster.settle()
      await cluster.apply(priority('high', 1000, '1500m'))
      await cluster.settle()
      await cluster.apply(priority('middle', 100, '1'))
      await does(cluster, [{ wait: '3s' }, scale('high', 1), 'settle', scale('high', 5)])
      await cluster.apply(priority('polite', 900, '1', ', preemptionPolicy: Never'))
      await cluster.settle()
    },
  },
  {
    name: 'owners and namespaces',
    options: { nodes: 2 },
    act: async (cluster) => {
      for (const propagation of ['Foreground', 'Background', 'Orphan'] as const) {
        await cluster.apply(deployment('web', ', replicas: 2') + job('sum', 'completions: 2', '[sleep, "100"]'))
        await cluster.advance('5s')
        await cluster.delete('Deployment', 'web', { propagation })
        await cluster.delete('Job', 'sum', { propagation })
        await cluster.settle()
      }
      await cluster.apply(deployment('web', ', replicas: 2'))
      await cluster.apply('apiVersion: v1\nkind: Namespace\nmetadata: {name: team}\n')
      await cluster.apply(
        deployment('web', ', replicas: 2').replace('name: web}', 'name: web, namespace: team}') +
          service('web').replace('name: web}', 'name: web, namespace: team}'),
      )
      await cluster.settle()
      await cluster.delete('Namespace', 'team')
      await cluster.settle()
    },
  },
  {
    name: 'quotas and labels',
    options: { nodes: 2 },
    act: async (cluster) => {
      await cluster.apply('apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: most}\nspec: {hard: {pods: "5"}}\n')
      await cluster.apply(deployment('web', ', replicas: 4') + workload('ReplicaSet', 'set', ', replicas: 2'))
      await cluster.settle()
      await perform(cluster, setImage('web', 'nginx:2'))
      await cluster.settle()
      const [pod] = cluster.list('Pod', { labelSelector: 'app=set' })
      await cluster.patch('Pod', pod?.metadata.name ?? '', { metadata: { labels: { app: 'out' } } })
      await cluster.settle()
      await cluster.patch('ResourceQuota', 'most', { spec: { hard: { pods: '20' } } })
      await cluster.settle()
      await cluster.patch('Pod', pod?.metadata.name ?? '', { metadata: { labels: { app: 'set' } } })
      await cluster.settle()
    },
  },
  {
    name: 'services',
    options: { nodes: 2 },
    act: async (cluster) => {
      await cluster.apply(deployment('web', ', replicas: 3') + service('web'))
      await cluster.settle()
      const [slice] = cluster.list('EndpointSlice', { labelSelector: 'kubernetes.io/service-name=web' })
      await cluster.patch(
        'EndpointSlice',
        slice?.metadata.name ?? '',
        { endpoints: [{ addresses: ['10.9.9.9'] }] },
        { type: 'merge' },
      )
      await cluster.settle()
      await cluster.delete('EndpointSlice', slice?.metadata.name ?? '')
      await does(cluster, ['settle', setImage('web', 'nginx:2'), { wait: '1s' }, scale('web', 5)])
      await cluster.patch('Service', 'web', { spec: { selector: { app: 'other' } } })
      await cluster.settle()
    },
  },
  {
    name: 'autoscaling',
    options: { nodes: 3 },
    act: async (cluster) => {
      await cluster.apply(
        deployment(
          'web',
          ', replicas: 2',
          template('web', '', containers('nginx:1', ', resources: {requests: {cpu: 100m}}')),
        ) +
          service('web') +
          `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 8, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}
`,
      )
      await cluster.settle()
      for (const requestsPerSecond of [100, 400, 400, 30]) {
        cluster.network.load('http://web.default', { requestsPerSecond })
        await cluster.advance('2m')
        await perform(cluster, setImage('web', `nginx:${requestsPerSecond}`))
        await cluster.advance('5m')
      }
    },
  },
]

/** Every run with two seeds, judged by every promise. */
export function heldAgainst(some: readonly Run[]): void {
  describe.each(some)('$name', ({ options, act }) => {
    test.each([1, 2])('breaks no promise (seed %i)', async (seed) => {
      await using cluster = await createCluster({ ...options, seed })
      const watch = watchOver(cluster, promised)
      await act(cluster)
      const { violated, writes } = watch.report()
      expect(
        violated.map(({ property, why, at }) => `${property.name}: ${why} (${new Date(at).toISOString()})`),
      ).toEqual([])
      expect(writes).toBeGreaterThan(10)
    })
  })
}
