/**
 * May a pod be on a node, as the documentation says: room, taints, affinity, ports, spread. One pod and one node at a time and
 * without any of the scheduler's columns, so that the two can be held against each other.
 */
import type { KubeObject } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import {
  amountsOf,
  isPodFinished,
  type LabelSelector,
  matchesLabelSelector,
  matchesNodeAffinity,
  requestsOf,
  untoleratedTaint,
} from './documented.ts'
import { isGoing, priorityOf } from './words.ts'

/** Where pods are when one is to be placed: nodes, and pods that occupy them. */
export interface Places {
  readonly s: Moment
  readonly node: KubeObject
  /** Pods with a node, without the one in question; finished ones are left out. */
  readonly pods: readonly KubeObject[]
}

const refuses = ['NoSchedule', 'NoExecute']

/** Amounts that pods ask for, by resource; `pods` counts them. */
function asked(pods: readonly KubeObject[]): Readonly<Record<string, number>> {
  const sum: Record<string, number> = { pods: pods.length }
  for (const pod of pods) {
    for (const [name, amount] of Object.entries(requestsOf(pod)))
      if (amount > 0 && name !== 'pods') sum[name] = (sum[name] ?? 0) + amount
  }
  return sum
}

/** What the node would lack with all these pods; undefined when it has room. */
export function whyNoRoom(node: KubeObject, pods: readonly KubeObject[]): string | undefined {
  const room = amountsOf(node.status?.allocatable)
  const over = Object.entries(asked(pods)).find(([name, amount]) => amount > (room[name] ?? 0))
  return over === undefined
    ? undefined
    : `${over[1]} ${over[0]} are asked of ${node.metadata.name}, which has ${room[over[0]] ?? 0}`
}

interface Port {
  readonly hostPort?: number
  readonly protocol?: string
  readonly hostIP?: string
}

/** Ports on the node itself; sidecars have some too. */
const hostPorts = ({ spec }: KubeObject): readonly Port[] =>
  [
    ...((spec?.containers ?? []) as { ports?: readonly Port[] }[]),
    ...((spec?.initContainers ?? []) as { ports?: readonly Port[]; restartPolicy?: string }[]).filter(
      ({ restartPolicy }) => restartPolicy === 'Always',
    ),
  ]
    .flatMap(({ ports = [] }) => ports)
    .filter(({ hostPort }) => Boolean(hostPort))

const isAny = (ip: string | undefined): boolean => !ip || ip === '0.0.0.0'

/** One port of one protocol, on one address or on all. */
const meet = (a: Port, b: Port): boolean =>
  a.hostPort === b.hostPort &&
  (a.protocol ?? 'TCP') === (b.protocol ?? 'TCP') &&
  (isAny(a.hostIP) || isAny(b.hostIP) || a.hostIP === b.hostIP)

/** Taints, cordon, gates, node affinity and ports. */
export function whyRefused(pod: KubeObject, { node, pods }: Places): string | undefined {
  const { name } = node.metadata
  if ((pod.spec?.schedulingGates?.length ?? 0) > 0) return 'it is gated'
  const taint = untoleratedTaint(node.spec?.taints, pod.spec?.tolerations, refuses)
  if (taint !== undefined) return `${name} has the taint ${taint.key}:${taint.effect}`
  const unschedulable = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
  if (node.spec?.unschedulable === true && untoleratedTaint([unschedulable], pod.spec?.tolerations, refuses))
    return `${name} is cordoned`
  if (!matchesNodeAffinity(pod, node)) return `${name} is not among the nodes it asks for`
  const taken = pods.filter((one) => one.spec?.nodeName === name).flatMap(hostPorts)
  const port = hostPorts(pod).find((one) => taken.some((other) => meet(one, other)))
  return port === undefined ? undefined : `port ${port.protocol ?? 'TCP'} ${port.hostPort} is taken on ${name}`
}

export interface Spread {
  readonly maxSkew: number
  readonly topologyKey: string
  readonly whenUnsatisfiable?: string
  readonly labelSelector?: LabelSelector
  readonly minDomains?: number
  readonly nodeAffinityPolicy?: string
  readonly nodeTaintsPolicy?: string
  readonly matchLabelKeys?: readonly string[]
}

/** The pod's constraints that are not preferences. */
export const hardSpread = ({ spec }: KubeObject): readonly Spread[] =>
  ((spec?.topologySpreadConstraints ?? []) as Spread[]).filter((one) => one.whenUnsatisfiable !== 'ScheduleAnyway')

function counts(one: Spread, pod: KubeObject, node: KubeObject): boolean {
  if (one.nodeAffinityPolicy !== 'Ignore' && !matchesNodeAffinity(pod, node)) return false
  return (
    one.nodeTaintsPolicy !== 'Honor' ||
    untoleratedTaint(node.spec?.taints, pod.spec?.tolerations, refuses) === undefined
  )
}

function isAlike({ labelSelector, matchLabelKeys = [] }: Spread, pod: KubeObject, other: KubeObject): boolean {
  if (
    other.metadata.namespace !== pod.metadata.namespace ||
    !matchesLabelSelector(labelSelector, other.metadata.labels)
  )
    return false
  return matchLabelKeys.every(
    (key) => pod.metadata.labels?.[key] === undefined || pod.metadata.labels[key] === other.metadata.labels?.[key],
  )
}

