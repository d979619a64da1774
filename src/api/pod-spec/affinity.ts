/**
 * The rules of node affinity, pod affinity and node selectors.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
 */
import { dnsSubdomain, each, faults, isFilled, isSet, listOf, type Part, when } from '../checks.ts'
import { type FieldError, forbiddenValue, invalidValue, type Path, required } from '../field-error.ts'
import { validateLabelName, validateLabelSelector } from '../meta.ts'
import { isDns1123Label, isValidLabelValue } from '../names.ts'

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution'

/** The faults of `affinity`. */
export function affinityFaults(affinity: Part, place: Path): FieldError[] {
  if (!isSet(affinity)) return []
  return [
    ...(isSet(affinity.nodeAffinity) ? nodeAffinityFaults(affinity.nodeAffinity, place.child('nodeAffinity')) : []),
    ...podAffinityFaults(affinity.podAffinity, place.child('podAffinity')),
    ...podAffinityFaults(affinity.podAntiAffinity, place.child('podAntiAffinity')),
  ]
}

function nodeAffinityFaults(affinity: Part, place: Path): FieldError[] {
  return [
    ...(isSet(affinity[requiredTerms]) ? nodeSelectorFaults(affinity[requiredTerms], place.child(requiredTerms)) : []),
    ...each(affinity[preferredTerms], place.child(preferredTerms), (term, at) => [
      ...weightFaults(term.weight ?? 0, at.child('weight')),
      ...nodeTermFaults(term.preference ?? {}, false, at.child('preference')),
    ]),
  ]
}

function weightFaults(weight: number, place: Path): FieldError[] {
  return when(weight <= 0 || weight > 100, invalidValue(place, weight, 'must be in the range 1-100'))
}

/** The faults of a list of node selector terms, in a pod or in a volume's node affinity. */
export function nodeSelectorFaults(selector: Part, place: Path): FieldError[] {
  const terms = place.child('nodeSelectorTerms')
  if (!isFilled(selector.nodeSelectorTerms)) return [required(terms, 'must have at least one node selector term')]
  return each(selector.nodeSelectorTerms, terms, (term, at) => nodeTermFaults(term, true, at))
}

function nodeTermFaults(term: Part, checksValues: boolean, place: Path): FieldError[] {
  return [
    ...each(term.matchExpressions, place.child('matchExpressions'), (one, at) =>
      expressionFaults(one, checksValues, at),
    ),
    ...each(term.matchFields, place.child('matchFields'), fieldFaults),
  ]
}

function expressionFaults(expression: Part, checksValues: boolean, place: Path): FieldError[] {
  const values = place.child('values')
  return [
    ...operatorFaults(expression, place),
    ...validateLabelName(expression.key ?? '', place.child('key')),
    ...(checksValues
      ? each(expression.values, values, (value, at) => faults(at, value, isValidLabelValue(value)))
      : []),
  ]
}

function operatorFaults({ operator = '', values }: Part, place: Path): FieldError[] {
  const at = place.child('values')
  const count = listOf(values).length
  switch (operator) {
    case 'In':
    case 'NotIn':
      return when(count === 0, required(at, "must be specified when `operator` is 'In' or 'NotIn'"))
    case 'Exists':
    case 'DoesNotExist': {
      const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
      return when(count > 0, forbiddenValue(at, why))
    }
    case 'Gt':
    case 'Lt':
      return when(count !== 1, required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'"))
    default:
      return [invalidValue(place.child('operator'), operator, 'not a valid selector operator')]
  }
}

function fieldFaults({ key = '', operator = '', values }: Part, place: Path): FieldError[] {
  const isKnown = operator === 'In' || operator === 'NotIn'
  const many = isKnown && listOf(values).length !== 1
  const why = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
  const errors = [
    ...when(many, required(place.child('values'), why)),
    ...when(!isKnown, invalidValue(place.child('operator'), operator, 'not a valid selector operator')),
  ]
  if (key !== 'metadata.name') {
    return [...errors, invalidValue(place.child('key'), key, 'not a valid field selector key')]
  }
  return [...errors, ...each(values, place.child('values'), (value, at) => dnsSubdomain(value, at))]
}

function podAffinityFaults(affinity: Part, place: Path): FieldError[] {
  if (!isSet(affinity)) return []
  return [
    ...each(affinity[requiredTerms], place.child(requiredTerms), podTermFaults),
    ...each(affinity[preferredTerms], place.child(preferredTerms), (term, at) => [
      ...weightFaults(term.weight ?? 0, at.child('weight')),
      ...podTermFaults(term.podAffinityTerm ?? {}, at.child('podAffinityTerm')),
    ]),
  ]
}

function podTermFaults(term: Part, place: Path): FieldError[] {
  const topologyKey: string = term.topologyKey ?? ''
  return [
    ...validateLabelSelector(term.labelSelector ?? undefined, place.child('labelSelector')),
    ...validateLabelSelector(term.namespaceSelector ?? undefined, place.child('namespaceSelector')),
    ...listOf(term.namespaces).flatMap((name) => faults(place.child('namespace'), name, isDns1123Label(name))),
    ...labelKeyFaults(term, place),
    ...when(topologyKey === '', required(place.child('topologyKey'), 'can not be empty')),
    ...validateLabelName(topologyKey, place.child('topologyKey')),
  ]
}

/** The faults of matchLabelKeys and mismatchLabelKeys of a term or a spread constraint. */
export function labelKeyFaults({ matchLabelKeys, mismatchLabelKeys, labelSelector }: Part, place: Path): FieldError[] {
  const lists = { matchLabelKeys, mismatchLabelKeys }
  const errors = Object.entries(lists).flatMap(([field, keys]) => {
    const at = place.child(field)
    if (!isFilled(keys)) return []
    if (!isSet(labelSelector)) return [forbiddenValue(at, 'must not be specified when labelSelector is not set')]
    return each(keys, at, (key, keyAt) => validateLabelName(key, keyAt))
  })
  const both = each(matchLabelKeys, place.child('matchLabelKeys'), (key, at) =>
    when(
      listOf(mismatchLabelKeys).includes(key),
      invalidValue(at, key, 'exists in both matchLabelKeys and mismatchLabelKeys'),
    ),
  )
  return [...errors, ...both]
}
