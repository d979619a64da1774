/** CronJobs: when Jobs begin, how many at a time, and how many are kept. */
import type { KubeObject } from '../../api/object.ts'
import { toRfc3339 } from '../../api/time.ts'
import { nextCron } from '../../lib/cron.ts'
import { always, type Held, settled, step, type Write } from '../property.ts'
import { issue, page, row } from './row.ts'
import { cronJobs, eachOf, isBy, isGoing, jobs, named, orElse, timeOf, uidOf } from './words.ts'

const docs = page('concepts/workloads/controllers/cron-jobs/')
const scheduledKey = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

const endedAs = ({ status }: KubeObject, wanted: string): boolean =>
  ((status?.conditions ?? []) as { type: string; status: string }[]).some(
    ({ type, status: is }) => type === wanted && is === 'True',
  )
const isOver = (job: KubeObject): boolean => endedAs(job, 'Complete') || endedAs(job, 'Failed')

/** The CronJob as its controller saw it when it made a Job. */
function cronBehind(write: Write): KubeObject | undefined {
  if (write.resource !== jobs || write.type !== 'ADDED' || !isBy(write, 'cronjob')) return undefined
  return write.believed.at(cronJobs, write.reconciled)
}

/** `□ Forbid ⇒ |active| ≤ 1`. Best effort: two are possible in theory, when the second is made before the first is seen. */
export const forbidIsOne = row(
  {
    id: 'CJ1',
    name: 'forbidIsOne',
    says: 'With Forbid no Job is made while another of its CronJob runs, as far as the controller sees.',
    class: 'B',
    source: `${docs}#concurrency-policy (${issue(93370)})`,
  },
  step((write, before) => {
    const cronJob = cronBehind(write)
    if (cronJob?.spec?.concurrencyPolicy !== 'Forbid') return undefined
    // Jobs that were made by hand do not count.
    const running = before
      .ownedBy(jobs, uidOf(cronJob))
      .filter((job) => !isOver(job) && job.metadata.annotations?.[scheduledKey] !== undefined)
    return orElse(running.length === 0, () => `${running.map(named).join(', ')} still ran`)
  }),
)

/** `[start ∧ Replace ⇒ the one before is going]`. */
export const replaceIsOne = row(
  {
    id: 'CJ1b',
    name: 'replaceIsOne',
    says: 'With Replace the Job that runs is deleted before the next is made, as far as the controller sees.',
    class: 'B',
    source: `${docs}#concurrency-policy`,
  },
  step((write, before) => {
    const cronJob = cronBehind(write)
    if (cronJob?.spec?.concurrencyPolicy !== 'Replace') return undefined
    const running = before.ownedBy(jobs, uidOf(cronJob)).filter((job) => !isOver(job) && !isGoing(job))
    return orElse(running.length === 0, () => `${running.map(named).join(', ')} still ran`)
  }),
)

/** `□ one Job for each tick`, as many believe: of the ticks since it was made, the last three hours at most. */
export const oneJobForEachTick = row(
  {
    id: 'CJ2',
    name: 'oneJobForEachTick',
    says: 'Every tick of a CronJob has its Job. A controller that was away makes one for the last missed tick, or none.',
    class: 'F',
    source: `${docs}#cron-job-limitations ("two jobs might be created, or no job")`,
  },
  always((s) => eachOf(s.list(cronJobs), (cronJob) => missedTick(cronJob, s.ownedBy(jobs, uidOf(cronJob)), s.now))),
)

const lookBackMs = 3 * 3_600_000
const graceMs = 30_000

function missedTick(cronJob: KubeObject, made: readonly KubeObject[], now: number): Held {
  const { schedule, timeZone, suspend, concurrencyPolicy } = cronJob.spec ?? {}
  if (suspend === true || concurrencyPolicy === 'Forbid') return true
  const born = timeOf(cronJob.metadata.creationTimestamp) ?? now
  const oldest = Math.min(...made.map((job) => timeOf(job.metadata.annotations?.[scheduledKey]) ?? now))
  const from = Math.max(born, now - lookBackMs, Number.isFinite(oldest) ? oldest - 1 : 0)
  for (let tick = nextCron(schedule, from, timeZone); tick !== undefined && tick < now - graceMs; ) {
    const due = tick
    if (!made.some((job) => timeOf(job.metadata.annotations?.[scheduledKey]) === due))
      return `${named(cronJob)} has no Job for ${toRfc3339(due)}`
    tick = nextCron(schedule, due, timeZone)
  }
  return true
}

/** `[start ⇒ now ≤ tick + startingDeadlineSeconds]`. */
export const neverTooLate = row(
  {
    id: 'CJ3',
    name: 'neverTooLate',
    says: 'No Job begins later than startingDeadlineSeconds after its tick, and none before it.',
    class: 'C',
    source: `${docs}#starting-deadline`,
  },
  step((write) => {
    const cronJob = cronBehind(write)
    const tick = timeOf(write.object.metadata.annotations?.[scheduledKey])
    if (cronJob === undefined || tick === undefined) return undefined
    const { now } = write.believed
    const seconds: number | undefined = cronJob.spec?.startingDeadlineSeconds
    if (tick > now) return `${named(write.object)} began before its tick`
    return orElse(
      seconds === undefined || now <= tick + seconds * 1000 + 999,
      () => `${named(write.object)} began ${now - tick} ms late`,
    )
  }),
)

/** `◇ |finished kept| ≤ limits`. */
export const historyLimits = row(
  {
    id: 'CJ3b',
    name: 'historyLimits',
    says: 'When nothing is left to do, a CronJob keeps at most as many finished Jobs as its limits say.',
    class: 'C',
    source: `${docs}#jobs-history-limits`,
  },
  settled((s) =>
    eachOf(s.list(cronJobs), (cronJob) => {
      if (isGoing(cronJob)) return true
      const kept = s.ownedBy(jobs, uidOf(cronJob)).filter((job) => !isGoing(job))
      const { successfulJobsHistoryLimit: good = 3, failedJobsHistoryLimit: bad = 1 } = cronJob.spec ?? {}
      const [completed, failed] = [
        kept.filter((job) => endedAs(job, 'Complete')),
        kept.filter((job) => endedAs(job, 'Failed')),
      ]
      return orElse(
        completed.length <= good && failed.length <= bad,
        () => `${named(cronJob)} keeps ${completed.length} completed and ${failed.length} failed Jobs`,
      )
    }),
  ),
)
