/**
 * What a failed pod means by the Job's failure policy, and whether enough indexes have succeeded by its success policy.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy and #success-policy
 */
import { listOf, type Part } from '../../api/checks.ts'
import type { KubeObject } from '../../api/object.ts'
import { indexesOf } from './pods.ts'

export interface Verdict {
  readonly action: 'FailJob' | 'Ignore' | 'Count' | 'FailIndex'
  readonly message: string
}

/** The first rule that matches the failed pod; 'Count' when none does. */
export function verdictOf(job: KubeObject, pod: KubeObject): Verdict {
  for (const [index, rule] of listOf(job.spec?.podFailurePolicy?.rules).entries()) {
    const why = matched(rule, pod)
    if (why !== undefined)
      return { action: rule.action, message: `${why} matching ${rule.action} rule at index ${index}` }
  }
  return { action: 'Count', message: '' }
}

function matched(rule: Part, pod: KubeObject): string | undefined {
  const who = `${pod.metadata.namespace}/${pod.metadata.name}`
  const { onExitCodes, onPodConditions } = rule
  if (onExitCodes !== undefined) {
    const statuses = [...listOf(pod.status?.containerStatuses), ...listOf(pod.status?.initContainerStatuses)]
    const found = statuses.find(({ name, state }) => {
      const code = state?.terminated?.exitCode
      if (
        code === undefined ||
        code === 0 ||
        (onExitCodes.containerName !== undefined && onExitCodes.containerName !== name)
      )
        return false
      const listed = (onExitCodes.values ?? []).includes(code)
      return onExitCodes.operator === 'In' ? listed : !listed
    })
    return found === undefined
      ? undefined
      : `Container ${found.name} for pod ${who} failed with exit code ${found.state.terminated.exitCode}`
  }
  const conditions = listOf(pod.status?.conditions)
  const found = conditions.find((one) =>
    listOf(onPodConditions).some(({ type, status = 'True' }) => one.type === type && one.status === status),
  )
  return found === undefined ? undefined : `Pod ${who} has condition ${found.type}`
}

/** True when a rule of the success policy is met by the indexes that succeeded. */
export function isSuccess(job: KubeObject, succeeded: ReadonlySet<number>): string | undefined {
  if (succeeded.size === 0) return undefined
  for (const [index, rule] of listOf(job.spec?.successPolicy?.rules).entries()) {
    const wanted =
      rule.succeededIndexes === undefined ? undefined : indexesOf(rule.succeededIndexes, job.spec.completions)
    const count = wanted === undefined ? succeeded.size : [...wanted].filter((one) => succeeded.has(one)).length
    const all = wanted !== undefined && wanted.size > 0 && count === wanted.size
    if (all || count >= (rule.succeededCount ?? Number.POSITIVE_INFINITY)) return `Matched rules at index ${index}`
  }
  return undefined
}
