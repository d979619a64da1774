/**
 * What the disruption budgets say of one eviction: pure, for the eviction subresource and for whoever reasons about drains.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
 */
import { getCondition, isTrue, setCondition } from '../api/conditions.ts'
import type { KubeObject } from '../api/object.ts'
import { matchesLabelSelector } from '../api/selector.ts'
import { forbidden, internal, StatusError } from '../api/status-error.ts'
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
  const refused = whyNot(budget)
  if (refused !== undefined) return refused
  const status = budget.status ?? {}
  const disruptedPods = { ...status.disruptedPods, [pod.metadata.name]: toRfc3339(now) }
  const disruptionsAllowed = status.disruptionsAllowed - 1
  const last = { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: '' } as const
  const conditions =
    disruptionsAllowed > 0
      ? {}
      : {
          conditions: setCondition(
            status.conditions,
            { ...last, observedGeneration: status.observedGeneration },
            toRfc3339(now),
          ),
        }
  return { ...budget, status: { ...status, disruptedPods, disruptionsAllowed, ...conditions } }
}

/** Evictions one budget remembers at most. */
const mostDisrupted = 2000

function whyNot(budget: KubeObject): StatusError | undefined {
  const { name } = budget.metadata
  const { observedGeneration = 0, disruptionsAllowed = 0, disruptedPods = {} } = budget.status ?? {}
  if (observedGeneration < (budget.metadata.generation ?? 0)) return unprocessed(name)
  const forbid = (why: string) => forbidden({ group: 'policy', resource: 'poddisruptionbudget' }, name, why)
  if (disruptionsAllowed < 0) return forbid('pdb disruptions allowed is negative')
  if (Object.keys(disruptedPods).length > mostDisrupted)
    return forbid('DisruptedPods map too big - too many evictions not confirmed by PDB controller')
  return disruptionsAllowed === 0 ? refusal(whyNone(budget)) : undefined
}

/** Why the budget has nothing to give, in the words of the cause. */
function whyNone({ metadata: { name }, status = {} }: KubeObject): string {
  const { currentHealthy = 0, desiredHealthy = 0, conditions } = status
  const said = getCondition(conditions, 'DisruptionAllowed')
  const why = said?.status === 'False' ? (said.message ?? '') : ''
  const not = `The disruption budget ${name} does not allow evicting pods currently`
  if (why !== '' && said?.reason === 'SyncFailed') return `${not} because it failed sync: ${why}`
  if (currentHealthy <= desiredHealthy)
    return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
  return why === '' ? not : `${not} (${said?.reason}): ${why}`
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
  if (isTrue(pod.status?.conditions, 'Ready')) return false
  if (budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {}
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy
}

/** 429 of a budget whose numbers are not those of what it looks at; it is worth trying again soon. */
export function unprocessed(budget: string): StatusError {
  return refusal(`The disruption budget ${budget} is still being processed by the server.`, { retryAfterSeconds: 10 })
}

function refusal(why: string, more: { retryAfterSeconds?: number } = {}): StatusError {
  const causes = [{ reason: 'DisruptionBudget', message: why }]
  const message = `Cannot evict pod as it would violate the pod's disruption budget.`
  return new StatusError({ code: 429, reason: 'TooManyRequests', message, details: { causes, ...more } })
}