/** The skew of one constraint with the pod on the node; undefined when the node is in no domain. */
export function skewOf(one: Spread, pod: KubeObject, { s, node, pods }: Places): number | undefined {
  const keys = hardSpread(pod).map(({ topologyKey }) => topologyKey)
  const domain = node.metadata.labels?.[one.topologyKey]
  if (domain === undefined) return undefined
  const found = new Map<string, number>()
  const nodes = s.nodes.filter(
    (each) => keys.every((key) => each.metadata.labels?.[key] !== undefined) && counts(one, pod, each),
  )
  const domains = new Map(nodes.map((each) => [each.metadata.name, each.metadata.labels?.[one.topologyKey] ?? '']))
  for (const value of domains.values()) found.set(value, 0)
  for (const other of pods) {
    const value = domains.get(other.spec?.nodeName ?? '')
    if (value === undefined || other.metadata.deletionTimestamp !== undefined || !isAlike(one, pod, other)) continue
    found.set(value, (found.get(value) ?? 0) + 1)
  }
  const least = found.size < (one.minDomains ?? 1) ? 0 : Math.min(...found.values(), Number.MAX_SAFE_INTEGER)
  const own = isAlike(one, pod, pod) ? 1 : 0
  return (found.get(domain) ?? 0) + own - (least === Number.MAX_SAFE_INTEGER ? 0 : least)
}

/** `elsewhere`: pods that may be thought to be on other nodes, and are on none. */
export function whySkewed(pod: KubeObject, places: Places, elsewhere: readonly KubeObject[] = []): string | undefined {
  for (const one of hardSpread(pod)) {
    const is = skewOf(one, pod, places)
    const skew = is === undefined ? undefined : is - elsewhere.filter((other) => isAlike(one, pod, other)).length
    if (skew === undefined) return `${places.node.metadata.name} has no label ${one.topologyKey}`
    if (skew > one.maxSkew) return `the skew over ${one.topologyKey} would be ${skew}; ${one.maxSkew} is allowed`
  }
  return undefined
}

interface Term {
  readonly labelSelector?: LabelSelector
  readonly topologyKey: string
  readonly namespaces?: readonly string[]
  readonly namespaceSelector?: LabelSelector
}

const apartTerms = ({ spec }: KubeObject): readonly Term[] =>
  spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []

/** Does a term of the first pod speak of the second? Labels of namespaces are not looked at. */
function speaksOf(term: Term, first: KubeObject, second: KubeObject): boolean {
  const namespaces = term.namespaces ?? []
  const all = term.namespaceSelector !== undefined
  const own = namespaces.length === 0 && !all
  const there = second.metadata.namespace ?? ''
  const inside = own
    ? there === first.metadata.namespace
    : namespaces.includes(there) || (all && Object.keys(term.namespaceSelector ?? {}).length === 0)
  return inside && matchesLabelSelector(term.labelSelector, second.metadata.labels)
}

/** Required anti-affinity, of the pod and of those that are there. */
export function whyTooClose(pod: KubeObject, { s, node, pods }: Places): string | undefined {
  const labelsOf = new Map(s.nodes.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]))
  const here = node.metadata.labels ?? {}
  for (const other of pods) {
    const there = labelsOf.get(other.spec?.nodeName ?? '') ?? {}
    const meets = (term: Term): boolean =>
      here[term.topologyKey] !== undefined && here[term.topologyKey] === there[term.topologyKey]
    const wrong =
      apartTerms(pod).some((term) => meets(term) && speaksOf(term, pod, other)) ||
      apartTerms(other).some((term) => meets(term) && speaksOf(term, other, pod))
    if (wrong) return `${other.metadata.name} and it may not share a ${node.metadata.name}`
  }
  return undefined
}

/** Could the pod be on the node? Volumes and required affinity to other pods are not looked at: `undefined` for pods that have them. */
export function isFeasible(pod: KubeObject, places: Places): boolean | undefined {
  if (pod.spec?.affinity?.podAffinity !== undefined || pod.spec?.resourceClaims !== undefined) return undefined
  if (((pod.spec?.volumes ?? []) as object[]).some((one) => 'persistentVolumeClaim' in one || 'ephemeral' in one))
    return undefined
  const there = places.pods.filter((one) => one.spec?.nodeName === places.node.metadata.name && !isPodFinished(one))
  const whys = [
    whyRefused(pod, places),
    whyNoRoom(places.node, [...there, pod]),
    whySkewed(pod, places),
    whyTooClose(pod, places),
  ]
  return whys.every((why) => why === undefined)
}

/** A pod that the default scheduler has to place. */
export const isWaiting = (pod: KubeObject): boolean =>
  !pod.spec?.nodeName &&
  !isGoing(pod) &&
  !isPodFinished(pod) &&
  (pod.spec?.schedulerName ?? 'default-scheduler') === 'default-scheduler'

/** Is the room on the node kept for another pod, of at least its priority, that is nominated there? */
const isFor = (s: Moment, pod: KubeObject, node: KubeObject): boolean =>
  s.pods.some(
    (other) =>
      other !== pod &&
      isWaiting(other) &&
      other.status?.nominatedNodeName === node.metadata.name &&
      priorityOf(other) >= priorityOf(pod),
  )

/** Pods that wait for the scheduler though there is a node with room that is kept for nobody else. */
export function placeable(s: Moment): readonly KubeObject[] {
  const waiting = s.pods.filter(isWaiting)
  return waiting.length === 0 ? [] : waiting.filter((pod) => placeOf(s, pod) !== undefined)
}

/** The name of the first node that would do. */
export function placeOf(s: Moment, pod: KubeObject): string | undefined {
  const pods = s.pods.filter((one) => one.spec?.nodeName && !isPodFinished(one))
  const node = s.nodes.find((one) => !isGoing(one) && isFeasible(pod, { s, node: one, pods }) === true)
  return node === undefined || isFor(s, pod, node) ? undefined : node.metadata.name
}
