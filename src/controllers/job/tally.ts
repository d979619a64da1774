/**
 * Counting the pods of a Job, each exactly once. A pod that has ended is first noted by uid in the status, then let go of its
 * finalizer, and only then, when it cannot be found again with one, counted; a crash between any two writes loses nobody and
 * counts nobody twice. Successes of an Indexed Job are a set of indexes and need no notes.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-tracking-with-finalizers, KEP-2307
 */
import type { KubeObject } from '../../api/object.ts'
import { hasFailed, hasSucceeded, indexesOf, indexOf, isIndexed, isTracked, isValid } from './pods.ts'
import { type Verdict, verdictOf } from './policy.ts'

/** How many failures an index had before the pod that has this annotation; and how many that did not count. */
export const failuresAnnotation = 'batch.kubernetes.io/job-index-failure-count'
export const ignoredAnnotation = 'batch.kubernetes.io/job-index-ignored-failure-count'

export interface Noted {
  readonly succeeded?: readonly string[]
  readonly failed?: readonly string[]
}

interface Numbers {
  readonly succeeded: number
  readonly failed: number
}

/** What a Job has come to. */
export interface Tally {
  /** With those that are noted or have just ended: what decides. */
  readonly succeeded: number
  readonly failed: number
  /** What the status may say, and who is noted until now and still has the finalizer. */
  readonly counted: Numbers
  readonly before: { readonly succeeded: readonly string[]; readonly failed: readonly string[] }
  readonly done: ReadonlySet<number>
  readonly lost: ReadonlySet<number>
  /** The failure policy ends the Job. */
  readonly verdict: Verdict | undefined
  /** Of indexes that have their own limit of failures: the pod that remembers them until there is another. */
  readonly delayed: ReadonlyMap<number, KubeObject>
}

/** `all` are all pods of the Job. */
export function tallied(job: KubeObject, all: readonly KubeObject[]): Tally {
  const noted: Noted = job.status?.uncountedTerminatedPods ?? {}
  const tracked = all.filter(isTracked)
  const held = new Set(tracked.map(uidOf))
  const before = {
    succeeded: (noted.succeeded ?? []).filter((uid) => held.has(uid)),
    failed: (noted.failed ?? []).filter((uid) => held.has(uid)),
  }
  const counted = {
    succeeded: (job.status?.succeeded ?? 0) + (noted.succeeded ?? []).length - before.succeeded.length,
    failed: (job.status?.failed ?? 0) + (noted.failed ?? []).length - before.failed.length,
  }
  const valid = tracked.filter((pod) => isValid(job, pod))
  const won = valid.filter((pod) => hasSucceeded(pod) && !before.succeeded.includes(uidOf(pod)))
  const failed = valid.filter((pod) => hasFailed(job, pod) && !before.failed.includes(uidOf(pod)))
  const done = indexesOf(job.status?.completedIndexes, job.spec.completions)
  if (isIndexed(job)) for (const pod of won) done.add(indexOf(pod) as number)
  const lost = lostOf(job, valid, done)
  const verdicts = all.filter((pod) => hasFailed(job, pod)).map((pod) => verdictOf(job, pod))
  return {
    succeeded: isIndexed(job) ? done.size : counted.succeeded + before.succeeded.length + won.length,
    failed: counted.failed + before.failed.length + failed.filter((pod) => isCounted(job, pod)).length,
    counted,
    before,
    done,
    lost,
    verdict: verdicts.find(({ action }) => action === 'FailJob'),
    delayed: delayedOf(job, valid, all, done, lost),
  }
}

/** What is noted after this reconcile, and whose finalizers may go. */
export interface Count {
  readonly noted: Noted
  readonly released: readonly KubeObject[]
}

/**
 * Notes who has ended. When the Job is over everybody is let go: of a failed one whoever was stopped counts as failed, of a
 * successful one nobody counts who was not needed. `leaving`: those who are let go and deleted as too many.
 */
