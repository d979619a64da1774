/** Jobs: what is counted, how often, and when a Job is over. */
import type { KubeObject } from '../../api/object.ts'
import { equal } from '../../lib/equal.ts'
import { type Held, settled, step, type Write } from '../property.ts'
import { isPodActive, isPodFinished } from './documented.ts'
import { issue, kep, page, row } from './row.ts'
import { eachOf, isBy, isGoing, jobs, keeperOf, named, orElse, timeOf, uidOf } from './words.ts'

const docs = page('concepts/workloads/controllers/job/')
const finalizer = 'batch.kubernetes.io/job-tracking'
const indexKey = 'batch.kubernetes.io/job-completion-index'

const isTracked = ({ metadata }: KubeObject): boolean => metadata.finalizers?.includes(finalizer) === true
const isIndexed = ({ spec }: KubeObject): boolean => spec?.completionMode === 'Indexed'
const countOf = (job: KubeObject | undefined, field: 'succeeded' | 'failed'): number => job?.status?.[field] ?? 0

/** The condition that ends the Job; undefined while it goes on. */
function endOf({ status }: KubeObject): string | undefined {
  const conditions = (status?.conditions ?? []) as { type: string; status: string }[]
  return conditions.find(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True')?.type
}

/** uids of pods that have ended and are about to be counted. */
function pendingOf(job: KubeObject | undefined): ReadonlySet<string> {
  const { succeeded = [], failed = [] } = job?.status?.uncountedTerminatedPods ?? {}
  return new Set<string>([...succeeded, ...failed])
}

/** A write of a Job's status by its controller. */
const isCount = (write: Write): boolean => write.resource === jobs && write.type === 'MODIFIED' && isBy(write, 'job')

/**
 * `Σ counted = |distinct uids|`: what is added to the numbers is what left the list of those that were noted first, and only
 * once their finalizers were gone, so that a crash between any two writes counts nobody twice. Numbers never go down.
 */
export const countedOnce = row(
  {
    id: 'J1',
    name: 'countedOnce',
    says: 'Each pod of a Job is counted once: noted by uid first, counted when its finalizer is gone; numbers only rise.',
    class: 'C',
    source: `${docs}#job-tracking-with-finalizers (${kep(2307)}, ${issue(105200)})`,
  },
  step((write, before) => {
    if (!isCount(write) || write.previous === undefined) return undefined
    const { object: job, previous } = write
    const added = (['succeeded', 'failed'] as const).map((field) => countOf(job, field) - countOf(previous, field))
    if (added[1] !== undefined && added[1] < 0) return `${named(job)} counts fewer failures than before`
    if (added[0] !== undefined && added[0] < 0 && !isIndexed(job))
      return `${named(job)} counts fewer successes than before`
    const now = pendingOf(job)
    const left = [...pendingOf(previous)].filter((uid) => !now.has(uid))
    const tracked = before.ownedBy('pods', uidOf(job)).filter((pod) => left.includes(uidOf(pod)) && isTracked(pod))
    if (tracked.length > 0) return `${tracked.map(named).join(', ')} was counted and can be counted again`
    const all = isIndexed(job) ? (added[1] ?? 0) : (added[0] ?? 0) + (added[1] ?? 0)
    return orElse(all <= left.length, () => `${named(job)} counts ${all} more pods and had noted ${left.length}`)
  }),
)

/** `succeeded ≤ completions`. Pods that end at the same moment may be one more than were needed. */
export const noMoreThanAsked = row(
  {
    id: 'J2',
    name: 'noMoreThanAsked',
    says: 'A Job never counts more successes than completions.',
    class: 'C',
    source: `${docs}#parallel-jobs`,
  },
  step(({ resource, object }) => {
    if (resource !== jobs || object.spec?.completions === undefined) return undefined
    return orElse(
      countOf(object, 'succeeded') <= object.spec.completions,
      () => `${named(object)} counts ${countOf(object, 'succeeded')}`,
    )
  }),
)

/** `□ the program of a Job of one completion starts once`, as many believe. */
export const programRunsOnce = row(
  {
    id: "J2'",
    name: 'programRunsOnce',
    says: 'A Job of one completion starts its program once. A pod whose node dies is replaced and may have run.',
    class: 'F',
    source: `${docs}#handling-pod-and-container-failures ("the same program may sometimes be started twice")`,
  },
  step((write, before) => {
    if (write.resource !== 'pods' || write.type !== 'ADDED' || !isBy(write, 'job')) return undefined
    const job = before.at(jobs, write.reconciled)
    if (job === undefined || (job.spec?.completions ?? 1) !== 1 || isIndexed(job)) return undefined
    const others = before.ownedBy('pods', uidOf(job)).filter(({ status }) => status?.startTime !== undefined)
    const counted = countOf(job, 'failed') + countOf(job, 'succeeded')
    return orElse(
      others.length === 0 && counted === 0,
      () => `${named(write.object)} was made though the program had been started before`,
    )
  }),
)

/** `[create ⇒ active ≤ min(parallelism, remaining)]`. Best effort: of the pods that the controller sees. */
export const noMoreAtOnce = row(
  {
    id: 'J3',
    name: 'noMoreAtOnce',
    says: 'No pod is made beyond parallelism or beyond what is left to complete, as far as the controller sees.',
    class: 'B',
    source: `${docs}#controlling-parallelism (${issue(99963)})`,
  },
  step((write, _before, after) => {
    if (write.resource !== 'pods' || write.type !== 'ADDED' || !isBy(write, 'job')) return undefined
    const job = write.believed.at(jobs, write.reconciled)
    if (job === undefined) return undefined
    const active = after.ownedBy('pods', uidOf(job)).filter(isPodActive).length
    const { parallelism = 1, completions } = job.spec ?? {}
    const left = completions === undefined ? parallelism : completions - countOf(job, 'succeeded')
    const most = Math.min(parallelism, left)
    return orElse(active <= most, () => `${named(job)} has ${active} pods where ${most} may be`)
  }),
)

/** `□ Complete ⊕ Failed`, terminal, `[create pod ⇒ ¬over]`. */
export const overIsOver = row(
  {
    id: 'J4',
    name: 'overIsOver',
    says: 'A Job ends as Complete or as Failed, never both, for good, and makes no pod afterwards.',
    class: 'C',
    source: `${docs}#job-termination-and-cleanup (${issue(130103)})`,
  },
  step((write) => {
    if (write.resource === 'pods' && write.type === 'ADDED' && isBy(write, 'job')) {
      const job = write.believed.at(jobs, write.reconciled)
      return orElse(
        job === undefined || endOf(job) === undefined,
        () => `${named(write.object)} was made for a Job that is over`,
      )
    }
    if (write.resource !== jobs || write.type === 'ADDED' || write.previous === undefined) return undefined
    const [was, is] = [endOf(write.previous), endOf(write.object)]
    const both = ((write.object.status?.conditions ?? []) as { type: string; status: string }[]).filter(
      ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
    )
    if (both.length > 1) return `${named(write.object)} is complete and failed`
    return orElse(was === undefined || was === is, () => `${named(write.object)} was ${was} and is ${is ?? 'going on'}`)
  }),
)

/** `[Complete ∨ Failed ⇒ every pod of the Job has ended]`, since 1.31. */
export const overWhenAllEnded = row(
  {
    id: 'J4b',
    name: 'overWhenAllEnded',
    says: 'A Job is said to be Complete or Failed only when all its pods have ended, as far as the controller sees.',
    class: 'C',
    source: `${docs}#terminal-job-conditions (${kep(3939)}, ${issue(123775)})`,
  },
  step((write) => {
    if (!isCount(write) || endOf(write.object) === undefined) return undefined
    if (write.previous !== undefined && endOf(write.previous) !== undefined) return undefined
    const running = write.believed.ownedBy('pods', uidOf(write.object)).find((pod) => !isPodFinished(pod))
    return orElse(
      running === undefined,
      () => `${named(write.object)} is ${endOf(write.object)} while ${running?.metadata.name} runs`,
    )
  }),
)

/** It is decided how the Job ends; its last pods may still be ending. */
function isDecided({ status }: KubeObject): boolean {
  const conditions = (status?.conditions ?? []) as { type: string; status: string }[]
  return conditions.some(
    ({ type, status: is }) => (type === 'FailureTarget' || type === 'SuccessCriteriaMet') && is === 'True',
  )
}

function overdue(job: KubeObject, now: number): Held {
  if (isGoing(job) || endOf(job) !== undefined || isDecided(job) || job.spec?.suspend === true) return true
  const limit: number = job.spec?.backoffLimit ?? 6
  if (countOf(job, 'failed') > limit) return `${named(job)} has ${countOf(job, 'failed')} failures and goes on`
  const [start, seconds] = [timeOf(job.status?.startTime), job.spec?.activeDeadlineSeconds]
  const isLate = start !== undefined && seconds !== undefined && now > start + seconds * 1000 + 1000
  return orElse(!isLate, () => `${named(job)} is past its deadline and goes on`)
}

/** `failed > backoffLimit ~> Failed`, `deadline ~> Failed`. */
export const limitsEndJobs = row(
  {
    id: 'J5',
    name: 'limitsEndJobs',
    says: 'When nothing is left to do, no Job goes on that has more failures than backoffLimit or is past its deadline.',
    class: 'C',
    source: `${docs}#pod-backoff-failure-policy`,
  },
  settled((s) => eachOf(s.list(jobs), (job) => overdue(job, s.now))),
)

/** `settled ∧ ¬over ⇒ a pod runs`, unless the Job is suspended, wants none or a quota refuses it. */
export const jobsGoOn = row(
  {
    id: 'J5b',
    name: 'jobsGoOn',
    says: 'When nothing is left to do, a Job that is not over and not suspended has a pod that runs.',
    class: 'C',
    source: docs,
  },
  settled((s) =>
    eachOf(s.list(jobs), (job) => {
      const { suspend = false, parallelism = 1, managedBy } = job.spec ?? {}
      if (
        isGoing(job) ||
        endOf(job) !== undefined ||
        isDecided(job) ||
        suspend ||
        parallelism === 0 ||
        managedBy !== undefined
      )
        return true
      if (s.list('resourcequotas', { namespace: job.metadata.namespace ?? '' }).length > 0) return true
      const pods = s.ownedBy('pods', uidOf(job))
      return orElse(
        pods.some((pod) => !isPodFinished(pod)),
        () => `${named(job)} is not over and has no pod`,
      )
    }),
  ),
)

/** How many indexes `1,3-5` names. */
function sizeOf(text: string | undefined): number {
  return (text ?? '')
    .split(',')
    .filter((part) => part !== '')
    .reduce((sum, part) => {
      const [first = 0, last = first] = part.split('-').map(Number)
      return sum + last - first + 1
    }, 0)
}

/** `□ ∀index |counted(index)| ≤ 1`; and no pod is made for an index that has one, is done, or has failed for good. */
export const eachIndexOnce = row(
  {
    id: 'J6',
    name: 'eachIndexOnce',
    says: 'In an Indexed Job each index is counted once, and no second pod is made for an index that has one.',
    class: 'C',
    source: `${docs}#completion-mode`,
  },
  step((write, _before, after) => {
    if (write.resource === jobs && isIndexed(write.object))
      return orElse(
        countOf(write.object, 'succeeded') === sizeOf(write.object.status?.completedIndexes),
        () =>
          `${named(write.object)} counts ${countOf(write.object, 'succeeded')} and names ${write.object.status?.completedIndexes}`,
      )
    const index = write.object.metadata.annotations?.[indexKey]
    if (write.resource !== 'pods' || write.type !== 'ADDED' || index === undefined || !isBy(write, 'job'))
      return undefined
    const alike = after
      .ownedBy('pods', keeperOf(write.object) ?? '')
      .filter((pod) => isPodActive(pod) && pod.metadata.annotations?.[indexKey] === index)
    return orElse(
      alike.length <= 1,
      () => `index ${index} has ${alike.map(({ metadata }) => metadata.name).join(' and ')}`,
    )
  }),
)

/**
 * A success of an index is a member of a set; a failure that the Job's policy ignores is not counted, nor is a pod that the Job
 * stops before it ends because there are too many.
 */
function needsNoNote(job: KubeObject, pod: KubeObject): boolean {
  if (pod.status?.phase === 'Succeeded') return isIndexed(job)
  if (!isPodFinished(pod)) return true
  const rules = (job.spec?.podFailurePolicy?.rules ?? []) as { action: string }[]
  return rules.some(({ action }) => action === 'Ignore')
}

/** `[finalizer off p ⇒ noted, or the Job is over or gone]`. */
export const heldUntilNoted = row(
  {
    id: 'J7',
    name: 'heldUntilNoted',
    says: 'The tracking finalizer of a pod is taken off by the Job controller only, when the pod is noted or nobody counts any more.',
    class: 'C',
    source: `${docs}#job-tracking-with-finalizers (${kep(2307)})`,
  },
  step((write, before) => {
    const { resource, type, object, previous } = write
    if (resource !== 'pods' || previous === undefined || !isTracked(previous)) return undefined
    if (equal(object.metadata.finalizers, previous.metadata.finalizers) && type !== 'DELETED') return undefined
    if (isTracked(object) || write.by === 'user') return undefined
    if (!isBy(write, 'job')) return `${write.by} took the finalizer off ${named(object)}`
    const job = before.at(jobs, write.reconciled)
    if (job === undefined || uidOf(job) !== keeperOf(previous) || isGoing(job) || endOf(job) !== undefined) return true
    return orElse(
      pendingOf(job).has(uidOf(object)) || needsNoNote(job, object),
      () => `${named(object)} was let go before it was noted`,
    )
  }),
)
