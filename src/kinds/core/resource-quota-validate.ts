/**
 * The rules of ResourceQuotas: what can be counted, and which scopes go with it.
 * Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
import { entriesOf, isFilled, listOf, type Part, when } from '../../api/checks.ts'
import { type FieldError, invalidValue, type Path, path, required } from '../../api/field-error.ts'
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import type { KubeObject } from '../../api/object.ts'
import { resourceAmountFaults } from '../../api/pod-spec/resources.ts'
import { isStandardQuotaName, quotaNameFaults } from '../../api/resource-names.ts'

const ofPods = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory', 'pods']
const podScopes = ['Terminating', 'NotTerminating', 'NotBestEffort', 'PriorityClass', 'CrossNamespacePodAffinity']
/** The resources each scope can be told apart for. */
const scopes: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(podScopes.map((scope) => [scope, ofPods])),
  BestEffort: ['pods'],
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
}
const bare = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity']
const contradictions = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
]

/** The faults of a quota, or of its status. */
export const validateResourceQuota = withFinalizerRule((quota, previous, subresource) => {
  const place = path('status')
  const status = [
    ...amountFaults(quota.status?.hard, place.child('hard')),
    ...amountFaults(quota.status?.used, place.child('used')),
  ]
  if (subresource === 'status') return status
  const spec = quota.spec ?? {}
  return [...specFaults(spec, path('spec')), ...(previous === undefined ? status : scopeChange(spec, previous))]
})

function scopeChange(spec: Part, previous: KubeObject): FieldError[] {
  const names = (list: unknown): string => [...new Set(listOf(list))].sort().join(' ')
  const same = names(spec.scopes) === names(previous.spec?.scopes)
  return when(!same, invalidValue(path('spec', 'scopes'), spec.scopes ?? null, 'field is immutable'))
}

function amountFaults(amounts: Part, place: Path): FieldError[] {
  return entriesOf(amounts).flatMap(([name, amount]) => [
    ...quotaNameFaults(name, place.key(name)),
    ...resourceAmountFaults(name, amount, place.key(name)),
  ])
}

function specFaults(spec: Part, place: Path): FieldError[] {
  const counted = Object.keys(spec.hard ?? {})
    .filter(isStandardQuotaName)
    .sort()
  return [
    ...amountFaults(spec.hard, place.child('hard')),
    ...(isFilled(spec.scopes) ? scopesFaults(spec.scopes, counted, place.child('scopes')) : []),
    ...selectorFaults(spec, counted, place.child('scopeSelector', 'matchExpressions')),
  ]
}

function unfit(scope: string, counted: readonly string[], shown: unknown, place: Path): FieldError[] {
  const fit = scopes[scope]
  if (fit === undefined) return []
  const others = counted.filter((name) => !fit.includes(name))
  return others.map(() => invalidValue(place, shown, 'unsupported scope applied to resource'))
}

function contradictory(names: readonly string[], shown: unknown, place: Path): FieldError[] {
  const found = contradictions.filter((pair) => pair.every((one) => names.includes(one)))
  return found.map(() => invalidValue(place, shown, 'conflicting scopes'))
}

function scopesFaults(names: readonly string[], counted: readonly string[], place: Path): FieldError[] {
  return [
    ...names.flatMap((scope) => [
      ...when(scopes[scope] === undefined, invalidValue(place, names, 'unsupported scope')),
      ...unfit(scope, counted, names, place),
    ]),
    ...contradictory(names, names, place),
  ]
}

function selectorFaults(spec: Part, counted: readonly string[], place: Path): FieldError[] {
  if (spec.scopeSelector === undefined || spec.scopeSelector === null) return []
  const terms = listOf(spec.scopeSelector.matchExpressions)
  const shown = {
    MatchExpressions: terms.map(({ scopeName = '', operator = '', values = null }) => ({
      ScopeName: scopeName,
      Operator: operator,
      Values: values,
    })),
  }
  return [
    ...terms.flatMap((term) => [
      ...when(
        scopes[term.scopeName] === undefined,
        invalidValue(place.child('scopeName'), term.scopeName ?? '', 'unsupported scope'),
      ),
      ...unfit(term.scopeName, counted, shown, place),
      ...operatorFaults(term, place),
    ]),
    ...contradictory(
      terms.map((term) => term.scopeName),
      spec.scopes ?? null,
      place,
    ),
  ]
}

const onlyExists =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

function operatorFaults({ scopeName, operator = '', values }: Part, place: Path): FieldError[] {
  const wrong = bare.includes(scopeName) && operator !== 'Exists'
  return [
    ...when(wrong, invalidValue(place.child('operator'), operator, onlyExists)),
    ...valuesFaults(operator, values, place),
  ]
}

function valuesFaults(operator: string, values: unknown, place: Path): FieldError[] {
  const at = place.child('values')
  if (operator === 'In' || operator === 'NotIn') {
    const why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
    return when(!isFilled(values), required(at, why))
  }
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    const why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
    return when(isFilled(values), invalidValue(at, values, why))
  }
  return [invalidValue(place.child('operator'), operator, 'not a valid selector operator')]
}
