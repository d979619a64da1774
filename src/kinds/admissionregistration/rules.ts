/**
 * Which requests webhooks and policies are about: operations, groups, versions, resources, selectors.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules
 */
import {
  among,
  amongOptional,
  amongRequired,
  each,
  faults,
  filled,
  isSet,
  listOf,
  type Part,
  repeated,
  when,
} from '../../api/checks.ts'
import { type FieldError, invalidValue, notSupported, type Path, required } from '../../api/field-error.ts'
import { validateLabelSelector } from '../../api/meta.ts'
import { isPathSegmentName } from '../../api/names.ts'

export const failurePolicies = ['Fail', 'Ignore']
export const matchPolicies = ['Equivalent', 'Exact']
const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const mutatingOperations = operations.filter((one) => one !== 'DELETE')
const scopes = ['*', 'Cluster', 'Namespaced']

const alone = (list: readonly string[], word: string, place: Path): FieldError[] =>
  when(
    list.length > 1 && list.includes('*'),
    invalidValue(place, list, `if '*' is present, must not specify other ${word}`),
  )

/** The faults of one rule. */
export function ruleFaults(rule: Part, place: Path): FieldError[] {
  const { apiGroups, apiVersions, scope } = rule
  const [groupsAt, versionsAt, operationsAt] = ['apiGroups', 'apiVersions', 'operations'].map((one) =>
    place.child(one),
  ) as [Path, Path, Path]
  return [
    ...filled(rule.operations, operationsAt),
    ...alone(listOf(rule.operations), 'operations', operationsAt),
    ...each(rule.operations, operationsAt, (operation, at) => among(operation, operations, at)),
    ...filled(apiGroups, groupsAt),
    ...alone(listOf(apiGroups), 'API groups', groupsAt),
    ...filled(apiVersions, versionsAt),
    ...alone(listOf(apiVersions), 'API versions', versionsAt),
    ...each(apiVersions, versionsAt, (version, at) => filled(version, at)),
    ...resourcesFaults(listOf(rule.resources), place.child('resources')),
    ...amongOptional(scope, scopes, place.child('scope')),
  ]
}

function resourcesFaults(resources: readonly string[], place: Path): FieldError[] {
  const all = new Set<string>()
  const everywhere = new Set<string>()
  const single = resources.flatMap((text, index) => {
    const at = place.index(index)
    if (text === '') return [required(at)]
    const slash = text.indexOf('/')
    if (slash < 0) return []
    const [resource, sub] = [text.slice(0, slash), text.slice(slash + 1)]
    const found = [
      ...when(all.has(resource), invalidValue(at, text, `if '${resource}/*' is present, must not specify ${text}`)),
      ...when(everywhere.has(sub), invalidValue(at, text, `if '*/${sub}' is present, must not specify ${text}`)),
    ]
    if (sub === '*') all.add(resource)
    if (resource === '*') everywhere.add(sub)
    return found
  })
  const last = resources.filter((one) => one !== '' && !one.includes('/')).at(-1)
  const both = resources.includes('*') && last !== undefined && last !== '*'
  return [
    ...filled(resources, place),
    ...single,
    ...when(
      resources.length > 1 && resources.includes('*/*'),
      invalidValue(place, resources, "if '*/*' is present, must not specify other resources"),
    ),
    ...when(
      both,
      invalidValue(place, resources, "if '*' is present, must not specify other resources without subresources"),
    ),
  ]
}

/** The faults of what a policy or its binding is about. */
export function matchResourcesFaults(match: Part, place: Path): FieldError[] {
  if (!isSet(match)) return []
  const selector = (field: string) => {
    const at = place.child(field)
    return isSet(match[field]) ? validateLabelSelector(match[field], at) : [required(at)]
  }
  const named = (rule: Part, at: Path): FieldError[] => {
    const namesAt = at.child('resourceNames')
    return [
      ...each(rule.resourceNames, namesAt, (name: string, nameAt) => faults(nameAt, name, isPathSegmentName(name))),
      ...repeated(listOf(rule.resourceNames), (index) => namesAt.index(index)),
      ...ruleFaults(rule, at),
    ]
  }
  return [
    ...amongRequired(match.matchPolicy, matchPolicies, place.child('matchPolicy')),
    ...selector('namespaceSelector'),
    ...selector('objectSelector'),
    ...each(match.resourceRules, place.child('resourceRules'), named),
    ...each(match.excludeResourceRules, place.child('excludeResourceRules'), named),
  ]
}

/** Deletions cannot be mutated. */
export function mutatingOperationFaults(match: Part, place: Path): FieldError[] {
  const found = listOf(match?.resourceRules).flatMap((rule) => listOf(rule.operations) as readonly string[])
  const at = place.child('resourceRules', 'operations')
  return found
    .filter((operation) => !mutatingOperations.includes(operation))
    .map((operation) => notSupported(at, operation, mutatingOperations))
}
