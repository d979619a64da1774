/**
 * The node lifecycle: a node that is no longer heard of becomes Unknown, its pods not ready; taints follow its state.
 * Everything is computed from what is stored, so a crash between two writes is made good by the next look.
 * Source: https://kubernetes.io/docs/concepts/architecture/nodes/#node-controller
 */
import { type Condition, getCondition, isTrue, setCondition } from '../api/conditions.ts'
import type { KubeObject } from '../api/object.ts'
import { toRfc3339 } from '../api/time.ts'
import { Lease, Node, Pod } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Change, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller, type Intent } from './controller.ts'
import { leaseNamespace, readyOf, silenced, silentAfter } from './node-lifecycle/health.ts'
import { wantedTaints } from './node-lifecycle/taints.ts'
import { reportOf, statusOf, updateOf } from './writes.ts'

const component = 'node-controller'

/** Marks the node, then its pods, then taints it; each write leads to the next look. */
export function reconcile(view: View, key: string): Intent[] {
  const node = view.get(Node, '', key)
  if (node === undefined) return []
  const deadline = silentAfter(view, node)
  const lost = view.now > deadline
  const marked = lost ? silenced(node, view.now) : node
  if (marked !== node) return [...leaseAsSeen(view, key), statusOf(Node, marked), ...whatHappened(node)]
  const { taints, at } = wantedTaints(view, node)
  const writes: Intent[] = podsNotReady(view, node)
  if (!equal(taints, node.spec?.taints ?? [])) writes.push(updateOf(Node, withTaints(node, taints)))
  const again = [...(lost ? [] : [deadline + 1]), ...(at === undefined ? [] : [at])]
  if (again.length > 0) writes.push({ type: 'wake', at: Math.min(...again), background: true })
  return writes
}

/**
 * An update that changes nothing: refused, and the rest of the look with it, when the lease was renewed since it was read. A
 * node is not given up for a watch that lags. Source: kubernetes#85221
 */
function leaseAsSeen(view: View, node: string): Transition[] {
  const lease = view.get(Lease, leaseNamespace, node)
  return lease === undefined ? [] : [updateOf(Lease, lease)]
}

function whatHappened(node: KubeObject): Transition[] {
  if (!isTrue(node.status?.conditions, 'Ready')) return []
  const message = `Node ${node.metadata.name} status is now: NodeNotReady`
  return [reportOf(component, node, 'Normal', 'NodeNotReady', message)]
}

function withTaints(node: KubeObject, taints: readonly unknown[]): KubeObject {
  const { taints: _before, ...spec } = node.spec ?? {}
  return { ...node, spec: taints.length === 0 ? spec : { ...spec, taints } }
}

/**
 * Pods that were said to be ready before their node was lost, and since then by nobody. A kubelet that speaks again
 * says so at a later time and is not contradicted.
 */
function podsNotReady(view: View, node: KubeObject): Intent[] {
  const ready = readyOf(node)
  if (ready === undefined || ready.status === 'True') return []
  const pods = view.by(Pod, 'node', node.metadata.name).filter((pod) => saidBefore(pod, ready))
  const change = { type: 'Ready', status: 'False' } as const
  return pods.flatMap((pod) => {
    const conditions = setCondition(pod.status?.conditions, change, toRfc3339(view.now))
    const marked = { ...pod, status: { ...pod.status, conditions } }
    return [statusOf(Pod, marked), reportOf(component, pod, 'Warning', 'NodeNotReady', 'Node is not ready')]
  })
}

function saidBefore(pod: KubeObject, ready: Condition): boolean {
  const said = getCondition(pod.status?.conditions, 'Ready')
  if (said?.status !== 'True') return false
  const when = said.lastTransitionTime ?? ''
  const lost = ready.lastTransitionTime ?? ''
  return ready.status === 'Unknown' ? when <= lost : when < lost
}

/** A renewal only puts the deadline off, which the old wake finds out; it matters when the node was given up. */
function leasedNode(lease: KubeObject, view: View, change: Change): string[] {
  if (lease.metadata.namespace !== leaseNamespace) return []
  const node = view.get(Node, '', lease.metadata.name)
  if (node === undefined) return []
  return change.type !== 'MODIFIED' || readyOf(node)?.status !== 'True' ? [node.metadata.name] : []
}

/** A pod that is said to be ready on a node that is not. */
function troubledNode(pod: KubeObject, view: View): string[] {
  const name: string = pod.spec?.nodeName ?? ''
  if (name === '' || !isTrue(pod.status?.conditions, 'Ready')) return []
  const node = view.get(Node, '', name)
  return node === undefined || isTrue(node.status?.conditions, 'Ready') ? [] : [name]
}

/** When a node is lost or found, the others of its zone may have to wait longer or less to be given up. */
function otherLostNodes(node: KubeObject, view: View, change: Change): string[] {
  const before = change.previous && readyOf(change.previous)?.status
  if (change.type === 'MODIFIED' && before === readyOf(node)?.status) return []
  return view
    .list(Node)
    .filter((one) => one.metadata.name !== node.metadata.name && !isTrue(one.status?.conditions, 'Ready'))
    .map((one) => one.metadata.name)
}

/** What a node's kubelet repeats without news needs no look; the wake knows when silence is too long. */
function matters(change: Change): boolean {
  const { previous, object } = change
  if (previous === undefined) return true
  return (
    !equal(stateOf(previous), stateOf(object)) ||
    !equal(previous.spec, object.spec) ||
    !equal(previous.metadata.labels, object.metadata.labels) ||
    previous.metadata.deletionTimestamp !== object.metadata.deletionTimestamp
  )
}

function stateOf(node: KubeObject): unknown {
  const conditions: readonly Condition[] = node.status?.conditions ?? []
  return conditions.map(({ type, status }) => [type, status])
}

export const nodeLifecycleController = controller({
  name: 'node-lifecycle',
  of: Node,
  matters,
  watches: [
    { kind: Lease, keys: leasedNode },
    { kind: Pod, keys: troubledNode },
    { kind: Node, keys: otherLostNodes },
  ],
  reconcile,
})
