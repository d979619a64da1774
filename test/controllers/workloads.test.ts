/** StatefulSets, Jobs, CronJobs and ReplicationControllers in a whole cluster. */
import { describe, expect, test } from 'vitest'
import { createCluster, type KubeObject } from '../../src/index.ts'

const names = (objects: readonly KubeObject[]): string[] => objects.map(({ metadata }) => metadata.name)
const condition = (object: KubeObject | undefined, type: string): Record<string, string> | undefined =>
  (object?.status?.conditions ?? []).find((one: { type: string }) => one.type === type)

function job(name: string, spec: object, script: string): object {
  const containers = [{ name: 'main', image: 'busybox', command: ['sh', '-c', script] }]
  const template = { spec: { restartPolicy: 'Never', containers } }
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { ...spec, template } }
}

describe('Jobs', () => {
  test('run until enough pods succeeded, and let go of their pods', async () => {
    await using cluster = await createCluster({ nodes: 2 })
    await cluster.apply(job('sum', { completions: 3, parallelism: 2 }, 'sleep 5'))
    await cluster.settle()
    const done = cluster.get('Job', 'sum')
    expect(done?.status).toMatchObject({ succeeded: 3, terminating: 0, ready: 0 })
    expect(condition(done, 'Complete')).toMatchObject({ status: 'True', reason: 'CompletionsReached' })
    const pods = cluster.list('Pod')
    expect(pods).toHaveLength(3)
    expect(pods.every(({ metadata }) => metadata.finalizers === undefined || metadata.finalizers.length === 0)).toBe(
      true,
    )
  })

  test('fail beyond the backoff limit', async () => {
    await using cluster = await createCluster({ nodes: 1 })
    await cluster.apply(job('bad', { backoffLimit: 2 }, 'exit 3'))
    await cluster.settle()
    const failed = cluster.get('Job', 'bad')
    expect(failed?.status?.failed).toBe(3)
    expect(condition(failed, 'Failed')).toMatchObject({ status: 'True', reason: 'BackoffLimitExceeded' })
  })

  test('with indexes run each once, and go when their time is over', async () => {
    await using cluster = await createCluster({ nodes: 2 })
    const spec = { completions: 4, parallelism: 2, completionMode: 'Indexed', ttlSecondsAfterFinished: 60 }
    await cluster.apply(job('each', spec, 'sleep 1'))
    await cluster.settle()
    expect(cluster.get('Job', 'each')?.status).toMatchObject({ succeeded: 4, completedIndexes: '0-3' })
    expect(
      cluster
        .list('Pod')
        .map((pod) => pod.spec.hostname)
        .sort(),
    ).toEqual(['each-0', 'each-1', 'each-2', 'each-3'])
    await cluster.advance('2m')
    expect(cluster.get('Job', 'each')).toBeUndefined()
    expect(cluster.list('Pod')).toEqual([])
  })

  test('obey their failure policy', async () => {
    await using cluster = await createCluster({ nodes: 1 })
    const rules = [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }]
    await cluster.apply(job('strict', { backoffLimit: 6, podFailurePolicy: { rules } }, 'exit 42'))
    await cluster.settle()
    expect(condition(cluster.get('Job', 'strict'), 'Failed')).toMatchObject({ reason: 'PodFailurePolicy' })
    expect(cluster.list('Pod')).toHaveLength(1)
  })

  test('are suspended and resumed', async () => {
    await using cluster = await createCluster({ nodes: 1 })
    await cluster.apply(job('later', { suspend: true }, 'true'))
    await cluster.settle()
    expect(cluster.list('Pod')).toEqual([])
    expect(condition(cluster.get('Job', 'later'), 'Suspended')).toMatchObject({ status: 'True' })
    await cluster.patch('Job', 'later', { spec: { suspend: false } })
    await cluster.settle()
    expect(cluster.get('Job', 'later')?.status?.succeeded).toBe(1)
  })
})

