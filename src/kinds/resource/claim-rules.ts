/**
 * The rules of what a claim asks for: requests, alternatives, constraints, configuration.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/resource-claim-v1/
 */
import {
  among,
  amongOptional,
  dnsLabel,
  dnsSubdomain,
  faults,
  isFilled,
  isSet,
  listOf,
  type Part,
  when,
} from '../../api/checks.ts'
import { type FieldError, invalidValue, notSupported, type Path, required } from '../../api/field-error.ts'
import { validateLabelName } from '../../api/meta.ts'
import { isValidLabelValue } from '../../api/names.ts'
import { bounded, boundedSet, configurationFaults, qualifiedAttributeFaults, selectorsFaults } from './common-rules.ts'

const mostRequests = 32
const mostAlternatives = 8
const mostTolerations = 16
export const taintEffects = ['NoExecute', 'NoSchedule', 'None']
const exactlyOne = 'exactly one of `exactly` or `firstAvailable` is required'

/** The faults of `devices`. */
export function deviceClaimFaults(devices: Part, place: Path): FieldError[] {
  const known = requestNames(devices)
  const ofRequests = (list: unknown, at: Path) =>
    boundedSet(list, mostRequests, at, (name: string, nameAt) => requestRefFaults(name, known, nameAt), String)
  return [
    ...boundedSet(devices?.requests, mostRequests, place.child('requests'), requestFaults, nameOf),
    ...bounded(devices?.constraints, mostRequests, place.child('constraints'), (constraint, at) => [
      ...ofRequests(constraint.requests, at.child('requests')),
      ...constraintFaults(constraint, at),
    ]),
    ...bounded(devices?.config, mostRequests, place.child('config'), (config, at) => [
      ...ofRequests(config.requests, at.child('requests')),
      ...configurationFaults(config, at),
    ]),
  ]
}

const nameOf = ({ name = '' }: Part): string => name

/** The names that may be referred to: requests, and `request/alternative`. */
export function requestNames(devices: Part): ReadonlySet<string> {
  const names = listOf(devices?.requests).flatMap(({ name = '', firstAvailable }) => [
    name,
    ...listOf(firstAvailable).map((one) => `${name}/${one.name ?? ''}`),
  ])
  return new Set(names)
}

/** A reference to a request of the claim. */
export function requestRefFaults(name: string, known: ReadonlySet<string>, place: Path): FieldError[] {
  const why = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"
  const parts = name.split('/')
  if (parts.length > 2) return [invalidValue(place, name, why)]
  return [...parts.flatMap((part) => dnsLabel(part, place)), ...when(!known.has(name), invalidValue(place, name, why))]
}

function requestFaults(request: Part, place: Path): FieldError[] {
  const { name = '', exactly, firstAvailable } = request
  const named = dnsLabel(name, place.child('name'))
  const many = isFilled(firstAvailable)
  if (!many && !isSet(exactly)) return [...named, required(place, exactlyOne)]
  if (many && isSet(exactly)) return [...named, invalidValue(place, null, `${exactlyOne}, but multiple fields are set`)]
  if (!many) return [...named, ...exactFaults(exactly, place.child('exactly'))]
  return [
    ...named,
    ...boundedSet(
      firstAvailable,
      mostAlternatives,
      place.child('firstAvailable'),
      (one, at) => [...dnsLabel(one.name ?? '', at.child('name')), ...exactFaults(one, at)],
      nameOf,
    ),
  ]
}

function exactFaults(request: Part, place: Path): FieldError[] {
  const at = place.child('deviceClassName')
  const { deviceClassName } = request
  return [
    ...(isFilled(deviceClassName) ? dnsSubdomain(deviceClassName, at) : [required(at)]),
    ...selectorsFaults(request.selectors, place.child('selectors')),
    ...modeFaults(request, place),
    ...bounded(request.tolerations, mostTolerations, place.child('tolerations'), tolerationFaults),
  ]
}

function modeFaults({ allocationMode: mode = '', count = 0 }: Part, place: Path): FieldError[] {
  const at = place.child('count')
  if (mode === 'All')
    return when(count !== 0, invalidValue(at, count, "must not be specified when allocationMode is 'All'"))
  if (mode === 'ExactCount') return when(count <= 0, invalidValue(at, count, 'must be greater than zero'))
  return [notSupported(place.child('allocationMode'), mode, ['All', 'ExactCount'])]
}

function tolerationFaults({ key = '', operator = '', value = '', effect }: Part, place: Path): FieldError[] {
  const [operatorAt, valueAt] = [place.child('operator'), place.child('value')]
  const why = 'must be empty for operator `Exists`'
  return [
    ...(key === '' ? [] : validateLabelName(key, place.child('key'))),
    ...when(operator === 'Exists' && value !== '', invalidValue(valueAt, value, why)),
    ...(operator === 'Equal' ? faults(valueAt, value, isValidLabelValue(value)) : []),
    ...(operator === '' ? [required(operatorAt)] : among(operator, ['Equal', 'Exists'], operatorAt)),
    ...amongOptional(effect || undefined, taintEffects, place.child('effect')),
  ]
}

function constraintFaults({ matchAttribute, distinctAttribute }: Part, place: Path): FieldError[] {
  if (isSet(matchAttribute)) return qualifiedAttributeFaults(matchAttribute, place.child('matchAttribute'))
  if (isSet(distinctAttribute)) return qualifiedAttributeFaults(distinctAttribute, place.child('distinctAttribute'))
  const why = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'
  return [required(place, why)]
}
