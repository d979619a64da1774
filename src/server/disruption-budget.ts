/**
 * What the disruption budgets say of one eviction: pure, for the eviction subresource and for whoever reasons about drains.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
 */
import type { KubeObject } from '../api/object.ts'
import { matchesLabelSelector } from '../api/selector.ts'
import { internal, StatusError } from '../api/status-error.ts'
import { toRfc3339 } from '../api/time.ts'

export const budgets = 'poddisruptionbudgets.policy'

/**
 * The budget as it is after the eviction used one of its disruptions; undefined when no budget has a say. `all` are the
 * budgets of the pod's namespace, `now` is in ms. A StatusError when the pod may not go: 429 when its budget forbids it
 * now, 500 when several cover it.
 */
export function budgetAfter(
  pod: KubeObject,
  all: readonly KubeObject[],
  now: number,
): KubeObject | StatusError | undefined {
  if (!countsForBudgets(pod)) return undefined
  const covering = all.filter((budget) => matchesLabelSelector(budget.spec?.selector, pod.metadata.labels))
  const [budget] = covering
  if (budget === undefined) return undefined
  if (covering.length > 1)
    return internal('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.')
  if (isUnhealthyAndFree(pod, budget)) return undefined
  const { name } = budget.metadata
  const status = budget.status ?? {}
  if ((status.observedGeneration ?? 0) < (budget.metadata.generation ?? 0))
    return refusal(budget, `The disruption budget ${name} is still being processed by the server.`)
  if ((status.disruptionsAllowed ?? 0) <= 0) {
    return refusal(
      budget,
      `The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`,
    )
  }
  const disruptedPods = { ...status.disruptedPods, [pod.metadata.name]: toRfc3339(now) }
  return { ...budget, status: { ...status, disruptedPods, disruptionsAllowed: status.disruptionsAllowed - 1 } }
}

/** Pods that are over, waiting or already going use no budget. */
function countsForBudgets(pod: KubeObject): boolean {
  const phase = pod.status?.phase
  return (
    pod.metadata.deletionTimestamp === undefined && phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Pending'
  )
}

/** unhealthyPodEvictionPolicy: a pod that is not ready may go when that takes nothing from the healthy ones. */
function isUnhealthyAndFree(pod: KubeObject, budget: KubeObject): boolean {
  const conditions = (pod.status?.conditions ?? []) as { type: string; status: string }[]
  const ready = conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True')
  if (ready) return false
  if (budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {}
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy
}

function refusal(budget: KubeObject, why: string): StatusError {
  const causes = [{ reason: 'DisruptionBudget', message: why }]
  const message = `Cannot evict pod as it would violate the pod's disruption budget.`
  return new StatusError({
    code: 429,
    reason: 'TooManyRequests',
    message,
    details: { causes, name: budget.metadata.name },
  })
}