describe('CronJobs', () => {
  const tick = (spec: object, script = 'true'): object => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tick' },
    spec: { schedule: '*/10 * * * *', ...spec, jobTemplate: { spec: (job('', {}, script) as KubeObject).spec } },
  })

  test('make Jobs at their times and keep the last three', async () => {
    await using cluster = await createCluster({ nodes: 1 })
    await cluster.apply(tick({}))
    await cluster.advance('35m')
    expect(cluster.list('Job')).toHaveLength(3)
    expect(cluster.get('CronJob', 'tick')?.status?.lastScheduleTime).toBe('2026-01-01T00:30:00Z')
    await cluster.advance('24h')
    expect(cluster.list('Job')).toHaveLength(3)
    expect(cluster.get('CronJob', 'tick')?.status?.lastScheduleTime).toBe('2026-01-02T00:30:00Z')
  })

  test('that forbid two at once wait for the first', async () => {
    await using cluster = await createCluster({ nodes: 1 })
    await cluster.apply(tick({ concurrencyPolicy: 'Forbid' }, 'sleep 1500'))
    await cluster.advance('25m')
    expect(cluster.list('Job')).toHaveLength(1)
  })

  test('know time zones', async () => {
    await using cluster = await createCluster({ nodes: 1 })
    await cluster.apply(tick({ schedule: '0 9 * * *', timeZone: 'Asia/Tokyo' }))
    await cluster.advance('25h')
    expect(cluster.get('CronJob', 'tick')?.status?.lastScheduleTime).toBe('2026-01-02T00:00:00Z')
  })
})

describe('StatefulSets', () => {
  const web = (image: string, more: object = {}): object => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'web' },
    spec: {
      serviceName: 'web',
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', image, volumeMounts: [{ name: 'data', mountPath: '/data' }] }] },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
      ...more,
    },
  })

  test('make their pods in order, each with its claim', async () => {
    await using cluster = await createCluster({ nodes: 2 })
    await cluster.apply(web('nginx:1'))
    await cluster.settle()
    const pods = cluster.list('Pod')
    expect(names(pods)).toEqual(['web-0', 'web-1', 'web-2'])
    const made = pods.map(({ metadata }) => metadata.creationTimestamp as string)
    expect([...made].sort()).toEqual(made)
    expect(new Set(made).size).toBe(3)
    expect(names(cluster.list('PersistentVolumeClaim'))).toEqual(['data-web-0', 'data-web-1', 'data-web-2'])
    expect(cluster.get('StatefulSet', 'web')?.status).toMatchObject({ readyReplicas: 3, availableReplicas: 3 })
  })

  test('replace from the last to the partition', async () => {
    await using cluster = await createCluster({ nodes: 2 })
    await cluster.apply(web('nginx:1', { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }))
    await cluster.settle()
    await cluster.apply(web('nginx:2', { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }))
    await cluster.settle()
    expect(cluster.list('Pod').map((pod) => pod.spec.containers[0].image)).toEqual(['nginx:1', 'nginx:1', 'nginx:2'])
    expect(cluster.get('StatefulSet', 'web')?.status).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 })
    await cluster.apply(web('nginx:2'))
    await cluster.settle()
    const status = cluster.get('StatefulSet', 'web')?.status
    expect(status.currentRevision).toBe(status.updateRevision)
    expect(cluster.list('ControllerRevision')).toHaveLength(2)
  })

  test('shrink from the last, and keep or remove the claims as told', async () => {
    await using cluster = await createCluster({ nodes: 2 })
    await cluster.apply(web('nginx:1', { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } }))
    await cluster.settle()
    await cluster.patch('StatefulSet', 'web', { spec: { replicas: 1 } })
    await cluster.settle()
    expect(names(cluster.list('Pod'))).toEqual(['web-0'])
    expect(names(cluster.list('PersistentVolumeClaim'))).toEqual(['data-web-0'])
  })

  test('bring a deleted pod back under its name', async () => {
    await using cluster = await createCluster({ nodes: 2 })
    await cluster.apply(web('nginx:1'))
    await cluster.settle()
    const before = cluster.get('Pod', 'web-1')?.metadata.uid
    await cluster.delete('Pod', 'web-1')
    await cluster.settle()
    const after = cluster.get('Pod', 'web-1')
    expect(after?.metadata.uid).not.toBe(before)
    expect(after?.status?.phase).toBe('Running')
  })
})

test('a ReplicationController keeps its number, and Endpoints follow the slices', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const template = { metadata: { labels: { app: 'old' } }, spec: { containers: [{ name: 'main', image: 'nginx:1' }] } }
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'old' },
    spec: { replicas: 2, selector: { app: 'old' }, template },
  })
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'old' },
    spec: { selector: { app: 'old' }, ports: [{ port: 80 }] },
  })
  await cluster.settle()
  expect(cluster.get('ReplicationController', 'old')?.status).toMatchObject({ replicas: 2, readyReplicas: 2 })
  const ips = cluster
    .list('Pod')
    .map((pod) => pod.status?.podIP as string)
    .sort()
  const [subset] = cluster.get('Endpoints', 'old')?.subsets ?? []
  expect(subset.addresses.map(({ ip }: { ip: string }) => ip)).toEqual(ips)
  expect(subset.ports).toEqual([{ port: 80, protocol: 'TCP' }])
})
