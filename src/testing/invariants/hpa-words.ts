/** The autoscaler's arithmetic, written down a second time from the documentation: what use calls for, and what is made of it. */
import type { KubeObject } from '../../api/object.ts'
import { milliValue } from '../../api/quantity.ts'
import { parseDuration } from '../../api/time.ts'
import type { Moment } from '../moment.ts'
import { isGoing, selects, timeOf } from './words.ts'

/** At a time (ms), a number of replicas. */
export type Mark = readonly [at: number, replicas: number]

/** Where the autoscaler writes down what the metrics asked for (r), and by how much it scaled up (u) and down (d). */
const memoryKey = 'autoscaling.kybern.dev/recommendations'

export interface Memory {
  readonly r: readonly Mark[]
  readonly u: readonly Mark[]
  readonly d: readonly Mark[]
}

/** What an autoscaler wrote down; undefined where nobody does. */
export function memoryOf({ metadata }: KubeObject): Memory | undefined {
  const text = metadata.annotations?.[memoryKey]
  return text === undefined ? undefined : { r: [], u: [], d: [], ...(JSON.parse(text) as Partial<Memory>) }
}

/** What is scaled, as the reader saw it. */
export const targetOf = (s: Moment, { spec, metadata }: KubeObject): KubeObject | undefined =>
  s.get(spec?.scaleTargetRef?.kind ?? '', spec?.scaleTargetRef?.name ?? '', metadata.namespace)

interface Metric {
  readonly type: string
  readonly resource?: {
    readonly name: string
    readonly target: { readonly averageUtilization?: number; readonly averageValue?: string }
  }
}

interface Rules {
  readonly tolerance?: string
  readonly stabilizationWindowSeconds?: number
  readonly selectPolicy?: string
  readonly policies?: readonly { readonly type: string; readonly value: number; readonly periodSeconds: number }[]
}

interface Sampled {
  readonly pod: KubeObject
  readonly milli: number
}

/** What a pod used of a resource, with when that was measured and over how long (ms). */
function sampleOf(s: Moment, { metadata: { name, namespace } }: KubeObject, resource: string) {
  const found = s.get('pods.metrics.k8s.io', name, namespace)
  const used = ((found?.containers ?? []) as { usage?: Record<string, string> }[]).map(({ usage }) => usage?.[resource])
  if (found === undefined || used.length === 0 || used.includes(undefined)) return undefined
  const milli = used.reduce((sum, one) => sum + milliValue(one ?? '0'), 0)
  return { milli, at: timeOf(found.timestamp) ?? 0, windowMs: parseDuration(found.window ?? '0') }
}

/** For five minutes a pod's processor counts only while it is ready, and measured since it was; later, once it ever was. */
const initializationMs = 300_000
const readinessDelayMs = 30_000

function isStarting({ status }: KubeObject, sample: { at: number; windowMs: number }, now: number): boolean {
  const ready = ((status?.conditions ?? []) as { type: string; status: string; lastTransitionTime?: string }[]).find(
    ({ type }) => type === 'Ready',
  )
  const start = timeOf(status?.startTime)
  if (ready === undefined || start === undefined) return true
  const since = timeOf(ready.lastTransitionTime) ?? 0
  if (now < start + initializationMs) return ready.status === 'False' || sample.at < since + sample.windowMs
  return ready.status === 'False' && since < start + readinessDelayMs
}

function requestOf({ spec }: KubeObject, resource: string): number {
  const sidecars = ((spec?.initContainers ?? []) as { restartPolicy?: string }[]).filter(
    (one) => one.restartPolicy === 'Always',
  )
  return [...(spec?.containers ?? []), ...sidecars].reduce(
    (sum, one) => sum + milliValue(one.resources?.requests?.[resource] ?? '0'),
    0,
  )
}

/** Use in relation to what is wanted; both are told in whole numbers first. */
function ratioOf({ name, target }: NonNullable<Metric['resource']>, used: readonly Sampled[]): number {
  const total = used.reduce((sum, { milli }) => sum + milli, 0)
  if (target.averageUtilization === undefined)
    return Math.trunc(total / used.length) / milliValue(target.averageValue ?? '0')
  const asked = used.reduce((sum, { pod }) => sum + requestOf(pod, name), 0)
  return Math.trunc((total * 100) / asked) / target.averageUtilization
}

