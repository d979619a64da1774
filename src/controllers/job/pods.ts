/**
 * The pods of a Job, sorted by what they count as. A pod carries the tracking finalizer until it is counted.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-tracking-with-finalizers
 */
import { getCondition } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import { isPodActive, isPodReady, isPodTerminating } from '../../api/pod-status.ts'
import { parseTime } from '../../api/time.ts'

export const trackingFinalizer = 'batch.kubernetes.io/job-tracking'
export const indexAnnotation = 'batch.kubernetes.io/job-completion-index'

export interface JobPods {
  readonly all: readonly KubeObject[]
  /** Neither finished nor being deleted. */
  readonly active: readonly KubeObject[]
  /** Being deleted and not finished. */
  readonly terminating: readonly KubeObject[]
}

/** Sorts the pods that the Job claims. */
export function sorted(all: readonly KubeObject[]): JobPods {
  return { all, active: all.filter(isPodActive), terminating: all.filter(isPodTerminating) }
}

export function readyOf(pods: readonly KubeObject[]): number {
  return pods.filter(isPodReady).length
}

export function isTracked(pod: KubeObject): boolean {
  return (pod.metadata.finalizers ?? []).includes(trackingFinalizer)
}

export function hasSucceeded(pod: KubeObject): boolean {
  return pod.status?.phase === 'Succeeded'
}

/** Whether a pod is replaced only once it has failed, not when it begins to end; so it is with a failure policy. */
export function replacesOnlyFailed(job: KubeObject): boolean {
  return job.spec.podReplacementPolicy === 'Failed' || job.spec.podFailurePolicy !== undefined
}

/** A pod that is being deleted counts as failed at once, unless the Job waits for what becomes of it. */
export function hasFailed(job: KubeObject, pod: KubeObject): boolean {
  if (pod.status?.phase === 'Failed') return true
  return !replacesOnlyFailed(job) && pod.metadata.deletionTimestamp !== undefined && !hasSucceeded(pod)
}

/** The index of a pod of an Indexed Job; undefined for others. */
export function indexOf(pod: KubeObject): number | undefined {
  const text = pod.metadata.annotations?.[indexAnnotation]
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text)
}

export function isIndexed(job: KubeObject): boolean {
  return job.spec.completionMode === 'Indexed'
}

/** False for a pod of an Indexed Job that has no index, or one beyond completions: it counts for nothing. */
export function isValid(job: KubeObject, pod: KubeObject): boolean {
  return !isIndexed(job) || (indexOf(pod) ?? Number.POSITIVE_INFINITY) < (job.spec.completions ?? 0)
}

/** `1,3-5,7` as a set of numbers below `limit`. */
export function indexesOf(text: string | undefined, limit = Number.POSITIVE_INFINITY): Set<number> {
  const found = new Set<number>()
  for (const part of (text ?? '').split(',').filter((one) => one !== '')) {
    const [first = 0, last = first] = part.split('-').map(Number)
    for (let index = first; index <= last && index < limit; index++) found.add(index)
  }
  return found
}

/** A set of numbers as `1,3-5,7`. */
export function indexText(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b)
  const runs: [number, number][] = []
  for (const index of sorted) {
    const run = runs.at(-1)
    if (run !== undefined && run[1] === index - 1) run[1] = index
    else runs.push([index, index])
  }
  return runs
    .map(([first, last]) =>
      first === last ? `${first}` : last === first + 1 ? `${first},${last}` : `${first}-${last}`,
    )
    .join(',')
}

/** When a pod ended (ms): its last container, else when it stopped to be ready, else when its deletion was asked for. */
export function finishedAt(pod: KubeObject): number {
  const statuses = (pod.status?.containerStatuses ?? []) as {
    state?: { terminated?: { finishedAt?: string | null } }
  }[]
  const ends = statuses.map(({ state }) => state?.terminated?.finishedAt ?? undefined)
  if (ends.length > 0 && ends.every((end) => end !== undefined)) return Math.max(...(ends as string[]).map(parseTime))
  const ready = getCondition(pod.status?.conditions, 'Ready')
  if (ready?.status === 'False' && ready.lastTransitionTime !== undefined) return parseTime(ready.lastTransitionTime)
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata
  if (deletionTimestamp !== undefined) return parseTime(deletionTimestamp) - deletionGracePeriodSeconds * 1000
  return creationTimestamp === undefined ? 0 : parseTime(creationTimestamp)
}
