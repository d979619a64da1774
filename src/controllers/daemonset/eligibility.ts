/**
 * On which nodes a daemon's pods belong.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#how-daemon-pods-are-scheduled
 */
import type { KubeObject } from '../../api/object.ts'
import { matchesNodeAffinity, type Toleration, untoleratedTaint } from '../../api/scheduling.ts'
import type { PodTemplate } from '../pod-template.ts'

const exists = (key: string, effect: string): Toleration => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect,
})

/** Taints every daemon pod stands: node trouble is no reason not to run there. */
const automatic: readonly Toleration[] = [
  exists('not-ready', 'NoExecute'),
  exists('unreachable', 'NoExecute'),
  exists('disk-pressure', 'NoSchedule'),
  exists('memory-pressure', 'NoSchedule'),
  exists('pid-pressure', 'NoSchedule'),
  exists('unschedulable', 'NoSchedule'),
]
const automaticOnHostNetwork = exists('network-unavailable', 'NoSchedule')

/** The template with the daemon's tolerations; one of the user's with the same key, operator, value, effect gives way. */
export function tolerant(template: PodTemplate): PodTemplate {
  const added = template.spec?.hostNetwork === true ? [...automatic, automaticOnHostNetwork] : automatic
  const own: readonly Toleration[] = template.spec?.tolerations ?? []
  const kept = own.filter((toleration) => !added.some((other) => sameToleration(toleration, other)))
  return { ...template, spec: { ...template.spec, tolerations: [...kept, ...added] } }
}

function sameToleration(a: Toleration, b: Toleration): boolean {
  return a.key === b.key && a.operator === b.operator && a.effect === b.effect && (a.value ?? '') === (b.value ?? '')
}

/** `run`: a pod should be made here. `stay`: one that is here may stay (a NoSchedule taint came later). */
export interface Eligibility {
  readonly run: boolean
  readonly stay: boolean
}

/** What a node is to a daemon; `template` is the tolerant one. */
export function eligibility(template: PodTemplate, node: KubeObject): Eligibility {
  const { nodeName, tolerations } = template.spec ?? {}
  if ((nodeName && nodeName !== node.metadata.name) || !matchesNodeAffinity(template, node)) {
    return { run: false, stay: false }
  }
  const taints = node.spec?.taints
  const run = untoleratedTaint(taints, tolerations, ['NoSchedule', 'NoExecute']) === undefined
  return { run, stay: run || untoleratedTaint(taints, tolerations, ['NoExecute']) === undefined }
}
