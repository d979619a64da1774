/**
 * Taint eviction: pods leave a node whose NoExecute taints they do not stand, at once or when their toleration has run
 * out. Node and taints are read at the moment of deciding, so a taint that went takes the eviction with it.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions
 */
import { setCondition } from '../api/conditions.ts'
import { type KubeObject, keyOf, splitKey } from '../api/object.ts'
import { type Taint, type Toleration, tolerationMatches } from '../api/scheduling.ts'
import { parseTime, toRfc3339 } from '../api/time.ts'
import { Node, Pod } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Change } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller, type Intent } from './controller.ts'
import { deleteOf, reportOf, statusOf } from './writes.ts'

const component = 'taint-eviction-controller'

/** Deletes the pod when its time on the node is up, or asks to look again then. */
export function reconcile(view: View, key: string): Intent[] {
  const { namespace, name } = splitKey(key)
  const pod = view.get(Pod, namespace, name)
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined || !pod.spec?.nodeName) return []
  const node = view.get(Node, '', pod.spec.nodeName)
  const at = leavesAt(pod, expellingTaints(node), view.now)
  if (at === undefined) return []
  return at <= view.now ? evicted(view, pod) : [{ type: 'wake', at }]
}

function expellingTaints(node: KubeObject | undefined): readonly Taint[] {
  const taints: readonly Taint[] = node?.spec?.taints ?? []
  return taints.filter((taint) => taint.effect === 'NoExecute')
}

/** When (ms) the pod must be gone: the earliest over all taints; undefined when it may stay for good. */
function leavesAt(pod: KubeObject, taints: readonly Taint[], now: number): number | undefined {
  const tolerations: readonly Toleration[] = pod.spec.tolerations ?? []
  const times = taints.flatMap((taint) => {
    const toleration = tolerations.find((one) => tolerationMatches(one, taint))
    if (toleration === undefined) return [Number.NEGATIVE_INFINITY]
    if (toleration.tolerationSeconds === undefined) return []
    return [stoodSince(pod, taint, now) + Math.max(0, toleration.tolerationSeconds) * 1000]
  })
  return times.length === 0 ? undefined : Math.min(...times)
}

/** From when the toleration counts: both the taint and the pod must have been there. */
function stoodSince(pod: KubeObject, taint: Taint, now: number): number {
  const came: string | undefined = pod.status?.startTime ?? pod.metadata.creationTimestamp
  const times = [taint.timeAdded, came].flatMap((text) => (text ? [parseTime(text)] : []))
  return taint.timeAdded ? Math.max(...times) : now
}

function evicted(view: View, pod: KubeObject): Intent[] {
  const message = 'Taint manager: deleting due to NoExecute taint'
  const condition = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager', message } as const
  const conditions = setCondition(pod.status?.conditions, condition, toRfc3339(view.now))
  const marked = equal(conditions, pod.status?.conditions)
    ? []
    : [statusOf(Pod, { ...pod, status: { ...pod.status, conditions } })]
  const said = `Marking for deletion Pod ${keyOf(pod)}`
  return [...marked, reportOf(component, pod, 'Normal', 'TaintManagerEviction', said), deleteOf(Pod, pod)]
}

function isPlacedAnew(change: Change): boolean {
  const { previous, object } = change
  if (change.type === 'DELETED' || !object.spec?.nodeName) return false
  return (
    previous === undefined ||
    previous.spec?.nodeName !== object.spec.nodeName ||
    !equal(previous.spec?.tolerations, object.spec.tolerations)
  )
}

/** All pods of a node whose NoExecute taints changed. */
function podsOf(node: KubeObject, view: View, change: Change): string[] {
  const now = expellingTaints(change.type === 'DELETED' ? undefined : node)
  if (equal(now, expellingTaints(change.previous))) return []
  return view.by(Pod, 'node', node.metadata.name).map(keyOf)
}

export const taintEvictionController = controller({
  name: 'taint-eviction',
  of: Pod,
  matters: isPlacedAnew,
  watches: [{ kind: Node, keys: podsOf }],
  reconcile,
})
