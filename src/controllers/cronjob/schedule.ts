/**
 * Which time of a schedule is due, and when to look again. Missed times are reckoned by the distance of the first two of them,
 * not one by one, as Kubernetes does it.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline
 */
import type { KubeObject } from '../../api/object.ts'
import { parseTime } from '../../api/time.ts'
import { nextCron } from '../../lib/cron.ts'

/** More missed times than this are told. */
const manyMissed = 100

export interface Due {
  /** The newest time that has passed and was not served (ms). */
  readonly at: number | undefined
  /** When the next one comes (ms). */
  readonly next: number | undefined
  /** So many were missed that it is told. */
  readonly isMany: boolean
}

/** What a CronJob owes at time `now` (ms). */
export function dueOf(cronJob: KubeObject, now: number): Due {
  const { startingDeadlineSeconds: seconds } = cronJob.spec
  const last = parseTime(cronJob.status?.lastScheduleTime ?? cronJob.metadata.creationTimestamp)
  const earliest = seconds === undefined ? last : Math.max(last, now - seconds * 1000)
  const { at, missed } = mostRecent(cronJob, earliest, now)
  const whole = earliest === last ? { at, missed } : mostRecent(cronJob, last, now)
  const from = whole.at ?? (whole.missed === 0 ? last : now)
  return { at, next: next(cronJob, from), isMany: missed > manyMissed }
}

const next = ({ spec }: KubeObject, after: number): number | undefined => nextCron(spec.schedule, after, spec.timeZone)

function mostRecent(cronJob: KubeObject, earliest: number, now: number): { at: number | undefined; missed: number } {
  const first = next(cronJob, earliest)
  if (first === undefined || now < first) return { at: undefined, missed: 0 }
  const second = next(cronJob, first)
  if (second === undefined || now < second) return { at: first, missed: 0 }
  const gap = Math.round((second - first) / 1000) * 1000
  if (gap < 1000) return { at: undefined, missed: 0 }
  const missed = Math.floor((now - first) / gap) + 1
  let at: number | undefined
  for (let one = next(cronJob, first + (missed - 2) * gap); one !== undefined && one <= now; one = next(cronJob, one))
    at = one
  return { at, missed }
}
