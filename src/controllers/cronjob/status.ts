/**
 * The Jobs of a CronJob that run, and what is told of those that do not any more.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1/#CronJobStatus
 */
import { isTrue } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import { parseTime, toRfc3339 } from '../../api/time.ts'
import { CronJob } from '../../kinds/index.ts'
import { equal } from '../../lib/equal.ts'
import type { Transition } from '../../store/transition.ts'
import { reportOf, statusOf } from '../writes.ts'

export const component = 'cronjob-controller'
/** On every Job that a CronJob makes by its schedule; a Job made by hand (`kubectl create job --from`) has none. */
export const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

export function isFinished(job: KubeObject): boolean {
  return isTrue(job.status?.conditions, 'Complete') || isTrue(job.status?.conditions, 'Failed')
}

/** The Jobs of the schedule that run: those count for the concurrency policy. */
export function activeOf(jobs: readonly KubeObject[]): readonly KubeObject[] {
  return jobs.filter((job) => !isFinished(job) && job.metadata.annotations?.[scheduledAnnotation] !== undefined)
}

/** The status with these Jobs, and with the time that was served when one was. */
export function statusWrites(
  cronJob: KubeObject,
  jobs: readonly KubeObject[],
  active: readonly KubeObject[],
  served: number | undefined,
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
  const successes = [cronJob.status?.lastSuccessfulTime, ...jobs.map((job) => job.status?.completionTime)]
    .filter((at): at is string => at !== undefined && at !== null)
    .sort((a, b) => parseTime(a) - parseTime(b))
  const lastSuccessfulTime = successes.at(-1)
  const lastScheduleTime = served === undefined ? cronJob.status?.lastScheduleTime : toRfc3339(served)
  const status = {
    ...(refs.length > 0 && { active: same ? known : refs }),
    ...(lastScheduleTime === undefined ? {} : { lastScheduleTime }),
    ...(lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime }),
  }
  return equal(status, cronJob.status ?? {}) ? [] : [statusOf(CronJob, { ...cronJob, status })]
}

/** Jobs that the status tells to be active and that have ended or gone. */
export function endings(cronJob: KubeObject, jobs: readonly KubeObject[]): Transition[] {
  const known = (cronJob.status?.active ?? []) as readonly { uid: string; name: string }[]
  return known.flatMap(({ uid, name }) => {
    const job = jobs.find(({ metadata }) => metadata.uid === uid)
    if (job === undefined)
      return [reportOf(component, cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`)]
    if (!isFinished(job)) return []
    const condition = isTrue(job.status?.conditions, 'Complete') ? 'Complete' : 'Failed'
    const told = `Saw completed job: ${name}, condition: ${condition}`
    return [reportOf(component, cronJob, 'Normal', 'SawCompletedJob', told)]
  })
}
