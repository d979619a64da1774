/** What a user does to services, budgets, quotas, claims, jobs, namespaces, and to objects that own each other. */
import type { KubeObject } from '../../../src/index.ts'
import { chosen, named, type Operation, patch, tried } from './operation-tools.ts'
import type { Rig } from './rig.ts'

const all = { namespace: '*' } as const
const nothing = async (): Promise<undefined> => undefined

/** Changes one object of a kind by one of some patches. */
function edits(kind: string, changes: (object: KubeObject) => readonly unknown[]): Operation {
  return async (rig, [a, b]) => {
    const object = chosen(rig.cluster.list(kind, all), a)
    if (object === undefined) return undefined
    const change = chosen(changes(object), b)
    return tried(`change ${named(object)}: ${JSON.stringify(change)}`, () => patch(rig, object, change))
  }
}

function deletes(kind: string, filter: (object: KubeObject) => boolean = () => true): Operation {
  return async (rig, [a, b]) => {
    const object = chosen(rig.cluster.list(kind, all).filter(filter), a)
    if (object === undefined) return undefined
    const { name, namespace } = object.metadata
    const propagation = (['Background', 'Foreground', 'Orphan'] as const)[(b ?? 0) % 3] as 'Background'
    return tried(`delete ${named(object)} (${propagation})`, () =>
      rig.cluster.delete(kind, name, { ...(namespace === undefined ? {} : { namespace }), propagation }),
    )
  }
}

const service = edits('Service', ({ spec }) => [
  { spec: { selector: { app: 'other' } } },
  { spec: { selector: { app: 'web' } } },
  { spec: { publishNotReadyAddresses: spec?.publishNotReadyAddresses !== true } },
  { spec: { ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] } },
  { metadata: { labels: { tier: 'front' } } },
])

const slice = edits('EndpointSlice', () => [
  { endpoints: [] },
  { endpoints: [{ addresses: ['10.9.9.9'], conditions: { ready: true } }] },
  { ports: [{ name: '', port: 1, protocol: 'TCP' }] },
  { metadata: { labels: { 'kubernetes.io/service-name': 'nobody' } } },
  { metadata: { labels: { 'endpointslice.kubernetes.io/managed-by': null } } },
])

const budget = edits('PodDisruptionBudget', () => [
  { spec: { minAvailable: 1, maxUnavailable: null } },
  { spec: { minAvailable: 2, maxUnavailable: null } },
  { spec: { minAvailable: null, maxUnavailable: 1 } },
  { spec: { minAvailable: '50%', maxUnavailable: null } },
  { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } },
])

const quota = edits('ResourceQuota', () => [
  { spec: { hard: { pods: '2' } } },
  { spec: { hard: { pods: '5' } } },
  { spec: { hard: { pods: '9', 'count/configmaps': '3' } } },
])

const job = edits('Job', ({ spec }) => [
  { spec: { suspend: spec?.suspend !== true } },
  { spec: { parallelism: 1 } },
  { spec: { parallelism: 3 } },
  { spec: { parallelism: 0 } },
  { spec: { activeDeadlineSeconds: 30 } },
])

const cronJob = edits('CronJob', ({ spec }) => [
  { spec: { suspend: spec?.suspend !== true } },
  { spec: { concurrencyPolicy: 'Forbid' } },
  { spec: { concurrencyPolicy: 'Replace' } },
  { spec: { concurrencyPolicy: 'Allow' } },
  { spec: { schedule: '*/2 * * * *' } },
  { spec: { startingDeadlineSeconds: 30 } },
  { spec: { successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 0 } },
])

const autoscaler = edits('HorizontalPodAutoscaler', () => [
  { spec: { minReplicas: 1, maxReplicas: 6 } },
  { spec: { minReplicas: 2, maxReplicas: 4 } },
  { spec: { minReplicas: 3, maxReplicas: 8 } },
])

const claim: Operation = async (rig, [a, b]) => {
  const name = `data-${(a ?? 0) % 3}`
  const storage = ['1Gi', '3Gi', '8Gi'][(b ?? 0) % 3]
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName: 'manual', resources: { requests: { storage } } }
  return tried(`claim ${name} of ${storage}`, () =>
    rig.cluster.apply({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec } as never),
  )
}

