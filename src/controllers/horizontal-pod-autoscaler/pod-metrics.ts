/**
 * What the pods of a target use of one resource, and which of them count. All amounts are in thousandths of a unit.
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
 */
import { getCondition } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import { milliValue } from '../../api/quantity.ts'
import { parseDuration, parseTime } from '../../api/time.ts'
import type { View } from '../../store/view.ts'

/** The collection in which the runtime publishes what pods use (metrics.k8s.io/v1beta1 PodMetrics). */
export const podMetrics = 'pods.metrics.k8s.io'

/** A CPU sample of a pod younger than this counts only when the whole sample is from after it became ready. */
const cpuInitializationMs = 300_000
/** A pod that was never ready, and last changed within this time of its start, is still starting. */
const initialReadinessMs = 30_000

/** One pod's sample: what it used on average over `windowMs` before `at`. */
export interface Sample {
  readonly milli: number
  readonly at: number
  readonly windowMs: number
}

export type Samples = ReadonlyMap<string, Sample>

/** Samples by pod name; a pod without the resource (or without the container) has none. */
export function samplesOf(view: View, pods: readonly KubeObject[], resource: string, container?: string): Samples {
  const samples = new Map<string, Sample>()
  for (const pod of pods) {
    const { name, namespace = '' } = pod.metadata
    const metrics = view.get(podMetrics, namespace, name)
    const milli = metrics === undefined ? undefined : usageOf(metrics, resource, container)
    if (metrics === undefined || milli === undefined) continue
    samples.set(name, { milli, at: parseTime(metrics.timestamp), windowMs: parseDuration(metrics.window ?? '0') })
  }
  return samples
}

interface ContainerMetrics {
  readonly name: string
  readonly usage?: Readonly<Record<string, string>>
}

function usageOf(metrics: KubeObject, resource: string, container: string | undefined): number | undefined {
  const all: readonly ContainerMetrics[] = metrics.containers ?? []
  const looked = container === undefined ? all : all.filter((one) => one.name === container)
  const used = looked.map((one) => one.usage?.[resource])
  if (used.length === 0 || used.some((usage) => usage === undefined)) return undefined
  return used.reduce<number>((sum, usage) => sum + milliValue(usage as string), 0)
}

/** Names of the pods by how they count; those in none of the lists do not count at all. */
export interface Groups {
  readonly ready: number
  /** Pending, or starting: their samples are set aside, and count as nothing used on the way up. */
  readonly unready: readonly string[]
  /** Without a sample. */
  readonly missing: readonly string[]
  readonly ignored: readonly string[]
}

export function groupsOf(pods: readonly KubeObject[], samples: Samples, resource: string, now: number): Groups {
  let ready = 0
  const unready: string[] = []
  const missing: string[] = []
  const ignored: string[] = []
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata
    const sample = samples.get(name)
    if (deletionTimestamp !== undefined || pod.status?.phase === 'Failed') ignored.push(name)
    else if ((pod.status?.phase ?? 'Pending') === 'Pending') unready.push(name)
    else if (sample === undefined) missing.push(name)
    else if (resource === 'cpu' && isStarting(pod, sample, now)) unready.push(name)
    else ready++
  }
  return { ready, unready, missing, ignored }
}

/** Start-up work must not look like load. */
function isStarting(pod: KubeObject, sample: Sample, now: number): boolean {
  const condition = getCondition(pod.status?.conditions, 'Ready')
  if (condition === undefined || pod.status?.startTime === undefined) return true
  const started = parseTime(pod.status.startTime)
  const changed = condition.lastTransitionTime === undefined ? 0 : parseTime(condition.lastTransitionTime)
  const isReady = condition.status !== 'False'
  if (started + cpuInitializationMs > now) return !isReady || sample.at < changed + sample.windowMs
  return !isReady && started + initialReadinessMs > changed
}

interface Container {
  readonly name: string
  readonly restartPolicy?: string
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> }
}

/** What each pod asks for of the resource, by pod name, or the words of what is missing. */
export function requestsOf(
  pods: readonly KubeObject[],
  resource: string,
  container?: string,
): ReadonlyMap<string, number> | string {
  const requests = new Map<string, number>()
  for (const pod of pods) {
    const sidecars = (pod.spec?.initContainers ?? []).filter((one: Container) => one.restartPolicy === 'Always')
    const containers: readonly Container[] = [...(pod.spec?.containers ?? []), ...sidecars]
    let sum = 0
    for (const one of containers) {
      if (container !== undefined && one.name !== container) continue
      const request = one.resources?.requests?.[resource]
      if (request === undefined) {
        return `missing request for ${resource} in container ${one.name} of Pod ${pod.metadata.name}`
      }
      sum += milliValue(request)
    }
    requests.set(pod.metadata.name, sum)
  }
  return requests
}