export function count(
  job: KubeObject,
  tally: Tally,
  pods: readonly KubeObject[],
  end: 'Complete' | 'Failed' | undefined,
): Count {
  const succeeded = [...tally.before.succeeded]
  const failed = [...tally.before.failed]
  const released: KubeObject[] = []
  for (const pod of pods.filter(isTracked)) {
    const [uid, isFailed] = [uidOf(pod), hasFailed(job, pod)]
    const isLate = tally.delayed.get(indexOf(pod) ?? -1) === pod
    const isOver = end !== undefined || job.metadata.deletionTimestamp !== undefined
    if (!isOver && !hasSucceeded(pod) && (!isFailed || isLate)) continue
    released.push(pod)
    if (hasSucceeded(pod) && !failed.includes(uid)) {
      if (!isIndexed(job) && !succeeded.includes(uid)) succeeded.push(uid)
    } else if (isFailed || end === 'Failed') {
      if (!failed.includes(uid) && isValid(job, pod) && isCounted(job, pod)) failed.push(uid)
    }
  }
  return { released, noted: { ...(succeeded.length > 0 && { succeeded }), ...(failed.length > 0 && { failed }) } }
}

const uidOf = ({ metadata }: KubeObject): string => metadata.uid ?? ''

function isCounted(job: KubeObject, pod: KubeObject): boolean {
  return verdictOf(job, pod).action !== 'Ignore'
}

const numberIn = (pod: KubeObject, annotation: string): number =>
  Number(pod.metadata.annotations?.[annotation] ?? 0) || 0

/** Failures of the index with this pod's, those that do not count included. */
export function failuresOf(pod: KubeObject): number {
  return numberIn(pod, failuresAnnotation) + numberIn(pod, ignoredAnnotation) + 1
}

/** The annotations of the pod that comes after this one. */
export function remembered(job: KubeObject, before: KubeObject | undefined): Record<string, string> {
  if (job.spec.backoffLimitPerIndex === undefined) return {}
  if (before === undefined) return { [failuresAnnotation]: '0' }
  const counts = isCounted(job, before)
  const ignored = numberIn(before, ignoredAnnotation) + (counts ? 0 : 1)
  return {
    [failuresAnnotation]: String(numberIn(before, failuresAnnotation) + (counts ? 1 : 0)),
    ...(ignored > 0 && { [ignoredAnnotation]: String(ignored) }),
  }
}

/** Indexes that may not be tried again. */
function lostOf(job: KubeObject, tracked: readonly KubeObject[], done: ReadonlySet<number>): ReadonlySet<number> {
  const limit: number | undefined = job.spec.backoffLimitPerIndex
  if (!isIndexed(job) || limit === undefined) return new Set()
  const lost = indexesOf(job.status?.failedIndexes, job.spec.completions)
  for (const pod of tracked) {
    if (!hasFailed(job, pod)) continue
    const { action } = verdictOf(job, pod)
    if (action === 'FailIndex' || (action !== 'Ignore' && numberIn(pod, failuresAnnotation) >= limit))
      lost.add(indexOf(pod) as number)
  }
  for (const index of done) lost.delete(index)
  return lost
}

/** Of each index that waits for its next pod: the failed one that had most failures before it, the last of those. */
function delayedOf(
  job: KubeObject,
  tracked: readonly KubeObject[],
  all: readonly KubeObject[],
  done: ReadonlySet<number>,
  lost: ReadonlySet<number>,
): ReadonlyMap<number, KubeObject> {
  const delayed = new Map<number, KubeObject>()
  if (!isIndexed(job) || job.spec.backoffLimitPerIndex === undefined) return delayed
  const active = new Set(all.filter((pod) => !hasSucceeded(pod) && !isEnding(pod)).map(indexOf))
  for (const pod of tracked) {
    const index = indexOf(pod) as number
    if (!hasFailed(job, pod) || done.has(index) || lost.has(index) || active.has(index)) continue
    const known = delayed.get(index)
    if (known === undefined || failuresOf(known) <= failuresOf(pod)) delayed.set(index, pod)
  }
  return delayed
}

const isEnding = (pod: KubeObject): boolean =>
  pod.metadata.deletionTimestamp !== undefined || pod.status?.phase === 'Failed'