const volume: Operation = async (rig, [a, b, c]) => {
  const name = `disk-${(a ?? 0) % 4}`
  const storage = ['2Gi', '5Gi', '10Gi'][(b ?? 0) % 3]
  const persistentVolumeReclaimPolicy = ['Retain', 'Delete'][(c ?? 0) % 2]
  const spec = {
    capacity: { storage },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'manual',
    persistentVolumeReclaimPolicy,
    hostPath: { path: '/tmp' },
  }
  return tried(`volume ${name} of ${storage}`, () =>
    rig.cluster.apply({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec } as never),
  )
}

/** A ConfigMap owned by one or two others: what the garbage collector works on. */
const owned: Operation = async (rig, [a, b, c, d]) => {
  const maps = rig.cluster.list('ConfigMap', all).filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt')
  const [first, second] = [chosen(maps, a), (c ?? 0) % 2 === 0 ? chosen(maps, b) : undefined]
  const name = `map-${(d ?? 0) % 8}`
  const owners = [first, second].filter((one, i, list) => one !== undefined && list.indexOf(one) === i) as KubeObject[]
  const ownerReferences = owners.map(({ metadata: { name: owner, uid } }) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: owner,
    uid,
    blockOwnerDeletion: (c ?? 0) % 3 === 0,
  }))
  const finalizers = (d ?? 0) % 5 === 0 ? { finalizers: ['example.com/hold'] } : {}
  const metadata = { name, namespace: first?.metadata.namespace ?? 'default', ownerReferences, ...finalizers }
  return tried(`create configmap ${name} of ${owners.map(named).join(' and ') || 'nobody'}`, () =>
    rig.cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { n: String((d ?? 0) % 3) } } as never),
  )
}

const editMap = edits('ConfigMap', ({ metadata }) => [
  { data: { n: String(Number(metadata.generation ?? 0) + 1) } },
  { metadata: { finalizers: null } },
  { metadata: { ownerReferences: null } },
  { metadata: { labels: { seen: 'yes' } } },
])

const namespaced: Operation = async (rig, [a, b]) => {
  const name = ['team', 'other'][(a ?? 0) % 2] as string
  if ((b ?? 0) % 3 === 0) return tried(`delete namespace ${name}`, () => rig.cluster.delete('Namespace', name))
  const made = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'settings',
        namespace: name,
        ...((b ?? 0) % 5 === 0 ? { finalizers: ['example.com/hold'] } : {}),
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'tool', namespace: name },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key', namespace: name } },
  ]
  return tried(`fill namespace ${name}`, () => rig.cluster.apply(made as never))
}

const priorities = ['low', 'middle', 'high', 'never']

/** A pod that wants most of a node, of some priority. */
const bigPod: Operation = async (rig, [a, b, c]) => {
  const priorityClassName = priorities[(b ?? 0) % priorities.length] as string
  const name = `${priorityClassName}-${(a ?? 0) % 4}`
  const cpu = ['1', '2', '3'][(c ?? 0) % 3]
  const spec = { priorityClassName, containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }] }
  return tried(`create pod ${name} of ${cpu} cpu`, () =>
    rig.cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: 'big' } }, spec } as never),
  )
}

/** Takes the last thing off that holds up a deletion. */
const release: Operation = async (rig: Rig, [a]) => {
  const held = ['ConfigMap', 'Pod', 'PersistentVolumeClaim'].flatMap((kind) =>
    rig.cluster.list(kind, all).filter(({ metadata }) => metadata.finalizers?.includes('example.com/hold')),
  )
  const object = chosen(held, a)
  return object === undefined
    ? undefined
    : tried(`release ${named(object)}`, () => patch(rig, object, { metadata: { finalizers: null } }))
}

export const objectOperations: Readonly<Record<string, Operation>> = {
  service,
  'delete-service': deletes('Service', ({ metadata }) => metadata.name !== 'kubernetes'),
  slice,
  'delete-slice': deletes('EndpointSlice', ({ metadata }) => metadata.name !== 'kubernetes'),
  budget,
  'delete-budget': deletes('PodDisruptionBudget'),
  quota,
  job,
  'cron-job': cronJob,
  'delete-job': deletes('Job'),
  autoscaler,
  claim,
  volume,
  'delete-claim': deletes('PersistentVolumeClaim'),
  'delete-volume': deletes('PersistentVolume'),
  'delete-replicaset': deletes('ReplicaSet'),
  owned,
  'edit-map': editMap,
  'delete-map': deletes('ConfigMap', ({ metadata }) => metadata.name !== 'kube-root-ca.crt'),
  namespace: namespaced,
  'big-pod': bigPod,
  release,
  wait: nothing,
}
