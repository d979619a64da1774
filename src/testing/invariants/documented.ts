/**
 * The rules that rows share with the program, written down a second time from the documentation: selectors, taints, node
 * affinity, percentages, and when a pod is ready, available or over. A row that used the program's own words for them would
 * believe the very mistake it is there to find.
 */
import type { KubeObject } from '../../api/object.ts'
import { milliValue, value } from '../../api/quantity.ts'
import type { NodeSelectorRequirement, NodeSelectorTerm, PodLike, Taint, Toleration } from '../../api/scheduling.ts'
import type { LabelSelector } from '../../api/selector.ts'
import { parseTime } from '../../api/time.ts'

export type { Taint, Toleration } from '../../api/scheduling.ts'
export type { LabelSelector } from '../../api/selector.ts'

type Labels = Readonly<Record<string, string>> | undefined

/** A requirement as a question to the value of a label or a field; undefined where there is none. */
const requirements: Readonly<Record<string, (is: string | undefined, values: readonly string[]) => boolean>> = {
  In: (is, values) => values.some((one) => one === is),
  NotIn: (is, values) => values.every((one) => one !== is),
  Exists: (is) => is !== undefined,
  DoesNotExist: (is) => is === undefined,
  Gt: (is, [than]) => is !== undefined && Number(is) > Number(than),
  Lt: (is, [than]) => is !== undefined && Number(is) < Number(than),
}

const holds = ({ operator, values }: NodeSelectorRequirement, is: string | undefined): boolean =>
  requirements[operator]?.(is, values ?? []) === true

/** Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements */
export function matchesLabelSelector(selector: LabelSelector | undefined, labels: Labels = {}): boolean {
  if (selector === undefined) return false
  const { matchLabels = {}, matchExpressions = [] } = selector
  return (
    Object.entries(matchLabels).every(([key, wanted]) => labels[key] === wanted) &&
    matchExpressions.every((one) => holds(one, labels[one.key]))
  )
}

/** The selector of a Service or a ReplicationController: none at all selects nothing. */
export const matchesMap = (selector: Labels, labels: Labels): boolean =>
  selector !== undefined && matchesLabelSelector({ matchLabels: selector }, labels)

/** Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#concepts */
export function tolerationMatches(own: Toleration, taint: Taint): boolean {
  const isOfEffect = own.effect === undefined || own.effect === '' || own.effect === taint.effect
  const isOfAll = (own.key === undefined || own.key === '') && own.operator === 'Exists'
  const isOfKey = own.key === taint.key && (own.operator === 'Exists' || (own.value ?? '') === (taint.value ?? ''))
  return isOfEffect && (isOfAll || isOfKey)
}

/** The first taint of these effects that none of the tolerations stands. */
export const untoleratedTaint = (
  taints: readonly Taint[] = [],
  own: readonly Toleration[] = [],
  effects: readonly string[],
): Taint | undefined =>
  taints.find((taint) => effects.includes(taint.effect) && !own.some((one) => tolerationMatches(one, taint)))

/** nodeSelector and required node affinity. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/ */
export function matchesNodeAffinity({ spec }: PodLike, { metadata }: KubeObject): boolean {
  const { labels = {}, name } = metadata
  const terms: readonly NodeSelectorTerm[] | undefined =
    spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  const isOfTerm = ({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): boolean =>
    matchExpressions.length + matchFields.length > 0 &&
    matchExpressions.every((one) => holds(one, labels[one.key])) &&
    matchFields.every((one) => holds(one, name))
  const wanted = Object.entries((spec?.nodeSelector ?? {}) as Readonly<Record<string, string>>)
  return wanted.every(([key, is]) => labels[key] === is) && (terms === undefined || terms.some(isOfTerm))
}

type Amounts = Readonly<Record<string, number>>
type Written = Readonly<Record<string, string | number>> | undefined

/** CPU in millicores, everything else in its own unit. */
export const amountsOf = (list: Written): Amounts =>
  Object.fromEntries(
    Object.entries(list ?? {}).map(([name, is]) => [name, name === 'cpu' ? milliValue(is) : value(is)]),
  )

const sumOf = (lists: readonly Amounts[]): Amounts => {
  const sum: Record<string, number> = {}
  for (const list of lists) for (const [name, is] of Object.entries(list)) sum[name] = (sum[name] ?? 0) + is
  return sum
}

interface Asking {
  readonly restartPolicy?: string
  readonly resources?: { readonly requests?: Written }
}

/**
 * What a pod asks of its node: the most of any time of its life, each init container with the sidecars before it and then all
 * containers with all sidecars; what is said for the pod as a whole instead; its overhead besides.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function requestsOf({ spec }: KubeObject): Amounts {
  const asked = ({ resources }: Asking): Amounts => amountsOf(resources?.requests)
  const sidecars: Amounts[] = []
  const times: Amounts[] = []
  for (const one of (spec?.initContainers ?? []) as Asking[]) {
    times.push(sumOf([...sidecars, asked(one)]))
    if (one.restartPolicy === 'Always') sidecars.push(asked(one))
  }
  times.push(sumOf([...sidecars, ...((spec?.containers ?? []) as Asking[]).map(asked)]))
  const names = new Set(times.flatMap((one) => Object.keys(one)))
  const most = Object.fromEntries([...names].map((name) => [name, Math.max(...times.map((one) => one[name] ?? 0))]))
  return sumOf([{ ...most, ...amountsOf(spec?.resources?.requests) }, amountsOf(spec?.overhead)])
}

/** A number, or a percentage of `whole` rounded up or down. */
export function scaledValue(said: number | string, whole: number, roundUp: boolean): number {
  if (typeof said === 'number') return said
  const exact = (Number(said.replace('%', '')) * whole) / 100
  return roundUp ? Math.ceil(exact) : Math.floor(exact)
}

/** Failed or Succeeded. */
export const isPodFinished = ({ status }: KubeObject): boolean =>
  status?.phase === 'Succeeded' || status?.phase === 'Failed'

/** Counts as a replica: neither over nor being deleted. */
export const isPodActive = (pod: KubeObject): boolean =>
  !isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined

interface Said {
  readonly type: string
  readonly status: string
  readonly lastTransitionTime?: string
}

const readyOf = ({ status }: KubeObject): Said | undefined =>
  ((status?.conditions ?? []) as readonly Said[]).findLast(({ type }) => type === 'Ready')

export const isPodReady = (pod: KubeObject): boolean => readyOf(pod)?.status === 'True'

/** From when on (ms) the pod is available: ready for so many seconds. Undefined when it is not ready. */
export function podAvailableAt(pod: KubeObject, minReadySeconds: number): number | undefined {
  const ready = readyOf(pod)
  if (ready?.status !== 'True') return undefined
  if (minReadySeconds === 0) return 0
  return ready.lastTransitionTime === undefined
    ? Number.POSITIVE_INFINITY
    : parseTime(ready.lastTransitionTime) + minReadySeconds * 1000
}
