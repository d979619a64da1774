/**
 * The rules that roles, bindings and their subjects must keep.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
import { each, faults, isFilled, listOf, type Part, when } from '../../api/checks.ts'
import { type FieldError, invalidValue, notSupported, type Path, path, required } from '../../api/field-error.ts'
import { validateLabelSelector } from '../../api/meta.ts'
import { isDns1123Subdomain, isPathSegmentName } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { equal } from '../../lib/equal.ts'

const group = 'rbac.authorization.k8s.io'

/** The faults of a Role. */
export function validateRole(role: KubeObject): FieldError[] {
  return each(role.rules, path('rules'), (rule, place) => ruleFaults(rule, true, place))
}

/** The faults of a ClusterRole. */
export function validateClusterRole(role: KubeObject): FieldError[] {
  const rules = each(role.rules, path('rules'), (rule, place) => ruleFaults(rule, false, place))
  if (role.aggregationRule === undefined || role.aggregationRule === null) return rules
  const selectors = path('aggregationRule', 'clusterRoleSelectors')
  const listed = role.aggregationRule.clusterRoleSelectors
  const text = 'at least one clusterRoleSelector required if aggregationRule is non-nil'
  return [
    ...rules,
    ...when(listOf(listed).length === 0, required(selectors, text)),
    ...each(listed, selectors, selectorFaults),
  ]
}

function selectorFaults(selector: Part, place: Path): FieldError[] {
  const faultsOf = validateLabelSelector(selector, place)
  return faultsOf.length === 0 ? [] : [...faultsOf, invalidValue(place, null, 'invalid label selector.')]
}

function ruleFaults(rule: Part, namespaced: boolean, place: Path): FieldError[] {
  const verbs = when(!isFilled(rule.verbs), required(place.child('verbs'), 'verbs must contain at least one value'))
  const urls = place.child('nonResourceURLs')
  const { nonResourceURLs, apiGroups, resources, resourceNames } = rule
  if (isFilled(nonResourceURLs)) {
    const both = isFilled(apiGroups) || isFilled(resources) || isFilled(resourceNames)
    const alone = 'namespaced rules cannot apply to non-resource URLs'
    const mixed = 'rules cannot apply to both regular resources and non-resource URLs'
    return [
      ...verbs,
      ...when(namespaced, invalidValue(urls, nonResourceURLs, alone)),
      ...when(both, invalidValue(urls, nonResourceURLs, mixed)),
    ]
  }
  const noGroup = required(place.child('apiGroups'), 'resource rules must supply at least one api group')
  const noResource = required(place.child('resources'), 'resource rules must supply at least one resource')
  return [...verbs, ...when(!isFilled(apiGroups), noGroup), ...when(!isFilled(resources), noResource)]
}

/** The faults of a RoleBinding. */
export function validateRoleBinding(binding: KubeObject, previous: KubeObject | undefined): FieldError[] {
  return bindingFaults(binding, previous, ['Role', 'ClusterRole'], true)
}

/** The faults of a ClusterRoleBinding. */
export function validateClusterRoleBinding(binding: KubeObject, previous: KubeObject | undefined): FieldError[] {
  return bindingFaults(binding, previous, ['ClusterRole'], false)
}

function bindingFaults(
  binding: KubeObject,
  previous: KubeObject | undefined,
  kinds: readonly string[],
  namespaced: boolean,
): FieldError[] {
  const place = path('roleRef')
  const { apiGroup = '', kind = '', name = '' } = binding.roleRef ?? { apiGroup: group }
  const changed = previous !== undefined && !equal(previous.roleRef, binding.roleRef)
  const shown = { APIGroup: apiGroup, Kind: kind, Name: name }
  return [
    ...when(apiGroup !== group, notSupported(place.child('apiGroup'), apiGroup, [group])),
    ...when(!kinds.includes(kind), notSupported(place.child('kind'), kind, kinds)),
    ...(name === '' ? [required(place.child('name'))] : faults(place.child('name'), name, isPathSegmentName(name))),
    ...each(binding.subjects, path('subjects'), (subject, at) => subjectFaults(subject, namespaced, at)),
    ...when(changed, invalidValue(place, shown, 'cannot change roleRef')),
  ]
}

function subjectFaults(subject: Part, namespaced: boolean, place: Path): FieldError[] {
  const { kind = '', name = '', apiGroup = '', namespace = '' } = subject ?? {}
  const unnamed = when(name === '', required(place.child('name')))
  if (kind === 'User' || kind === 'Group')
    return [...unnamed, ...when(apiGroup !== group, notSupported(place.child('apiGroup'), apiGroup, [group]))]
  if (kind !== 'ServiceAccount')
    return [...unnamed, notSupported(place.child('kind'), kind, ['ServiceAccount', 'User', 'Group'])]
  return [
    ...unnamed,
    ...(name === '' ? [] : faults(place.child('name'), name, isDns1123Subdomain(name))),
    ...when(apiGroup !== '', notSupported(place.child('apiGroup'), apiGroup, [''])),
    ...when(!namespaced && namespace === '', required(place.child('namespace'))),
  ]
}
