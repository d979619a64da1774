/**
 * Making and removing the pods of a Job that is not over.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#controlling-parallelism
 */
import type { KubeObject } from '../../api/object.ts'
import { podReadySince, podRestarts, sidecarRestarts } from '../../api/pod-status.ts'
import { parseTime } from '../../api/time.ts'
import { Pod } from '../../kinds/index.ts'
import type { Transition } from '../../store/transition.ts'
import type { Wake } from '../controller.ts'
import { podFrom } from '../pod-template.ts'
import { createOf, reportOf } from '../writes.ts'
import {
  finishedAt,
  hasFailed,
  hasSucceeded,
  indexAnnotation,
  indexOf,
  isIndexed,
  isValid,
  type JobPods,
  replacesOnlyFailed,
  trackingFinalizer,
} from './pods.ts'
import { failuresOf, remembered, type Tally } from './tally.ts'

export const component = 'job-controller'
/** After a failure the next pod waits ten seconds, doubling with each further one, ten minutes at most. */
const firstBackoffMs = 10_000
const longestBackoffMs = 600_000
/** Pods made or removed in one reconcile at most. */
const burst = 500

/** What is to be done: pods that are too many, pods to make, when to look again. */
export interface Managed {
  readonly surplus: readonly KubeObject[]
  readonly created: readonly Transition[]
  readonly wakes: readonly Wake[]
}

const nothing: Managed = { surplus: [], created: [], wakes: [] }

export function managed(job: KubeObject, pods: JobPods, tally: Tally, now: number): Managed {
  const { active, terminating } = pods
  if (job.spec.suspend === true) return { ...nothing, surplus: active }
  const { parallelism = 1, completions } = job.spec
  const left = completions === undefined ? parallelism : Math.max(0, completions - tally.succeeded)
  const wanted = completions === undefined && tally.succeeded > 0 ? active.length : Math.min(parallelism, left)
  const surplus = surplusOf(job, active, Math.max(0, active.length - wanted)).slice(0, burst)
  if (surplus.length > 0) return { ...nothing, surplus }
  const missing = wanted - active.length - (replacesOnlyFailed(job) ? terminating.length : 0)
  if (missing <= 0) return nothing
  const until = job.spec.backoffLimitPerIndex === undefined ? waitUntil(job, tally, pods.all) : 0
  if (until > now) return { ...nothing, wakes: [{ type: 'wake', at: until }] }
  const count = Math.min(missing, burst)
  if (isIndexed(job)) return indexed(job, pods, tally, count, now)
  const made = createOf(Pod, job.metadata.namespace ?? '', tracked(podFrom(job, job.spec.template)))
  return { ...nothing, created: Array.from({ length: count }, () => [made, told(job)]).flat() }
}

const told = (job: KubeObject): Transition =>
  reportOf(component, job, 'Normal', 'SuccessfulCreate', 'Created pod: $(name)')

/** Pods of no index, of one that is another's or out of bounds go in any case, then those that have come least far. */
function surplusOf(job: KubeObject, active: readonly KubeObject[], atLeast: number): readonly KubeObject[] {
  const ranked = [...active].sort(lessFar)
  const kept = new Set<number>()
  const odd = isIndexed(job) ? [...ranked].reverse().filter((pod) => !isFirst(job, pod, kept)) : []
  const others = ranked.filter((pod) => !odd.includes(pod))
  return [...odd, ...others.slice(0, Math.max(0, atLeast - odd.length))]
}

function isFirst(job: KubeObject, pod: KubeObject, kept: Set<number>): boolean {
  const index = indexOf(pod)
  if (index === undefined || !isValid(job, pod) || kept.has(index)) return false
  kept.add(index)
  return true
}

