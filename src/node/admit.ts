/**
 * The kubelet's own admission: a pod bound to a node it cannot run on is refused with phase Failed. Most pods come through
 * the scheduler; those that name their node do not.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename
 */
import type { KubeObject } from '../api/object.ts'
import { milliValue, value } from '../api/quantity.ts'
import { matchesNodeAffinity } from '../api/scheduling.ts'
import type { View } from '../store/view.ts'

export interface Refusal {
  readonly reason: string
  readonly message: string
}

type Requests = Readonly<Record<string, string>>
interface Container {
  readonly resources?: { readonly requests?: Requests }
  readonly ports?: readonly { readonly hostPort?: number; readonly protocol?: string }[]
}

const amount = (name: string, text: string): number => (name === 'cpu' ? milliValue(text) : value(text))
const isOver = (pod: KubeObject): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** Why the kubelet refuses the pod, or undefined. Pods the scheduler placed always fit. */
export function refusalOf(view: View, pod: KubeObject, node: KubeObject): Refusal | undefined {
  if (!matchesNodeAffinity(pod, node)) {
    return {
      reason: 'NodeAffinity',
      message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    }
  }
  const others = view
    .by('pods', 'node', node.metadata.name)
    .filter((one) => one.metadata.uid !== pod.metadata.uid && !isOver(one) && isTaken(one))
  if (clashes(pod, others))
    return {
      reason: 'NodePorts',
      message:
        "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    }
  return lacking(pod, others, node)
}

/** Pods this kubelet has taken on: they have a start time. */
function isTaken(pod: KubeObject): boolean {
  return pod.status?.startTime !== undefined
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
  const wanted = requests(pod)
  for (const [name, want] of wanted) {
    if (want === 0) continue
    const used = others.reduce((sum, other) => sum + (requests(other).get(name) ?? 0), 0)
    const capacity = amount(name, allocatable[name] ?? '0')
    if (used + want > capacity) return shortOf(name, want, used, capacity)
  }
  return undefined
}

function shortOf(name: string, requested: number, used: number, capacity: number): Refusal {
  const message = `Pod was rejected: Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`
  return { reason: `OutOf${name}`, message }
}

function requests(pod: KubeObject): Map<string, number> {
  const sums = new Map<string, number>()
  for (const container of (pod.spec?.containers ?? []) as Container[]) {
    for (const [name, text] of Object.entries(container.resources?.requests ?? {}))
      sums.set(name, (sums.get(name) ?? 0) + amount(name, text))
  }
  return sums
}
