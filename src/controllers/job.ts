/**
 * A Job runs pods until enough of them have succeeded.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
import { type Condition, setCondition } from '../api/conditions.ts'
import { type KubeObject, splitKey } from '../api/object.ts'
import { controllerOf } from '../api/owner.ts'
import { matchesLabelSelector } from '../api/selector.ts'
import { parseTime, toRfc3339 } from '../api/time.ts'
import { Job, Pod } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { claim } from './claim.ts'
import { controller, type Intent, type Refusal } from './controller.ts'
import {
  hasSucceeded,
  indexAnnotation,
  indexOf,
  indexText,
  isTracked,
  type JobPods,
  sorted,
  trackingFinalizer,
} from './job/pods.ts'
import { isSuccess } from './job/policy.ts'
import { type Tally, tallied } from './job/tally.ts'
import { podFrom } from './pod-template.ts'
import { createOf, deleteOf, refusalTold, reportOf, statusOf, updateOf } from './writes.ts'

const component = 'job-controller'
/** After a failure the next pod waits ten seconds, doubling with each further one, ten minutes at most. */
const firstBackoffMs = 10_000
const longestBackoffMs = 600_000
/** Pods made in one reconcile at most. */
const burst = 500
/** Conditions that say how a Job will end, while its pods are still being counted. */
const successful = 'SuccessCriteriaMet'
const failing = 'FailureTarget'

type Status = Readonly<Record<string, unknown>>

interface End {
  readonly type: 'Complete' | 'Failed'
  readonly reason: string
  readonly message: string
}

export function reconcile(view: View, key: string, refusal?: Refusal): readonly Intent[] {
  const { namespace, name } = splitKey(key)
  const job = view.get(Job, namespace, name)
  const orphans = view
    .by(Pod, 'tracked', key)
    .filter((pod) => controllerOf(pod)?.uid !== job?.metadata.uid)
    .map(released)
  if (job === undefined) return orphans
  const matches = (pod: KubeObject) => matchesLabelSelector(job.spec.selector, pod.metadata.labels)
  const candidates = [...view.by(Pod, 'owner', job.metadata.uid ?? ''), ...view.by(Pod, 'orphan', namespace)]
  const { kept, intents } = claim(Job, job, Pod, candidates, matches)
  const pods = sorted(kept)
  if (job.metadata.deletionTimestamp !== undefined) return [...orphans, ...kept.filter(isTracked).map(released)]
  const ended = endedBy(job)
  if (ended !== undefined)
    return [...orphans, ...intents, ...kept.filter(isTracked).map(released), ...expiry(view, job)]
  return [...orphans, ...intents, ...refusalTold(component, job, refusal), ...worked(view, job, pods, kept)]
}

function worked(view: View, job: KubeObject, pods: JobPods, all: readonly KubeObject[]): readonly Intent[] {
  const tally = tallied(job, pods.uncounted, all)
  const end = endOf(job, tally, pods, view.now)
  const suspended = job.spec.suspend === true
  const { intents, created } =
    end === undefined && !suspended ? podsFor(view, job, pods, tally, all) : stopped(job, pods)
  const active = end === undefined ? pods.active.length : 0
  const status = statusFrom(view, job, pods, tally, end, active)
  const written = equal(status, job.status) ? [] : [statusOf(Job, { ...job, status })]
  return [
    ...written,
    ...pods.uncounted.map(released),
    ...reports(job, tally.isCounted ? end : undefined, suspended),
    ...intents,
    ...created,
    ...deadline(job, end),
  ]
}

/** The counted pods need no finalizer any more. */
function released(pod: KubeObject): Transition {
  const finalizers = (pod.metadata.finalizers ?? []).filter((one) => one !== trackingFinalizer)
  return updateOf(Pod, { ...pod, metadata: { ...pod.metadata, finalizers } })
}

/** What was decided already, before all pods were counted. */
function decided({ status }: KubeObject): End | undefined {
  const conditions = (status?.conditions ?? []) as Condition[]
  const found = conditions.find(({ type, status: is }) => is === 'True' && (type === successful || type === failing))
  if (found === undefined) return undefined
  const { type, reason = '', message = '' } = found
  return { type: type === successful ? 'Complete' : 'Failed', reason, message }
}

