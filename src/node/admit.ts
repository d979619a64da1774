/**
 * The kubelet's own admission: a pod bound to a node it cannot run on is refused with phase Failed. Most pods come through
 * the scheduler; those that name their node do not.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename
 */
import type { KubeObject } from '../api/object.ts'
import { milliValue, value } from '../api/quantity.ts'
import { matchesNodeAffinity, untoleratedTaint } from '../api/scheduling.ts'

/** `message` is the event's; the status says `Pod was rejected: ` before it. */
export interface Refusal {
  readonly reason: string
  readonly message: string
}

type Requests = Readonly<Record<string, string>>
interface Container {
  readonly restartPolicy?: string
  readonly resources?: { readonly requests?: Requests }
  readonly ports?: readonly { readonly hostPort?: number; readonly protocol?: string }[]
}

const amount = (name: string, text: string): number => (name === 'cpu' ? milliValue(text) : value(text))
const isOver = (pod: KubeObject): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** What the pods a kubelet has admitted take up: how many they are, what they asked for, their host ports. */
export interface Occupancy {
  count: number
  readonly amounts: Record<string, number>
  readonly ports: Set<string>
}

/** The occupancy of a node by pods that are admitted and not over. */
export function occupancyOf(pods: readonly KubeObject[]): Occupancy {
  const occupancy: Occupancy = { count: 0, amounts: {}, ports: new Set() }
  for (const pod of pods) if (!isOver(pod)) occupy(occupancy, pod)
  return occupancy
}

/** Counts one more admitted pod. */
export function occupy(occupancy: Occupancy, pod: KubeObject): void {
  occupancy.count++
  add(occupancy.amounts, requestsOf(pod))
  for (const port of hostPorts(pod)) occupancy.ports.add(port)
}

/** Why the kubelet refuses the pod, or undefined. */
export function refusalOf(pod: KubeObject, node: KubeObject, occupancy: Occupancy): Refusal | undefined {
  if (!matchesNodeAffinity(pod, node)) {
    return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector")
  }
  if (untoleratedTaint(node.spec?.taints, pod.spec?.tolerations, ['NoExecute']) !== undefined) {
    return predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate")
  }
  if (hostPorts(pod).some((port) => occupancy.ports.has(port))) {
    return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports")
  }
  return lacking(pod, occupancy, node)
}

function predicate(reason: string, why: string): Refusal {
  return { reason, message: `Predicate ${reason} failed: ${why}` }
}

function hostPorts(pod: KubeObject): string[] {
  return ((pod.spec?.containers ?? []) as Container[]).flatMap((container) =>
    (container.ports ?? []).flatMap(({ hostPort, protocol = 'TCP' }) => (hostPort ? [`${protocol}/${hostPort}`] : [])),
  )
}

function lacking(pod: KubeObject, occupancy: Occupancy, node: KubeObject): Refusal | undefined {
  const allocatable = (node.status?.allocatable ?? {}) as Requests
  const podLimit = Number(allocatable.pods ?? 110)
  if (occupancy.count + 1 > podLimit) return shortOf('pods', 1, occupancy.count, podLimit)
  for (const [name, want] of Object.entries(requestsOf(pod))) {
    if (want === 0) continue
    const used = occupancy.amounts[name] ?? 0
    const capacity = amount(name, allocatable[name] ?? '0')
    if (used + want > capacity) return shortOf(name, want, used, capacity)
  }
  return undefined
}

/** What a pod on the node asks for, what the others have, and what there is: cpu in thousandths, memory in bytes. */
export function roomFor(pod: KubeObject, node: KubeObject, { amounts }: Occupancy) {
  const allocatable = (node.status?.allocatable ?? {}) as Requests
  const own = requestsOf(pod)
  return ['cpu', 'memory'].map((name) => {
    const want = own[name] ?? 0
    return { name, want, used: (amounts[name] ?? 0) - want, capacity: amount(name, allocatable[name] ?? '0') }
  })
}

function shortOf(name: string, requested: number, used: number, capacity: number): Refusal {
  const figures = `requested: ${requested}, used: ${used}, capacity: ${capacity}`
  return { reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, ${figures}` }
}

type Amounts = Readonly<Record<string, number>>

/** Sums by pod spec. Specs are frozen values, so a sum once made holds; this saves most of the work of an admission. */
const known = new WeakMap<object, Amounts>()

/**
 * What a pod asks of its node: its containers and sidecars together, or its largest init container (with the sidecars
 * started before it) when that is more, and its overhead.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function requestsOf(pod: KubeObject): Amounts {
  const spec = pod.spec ?? {}
  const found = known.get(spec)
  if (found !== undefined) return found
  const sidecars: Record<string, number> = {}
  const peak: Record<string, number> = {}
  for (const container of (spec.initContainers ?? []) as Container[]) {
    const own = amounts(container.resources?.requests)
    if (container.restartPolicy === 'Always') add(sidecars, own)
    for (const name of new Set([...Object.keys(own), ...Object.keys(sidecars)])) {
      const here = (sidecars[name] ?? 0) + (container.restartPolicy === 'Always' ? 0 : (own[name] ?? 0))
      peak[name] = Math.max(peak[name] ?? 0, here)
    }
  }
  const sums = { ...sidecars }
  for (const container of (spec.containers ?? []) as Container[]) add(sums, amounts(container.resources?.requests))
  for (const name in peak) sums[name] = Math.max(sums[name] ?? 0, peak[name] ?? 0)
  add(sums, amounts(spec.overhead))
  known.set(spec, sums)
  return sums
}

function amounts(requests: Requests | undefined): Record<string, number> {
  return Object.fromEntries(Object.entries(requests ?? {}).map(([name, text]) => [name, amount(name, text)]))
}

function add(sums: Record<string, number>, more: Amounts): void {
  for (const name in more) sums[name] = (sums[name] ?? 0) + (more[name] ?? 0)
}
