/** Built-in defaults, kind by kind. */
import { describe, expect, test } from 'vitest'
import { imagePullPolicy } from '../../../src/api/schema/default-functions.ts'
import { applyDefaults, applyDefaultsTo } from '../../../src/api/schema/defaults.ts'

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) freeze(item)
    Object.freeze(value)
  }
  return value
}

// biome-ignore lint/suspicious/noExplicitAny: tests look at fields of any kind
type Any = any

function defaulted(apiVersion: string, kind: string, more: object): Any {
  const once = applyDefaults(apiVersion, kind, freeze({ apiVersion, kind, metadata: { name: 'x' }, ...more }))
  expect(applyDefaults(apiVersion, kind, freeze(once))).toBe(once)
  return once
}

describe('Pod', () => {
  test('gets everything the API server sets', () => {
    const pod = defaulted('v1', 'Pod', {
      spec: {
        containers: [
          {
            name: 'web',
            image: 'nginx',
            ports: [{ containerPort: 80 }],
            readinessProbe: { httpGet: { port: 80 } },
            resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } },
            env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
          },
        ],
        volumes: [{ name: 'tmp' }, { name: 'conf', configMap: { name: 'c' } }],
      },
    })
    expect(pod.spec).toEqual({
      containers: [
        {
          name: 'web',
          image: 'nginx',
          imagePullPolicy: 'Always',
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          ports: [{ containerPort: 80, protocol: 'TCP' }],
          readinessProbe: {
            httpGet: { port: 80, path: '/', scheme: 'HTTP' },
            timeoutSeconds: 1,
            periodSeconds: 10,
            successThreshold: 1,
            failureThreshold: 3,
          },
          resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '1Gi' } },
          env: [{ name: 'IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } }],
        },
      ],
      volumes: [
        { name: 'tmp', emptyDir: {} },
        { name: 'conf', configMap: { name: 'c', defaultMode: 420 } },
      ],
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
      enableServiceLinks: true,
    })
  })

  test('keeps explicit zeros of pointers', () => {
    const pod = defaulted('v1', 'Pod', { spec: { terminationGracePeriodSeconds: 0, containers: [] } })
    expect(pod.spec.terminationGracePeriodSeconds).toBe(0)
  })

  test('on the host network opens its container ports on the host', () => {
    const spec = { hostNetwork: true, containers: [{ name: 'a', image: 'a:1', ports: [{ containerPort: 80 }] }] }
    expect(defaulted('v1', 'Pod', { spec }).spec.containers[0].ports).toEqual([
      { containerPort: 80, hostPort: 80, protocol: 'TCP' },
    ])
  })

  test.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.25', 'IfNotPresent'],
    ['registry.example:5000/team/app', 'Always'],
    ['registry.example:5000/team/app:v1', 'IfNotPresent'],
    [`nginx@sha256:${'a'.repeat(64)}`, 'IfNotPresent'],
    ['', 'IfNotPresent'],
  ] as const)('image %s is pulled %s', (image, policy) => {
    expect(imagePullPolicy(image)).toBe(policy)
  })
})

describe('workloads', () => {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } }

  test('Deployment', () => {
    const deployment = defaulted('apps/v1', 'Deployment', { spec: { template } })
    expect(deployment.spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      template: { spec: { restartPolicy: 'Always', containers: [{ imagePullPolicy: 'IfNotPresent', resources: {} }] } },
    })
    expect(deployment.spec.template.spec).not.toHaveProperty('enableServiceLinks')
    expect(
      defaulted('apps/v1', 'Deployment', { spec: { replicas: 0, strategy: { type: 'Recreate' } } }).spec,
    ).toMatchObject({
      replicas: 0,
      strategy: { type: 'Recreate' },
    })
  })

  test('DaemonSet, StatefulSet, ReplicaSet', () => {
    expect(defaulted('apps/v1', 'DaemonSet', { spec: { template } }).spec).toMatchObject({
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
    })
    const stateful = defaulted('apps/v1', 'StatefulSet', {
      spec: { template, volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] },
    })
    expect(stateful.spec).toMatchObject({
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      volumeClaimTemplates: [{ spec: { volumeMode: 'Filesystem' }, status: { phase: 'Pending' } }],
    })
    expect(defaulted('apps/v1', 'ReplicaSet', { spec: {} }).spec.replicas).toBe(1)
  })

  test('Job and CronJob', () => {
    const job = defaulted('batch/v1', 'Job', { spec: { template } })
    expect(job.metadata.labels).toEqual({ app: 'web' })
    expect(job.spec).toMatchObject({
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
    })
    expect(defaulted('batch/v1', 'Job', { spec: { parallelism: 3, template } }).spec).not.toHaveProperty('completions')
    const cron = defaulted('batch/v1', 'CronJob', {
      spec: { schedule: '* * * * *', jobTemplate: { spec: { template } } },
    })
    expect(cron.spec).toMatchObject({
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: { spec: { template: { spec: { dnsPolicy: 'ClusterFirst' } } } },
    })
    expect(cron.spec.jobTemplate.spec).not.toHaveProperty('backoffLimit')
  })

  test('HorizontalPodAutoscaler', () => {
    expect(
      defaulted('autoscaling/v2', 'HorizontalPodAutoscaler', { spec: { maxReplicas: 5, behavior: {} } }).spec,
    ).toEqual({
      maxReplicas: 5,
      minReplicas: 1,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          selectPolicy: 'Max',
          policies: [
            { type: 'Pods', value: 4, periodSeconds: 15 },
            { type: 'Percent', value: 100, periodSeconds: 15 },
          ],
        },
        scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
      },
    })
  })
})

