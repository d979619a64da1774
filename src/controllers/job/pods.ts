/**
 * The pods of a Job, sorted by what they count as. A pod carries the tracking finalizer until it is counted.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-tracking-with-finalizers
 */
import type { KubeObject } from '../../api/object.ts'

export const trackingFinalizer = 'batch.kubernetes.io/job-tracking'
export const indexAnnotation = 'batch.kubernetes.io/job-completion-index'

export interface JobPods {
  /** Neither finished nor being deleted. */
  readonly active: readonly KubeObject[]
  /** Being deleted and not finished. */
  readonly terminating: readonly KubeObject[]
  /** Finished, and not yet counted in the status. */
  readonly uncounted: readonly KubeObject[]
  readonly ready: number
}

/** Sorts the pods that the Job claims. */
export function sorted(pods: readonly KubeObject[]): JobPods {
  const active: KubeObject[] = []
  const terminating: KubeObject[] = []
  const uncounted: KubeObject[] = []
  for (const pod of pods) {
    if (isOver(pod)) {
      if (isTracked(pod)) uncounted.push(pod)
    } else if (pod.metadata.deletionTimestamp !== undefined) terminating.push(pod)
    else active.push(pod)
  }
  return { active, terminating, uncounted, ready: active.filter(isReady).length }
}

export function isTracked(pod: KubeObject): boolean {
  return (pod.metadata.finalizers ?? []).includes(trackingFinalizer)
}

export function hasSucceeded(pod: KubeObject): boolean {
  return pod.status?.phase === 'Succeeded'
}

/** True when the pod counts as finished: it ended, or went before it could. */
function isOver(pod: KubeObject): boolean {
  const phase = pod.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed') return true
  return pod.metadata.deletionTimestamp !== undefined && (pod.spec?.nodeName === undefined || pod.spec.nodeName === '')
}

function isReady(pod: KubeObject): boolean {
  return ((pod.status?.conditions ?? []) as { type: string; status: string }[]).some(
    (one) => one.type === 'Ready' && one.status === 'True',
  )
}

/** The index of a pod of an Indexed Job; undefined for others. */
export function indexOf(pod: KubeObject): number | undefined {
  const text = pod.metadata.annotations?.[indexAnnotation]
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text)
}

/** `1,3-5,7` as a set of numbers. */
export function indexesOf(text: string | undefined): Set<number> {
  const found = new Set<number>()
  for (const part of (text ?? '').split(',').filter((one) => one !== '')) {
    const [first = 0, last = first] = part.split('-').map(Number)
    for (let index = first; index <= last; index++) found.add(index)
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