/** What one metric calls for; undefined when it cannot be told. */
function proposalOf(s: Moment, scaler: KubeObject, { resource: source }: Metric, current: number): number | undefined {
  const target = targetOf(s, scaler)
  if (source === undefined || target === undefined) return undefined
  const { scaleUp, scaleDown } = (scaler.spec?.behavior ?? {}) as { scaleUp?: Rules; scaleDown?: Rules }
  const tolerated = (ratio: number): boolean =>
    ratio <= 1 + Number(scaleUp?.tolerance ?? 0.1) && ratio >= 1 - Number(scaleDown?.tolerance ?? 0.1)
  const [ready, unready, missing]: [Sampled[], KubeObject[], KubeObject[]] = [[], [], []]
  for (const pod of s.list('pods', { namespace: scaler.metadata.namespace ?? '' })) {
    if (!selects(target, pod) || isGoing(pod) || pod.status?.phase === 'Failed') continue
    const sample = sampleOf(s, pod, source.name)
    if ((pod.status?.phase ?? 'Pending') === 'Pending') unready.push(pod)
    else if (sample === undefined) missing.push(pod)
    else if (source.name === 'cpu' && isStarting(pod, sample, s.now)) unready.push(pod)
    else ready.push({ pod, milli: sample.milli })
  }
  if (ready.length === 0) return undefined
  const ratio = ratioOf(source, ready)
  const isUp = ratio > 1
  if (missing.length === 0 && (unready.length === 0 || !isUp))
    return tolerated(ratio) ? current : Math.ceil(ratio * ready.length)
  const { averageUtilization, averageValue = '0' } = source.target
  const whole = (pod: KubeObject): number =>
    averageUtilization === undefined
      ? milliValue(averageValue)
      : Math.trunc((requestOf(pod, source.name) * Math.max(100, averageUtilization)) / 100)
  const guessed = missing.map((pod) => ({ pod, milli: isUp ? 0 : whole(pod) }))
  const all = [...ready, ...guessed, ...(isUp ? unready.map((pod) => ({ pod, milli: 0 })) : [])]
  const careful = ratioOf(source, all)
  const size = Math.ceil(careful * all.length)
  const isTurned = isUp ? careful < 1 || size < current : careful > 1 || size > current
  return tolerated(careful) || isTurned ? current : size
}

/** What all metrics together call for: the most. Undefined when one of them cannot be told. */
export function calledFor(s: Moment, scaler: KubeObject, current: number): number | undefined {
  const all = ((scaler.spec?.metrics ?? []) as Metric[]).map((metric) => proposalOf(s, scaler, metric, current))
  return all.length === 0 || all.includes(undefined) ? undefined : Math.max(...(all as number[]))
}

const lookMs = 15_000

/** What was recommended within the last so many seconds: each recommendation held until the look before the next one. */
export const recent = (marks: readonly Mark[], now: number, seconds: number): readonly number[] =>
  marks
    .filter(([at], i) => Math.max(at, (marks[i + 1]?.[0] ?? now) - lookMs) > now - seconds * 1000)
    .map(([, replicas]) => replicas)

const usualUp = [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
]
const usualDown = [{ type: 'Percent', value: 100, periodSeconds: 15 }]

/** How far the policies of a direction let it go from here; what was done within their periods counts. */
function farthest(rules: Rules | undefined, { u, d }: Memory, current: number, now: number, isUp: boolean): number {
  if (rules?.selectPolicy === 'Disabled') return current
  const ends = (rules?.policies ?? (isUp ? usualUp : usualDown)).map(({ type, value, periodSeconds }) => {
    const within = (marks: readonly Mark[]): number =>
      marks.reduce((sum, [at, replicas]) => sum + (at > now - periodSeconds * 1000 ? replicas : 0), 0)
    const start = current - within(u) + within(d)
    if (type === 'Pods') return isUp ? start + value : start - value
    return isUp ? Math.ceil(start * (1 + value / 100)) : Math.floor(start * (1 - value / 100))
  })
  const most = isUp === (rules?.selectPolicy !== 'Min')
  return most ? Math.max(...ends) : Math.min(...ends)
}

export interface Chosen {
  readonly size: number
  /** Policies, or the least and the most there may be, kept it from what was recommended. */
  readonly isLimited: boolean
}

/** What is made of the recommendations, the newest last: windows first, then policies, least and most. */
export function chosenOf(scaler: KubeObject, memory: Memory, current: number, now: number): Chosen {
  const { minReplicas: least = 1, maxReplicas: most, behavior } = scaler.spec ?? {}
  const { scaleUp, scaleDown } = (behavior ?? {}) as { scaleUp?: Rules; scaleDown?: Rules }
  const wanted = memory.r.at(-1)?.[1] ?? current
  const highest = Math.max(wanted, ...recent(memory.r, now, scaleDown?.stabilizationWindowSeconds ?? 300))
  if (behavior === undefined) {
    const size = Math.min(Math.max(highest, least), most, Math.max(2 * current, 4))
    return { size, isLimited: size !== highest }
  }
  const lowest = Math.min(wanted, ...recent(memory.r, now, scaleUp?.stabilizationWindowSeconds ?? 0))
  const steady = current < lowest ? lowest : current > highest ? highest : current
  if (steady === current) return { size: current, isLimited: false }
  const end = farthest(steady > current ? scaleUp : scaleDown, memory, current, now, steady > current)
  const size =
    steady > current ? Math.min(steady, most, Math.max(current, end)) : Math.max(steady, least, Math.min(current, end))
  return { size, isLimited: size !== steady }
}
