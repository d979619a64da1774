/**
 * The rules of PodDisruptionBudgets.
 * Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
import { amountOrPercentFaults, atMostAllFaults } from '../../api/amount-rules.ts'
import { amongOptional, isSet, type Part } from '../../api/checks.ts'
import { type FieldError, invalidValue, path } from '../../api/field-error.ts'
import { shownSelector } from '../../api/go-shown.ts'
import { validateLabelSelector } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { countFaults } from '../../api/status-rules.ts'

const counts = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods']

/** The faults of a budget, or of its status. */
export function validateBudget(budget: KubeObject, _previous: KubeObject | undefined, subresource: string) {
  if (subresource === 'status') return countFaults(budget.status, counts, path('status'))
  return specFaults(budget.spec ?? {})
}

function specFaults(spec: Part): FieldError[] {
  const place = path('spec')
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec
  const both = isSet(minAvailable) && isSet(maxUnavailable)
  const shown = {
    MinAvailable: minAvailable,
    Selector: shownSelector(selector),
    MaxUnavailable: maxUnavailable,
    UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy ?? null,
  }
  return [
    ...(both ? [invalidValue(place, shown, 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...(['minAvailable', 'maxUnavailable'] as const).flatMap((field) => [
      ...amountOrPercentFaults(spec[field], place.child(field)),
      ...atMostAllFaults(spec[field], place.child(field)),
    ]),
    ...validateLabelSelector(selector ?? undefined, place.child('selector')),
    ...amongOptional(
      unhealthyPodEvictionPolicy,
      ['AlwaysAllow', 'IfHealthyBudget'],
      place.child('unhealthyPodEvictionPolicy'),
    ),
  ]
}
