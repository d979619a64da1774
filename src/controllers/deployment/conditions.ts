/**
 * A Deployment's conditions. Unlike elsewhere, a condition changes only with its status or reason, moves to the end of
 * the list when it does, and carries lastUpdateTime, from which the progress deadline counts.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
 */
import { type Condition, getCondition } from '../../api/conditions.ts'
import { parseTime, toRfc3339 } from '../../api/time.ts'

export type Conditions = readonly Condition[]

/** What is said; the times follow. */
export interface Said {
  readonly type: string
  readonly status: Condition['status']
  readonly reason: string
  readonly message: string
}

/** The list with the condition said. Nothing changes when status and reason are what they were. */
export function said(conditions: Conditions, condition: Said, now: number): Conditions {
  const current = getCondition(conditions, condition.type)
  if (current?.status === condition.status && current.reason === condition.reason) return conditions
  return saidAgain(conditions, condition, now)
}

/** The same, but lastUpdateTime moves even when status and reason are what they were: progress was seen. */
export function saidAgain(conditions: Conditions, condition: Said, now: number): Conditions {
  const current = getCondition(conditions, condition.type)
  const at = toRfc3339(now)
  const since = current?.status === condition.status ? (current.lastTransitionTime ?? at) : at
  const next: Condition = { ...condition, lastUpdateTime: at, lastTransitionTime: since }
  return [...without(conditions, condition.type), next]
}

export function without(conditions: Conditions, type: string): Conditions {
  return conditions.filter((condition) => condition.type !== type)
}

/** When the condition was last updated, in ms. */
export function updatedAt(condition: Condition): number {
  const text = condition.lastUpdateTime ?? condition.lastTransitionTime
  return typeof text === 'string' ? parseTime(text) : 0
}
