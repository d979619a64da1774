/**
 * Which changes could cure a refusal: only those wake the pods a plugin refused.
 * Source: https://github.com/kubernetes/enhancements/tree/master/keps/sig-scheduling/4247-queueinghint
 */
import type { KubeObject } from '../api/object.ts'
import { equal } from '../lib/equal.ts'
import type { Change } from '../store/transition.ts'
import type { PodFacts } from './facts.ts'
import { noNodes } from './message.ts'
import type { ClusterFacts } from './plugin.ts'
import { staticFilters } from './plugins.ts'
import { queuePlugin } from './policies/queues.ts'

/** Whether a change could make a refusal of this plugin go away for this pod. */
export type Hint = (change: Change, pod: PodFacts) => boolean

const byPlugin: Readonly<Record<string, Hint>> = {
  [noNodes]: (change) => isNode(change) && change.type === 'ADDED',
  NodeUnschedulable: (change, pod) => nodeSuits(change, pod),
  NodeName: (change, pod) => nodeSuits(change, pod),
  TaintToleration: (change, pod) => nodeSuits(change, pod),
  NodeAffinity: (change, pod) => nodeSuits(change, pod),
  NodePorts: (change, pod) => nodeSuits(change, pod) || frees(change),
  NodeResourcesFit: (change, pod) => frees(change) || (nodeSuits(change, pod) && nodeGrew(change)),
  VolumeBinding: (change, pod) => isStorage(change) || nodeSuits(change, pod),
  PodTopologySpread: (change) => podsMoved(change) || nodeLooksNew(change),
  [queuePlugin]: (change) => frees(change) || change.resource === 'configmaps' || (isNode(change) && nodeGrew(change)),
  InterPodAffinity: (change) => podsMoved(change) || nodeLooksNew(change) || change.resource === 'namespaces',
}

/** The hints by plugin name. */
export const hints: ReadonlyMap<string, Hint> = new Map(Object.entries(byPlugin))

/** Leaves out changes that cannot cure anything, so that a wave of bindings costs nothing. */
export function mayCure(change: Change): boolean {
  if (change.resource === 'pods') return frees(change) || podsMoved(change)
  return true
}

function isNode({ resource }: Change): boolean {
  return resource === 'nodes'
}

function isStorage({ resource }: Change): boolean {
  return (
    resource === 'persistentvolumeclaims' || resource === 'persistentvolumes' || resource.startsWith('storageclasses.')
  )
}

function isOn(pod: KubeObject | undefined): boolean {
  if (pod === undefined || !pod.spec?.nodeName) return false
  return pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed'
}

/** A pod gave up its place, or a place kept for it. */
function frees({ resource, type, object, previous }: Change): boolean {
  if (resource !== 'pods') return false
  const before = isOn(previous) || (type === 'DELETED' && isOn(object))
  if (before && (type === 'DELETED' || !isOn(object))) return true
  const nominated = previous?.status?.nominatedNodeName
  if (!nominated) return false
  return type === 'DELETED' || (object.spec?.nodeName ?? nominated) !== nominated
}

/** Pods of a domain came, went, began to end or changed their labels. */
function podsMoved(change: Change): boolean {
  if (change.resource !== 'pods') return false
  const { object, previous, type } = change
  if (frees(change)) return true
  if (!isOn(object)) return false
  if (type === 'ADDED' || !isOn(previous)) return true
  return (
    previous?.metadata.labels !== object.metadata.labels ||
    previous?.metadata.deletionTimestamp !== object.metadata.deletionTimestamp
  )
}

function nodeLooksNew(change: Change): boolean {
  if (!isNode(change)) return false
  const { type, object, previous } = change
  if (type !== 'MODIFIED' || previous === undefined) return true
  return !equal(previous.metadata.labels, object.metadata.labels) || !equal(previous.spec, object.spec)
}

function nodeGrew({ type, object, previous }: Change): boolean {
  return (
    type === 'ADDED' || !equal(previous?.status?.allocatable, object.status?.allocatable) || sameNode(object, previous)
  )
}

function sameNode(object: KubeObject, previous: KubeObject | undefined): boolean {
  return !equal(previous?.metadata.labels, object.metadata.labels) || !equal(previous?.spec, object.spec)
}

/** A node came or changed, and everything that can be told from the node alone speaks for it. */
function nodeSuits(change: Change, pod: PodFacts): boolean {
  if (!isNode(change) || change.type === 'DELETED') return false
  const { object, previous } = change
  const still =
    previous !== undefined &&
    !sameNode(object, previous) &&
    equal(previous.status?.allocatable, object.status?.allocatable)
  if (still) return false
  const seen = { node: object, name: object.metadata.name, labels: object.metadata.labels ?? {}, pods: [] }
  return staticFilters.every(({ filter }) => {
    const check = filter(pod, noCluster)
    return typeof check === 'function' && check(seen) === undefined
  })
}

// The filters that look at the node alone never ask for the cluster.
const noCluster = Object.freeze({ nodes: [] }) as unknown as ClusterFacts
