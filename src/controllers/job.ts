/**
 * A Job runs pods until enough of them have succeeded.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
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
import { completed, deadlineOf, type End, endedBy, endOf } from './job/end.ts'
import { component, type Managed, managed } from './job/manage.ts'
import { isTracked, type JobPods, readyOf, sorted, trackingFinalizer } from './job/pods.ts'
import { reports, statusFrom } from './job/status.ts'
import { count, type Tally, tallied } from './job/tally.ts'
import { deleteOf, refusalTold, reportOf, statusOf, updateOf } from './writes.ts'

/** In spec.managedBy: this controller. Any other name is for somebody outside. */
const self = 'kubernetes.io/job-controller'

export function reconcile(view: View, key: string, refusal?: Refusal): readonly Intent[] {
  const { namespace, name } = splitKey(key)
  const job = view.get(Job, namespace, name)
  if ((job?.spec.managedBy ?? self) !== self) return []
  const matches = (pod: KubeObject) => matchesLabelSelector(job?.spec.selector ?? {}, pod.metadata.labels)
  const orphans = view
    .by(Pod, 'tracked', key)
    .filter((pod) => isLeft(pod, job, matches))
    .map(released)
  if (job === undefined) return orphans
  const candidates = [...view.by(Pod, 'owner', job.metadata.uid ?? ''), ...view.by(Pod, 'orphan', namespace)]
  const { kept, intents } = claim(Job, job, Pod, candidates, matches, trackingFinalizer)
  const ended = endedBy(job)
  if (ended !== undefined)
    return [...orphans, ...intents, ...kept.filter(isTracked).map(released), ...expiry(view, job)]
  // What is taken on or let go comes back as a change.
  if (intents.length > 0) return [...orphans, ...intents]
  return [...orphans, ...refusalTold(component, job, refusal), ...worked(view, job, sorted(kept))]
}

/** A pod with the finalizer that no Job will count: its Job is gone, or never was. */
function isLeft(pod: KubeObject, job: KubeObject | undefined, matches: (pod: KubeObject) => boolean): boolean {
  const owner = controllerOf(pod)
  if (owner !== undefined) return owner.uid !== job?.metadata.uid
  return job === undefined || job.metadata.deletionTimestamp !== undefined || !matches(pod)
}

function worked(view: View, job: KubeObject, pods: JobPods): readonly Intent[] {
  const tally = tallied(job, pods.all)
  const step = stepOf(job, pods, tally, endOf(job, tally, pods.all, view.now), view.now)
  const { end, managed: work } = step
  const { noted, released: counted } = count(job, tally, pods.all, end?.type)
  const stopped = end === undefined || step.isNew ? work.surplus : pods.active
  const terminating = pods.terminating.length + stopped.length
  const isOver = end !== undefined && terminating === 0 && Object.keys(noted).length === 0
  const active = pods.active.filter((pod) => !stopped.includes(pod))
  const outcome = { tally, noted, end, isOver, active: active.length, ready: readyOf(active), terminating }
  const status = statusFrom(job, outcome, view.now)
  const due = end === undefined ? deadlineOf(job) : undefined
  return [
    ...(equal(status, job.status) ? [] : [statusOf(Job, { ...job, status })]),
    ...counted.map(released),
    ...reports(job, outcome),
    // Who is stopped because there are too many does not count: the finalizer goes first.
    ...stopped.filter((pod) => work.surplus.includes(pod) && isTracked(pod) && !counted.includes(pod)).map(released),
    ...stopped.flatMap((pod) => removed(job, pod)),
    ...work.created,
    ...wakes(work, due),
  ]
}

interface Step {
  readonly end: End | undefined
  /** It is over with this reconcile because all that was asked for is done. */
  readonly isNew: boolean
  readonly managed: Managed
}

const idle: Managed = { surplus: [], created: [], wakes: [] }

/** Of a Job that goes on: its pods are seen to, and it may be complete when none of them runs any more. */
function stepOf(job: KubeObject, pods: JobPods, tally: Tally, end: End | undefined, now: number): Step {
  if (end !== undefined) return { end, isNew: false, managed: idle }
  const isGoing = job.metadata.deletionTimestamp !== undefined
  const work = isGoing ? idle : managed(job, pods, tally, now)
  const { completions } = job.spec
  const enough = completions === undefined ? tally.succeeded > 0 : tally.succeeded >= completions
  const running = pods.active.length - work.surplus.length + work.created.length
  return { end: enough && running === 0 ? completed : undefined, isNew: true, managed: work }
}

/** The finalizer that holds a pod until it is counted goes. */
function released(pod: KubeObject): Transition {
  const finalizers = (pod.metadata.finalizers ?? []).filter((one) => one !== trackingFinalizer)
  return updateOf(Pod, { ...pod, metadata: { ...pod.metadata, finalizers } })
}

function removed(job: KubeObject, pod: KubeObject): Transition[] {
  const message = `Deleted pod: ${pod.metadata.name}`
  return [deleteOf(Pod, pod), reportOf(component, job, 'Normal', 'SuccessfulDelete', message)]
}

/** One wake, the earlier of the two; in the background only when nothing but the deadline is waited for. */
function wakes({ wakes: [wake] }: Managed, due: number | undefined): Intent[] {
  if (wake === undefined) return due === undefined ? [] : [{ type: 'wake', at: due, background: true }]
  return [{ ...wake, at: Math.min(wake.at, due ?? wake.at) }]
}

/** A finished Job goes when its time to live is over. Source: https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/ */
function expiry(view: View, job: KubeObject): Intent[] {
  const seconds = job.spec.ttlSecondsAfterFinished
  const ended = endedBy(job)
  if (seconds === undefined || ended === undefined || job.metadata.deletionTimestamp !== undefined) return []
  const at = parseTime(ended.lastTransitionTime ?? toRfc3339(view.now)) + seconds * 1000
  return at <= view.now
    ? [{ ...deleteOf(Job, job), propagation: 'Foreground' }]
    : [{ type: 'wake', at, background: true }]
}

/** The Job that would have counted a pod which nobody controls. */
function wouldCount(pod: KubeObject): readonly string[] {
  if (controllerOf(pod) !== undefined) return []
  const { namespace, labels } = pod.metadata
  const name = labels?.['batch.kubernetes.io/job-name'] ?? labels?.['job-name']
  return name === undefined ? [] : [`${namespace}/${name}`]
}

export const jobController = controller({
  name: 'job',
  of: Job,
  owns: [Pod],
  watches: [{ kind: Pod, keys: wouldCount }],
  reconcile,
})
