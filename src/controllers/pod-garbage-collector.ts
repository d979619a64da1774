/**
 * The pod garbage collector: pods of nodes that no longer exist, pods that were deleted before they got a node, pods on
 * nodes taken out of service, and the oldest finished ones when there are too many.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-garbage-collection
 */
import { getCondition, isTrue, setCondition } from '../api/conditions.ts'
import { type KubeObject, keyOf, splitKey } from '../api/object.ts'
import { isPodFinished } from '../api/pod-status.ts'
import type { Taint } from '../api/scheduling.ts'
import { parseTime, toRfc3339 } from '../api/time.ts'
import { Node, Pod } from '../kinds/index.ts'
import type { Change, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller, type Intent } from './controller.ts'
import { deleteOf, statusOf } from './writes.ts'

/** How long a node must be missing before its pods are given up. */
const quarantineMs = 40_000
/** Finished pods kept in the whole cluster. */
export const finishedPodsKept = 12_500
const outOfService = 'node.kubernetes.io/out-of-service'
/** The key under which finished pods of the whole cluster are looked at. */
const everything = ''

export function reconcile(view: View, key: string): readonly Intent[] {
  if (key === everything) return tooManyFinished(view)
  const { namespace, name } = splitKey(key)
  const pod = view.get(Pod, namespace, name)
  if (pod === undefined) return []
  const deleting = pod.metadata.deletionTimestamp !== undefined
  const nodeName: string = pod.spec?.nodeName ?? ''
  if (nodeName === '') return deleting ? [forced(pod)] : []
  const node = view.get(Node, '', nodeName)
  if (node === undefined) return orphaned(view, pod)
  if (deleting && isOutOfService(node)) return [...given(view, pod), forced(pod)]
  return isGivenUp(pod) && !deleting ? [spared(view, pod)] : []
}

function forced(pod: KubeObject): Transition {
  return { ...deleteOf(Pod, pod), graceSeconds: 0 }
}

function isOutOfService(node: KubeObject): boolean {
  const taints: readonly Taint[] = node.spec?.taints ?? []
  return !isTrue(node.status?.conditions, 'Ready') && taints.some((taint) => taint.key === outOfService)
}

function isGivenUp(pod: KubeObject): boolean {
  const condition = getCondition(pod.status?.conditions, 'DisruptionTarget')
  return condition?.status === 'True' && condition.reason === 'DeletionByPodGC'
}

/**
 * First the pod is marked: the mark's time is the beginning of the quarantine, so nothing has to be remembered. A pod that
 * somebody else had marked before keeps the time of that, and is told when it was looked at. A node that comes back in time
 * takes the mark away.
 */
function orphaned(view: View, pod: KubeObject): readonly Intent[] {
  if (!isGivenUp(pod)) return [statusOf(Pod, marked(view, pod, 'True'))]
  const due = markedAt(view, pod) + quarantineMs
  if (view.now < due) return [{ type: 'wake', at: due }]
  return [...given(view, pod), forced(pod)]
}

/** When (ms) the pod was marked. */
function markedAt(view: View, pod: KubeObject): number {
  const condition = getCondition(pod.status?.conditions, 'DisruptionTarget')
  const times = [condition?.lastTransitionTime, condition?.lastProbeTime].filter((one) => typeof one === 'string')
  return times.length === 0 ? view.now : Math.max(...times.map(parseTime))
}

/** A pod nobody runs any more has failed. */
function given(view: View, pod: KubeObject): Transition[] {
  if (isPodFinished(pod)) return []
  const next = isGivenUp(pod) ? pod : marked(view, pod, 'True')
  return [statusOf(Pod, { ...next, status: { ...next.status, phase: 'Failed' } })]
}

function spared(view: View, pod: KubeObject): Transition {
  return statusOf(Pod, marked(view, pod, 'False'))
}

function marked(view: View, pod: KubeObject, status: 'True' | 'False'): KubeObject {
  const message = status === 'True' ? 'PodGC: node no longer exists' : 'PodGC: node exists again'
  const before = getCondition(pod.status?.conditions, 'DisruptionTarget')
  const looked = before?.status === status && !isGivenUp(pod) ? { lastProbeTime: toRfc3339(view.now) } : {}
  const condition = { type: 'DisruptionTarget', status, reason: 'DeletionByPodGC', message, ...looked }
  const conditions = setCondition(pod.status?.conditions, condition, toRfc3339(view.now))
  return { ...pod, status: { ...pod.status, conditions } }
}

function tooManyFinished(view: View): Transition[] {
  if (view.count(Pod) <= finishedPodsKept) return []
  const finished = view.list(Pod).filter((pod) => isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined)
  const excess = finished.length - finishedPodsKept
  if (excess <= 0) return []
  const born = (pod: KubeObject) => pod.metadata.creationTimestamp ?? ''
  finished.sort((a, b) => (born(a) < born(b) ? -1 : born(a) > born(b) ? 1 : 0))
  return finished.slice(0, excess).map(forced)
}

function matters({ object, previous, type }: Change): boolean {
  if (type === 'DELETED') return false
  const deleting = object.metadata.deletionTimestamp !== undefined
  return previous === undefined || deleting || isGivenUp(object) || previous.spec?.nodeName !== object.spec?.nodeName
}

function finishedNow(pod: KubeObject, view: View, change: Change): string[] {
  const fresh = isPodFinished(pod) && !(change.previous !== undefined && isPodFinished(change.previous))
  return fresh && view.count(Pod) > finishedPodsKept ? [everything] : []
}

/** Pods of a node that came, went, or was taken out of service. */
function podsOf(node: KubeObject, view: View, change: Change): string[] {
  const changed = change.type !== 'MODIFIED' || isOutOfService(node)
  return changed ? view.by(Pod, 'node', node.metadata.name).map(keyOf) : []
}

export const podGarbageCollectorController = controller({
  name: 'pod-garbage-collector',
  live: true,
  of: Pod,
  matters,
  starts: () => [everything],
  watches: [
    { kind: Pod, keys: finishedNow },
    { kind: Node, keys: podsOf },
  ],
  reconcile,
})
