/** matchConditions of webhooks and policies: CEL expressions that all have to hold. */
import { matchConditionsBudget } from '../../api/cel/index.ts'
import type { Kind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import type { AdmissionRequest } from '../admission-step.ts'
import type { View } from '../view.ts'
import { Evaluator, type Holder, type NamedExpression } from './policy/expressions.ts'

export type MatchCondition = NamedExpression

export interface ConditionsOf extends Holder {
  readonly matchConditions?: readonly MatchCondition[]
  readonly failurePolicy?: string
}

/** True when all hold, false when one does not; the errors in words when that cannot be said and failures count. */
export function matchesConditions(
  holder: ConditionsOf,
  request: AdmissionRequest,
  kind: Kind,
  view: View,
  params?: KubeObject,
): boolean | string {
  const { matchConditions = [], failurePolicy } = holder
  if (matchConditions.length === 0) return true
  const evaluator = new Evaluator(holder, request, kind, view, matchConditionsBudget, params)
  const errors: string[] = []
  for (const { expression } of matchConditions) {
    const result = evaluator.evaluate(expression)
    if ('error' in result) errors.push(result.error)
    else if (result.value === false) return false
  }
  if (errors.length === 0) return true
  if (failurePolicy === 'Ignore') return false
  return errors.length === 1 ? (errors[0] as string) : `[${errors.join(', ')}]`
}
