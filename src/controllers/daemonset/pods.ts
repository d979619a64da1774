/** A daemon's pods by the node they are for, and the pods it makes. */
import type { KubeObject } from '../../api/object.ts'
import { isPodFinished, podAvailableAt } from '../../api/pod-status.ts'
import { parseTime } from '../../api/time.ts'
import { type PodTemplate, podFrom } from '../pod-template.ts'

export const revisionLabel = 'controller-revision-hash'
const generationLabel = 'pod-template-generation'
const generationAnnotation = 'deprecated.daemonset.template.generation'

/** How often in a row the daemon failed on this node before this pod: the back-off is worked out from it. */
export const failuresAnnotation = 'daemonset.kybern.dev/failures'

export type PodsByNode = ReadonlyMap<string, readonly KubeObject[]>

/**
 * The node a daemon pod is on, or is bound to go to by its required affinity. A failed pod counts where it was meant to
 * run: a node that refused it because it was not meant for it is not where its successor goes.
 */
export function targetNode(pod: KubeObject): string | undefined {
  const bound: string | undefined = pod.spec?.nodeName || undefined
  return pod.status?.phase === 'Failed' ? (meantFor(pod) ?? bound) : (bound ?? meantFor(pod))
}

function meantFor(pod: KubeObject): string | undefined {
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  for (const term of required?.nodeSelectorTerms ?? []) {
    for (const field of term.matchFields ?? []) {
      const names: readonly string[] = field.values ?? []
      if (field.key === 'metadata.name' && field.operator === 'In' && names.length === 1) return names[0]
    }
  }
  return undefined
}

/** Pods by node, oldest first; finished ones that are being deleted no longer count. */
export function podsByNode(pods: readonly KubeObject[]): PodsByNode {
  const byNode = new Map<string, KubeObject[]>()
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined && isPodFinished(pod)) continue
    const node = targetNode(pod)
    if (node === undefined) continue
    const there = byNode.get(node)
    if (there === undefined) byNode.set(node, [pod])
    else there.push(pod)
  }
  for (const there of byNode.values()) if (there.length > 1) there.sort(assignedThenOldest)
  return byNode
}

function assignedThenOldest(a: KubeObject, b: KubeObject): number {
  const unassigned = (pod: KubeObject) => (pod.spec?.nodeName ? 0 : 1)
  return unassigned(a) - unassigned(b) || createdAt(a) - createdAt(b) || (a.metadata.name < b.metadata.name ? -1 : 1)
}

/** When the pod was made, in ms. */
export function createdAt(pod: KubeObject): number {
  return pod.metadata.creationTimestamp === undefined ? 0 : parseTime(pod.metadata.creationTimestamp)
}

export function isUpdated(pod: KubeObject, hash: string): boolean {
  return pod.metadata.labels?.[revisionLabel] === hash
}

export function isAvailable(pod: KubeObject, daemonSet: KubeObject, now: number): boolean {
  const at = podAvailableAt(pod, daemonSet.spec.minReadySeconds ?? 0)
  return at !== undefined && at <= now
}

/** A pod of the tolerant template for one node: the scheduler may put it there and nowhere else. */
export function podForNode(
  daemonSet: KubeObject,
  template: PodTemplate,
  hash: string,
  node: string,
  failures: number,
): KubeObject {
  const generation = daemonSet.metadata.annotations?.[generationAnnotation]
  const labels = {
    ...template.metadata?.labels,
    [revisionLabel]: hash,
    ...(generation !== undefined && { [generationLabel]: generation }),
  }
  const annotations = {
    ...template.metadata?.annotations,
    ...(failures > 0 && { [failuresAnnotation]: String(failures) }),
  }
  const metadata = { ...template.metadata, labels, ...(Object.keys(annotations).length > 0 && { annotations }) }
  const affinity = { ...template.spec?.affinity, nodeAffinity: onlyOn(template.spec?.affinity?.nodeAffinity, node) }
  return podFrom(daemonSet, { metadata, spec: { ...template.spec, affinity } })
}

function onlyOn(nodeAffinity: object | undefined, node: string): object {
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }
  return { ...nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } }
}
