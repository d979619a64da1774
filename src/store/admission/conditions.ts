/** matchConditions of webhooks and policies: CEL expressions that all have to hold. */
import type { Kind } from '../../api/kind.ts'
import { notImplemented } from '../../api/status-error.ts'
import type { AdmissionRequest } from '../admission-step.ts'
import type { View } from '../view.ts'

export interface MatchCondition {
  readonly name: string
  readonly expression: string
}

/** True when every condition holds. */
export function matchesConditions(
  conditions: readonly MatchCondition[] | undefined,
  _request: AdmissionRequest,
  _kind: Kind,
  _view: View,
  _failurePolicy: string | undefined,
): boolean {
  if (conditions === undefined || conditions.length === 0) return true
  throw notImplemented('KYB-CEL', 'matchConditions are not evaluated by this version of kybern')
}
