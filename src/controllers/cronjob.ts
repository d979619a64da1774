/**
 * A CronJob makes Jobs at the times of its schedule.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
 */
import { isTrue } from '../api/conditions.ts'
import { type KubeObject, splitKey } from '../api/object.ts'
import { controllerReference } from '../api/owner.ts'
import { parseTime, toRfc3339 } from '../api/time.ts'
import { CronJob, Job } from '../kinds/index.ts'
import { nextCron, whyNotCron } from '../lib/cron.ts'
import { equal } from '../lib/equal.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller, type Intent } from './controller.ts'
import { createOf, deleteOf, reportOf, statusOf } from './writes.ts'

const component = 'cronjob-controller'
/** More missed times than this are not counted one by one. */
const mostMissed = 100

export function reconcile(view: View, key: string): readonly Intent[] {
  const { namespace, name } = splitKey(key)
  const cronJob = view.get(CronJob, namespace, name)
  if (cronJob === undefined || cronJob.metadata.deletionTimestamp !== undefined) return []
  const jobs = view.by(Job, 'owner', cronJob.metadata.uid ?? '')
  const active = jobs.filter((job) => !isFinished(job))
  const history = pruned(cronJob, jobs)
  if (cronJob.spec.suspend === true || whyNotCron(cronJob.spec.schedule) !== undefined)
    return [...statusWrites(cronJob, jobs, active, undefined), ...history]
  const due = dueTime(cronJob, view.now)
  const after = nextCron(cronJob.spec.schedule, view.now, cronJob.spec.timeZone)
  const wake: Intent[] = after === undefined ? [] : [{ type: 'wake', at: after, background: true }]
  if (due === undefined) return [...statusWrites(cronJob, jobs, active, undefined), ...history, ...wake]
  return [...started(view, cronJob, jobs, active, due), ...history, ...wake]
}

function isFinished(job: KubeObject): boolean {
  return isTrue(job.status?.conditions, 'Complete') || isTrue(job.status?.conditions, 'Failed')
}

/** The newest time of the schedule that is past and has no Job yet; undefined when it is too late or there is none. */
function dueTime(cronJob: KubeObject, now: number): number | undefined {
  const { schedule, timeZone, startingDeadlineSeconds } = cronJob.spec
  const last = cronJob.status?.lastScheduleTime ?? cronJob.metadata.creationTimestamp
  const earliest = startingDeadlineSeconds === undefined ? 0 : now - startingDeadlineSeconds * 1000
  let from = Math.max(parseTime(last), earliest)
  let due: number | undefined
  for (let missed = 0; missed < mostMissed; missed++) {
    const next = nextCron(schedule, from, timeZone)
    if (next === undefined || next > now) return due
    due = next
    from = next
  }
  return due
}

function started(
  view: View,
  cronJob: KubeObject,
  jobs: readonly KubeObject[],
  active: readonly KubeObject[],
  due: number,
): Intent[] {
  const { concurrencyPolicy: policy } = cronJob.spec
  const name = `${cronJob.metadata.name}-${Math.floor(due / 60_000)}`
  const exists = view.get(Job, cronJob.metadata.namespace ?? '', name) !== undefined
  if (policy === 'Forbid' && active.length > 0 && !exists) {
    const told = 'Not starting job because prior execution is running and concurrency policy is Forbid'
    return [
      reportOf(component, cronJob, 'Normal', 'JobAlreadyActive', told),
      ...statusWrites(cronJob, jobs, active, due),
    ]
  }
  const replaced =
    policy === 'Replace'
      ? active.filter((job) => job.metadata.name !== name).flatMap((job) => removed(cronJob, job))
      : []
  const made = exists
    ? []
    : [
        createOf(Job, cronJob.metadata.namespace ?? '', jobOf(cronJob, name, due)),
        reportOf(component, cronJob, 'Normal', 'SuccessfulCreate', `Created job ${name}`),
      ]
  return [...replaced, ...made, ...statusWrites(cronJob, jobs, active, due)]
}

function jobOf(cronJob: KubeObject, name: string, due: number): KubeObject {
  const { metadata, spec } = cronJob.spec.jobTemplate
  const annotations = { ...metadata?.annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': toRfc3339(due) }
  const labels = metadata?.labels === undefined ? {} : { labels: metadata.labels }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: cronJob.metadata.namespace,
      ...labels,
      annotations,
      ownerReferences: [controllerReference(cronJob)],
    },
    spec,
  } as KubeObject
}

function removed(cronJob: KubeObject, job: KubeObject): Transition[] {
  return [
    deleteOf(Job, job),
    reportOf(component, cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`),
  ]
}

function statusWrites(
  cronJob: KubeObject,
  jobs: readonly KubeObject[],
  active: readonly KubeObject[],
  due: number | undefined,
): Transition[] {
  const refs = active.map((job) => ({
    kind: 'Job',
    namespace: job.metadata.namespace,
    name: job.metadata.name,
    uid: job.metadata.uid,
    apiVersion: 'batch/v1',
    resourceVersion: job.metadata.resourceVersion,
  }))
  const known: readonly { uid: string }[] = cronJob.status?.active ?? []
  const same = known.length === refs.length && refs.every((one) => known.some(({ uid }) => uid === one.uid))
  const successes = jobs
    .map((job) => job.status?.completionTime)
    .filter((at) => at !== undefined)
    .sort()
  const lastSuccessfulTime = successes.at(-1) ?? cronJob.status?.lastSuccessfulTime
  const lastScheduleTime = due === undefined ? cronJob.status?.lastScheduleTime : toRfc3339(due)
  const status = {
    ...(refs.length > 0 && { active: same ? known : refs }),
    ...(lastScheduleTime === undefined ? {} : { lastScheduleTime }),
    ...(lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime }),
  }
  return equal(status, cronJob.status ?? {}) ? [] : [statusOf(CronJob, { ...cronJob, status })]
}

/** Finished Jobs beyond the limits go, the oldest first. */
function pruned(cronJob: KubeObject, jobs: readonly KubeObject[]): Transition[] {
  const beyond = (type: string, limit: number | undefined): readonly KubeObject[] => {
    if (limit === undefined) return []
    const finished = jobs.filter(
      (job) => isTrue(job.status?.conditions, type) && job.metadata.deletionTimestamp === undefined,
    )
    const byAge = [...finished].sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1))
    return byAge.slice(0, Math.max(0, byAge.length - limit))
  }
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec
  return [...beyond('Complete', successfulJobsHistoryLimit), ...beyond('Failed', failedJobsHistoryLimit)].flatMap(
    (job) => removed(cronJob, job),
  )
}

function startOf(job: KubeObject): string {
  return job.status?.startTime ?? job.metadata.creationTimestamp ?? ''
}

export const cronJobController = controller({ name: 'cronjob', of: CronJob, owns: [Job], reconcile })