const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/** Without a node first, then pending, not ready, ready for the shortest time, restarted most often, youngest. */
function lessFar(a: KubeObject, b: KubeObject): number {
  const assigned = (pod: KubeObject): number => (pod.spec?.nodeName ? 1 : 0)
  const phase = (pod: KubeObject): number => phaseOrder[pod.status?.phase ?? 'Pending'] ?? 0
  const [since, sinceB] = [podReadySince(a), podReadySince(b)]
  const made = ({ metadata }: KubeObject): number => parseTime(metadata.creationTimestamp ?? '1970-01-01T00:00:00Z')
  return (
    assigned(a) - assigned(b) ||
    phase(a) - phase(b) ||
    Number(since !== undefined) - Number(sinceB !== undefined) ||
    (sinceB ?? 0) - (since ?? 0) ||
    podRestarts(b) - podRestarts(a) ||
    sidecarRestarts(b) - sidecarRestarts(a) ||
    made(b) - made(a)
  )
}

/** Until when no further pod is made after the newest failure (ms), by the failures since the last success. */
function waitUntil(job: KubeObject, tally: Tally, all: readonly KubeObject[]): number {
  const valid = all.filter((pod) => isValid(job, pod))
  const successes = valid.filter(hasSucceeded).map(finishedAt)
  const since = Math.max(0, ...successes)
  const failures = valid.filter((pod) => hasFailed(job, pod)).map(finishedAt)
  const recent = failures.filter((at) => at > since)
  if (recent.length === 0) return 0
  const count = tally.succeeded === 0 ? Math.max(recent.length, tally.failed) : recent.length
  return Math.max(...recent) + backoffMs(count)
}

const backoffMs = (failures: number): number => Math.min(firstBackoffMs * 2 ** (failures - 1), longestBackoffMs)

function indexed(job: KubeObject, pods: JobPods, tally: Tally, count: number, now: number): Managed {
  const waiting = replacesOnlyFailed(job) ? pods.terminating : []
  const taken = new Set([...pods.active, ...waiting].map(indexOf))
  const free: number[] = []
  for (let index = 0; free.length < count && index < (job.spec.completions ?? 0); index++)
    if (!taken.has(index) && !tally.done.has(index) && !tally.lost.has(index)) free.push(index)
  const due = free.map((index) => {
    const before = tally.delayed.get(index)
    return before === undefined ? 0 : finishedAt(before) + backoffMs(failuresOf(before))
  })
  const later = due.filter((at) => at > now)
  const created = free
    .filter((_, i) => (due[i] as number) <= now)
    .flatMap((index) => [
      createOf(Pod, job.metadata.namespace ?? '', indexedPod(job, index, tally.delayed.get(index))),
      told(job),
    ])
  return { surplus: [], created, wakes: later.length === 0 ? [] : [{ type: 'wake', at: Math.min(...later) }] }
}

function tracked(pod: KubeObject): KubeObject {
  return { ...pod, metadata: { ...pod.metadata, finalizers: [...(pod.metadata.finalizers ?? []), trackingFinalizer] } }
}

/** What a name is generated from may have: the index is kept, the Job's name is cut. */
const longestPrefix = 58

function indexedPrefix(job: KubeObject, index: number): string {
  const end = `-${index}-`
  return `${job.metadata.name.slice(0, longestPrefix - end.length)}${end}`
}

const indexVariable = 'JOB_COMPLETION_INDEX'

/** A pod that knows its index: by annotation, label, hostname and environment; and how often it failed before. */
function indexedPod(job: KubeObject, index: number, before: KubeObject | undefined): KubeObject {
  const pod = tracked(podFrom(job, job.spec.template))
  const annotations = { ...pod.metadata.annotations, [indexAnnotation]: String(index), ...remembered(job, before) }
  const labels = { ...pod.metadata.labels, [indexAnnotation]: String(index) }
  const metadata = { ...pod.metadata, generateName: indexedPrefix(job, index), annotations, labels }
  const variable = {
    name: indexVariable,
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${indexAnnotation}']` } },
  }
  const withIndex = (one: KubeObject): KubeObject => {
    const env = (one.env ?? []) as readonly { name: string }[]
    return env.some(({ name }) => name === indexVariable) ? one : { ...one, env: [...env, variable] }
  }
  const spec = {
    ...pod.spec,
    hostname: `${job.metadata.name}-${index}`,
    containers: pod.spec.containers.map(withIndex),
  }
  if (pod.spec.initContainers !== undefined) spec.initContainers = pod.spec.initContainers.map(withIndex)
  return { ...pod, metadata, spec }
}
