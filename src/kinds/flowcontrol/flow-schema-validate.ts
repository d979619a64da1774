/**
 * The rules of FlowSchemas: who, what, and to which level.
 * Source: https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#flowschema
 */
import {
  dnsLabel,
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
  notSupported,
  type Path,
  path,
  required,
} from '../../api/field-error.ts'
import { isDns1123Label } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { mandatorySchema } from './bootstrap.ts'
import { shownSchemaSpec } from './shown.ts'

const mostPrecedence = 10_000
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']

/** The faults of a FlowSchema, or of its status. */
export function validateFlowSchema(object: KubeObject, _previous: KubeObject | undefined, subresource: string) {
  const status = conditionsFaults(object.status)
  if (subresource === 'status') return status
  const { name } = object.metadata
  const spec = object.spec ?? {}
  const fixed = mandatorySchema(name)
  const differs = fixed !== undefined && !semanticEqual(fixed, spec)
  const why = `spec of '${name}' must equal the fixed value`
  return [
    ...specFaults(name, spec, path('spec')),
    ...when(differs, invalidValue(path('spec'), shownSchemaSpec(spec), why)),
    ...status,
  ]
}

/** The faults of conditions: each type once, and none without one. */
export function conditionsFaults(status: Part): FieldError[] {
  const types = listOf(status?.conditions).map(({ type = '' }) => type)
  return each(status?.conditions, path('status', 'conditions'), ({ type = '' }, at, index) => [
    ...when(types.indexOf(type) < index, duplicate(at.child('type'), type)),
    ...filled(type, at.child('type')),
  ])
}

function specFaults(name: string, spec: Part, place: Path): FieldError[] {
  const precedence: number = spec.matchingPrecedence ?? 0
  const [at, method] = [place.child('matchingPrecedence'), spec.distinguisherMethod]
  const methods = ['ByNamespace', 'ByUser']
  const wrongMethod = isSet(method) && !methods.includes(method.type)
  const level = spec.priorityLevelConfiguration?.name
  const levelAt = place.child('priorityLevelConfiguration', 'name')
  const first = "only the schema named 'exempt' may have matchingPrecedence 1"
  return [
    ...when(precedence <= 0, invalidValue(at, precedence, 'must be a positive value')),
    ...when(precedence > mostPrecedence, invalidValue(at, precedence, `must not be greater than ${mostPrecedence}`)),
    ...when(precedence === 1 && name !== 'exempt', invalidValue(at, precedence, first)),
    ...when(
      wrongMethod,
      notSupported(place.child('distinguisherMethod', 'type'), { Type: method?.type ?? '' }, methods),
    ),
    ...(isFilled(level) ? dnsSubdomain(level, levelAt) : [required(levelAt, 'must reference a priority level')]),
    ...each(spec.rules, place.child('rules'), ruleFaults),
  ]
}

function ruleFaults(rule: Part, place: Path): FieldError[] {
  const nothing = !isFilled(rule.resourceRules) && !isFilled(rule.nonResourceRules)
  return [
    ...filled(rule.subjects, place.child('subjects'), 'subjects must contain at least one value'),
    ...each(rule.subjects, place.child('subjects'), subjectFaults),
    ...when(nothing, required(place, 'at least one of resourceRules and nonResourceRules has to be non-empty')),
    ...each(rule.resourceRules, place.child('resourceRules'), resourceRuleFaults),
    ...each(rule.nonResourceRules, place.child('nonResourceRules'), urlRuleFaults),
  ]
}

/** The field that goes with each kind of subject. */
const subjects: Readonly<Record<string, string>> = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' }

function subjectFaults(subject: Part, place: Path): FieldError[] {
  const { kind = '' } = subject
  const own = subjects[kind]
  if (own === undefined) return [notSupported(place.child('kind'), kind, Object.keys(subjects).sort())]
  const at = place.child(own)
  const others = Object.entries(subjects).filter(([, field]) => field !== own && isSet(subject[field]))
  return [
    ...(isSet(subject[own])
      ? namedFaults(kind, subject[own], at)
      : [required(at, `${own} is required when subject kind is '${kind}'`)]),
    ...others.map(([other, field]) =>
      forbiddenValue(place.child(field), `${field} is forbidden when subject kind is not '${other}'`),
    ),
  ]
}