describe('Service', () => {
  test('ClusterIP', () => {
    expect(defaulted('v1', 'Service', { spec: { ports: [{ port: 80 }] } })).toMatchObject({
      spec: {
        type: 'ClusterIP',
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
        ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      },
      status: { loadBalancer: {} },
    })
  })

  test('LoadBalancer with client affinity', () => {
    const service = defaulted('v1', 'Service', { spec: { type: 'LoadBalancer', sessionAffinity: 'ClientIP' } })
    expect(service.spec).toEqual({
      type: 'LoadBalancer',
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } },
      externalTrafficPolicy: 'Cluster',
      internalTrafficPolicy: 'Cluster',
      allocateLoadBalancerNodePorts: true,
    })
  })

  test('ExternalName has no traffic policies', () => {
    expect(defaulted('v1', 'Service', { spec: { type: 'ExternalName', externalName: 'x.y' } }).spec).toEqual({
      type: 'ExternalName',
      externalName: 'x.y',
      sessionAffinity: 'None',
    })
  })
})

describe('other kinds', () => {
  test.each([
    ['v1', 'Secret', {}, { type: 'Opaque' }],
    ['v1', 'PersistentVolumeClaim', { spec: {} }, { spec: { volumeMode: 'Filesystem' }, status: { phase: 'Pending' } }],
    [
      'v1',
      'PersistentVolume',
      { spec: { hostPath: { path: '/x' } } },
      {
        spec: { volumeMode: 'Filesystem', persistentVolumeReclaimPolicy: 'Retain', hostPath: { path: '/x', type: '' } },
        status: { phase: 'Pending' },
      },
    ],
    ['storage.k8s.io/v1', 'StorageClass', {}, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }],
    [
      'v1',
      'Namespace',
      {},
      { metadata: { labels: { 'kubernetes.io/metadata.name': 'x' } }, status: { phase: 'Active' } },
    ],
    [
      'networking.k8s.io/v1',
      'NetworkPolicy',
      { spec: { egress: [{}] } },
      { spec: { policyTypes: ['Ingress', 'Egress'] } },
    ],
    [
      'rbac.authorization.k8s.io/v1',
      'RoleBinding',
      {
        roleRef: { kind: 'Role', name: 'r' },
        subjects: [
          { kind: 'User', name: 'u' },
          { kind: 'ServiceAccount', name: 's' },
        ],
      },
      {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
        subjects: [
          { kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' },
          { kind: 'ServiceAccount', name: 's' },
        ],
      },
    ],
    [
      'discovery.k8s.io/v1',
      'EndpointSlice',
      { ports: [{ port: 80 }] },
      { ports: [{ name: '', port: 80, protocol: 'TCP' }] },
    ],
    [
      'v1',
      'Endpoints',
      { subsets: [{ ports: [{ port: 80 }] }] },
      { subsets: [{ ports: [{ port: 80, protocol: 'TCP' }] }] },
    ],
  ])('%s %s', (apiVersion, kind, sent, expected) => {
    expect(defaulted(apiVersion, kind, sent)).toMatchObject(expected)
  })

  test('ConfigMap, Lease and unknown kinds keep their reference', () => {
    for (const [apiVersion, kind] of [
      ['v1', 'ConfigMap'],
      ['coordination.k8s.io/v1', 'Lease'],
      ['example.com/v1', 'Widget'],
    ] as const) {
      const object = { metadata: { name: 'x' }, data: { a: 'b' } }
      expect(applyDefaults(apiVersion, kind, object)).toBe(object)
    }
  })

  test('a part of an object', () => {
    const spec = applyDefaultsTo('io.k8s.api.core.v1.PodSpec', { containers: [] } as object)
    expect(spec).toMatchObject({ restartPolicy: 'Always' })
    expect(() => applyDefaultsTo('io.k8s.api.core.v1.Nothing', {})).toThrow('KYB-SCHEMA-UNKNOWN')
  })
})
