/**
 * When a Job is over, and why.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
 */
import type { Condition } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import { parseTime } from '../../api/time.ts'
import { isIndexed } from './pods.ts'
import { isSuccess } from './policy.ts'
import type { Tally } from './tally.ts'

/** Conditions that say how a Job will end, while its pods are still being counted and ended. */
export const successful = 'SuccessCriteriaMet'
export const failing = 'FailureTarget'

export interface End {
  readonly type: 'Complete' | 'Failed'
  readonly reason: string
  readonly message: string
}

export const completed: End = {
  type: 'Complete',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
}

/** The condition that ended the Job. */
export function endedBy(job: KubeObject): Condition | undefined {
  return ((job.status?.conditions ?? []) as Condition[]).find(
    (one) => (one.type === 'Complete' || one.type === 'Failed') && one.status === 'True',
  )
}

/** What was decided already. */
function decided({ status }: KubeObject): End | undefined {
  const conditions = (status?.conditions ?? []) as Condition[]
  const found = [successful, failing]
    .map((wanted) => conditions.find(({ type, status: is }) => is === 'True' && type === wanted))
    .find((one) => one !== undefined)
  if (found === undefined) return undefined
  const { type, reason = '', message = '' } = found
  return { type: type === successful ? 'Complete' : 'Failed', reason, message }
}

/** Why the Job is over with this tally, whatever still runs; undefined while it is not. */
export function endOf(job: KubeObject, tally: Tally, all: readonly KubeObject[], now: number): End | undefined {
  const { spec } = job
  const before = decided(job)
  if (before !== undefined) return before
  const failed = (reason: string, message: string): End => ({ type: 'Failed', reason, message })
  if (tally.verdict !== undefined) return failed('PodFailurePolicy', tally.verdict.message)
  if (tally.failed > (spec.backoffLimit ?? 6) || restartsBeyond(job, all))
    return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  const deadline = deadlineOf(job)
  if (deadline !== undefined && now >= deadline)
    return failed('DeadlineExceeded', 'Job was active longer than specified deadline')
  if (!isIndexed(job)) return undefined
  const { done, lost } = tally
  if (spec.maxFailedIndexes !== undefined && lost.size > spec.maxFailedIndexes)
    return failed('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes')
  if (lost.size > 0 && done.size + lost.size >= (spec.completions ?? 0))
    return failed('FailedIndexes', 'Job has failed indexes')
  const early = isSuccess(job, done)
  return early === undefined ? undefined : { type: 'Complete', reason: 'SuccessPolicy', message: early }
}

/** When a Job that is not suspended has been active for too long (ms). */
export function deadlineOf({ spec, status }: KubeObject): number | undefined {
  if (status?.startTime === undefined || spec.activeDeadlineSeconds === undefined || spec.suspend === true)
    return undefined
  return parseTime(status.startTime) + spec.activeDeadlineSeconds * 1000
}

/** Containers that are restarted in their pod count against the limit too. */
function restartsBeyond(job: KubeObject, all: readonly KubeObject[]): boolean {
  if (job.spec.template?.spec?.restartPolicy !== 'OnFailure') return false
  const running = all.filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
  const statuses = running.flatMap(
    ({ status }) =>
      [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])] as { restartCount?: number }[],
  )
  const total = statuses.reduce((sum, one) => sum + (one.restartCount ?? 0), 0)
  const limit = job.spec.backoffLimit ?? 6
  return limit === 0 ? total > 0 : total >= limit
}
