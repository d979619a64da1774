/** Which nodes a DaemonSet is for. Written from the documentation, not from the controller. */
import type { KubeObject } from '../../api/object.ts'
import { matchesNodeAffinity, type Taint, type Toleration, untoleratedTaint } from './documented.ts'

/** Daemons stand what says that a node is in trouble. */
const always: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
]
const onHostNetwork: Toleration = {
  key: 'node.kubernetes.io/network-unavailable',
  operator: 'Exists',
  effect: 'NoSchedule',
}

/**
 * `run`: the node should have a daemon. `stay`: one that is there may stay.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations
 */
export function eligible(daemonSet: KubeObject, node: KubeObject): { readonly run: boolean; readonly stay: boolean } {
  const spec = daemonSet.spec?.template?.spec ?? {}
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return { run: false, stay: false }
  if (!matchesNodeAffinity({ spec }, node)) return { run: false, stay: false }
  const taints: readonly Taint[] = node.spec?.taints ?? []
  const own = [...(spec.tolerations ?? []), ...always, ...(spec.hostNetwork === true ? [onHostNetwork] : [])]
  const stay = untoleratedTaint(taints, own, ['NoExecute']) === undefined
  return { stay, run: stay && untoleratedTaint(taints, own, ['NoSchedule']) === undefined }
}

/** The node a daemon pod is on or is meant for; undefined when it is meant for none. */
export function nodeOf({ spec }: KubeObject): string | undefined {
  if (spec?.nodeName) return spec.nodeName
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  for (const { matchFields = [] } of terms)
    for (const { key, values = [] } of matchFields) if (key === 'metadata.name' && values.length === 1) return values[0]
  return undefined
}
