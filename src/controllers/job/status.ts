/**
 * The status of a Job and what is told of it.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/#JobStatus
 */
import { type Condition, setCondition } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import { toRfc3339 } from '../../api/time.ts'
import type { Transition } from '../../store/transition.ts'
import { reportOf } from '../writes.ts'
import { type End, failing, successful } from './end.ts'
import { component } from './manage.ts'
import { indexText, isIndexed } from './pods.ts'
import type { Noted, Tally } from './tally.ts'

/** What one reconcile found and decided. */
export interface Outcome {
  readonly tally: Tally
  readonly noted: Noted
  readonly end: End | undefined
  /** Everybody is counted and has ended: the end is final. */
  readonly isOver: boolean
  readonly active: number
  readonly ready: number
  readonly terminating: number
}

/** Fields that are counted anew each time; others of the status stay. */
const own = [
  'conditions',
  'startTime',
  'completionTime',
  'active',
  'ready',
  'succeeded',
  'failed',
  'terminating',
  'completedIndexes',
  'failedIndexes',
  'uncountedTerminatedPods',
]

export function statusFrom(job: KubeObject, outcome: Outcome, at: number): Readonly<Record<string, unknown>> {
  const { tally, noted, end, isOver, active, ready, terminating } = outcome
  const now = toRfc3339(at)
  const before: Readonly<Record<string, unknown>> = job.status ?? {}
  const others = Object.fromEntries(Object.entries(before).filter(([field]) => !own.includes(field)))
  const conditions = conditionsOf(job, end, isOver, now)
  const startTime = job.spec.suspend === true ? undefined : (before.startTime ?? now)
  const succeeded = isIndexed(job) ? tally.done.size : tally.counted.succeeded
  return {
    ...others,
    ...(conditions.length > 0 && { conditions }),
    ...(startTime !== undefined && { startTime }),
    ...(isOver && end?.type === 'Complete' && { completionTime: now }),
    ...(active > 0 && { active }),
    ...(succeeded > 0 && { succeeded }),
    ...(tally.counted.failed > 0 && { failed: tally.counted.failed }),
    terminating,
    ...(isIndexed(job) && tally.done.size > 0 && { completedIndexes: indexText(tally.done) }),
    ...(isIndexed(job) && job.spec.backoffLimitPerIndex !== undefined && { failedIndexes: indexText(tally.lost) }),
    uncountedTerminatedPods: noted,
    ready,
  }
}

function conditionsOf(job: KubeObject, end: End | undefined, isOver: boolean, now: string): readonly Condition[] {
  let conditions: readonly Condition[] = job.status?.conditions ?? []
  const set = (type: string, status: 'True' | 'False', reason: string, message: string): void => {
    if (conditions.find((one) => one.type === type)?.status === status) return
    conditions = setCondition(conditions, { type, status, reason, message }, now).map((one) =>
      one.type === type ? ({ ...one, lastProbeTime: now } as Condition) : one,
    )
  }
  if (end !== undefined) {
    set(end.type === 'Complete' ? successful : failing, 'True', end.reason, end.message)
    if (isOver) set(end.type, 'True', end.reason, end.message)
  } else if (job.metadata.deletionTimestamp !== undefined) return conditions
  else if (job.spec.suspend === true) set('Suspended', 'True', 'JobSuspended', 'Job suspended')
  else if (isSuspended(conditions)) set('Suspended', 'False', 'JobResumed', 'Job resumed')
  return conditions
}

const isSuspended = (conditions: readonly Condition[]): boolean =>
  conditions.some((one) => one.type === 'Suspended' && one.status === 'True')

export function reports(job: KubeObject, { end, isOver, tally }: Outcome): Transition[] {
  const told = (level: 'Normal' | 'Warning', reason: string, message: string) =>
    reportOf(component, job, level, reason, message)
  if (end !== undefined) {
    if (!isOver) return []
    if (end.type === 'Failed') return [told('Warning', end.reason, end.message)]
    const tooMany = tally.succeeded > (job.spec.completions ?? Number.POSITIVE_INFINITY)
    const more = 'Too many succeeded pods running after completion count reached'
    return [
      ...(tooMany ? [told('Warning', 'TooManySucceededPods', more)] : []),
      told('Normal', 'Completed', 'Job completed'),
    ]
  }
  const [is, was] = [job.spec.suspend === true, isSuspended(job.status?.conditions ?? [])]
  if (is === was || job.metadata.deletionTimestamp !== undefined) return []
  return [is ? told('Normal', 'Suspended', 'Job suspended') : told('Normal', 'Resumed', 'Job resumed')]
}
