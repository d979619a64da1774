/**
 * Draining a node: cordon it and evict what the disruption budgets let go at this moment.
 * Source: https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/
 */
import type { KubeObject } from '../../api/object.ts'
import { StatusError } from '../../api/status-error.ts'
import { budgetAfter, budgets } from '../../server/disruption-budget.ts'
import type { Transition } from '../../store/transition.ts'
import type { Moment } from '../moment.ts'

/** The pods a drain of this node sends away: neither mirrors of static pods nor a DaemonSet's. */
export function evictable(moment: Moment, node: string): readonly KubeObject[] {
  return moment.pods.filter(
    ({ spec, metadata: { annotations, ownerReferences = [] } }) =>
      spec?.nodeName === node &&
      annotations?.['kubernetes.io/config.mirror'] === undefined &&
      !ownerReferences.some((owner) => owner.controller === true && owner.kind === 'DaemonSet'),
  )
}

/**
 * The evictions of these pods in their order, each after the write that takes its disruption from the budget. Pods that a budget keeps,
 * or that are on their way out, are left out: asking again at a later moment asks for the rest.
 */
export function evictions(moment: Moment, pods: readonly KubeObject[]): Transition[] {
  const known = new Map<string, KubeObject[]>()
  return pods.flatMap((pod): Transition[] => {
    const { namespace = '', name, uid, deletionTimestamp } = pod.metadata
    if (deletionTimestamp !== undefined) return []
    const all = known.get(namespace) ?? [...moment.list(budgets, { namespace })]
    known.set(namespace, all)
    const taken = budgetAfter(pod, all, moment.now)
    if (taken instanceof StatusError) return []
    const ref = { resource: 'pods', namespace, name }
    const gone: Transition = { type: 'delete', ref, ...(uid === undefined ? {} : { uid }), eviction: evictionOf(pod) }
    if (taken === undefined) return [gone]
    all[all.findIndex((one) => one.metadata.name === taken.metadata.name)] = taken
    return [budgetWrite(taken), gone]
  })
}

function budgetWrite({ metadata, status }: KubeObject): Transition {
  const ref = { resource: budgets, namespace: metadata.namespace ?? '', name: metadata.name }
  const { disruptionsAllowed, disruptedPods, conditions } = status
  const patch = { status: { disruptionsAllowed, disruptedPods, ...(conditions && { conditions }) } }
  return { type: 'patch', ref, patchType: 'merge', patch, subresource: 'status', trusted: true }
}

function evictionOf({ metadata: { name, namespace } }: KubeObject): KubeObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: namespace === undefined ? { name } : { name, namespace },
  }
}
