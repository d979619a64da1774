/**
 * The kubelet's own admission: a pod bound to a node it cannot run on is refused with phase Failed. Most pods come through
 * the scheduler; those that name their node do not.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename
 */
import type { KubeObject } from '../api/object.ts'
import { milliValue, value } from '../api/quantity.ts'
import { matchesNodeAffinity, untoleratedTaint } from '../api/scheduling.ts'
import type { View } from '../store/view.ts'

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

/** Why the kubelet refuses the pod, or undefined. `isTaken` says which other pods it has admitted already. */
export function refusalOf(
  view: View,
  pod: KubeObject,
  node: KubeObject,
  isTaken: (pod: KubeObject) => boolean,
): Refusal | undefined {
  if (!matchesNodeAffinity(pod, node)) {
    return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector")
  }
  if (untoleratedTaint(node.spec?.taints, pod.spec?.tolerations, ['NoExecute']) !== undefined) {
    return predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate")
  }
  const others = view
    .by('pods', 'node', node.metadata.name)
    .filter((one) => one.metadata.uid !== pod.metadata.uid && !isOver(one) && isTaken(one))
  if (clashes(pod, others)) {
    return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports")
  }
  return lacking(pod, others, node)
}

function predicate(reason: string, why: string): Refusal {
  return { reason, message: `Predicate ${reason} failed: ${why}` }
}

function clashes(pod: KubeObject, others: readonly KubeObject[]): boolean {
  const wanted = hostPorts(pod)
  if (wanted.length === 0) return false
  const taken = new Set(others.flatMap(hostPorts))
  return wanted.some((port) => taken.has(port))
}

function hostPorts(pod: KubeObject): string[] {
  return ((pod.spec?.containers ?? []) as Container[]).flatMap((container) =>
    (container.ports ?? []).flatMap(({ hostPort, protocol = 'TCP' }) => (hostPort ? [`${protocol}/${hostPort}`] : [])),
  )
}

function lacking(pod: KubeObject, others: readonly KubeObject[], node: KubeObject): Refusal | undefined {
  const allocatable = (node.status?.allocatable ?? {}) as Requests
  const podLimit = Number(allocatable.pods ?? 110)
  if (others.length + 1 > podLimit) return shortOf('pods', 1, others.length, podLimit)
  for (const [name, want] of Object.entries(requestsOf(pod))) {
    if (want === 0) continue
    const used = others.reduce((sum, other) => sum + (requestsOf(other)[name] ?? 0), 0)
    const capacity = amount(name, allocatable[name] ?? '0')
    if (used + want > capacity) return shortOf(name, want, used, capacity)
  }
  return undefined
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
