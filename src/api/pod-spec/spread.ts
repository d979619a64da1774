/**
 * The rules of topologySpreadConstraints.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
import { among, amongOptional, each, isSet, listOf, type Part, positive, when } from '../checks.ts'
import { duplicate, type FieldError, invalidValue, type Path, required } from '../field-error.ts'
import { validateLabelSelector } from '../meta.ts'
import { labelKeyFaults } from './affinity.ts'

const actions = ['DoNotSchedule', 'ScheduleAnyway']
const inclusion = ['Honor', 'Ignore']

/** The faults of all constraints of a pod. */
export function spreadFaults(constraints: unknown, place: Path): FieldError[] {
  const all = listOf(constraints)
  return each(constraints, place, (one, at, index) => {
    const { topologyKey = '', whenUnsatisfiable = '' } = one
    const again = all
      .slice(index + 1)
      .some((other) => other.topologyKey === one.topologyKey && other.whenUnsatisfiable === one.whenUnsatisfiable)
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`
    return [
      ...positive(one.maxSkew, at.child('maxSkew')),
      ...when(topologyKey === '', required(at.child('topologyKey'), 'can not be empty')),
      ...among(whenUnsatisfiable, actions, at.child('whenUnsatisfiable')),
      ...when(again, duplicate(at.child('{topologyKey, whenUnsatisfiable}'), pair)),
      ...domainFaults(one, at.child('minDomains')),
      ...amongOptional(one.nodeAffinityPolicy, inclusion, at.child('nodeAffinityPolicy')),
      ...amongOptional(one.nodeTaintsPolicy, inclusion, at.child('nodeTaintsPolicy')),
      ...labelKeyFaults(one, at),
      ...validateLabelSelector(one.labelSelector ?? undefined, at.child('labelSelector')),
    ]
  })
}

function domainFaults({ minDomains, whenUnsatisfiable = '' }: Part, place: Path): FieldError[] {
  if (!isSet(minDomains)) return []
  const why = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`
  return [
    ...positive(minDomains, place),
    ...when(whenUnsatisfiable !== 'DoNotSchedule', invalidValue(place, minDomains, why)),
  ]
}
