/**
 * The rules of policy bindings: which policy, with which parameters, about what, to what effect.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#getting-started-with-validating-admission-policy
 */
import {
  among,
  dnsSubdomain,
  each,
  faults,
  filled,
  isFilled,
  isSet,
  listOf,
  type Part,
  when,
} from '../../api/checks.ts'
import {
  duplicate,
  type FieldError,
  forbiddenValue,
  invalidValue,
  type Path,
  path,
  required,
} from '../../api/field-error.ts'
import { validateLabelSelector } from '../../api/meta.ts'
import { isPathSegmentName } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { matchResourcesFaults, mutatingOperationFaults } from './rules.ts'

const actions = ['Audit', 'Deny', 'Warn']
const both =
  'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)'

/** The faults of a ValidatingAdmissionPolicyBinding. */
export function validateValidatingBinding(object: KubeObject): FieldError[] {
  const spec = object.spec ?? {}
  return [...sharedFaults(spec), ...actionFaults(listOf(spec.validationActions), path('spec', 'validationActions'))]
}

/** The faults of a MutatingAdmissionPolicyBinding. */
export function validateMutatingBinding(object: KubeObject): FieldError[] {
  const spec = object.spec ?? {}
  return [...sharedFaults(spec), ...mutatingOperationFaults(spec.matchResources, path('spec', 'matchResources'))]
}

function sharedFaults(spec: Part): FieldError[] {
  const place = path('spec')
  const at = place.child('policyName')
  return [
    ...(isFilled(spec.policyName) ? dnsSubdomain(spec.policyName, at) : filled(spec.policyName, at)),
    ...(isSet(spec.paramRef) ? paramRefFaults(spec.paramRef, place.child('paramRef')) : []),
    ...matchResourcesFaults(spec.matchResources, place.child('matchResources')),
  ]
}

function paramRefFaults({ name = '', selector, parameterNotFoundAction: action }: Part, place: Path): FieldError[] {
  const twice = name !== '' && isSet(selector)
  const why = 'name and selector are mutually exclusive'
  const actionAt = place.child('parameterNotFoundAction')
  return [
    ...(name === '' ? [] : faults(place.child('name'), name, isPathSegmentName(name))),
    ...when(twice, forbiddenValue(place.child('name'), why)),
    ...(isSet(selector) ? validateLabelSelector(selector, place.child('selector')) : []),
    ...when(twice, forbiddenValue(place.child('selector'), why)),
    ...when(name === '' && !isSet(selector), required(place, 'one of name or selector must be specified')),
    ...(isFilled(action) ? among(action, ['Deny', 'Allow'], actionAt) : [required(actionAt)]),
  ]
}

function actionFaults(found: readonly string[], place: Path): FieldError[] {
  return [
    ...each(found, place, (action: string, at, index) => [
      ...among(action, actions, at),
      ...when(found.indexOf(action) < index, duplicate(at, action)),
    ]),
    ...when(found.includes('Deny') && found.includes('Warn'), invalidValue(place, found, both)),
    ...when(found.length === 0, required(place, 'at least one validation action is required')),
  ]
}