function namedFaults(kind: string, { name, namespace }: Part, place: Path): FieldError[] {
  const [at, inside] = [place.child('name'), place.child('namespace')]
  if (kind !== 'ServiceAccount' || !isFilled(name) || name === '*') {
    const named = filled(name, at)
    return kind === 'ServiceAccount' ? [...named, ...namespaceFaults(namespace, inside)] : named
  }
  return [...dnsSubdomain(name, at), ...namespaceFaults(namespace, inside)]
}

function namespaceFaults(namespace: string | undefined, place: Path): FieldError[] {
  if (!isFilled(namespace)) return [required(place, 'must specify namespace for service account')]
  return dnsLabel(namespace as string, place)
}

function alone(list: readonly string[], word: string, place: Path): FieldError[] {
  return when(
    list.length > 1 && list.includes('*'),
    invalidValue(place, list, `if '*' is present, must not specify other ${word}`),
  )
}

function verbFaults(list: unknown, place: Path): FieldError[] {
  const named = listOf(list) as readonly string[]
  const unknown = !named.includes('*') && named.some((verb) => !verbs.includes(verb))
  return [
    ...filled(named, place, 'verbs must contain at least one value'),
    ...alone(named, 'verbs', place),
    ...when(unknown, notSupported(place, named, verbs)),
  ]
}

function resourceRuleFaults(rule: Part, place: Path): FieldError[] {
  const [groupsAt, resourcesAt, spacesAt] = ['apiGroups', 'resources', 'namespaces'].map((one) => place.child(one)) as [
    Path,
    Path,
    Path,
  ]
  const spaces = listOf(rule.namespaces) as readonly string[]
  const nowhere = spaces.length === 0 && rule.clusterScope !== true
  const intro = "each member of this list must be '*' or a DNS-1123 label; "
  return [
    ...verbFaults(rule.verbs, place.child('verbs')),
    ...filled(rule.apiGroups, groupsAt, 'resource rules must supply at least one api group'),
    ...alone(listOf(rule.apiGroups), 'api groups', groupsAt),
    ...filled(rule.resources, resourcesAt, 'resource rules must supply at least one resource'),
    ...alone(listOf(rule.resources), 'resources', resourcesAt),
    ...when(
      nowhere,
      required(spacesAt, 'resource rules that are not cluster scoped must supply at least one namespace'),
    ),
    ...alone(spaces, 'namespaces', spacesAt),
    ...(spaces.includes('*')
      ? []
      : each(spaces, spacesAt, (name: string, at) =>
          faults(
            at,
            name,
            isDns1123Label(name).map((fault) => intro + fault),
          ),
        )),
  ]
}

function urlRuleFaults(rule: Part, place: Path): FieldError[] {
  const at = place.child('nonResourceURLs')
  const urls = listOf(rule.nonResourceURLs) as readonly string[]
  return [
    ...verbFaults(rule.verbs, place.child('verbs')),
    ...filled(urls, at, 'nonResourceURLs must contain at least one value'),
    ...alone(urls, 'non-resource URLs', at),
    ...(urls.includes('*') ? [] : each(urls, at, (url: string, one) => faults(one, url, whyNoUrl(url)))),
  ]
}

function whyNoUrl(url: string): string[] {
  if (url === '') return ['must not be empty']
  if (url === '/') return []
  if (!url.startsWith('/')) return ['must start with slash']
  if (url.includes(' ')) return ['must not contain white-space']
  if (url.includes('//')) return ['must not contain double slash']
  const stars = url.split('*').length - 1
  return stars > 1 || (stars === 1 && !url.endsWith('/*')) ? ['wildcard can only do suffix matching'] : []
}
