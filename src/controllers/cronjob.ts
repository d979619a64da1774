/**
 * A CronJob makes Jobs at the times of its schedule.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
 */
import { isTrue } from '../api/conditions.ts'
import { type KubeObject, splitKey } from '../api/object.ts'
import { controllerOf, controllerReference } from '../api/owner.ts'
import { CronJob, Job } from '../kinds/index.ts'
import { timeInZone, whyNotCron } from '../lib/cron.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller, type Intent, type Refusal } from './controller.ts'
import { dueOf } from './cronjob/schedule.ts'
import { activeOf, component, endings, scheduledAnnotation, statusWrites } from './cronjob/status.ts'
import { createOf, deleteOf, reportOf } from './writes.ts'

export function reconcile(view: View, key: string, refusal?: Refusal): readonly Intent[] {
  const { namespace, name } = splitKey(key)
  const cronJob = view.get(CronJob, namespace, name)
  if (cronJob === undefined) return []
  const jobs = view.by(Job, 'owner', cronJob.metadata.uid ?? '')
  const active = activeOf(jobs)
  const before = [...endings(cronJob, jobs), ...pruned(cronJob, jobs)]
  const seen = statusWrites(cronJob, jobs, active, undefined)
  const isGoing = cronJob.metadata.deletionTimestamp !== undefined
  if (isGoing || cronJob.spec.suspend === true || whyNotCron(cronJob.spec.schedule) !== undefined)
    return [...before, ...seen]
  const { at, next, isMany } = dueOf(cronJob, view.now)
  const wake: Intent[] = next === undefined ? [] : [{ type: 'wake', at: next, background: true }]
  if (at === undefined) return [...before, ...seen, ...wake]
  const many = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew'
  return [
    ...before,
    ...(isMany ? [reportOf(component, cronJob, 'Warning', 'TooManyMissedTimes', many)] : []),
    ...refusedTold(cronJob, refusal),
    ...started(view, cronJob, jobs, at),
    ...wake,
  ]
}

function refusedTold(cronJob: KubeObject, refusal: Refusal | undefined): Transition[] {
  if (refusal?.type !== 'create') return []
  return [reportOf(component, cronJob, 'Warning', 'FailedCreate', `Error creating job: ${refusal.message}`)]
}

/** Serves a time of the schedule. One that the policy forbids is not served: it is made up for when it can be. */
function started(view: View, cronJob: KubeObject, jobs: readonly KubeObject[], due: number): Transition[] {
  const active = activeOf(jobs)
  const { concurrencyPolicy: policy } = cronJob.spec
  const name = `${cronJob.metadata.name}-${Math.floor(due / 60_000)}`
  const there = view.get(Job, cronJob.metadata.namespace ?? '', name)
  if (policy === 'Forbid' && active.some((job) => job !== there)) {
    const told = 'Not starting job because prior execution is running and concurrency policy is Forbid'
    return [
      reportOf(component, cronJob, 'Normal', 'JobAlreadyActive', told),
      ...statusWrites(cronJob, jobs, active, undefined),
    ]
  }
  const isTaken = there !== undefined && controllerOf(there)?.uid !== cronJob.metadata.uid
  if (isTaken) return statusWrites(cronJob, jobs, active, undefined)
  const replaced = policy === 'Replace' ? active.filter((job) => job !== there) : []
  const left = active.filter((job) => !replaced.includes(job))
  const made =
    there !== undefined
      ? []
      : [
          createOf(Job, cronJob.metadata.namespace ?? '', jobOf(cronJob, name, due)),
          reportOf(component, cronJob, 'Normal', 'SuccessfulCreate', `Created job ${name}`),
        ]
  return [...replaced.flatMap((job) => removed(cronJob, job)), ...made, ...statusWrites(cronJob, jobs, left, due)]
}

function jobOf(cronJob: KubeObject, name: string, due: number): KubeObject {
  const { metadata, spec } = cronJob.spec.jobTemplate
  const annotations = { ...metadata?.annotations, [scheduledAnnotation]: timeInZone(due, cronJob.spec.timeZone) }
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

/** Finished Jobs beyond the limits go, the oldest first. */
function pruned(cronJob: KubeObject, jobs: readonly KubeObject[]): Transition[] {
  const beyond = (type: string, limit: number | undefined): readonly KubeObject[] => {
    if (limit === undefined) return []
    const finished = jobs.filter(
      (job) => isTrue(job.status?.conditions, type) && job.metadata.deletionTimestamp === undefined,
    )
    const byAge = [...finished].sort(byStart)
    return byAge.slice(0, Math.max(0, byAge.length - limit))
  }
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec
  return [...beyond('Complete', successfulJobsHistoryLimit), ...beyond('Failed', failedJobsHistoryLimit)].flatMap(
    (job) => removed(cronJob, job),
  )
}

/** Those that never started last, by name within one second. */
function byStart(a: KubeObject, b: KubeObject): number {
  const [start, startB] = [a, b].map(({ status }) => (status?.startTime as string | undefined) ?? '~') as [
    string,
    string,
  ]
  if (start !== startB) return start < startB ? -1 : 1
  return a.metadata.name < b.metadata.name ? -1 : 1
}

export const cronJobController = controller({ name: 'cronjob', of: CronJob, owns: [Job], reconcile })