/** Why the Job is over with this tally; undefined while it is not. */
function endOf(job: KubeObject, tally: Tally, pods: JobPods, now: number): End | undefined {
  const { spec, status } = job
  const before = decided(job)
  if (before !== undefined) return before
  const failed = (reason: string, message: string): End => ({ type: 'Failed', reason, message })
  if (tally.verdict !== undefined) return failed('PodFailurePolicy', tally.verdict.message)
  const deadlineAt =
    status?.startTime === undefined || spec.activeDeadlineSeconds === undefined
      ? undefined
      : parseTime(status.startTime) + spec.activeDeadlineSeconds * 1000
  if (tally.failed > (spec.backoffLimit ?? 6) || restartsBeyond(job, pods))
    return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  if (deadlineAt !== undefined && now >= deadlineAt && spec.suspend !== true)
    return failed('DeadlineExceeded', 'Job was active longer than specified deadline')
  const early = isSuccess(job, tally.done)
  if (early !== undefined) return { type: 'Complete', reason: 'SuccessPolicy', message: early }
  if (spec.maxFailedIndexes !== undefined && tally.lost.size > spec.maxFailedIndexes)
    return failed('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes')
  if (
    spec.completionMode === 'Indexed' &&
    tally.lost.size > 0 &&
    tally.done.size + tally.lost.size >= (spec.completions ?? 0)
  )
    return failed('FailedIndexes', 'Job has failed indexes')
  return isComplete(job, tally, pods)
    ? { type: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' }
    : undefined
}

/** Containers that are restarted in their pod count against the limit too. */
function restartsBeyond(job: KubeObject, pods: JobPods): boolean {
  if (job.spec.template?.spec?.restartPolicy !== 'OnFailure') return false
  const restarts = pods.active.flatMap((pod) => (pod.status?.containerStatuses ?? []) as { restartCount?: number }[])
  const total = restarts.reduce((sum, one) => sum + (one.restartCount ?? 0), 0)
  const limit = job.spec.backoffLimit ?? 6
  return limit === 0 ? total > 0 : total >= limit
}

function isComplete(job: KubeObject, tally: Tally, pods: JobPods): boolean {
  const wanted = job.spec.completions
  if (wanted !== undefined) return tally.succeeded >= wanted
  return tally.succeeded > 0 && pods.active.length === 0 && pods.terminating.length === 0
}

function podsFor(
  view: View,
  job: KubeObject,
  pods: JobPods,
  tally: Tally,
  all: readonly KubeObject[],
): { intents: readonly Intent[]; created: readonly Transition[] } {
  const { parallelism = 1, completions } = job.spec
  const active = pods.active.length
  const waiting = job.spec.podReplacementPolicy === 'Failed' ? pods.terminating.length : 0
  const left =
    completions === undefined
      ? tally.succeeded > 0
        ? active
        : parallelism
      : Math.max(0, completions - tally.succeeded - tally.lost.size)
  const wanted = Math.min(parallelism, left)
  if (active > wanted) return { intents: surplus(job, pods.active, active - wanted), created: [] }
  const missing = Math.min(wanted - active - waiting, burst)
  if (missing <= 0) return { intents: [], created: [] }
  const until = backoffUntil(job, tally, all, view.now)
  if (until !== undefined) return { intents: [{ type: 'wake', at: until }], created: [] }
  return { intents: [], created: creations(job, pods, tally, missing, all) }
}

function surplus(job: KubeObject, active: readonly KubeObject[], count: number): Transition[] {
  const rank = (pod: KubeObject): number =>
    pod.spec?.nodeName === undefined ? 0 : pod.status?.phase === 'Pending' ? 1 : 2
  return [...active]
    .sort((a, b) => rank(a) - rank(b) || (indexOf(b) ?? 0) - (indexOf(a) ?? 0))
    .slice(0, count)
    .flatMap((pod) => [
      deleteOf(Pod, pod),
      reportOf(component, job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`),
    ])
}

/** Until when no further pod is made after the newest failure (ms); undefined when one may be made. */
function backoffUntil(job: KubeObject, tally: Tally, all: readonly KubeObject[], now: number): number | undefined {
  if (tally.failed === 0) return undefined
  const ends = all.filter((pod) => pod.status?.phase === 'Failed').map(endTime)
  const newest = Math.max(0, ...ends)
  const last = Math.max(newest, ...all.filter(hasSucceeded).map(endTime))
  if (newest === 0 || last > newest) return undefined
  const recent = Math.min(tally.failed, 7)
  const until = newest + Math.min(firstBackoffMs * 2 ** (recent - 1), longestBackoffMs)
  return until > now && job.spec.backoffLimitPerIndex === undefined ? until : undefined
}

function endTime(pod: KubeObject): number {
  const statuses = (pod.status?.containerStatuses ?? []) as { state?: { terminated?: { finishedAt?: string } } }[]
  const times = statuses
    .map((one) => one.state?.terminated?.finishedAt)
    .filter((one) => one !== undefined && one !== null)
  return times.length === 0 ? 0 : Math.max(...times.map((one) => parseTime(one as string)))
}

function creations(
  job: KubeObject,
  pods: JobPods,
  tally: Tally,
  count: number,
  all: readonly KubeObject[],
): Transition[] {
  const told = reportOf(component, job, 'Normal', 'SuccessfulCreate', 'Created pod: $(name)')
  const namespace = job.metadata.namespace ?? ''
  if (job.spec.completionMode !== 'Indexed') {
    const made = createOf(Pod, namespace, tracked(podFrom(job, job.spec.template)))
    return Array.from({ length: count }, () => [made, told]).flat()
  }
  const taken = new Set([...pods.active, ...pods.terminating].map(indexOf))
  const free: number[] = []
  for (let index = 0; free.length < count && index < (job.spec.completions ?? 0); index++)
    if (!taken.has(index) && !tally.done.has(index) && !tally.lost.has(index)) free.push(index)
  return free.flatMap((index) => [createOf(Pod, namespace, indexedPod(job, index, all)), told])
}

function tracked(pod: KubeObject): KubeObject {
  return { ...pod, metadata: { ...pod.metadata, finalizers: [...(pod.metadata.finalizers ?? []), trackingFinalizer] } }
}

/** A pod that knows its index: by annotation, label, hostname and environment. */
function indexedPod(job: KubeObject, index: number, all: readonly KubeObject[]): KubeObject {
  const pod = tracked(podFrom(job, job.spec.template))
  const failures = all.filter((one) => indexOf(one) === index && one.status?.phase === 'Failed').length
  const counted: Record<string, string> =
    job.spec.backoffLimitPerIndex === undefined
      ? {}
      : { 'batch.kubernetes.io/job-index-failure-count': String(failures) }
  const annotations: Record<string, string> = {
    ...pod.metadata.annotations,
    [indexAnnotation]: String(index),
    ...counted,
  }
  const labels = { ...pod.metadata.labels, [indexAnnotation]: String(index) }
  const metadata = { ...pod.metadata, generateName: `${job.metadata.name}-${index}-`, annotations, labels }
  const env = {
    name: 'JOB_COMPLETION_INDEX',
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${indexAnnotation}']` } },
  }
  const withIndex = (one: KubeObject): KubeObject => ({ ...one, env: [...((one.env as object[]) ?? []), env] })
  const spec = {
    ...pod.spec,
    hostname: `${job.metadata.name}-${index}`,
    containers: pod.spec.containers.map(withIndex),
  }
  if (pod.spec.initContainers !== undefined) spec.initContainers = pod.spec.initContainers.map(withIndex)
  return { ...pod, metadata, spec }
}

/** A Job that is over or suspended keeps no pod running. */
function stopped(job: KubeObject, pods: JobPods): { intents: readonly Intent[]; created: readonly Transition[] } {
  return { intents: surplus(job, pods.active, pods.active.length), created: [] }
}

function statusFrom(
  view: View,
  job: KubeObject,
  pods: JobPods,
  tally: Tally,
  end: End | undefined,
  active: number,
): Status {
  const now = toRfc3339(view.now)
  const indexed = job.spec.completionMode === 'Indexed'
  const suspended = job.spec.suspend === true
  const { startTime: began, completionTime: _done, conditions: before, ...old } = job.status ?? {}
  const startTime = suspended ? undefined : (began ?? now)
  const over = tally.isCounted ? end : undefined
  const conditions = conditionsOf(before, end, over !== undefined, suspended, now)
  const terminating = pods.terminating.length + (end !== undefined || suspended ? pods.active.length : 0)
  const {
    active: _a,
    ready: _r,
    succeeded: _s,
    failed: _f,
    terminating: _t,
    completedIndexes: _c,
    failedIndexes: _i,
    uncountedTerminatedPods: _u,
    ...rest
  } = old as Record<string, unknown>
  return {
    ...rest,
    ...(conditions.length > 0 && { conditions }),
    ...(startTime === undefined ? {} : { startTime }),
    ...(over?.type === 'Complete' && { completionTime: now }),
    ...(active > 0 && !suspended && { active }),
    ...(tally.counted.succeeded > 0 && { succeeded: tally.counted.succeeded }),
    ...(tally.counted.failed > 0 && { failed: tally.counted.failed }),
    terminating,
    ...(indexed && tally.done.size > 0 && { completedIndexes: indexText(tally.done) }),
    ...(indexed && job.spec.backoffLimitPerIndex !== undefined && { failedIndexes: indexText(tally.lost) }),
    uncountedTerminatedPods: tally.noted,
    ready: end === undefined && !suspended ? pods.ready : 0,
  }
}

function conditionsOf(
  before: readonly Condition[] | undefined,
  end: End | undefined,
  isOver: boolean,
  suspended: boolean,
  now: string,
): readonly Condition[] {
  let conditions = before ?? []
  const set = (type: string, status: 'True' | 'False', reason: string, message: string): void => {
    const change = { type, status, reason, message } as const
    const known = conditions.find((one) => one.type === type)
    if (known?.status === status) return
    conditions = setCondition(conditions, change, now).map((one) =>
      one.type === type ? ({ ...one, lastProbeTime: now } as Condition) : one,
    )
  }
  if (end !== undefined) {
    set(end.type === 'Complete' ? successful : failing, 'True', end.reason, end.message)
    if (isOver) set(end.type, 'True', end.reason, end.message)
  } else if (suspended) set('Suspended', 'True', 'JobSuspended', 'Job suspended')
  else if (conditions.some((one) => one.type === 'Suspended' && one.status === 'True'))
    set('Suspended', 'False', 'JobResumed', 'Job resumed')
  return conditions
}

function reports(job: KubeObject, end: End | undefined, suspended: boolean): Transition[] {
  if (end?.type === 'Complete') return [reportOf(component, job, 'Normal', 'Completed', 'Job completed')]
  if (end !== undefined) return [reportOf(component, job, 'Warning', end.reason, end.message)]
  const was = ((job.status?.conditions ?? []) as Condition[]).some(
    (one) => one.type === 'Suspended' && one.status === 'True',
  )
  if (suspended && !was) return [reportOf(component, job, 'Normal', 'Suspended', 'Job suspended')]
  return !suspended && was ? [reportOf(component, job, 'Normal', 'Resumed', 'Job resumed')] : []
}

function endedBy(job: KubeObject): Condition | undefined {
  return ((job.status?.conditions ?? []) as Condition[]).find(
    (one) => (one.type === 'Complete' || one.type === 'Failed') && one.status === 'True',
  )
}

function deadline(job: KubeObject, end: End | undefined): Intent[] {
  const { activeDeadlineSeconds: seconds } = job.spec
  if (end !== undefined || seconds === undefined || job.status?.startTime === undefined || job.spec.suspend === true)
    return []
  return [{ type: 'wake', at: parseTime(job.status.startTime) + seconds * 1000, background: true }]
}

/** A finished Job goes when its time to live is over. Source: https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/ */
function expiry(view: View, job: KubeObject): Intent[] {
  const seconds = job.spec.ttlSecondsAfterFinished
  const ended = endedBy(job)
  if (seconds === undefined || ended === undefined) return []
  const at =
    parseTime((ended as { lastTransitionTime?: string }).lastTransitionTime ?? toRfc3339(view.now)) + seconds * 1000
  return at <= view.now
    ? [{ ...deleteOf(Job, job), propagation: 'Foreground' }]
    : [{ type: 'wake', at, background: true }]
}

export const jobController = controller({ name: 'job', of: Job, owns: [Pod], reconcile })
