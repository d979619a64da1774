/** CronJobs as Kubernetes 1.36 reckons their times, counts their Jobs and tells of them. */
import { expect, it, test } from 'vitest'
import { type Cluster, createCluster } from '../../src/index.ts'
import { nextCron, timeInZone } from '../../src/lib/cron.ts'

const cronJob = (command: string, spec: object = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'tick' },
  spec: {
    schedule: '* * * * *',
    jobTemplate: {
      spec: {
        backoffLimit: 0,
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', command] }],
          },
        },
      },
    },
    ...spec,
  },
})

/** As `kubectl create job by-hand --from=cronjob/tick`. */
function byHand(cluster: Cluster): object {
  const from = cluster.get('CronJob', 'tick')
  const { name, uid } = from?.metadata ?? {}
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: 'by-hand',
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name, uid, controller: true }],
    },
    spec: from?.spec.jobTemplate.spec,
  }
}

const events = (cluster: Cluster, reason: string) =>
  cluster.list('Event').filter((event) => event.reason === reason && event.involvedObject.kind === 'CronJob')

it.each(['Forbid', 'Replace'])('%s: a Job that was made by hand neither holds up nor is replaced', async (policy) => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(cronJob('serve', { concurrencyPolicy: policy }))
  await cluster.apply(byHand(cluster))
  await cluster.advance('70s')
  expect(cluster.list('Job').map(({ metadata }) => metadata.name)).toEqual(['by-hand', 'tick-29453761'])
  expect(cluster.get('CronJob', 'tick')?.status.active).toMatchObject([{ name: 'tick-29453761' }])
  await cluster.advance('60s')
  expect(cluster.list('Job').map(({ metadata }) => metadata.name)).toEqual([
    'by-hand',
    policy === 'Forbid' ? 'tick-29453761' : 'tick-29453762',
  ])
  expect(events(cluster, 'MissingJob')).toEqual([])
})

test('a Job that ended or went is told, with how it ended', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(cronJob('sleep 1; exit 1'))
  await cluster.advance('90s')
  expect(events(cluster, 'SawCompletedJob')[0]?.message).toBe('Saw completed job: tick-29453761, condition: Failed')
  await cluster.apply(cronJob('serve'))
  await cluster.advance('60s')
  await cluster.delete('Job', 'tick-29453762')
  await cluster.advance('1s')
  expect(events(cluster, 'MissingJob')[0]?.message).toBe('Active job went missing: tick-29453762')
})

test('a Job that was refused is told, and made when it can be', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const quota = (count: string) => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'few' },
    spec: { hard: { 'count/jobs.batch': count } },
  })
  await cluster.apply(quota('0'))
  await cluster.settle()
  await cluster.apply(cronJob('true'))
  await cluster.advance('61s')
  expect(events(cluster, 'FailedCreate')[0]?.message).toMatch(
    /^Error creating job: jobs.batch "tick-29453761" is forbidden/,
  )
  await cluster.apply(quota('5'))
  await cluster.advance('58s')
  expect(cluster.list('Job').map(({ metadata }) => metadata.name)).toEqual(['tick-29453761'])
})

test('what was missed too often is told, and made up for once', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(cronJob('true', { suspend: true }))
  await cluster.advance('2h')
  await cluster.apply(cronJob('true', { suspend: false }))
  await cluster.advance('10s')
  expect(events(cluster, 'TooManyMissedTimes')).toHaveLength(1)
  expect(cluster.list('Job').map(({ metadata }) => metadata.name)).toEqual(['tick-29453880'])
})

test('@every counts from the last time', () => {
  expect(nextCron('@every 90m', 10_000, undefined)).toBe(5_410_000)
})

test('times are told as a zone shows them', () => {
  const winter = Date.parse('2026-01-15T12:00:00Z')
  expect(timeInZone(winter, undefined)).toBe('2026-01-15T12:00:00Z')
  expect(timeInZone(winter, 'America/New_York')).toBe('2026-01-15T07:00:00-05:00')
  expect(timeInZone(Date.parse('2026-07-15T12:00:00Z'), 'America/New_York')).toBe('2026-07-15T08:00:00-04:00')
})
