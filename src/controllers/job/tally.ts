/**
 * Counting the pods of a Job, each exactly once. A pod that has ended is first noted by uid in the status, then let go of its
 * finalizer, and only then, when it cannot be found again with one, counted; a crash between any two writes loses nobody and
 * counts nobody twice. Successes of an Indexed Job are a set of indexes and need no notes.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-tracking-with-finalizers, KEP-2307
 */
import type { KubeObject } from '../../api/object.ts'
import { hasSucceeded, indexesOf, indexOf, isTracked } from './pods.ts'
import { type Verdict, verdictOf } from './policy.ts'

interface Noted {
  readonly succeeded?: readonly string[]
  readonly failed?: readonly string[]
}

/** What a Job has come to. */
export interface Tally {
  /** With those that are noted or have just ended: what decides. */
  readonly succeeded: number
  readonly failed: number
  /** What the status may say. */
  readonly counted: { readonly succeeded: number; readonly failed: number }
  readonly noted: Noted
  readonly done: ReadonlySet<number>
  readonly lost: ReadonlySet<number>
  readonly verdict: Verdict | undefined
  /** Nobody is noted: the numbers are final if no pod ends any more. */
  readonly isCounted: boolean
}

/** `ended` are the pods that have ended and still have their finalizer; `all` are all pods of the Job. */
export function tallied(job: KubeObject, ended: readonly KubeObject[], all: readonly KubeObject[]): Tally {
  const isIndexed = job.spec.completionMode === 'Indexed'
  const done = indexesOf(job.status?.completedIndexes)
  const lost = indexesOf(job.status?.failedIndexes)
  const before: Noted = job.status?.uncountedTerminatedPods ?? {}
  const held = new Set(all.filter(isTracked).map(uidOf))
  const succeeded = (before.succeeded ?? []).filter((uid) => held.has(uid))
  const failed = (before.failed ?? []).filter((uid) => held.has(uid))
  const counted = {
    succeeded: (job.status?.succeeded ?? 0) + (before.succeeded ?? []).length - succeeded.length,
    failed: (job.status?.failed ?? 0) + (before.failed ?? []).length - failed.length,
  }
  let verdict: Verdict | undefined
  for (const pod of ended) {
    const uid = uidOf(pod)
    if (hasSucceeded(pod)) {
      if (isIndexed) isDone(job, pod, done)
      else if (!succeeded.includes(uid)) succeeded.push(uid)
      continue
    }
    const rule = verdictOf(job, pod)
    if (rule.action === 'FailJob') verdict ??= rule
    if (rule.action !== 'Ignore' && !failed.includes(uid)) failed.push(uid)
    isLost(job, pod, rule, lost)
  }
  for (const index of done) lost.delete(index)
  const noted = { ...(succeeded.length > 0 && { succeeded }), ...(failed.length > 0 && { failed }) }
  return {
    succeeded: isIndexed ? done.size : counted.succeeded + succeeded.length,
    failed: counted.failed + failed.length,
    counted: { failed: counted.failed, succeeded: isIndexed ? done.size : counted.succeeded },
    noted,
    done,
    lost,
    verdict,
    isCounted: succeeded.length + failed.length === 0,
  }
}

const uidOf = ({ metadata }: KubeObject): string => metadata.uid ?? ''

function isDone(job: KubeObject, pod: KubeObject, done: Set<number>): void {
  const index = indexOf(pod)
  if (index !== undefined && index < (job.spec.completions ?? 0)) done.add(index)
}

/** An index that may not be tried again. */
function isLost(job: KubeObject, pod: KubeObject, rule: Verdict, lost: Set<number>): void {
  const index = indexOf(pod)
  if (index === undefined) return
  const limit = job.spec.backoffLimitPerIndex
  const failures = Number(pod.metadata.annotations?.['batch.kubernetes.io/job-index-failure-count'] ?? 0)
  if (rule.action === 'FailIndex' || (limit !== undefined && rule.action !== 'Ignore' && failures >= limit))
    lost.add(index)
}
