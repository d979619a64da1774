/**
 * APIService: apiregistration.k8s.io/v1, who serves a group version.
 * Source: https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/
 */
import { dnsSubdomain, each, faults, filled, isFilled, isSet, listOf, type Part, when } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { type FieldError, invalidValue, notSupported, type Path, path, required } from '../../api/field-error.ts'
import { defineKind } from '../../api/kind.ts'
import { isDns1035Label, isPathSegmentName, isValidPortNumber } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { toRfc3339 } from '../../api/time.ts'
import { withStatus } from '../without-status.ts'

const mostGroupPriority = 20_000
const mostVersionPriority = 1000
const statuses = ['True', 'False', 'Unknown']

function validate(object: KubeObject, _previous: KubeObject | undefined, subresource: string): FieldError[] {
  if (subresource === 'status')
    return each(object.status?.conditions, path('status', 'conditions'), ({ status = '' }, at) =>
      when(!statuses.includes(status), notSupported(at.child('status'), status, statuses)),
    )
  const spec = object.spec ?? {}
  return [...nameFaults(object.metadata.name, spec), ...specFaults(spec, path('spec'))]
}

function nameFaults(name: string, { version = '', group = '' }: Part): FieldError[] {
  const right = `${version}.${group}`
  if (name === '' || isPathSegmentName(name).length > 0 || name === right) return []
  return [invalidValue(path('metadata', 'name'), name, `must be \`spec.version+"."+spec.group\`: "${right}"`)]
}

function specFaults(spec: Part, place: Path): FieldError[] {
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0 } = spec
  const [groupAt, least, priority] = ['group', 'groupPriorityMinimum', 'versionPriority'].map((field) =>
    place.child(field),
  ) as [Path, Path, Path]
  const alone = 'only v1 may have an empty group and it better be legacy kube'
  return [
    ...when(group === '' && version !== 'v1', required(groupAt, alone)),
    ...(group === '' ? [] : dnsSubdomain(group, groupAt)),
    ...faults(place.child('version'), version, isDns1035Label(version)),
    ...when(
      groupPriorityMinimum <= 0 || groupPriorityMinimum > mostGroupPriority,
      invalidValue(least, groupPriorityMinimum, `must be positive and less than ${mostGroupPriority}`),
    ),
    ...when(
      versionPriority <= 0 || versionPriority > mostVersionPriority,
      invalidValue(priority, versionPriority, `must be positive and less than ${mostVersionPriority}`),
    ),
    ...(isSet(spec.service) ? serviceFaults(spec, place) : localFaults(spec, place)),
  ]
}

function localFaults({ caBundle = '', insecureSkipTLSVerify }: Part, place: Path): FieldError[] {
  const bytes = Math.floor((caBundle.replace(/=+$/, '').length * 3) / 4)
  const why = 'local APIServices may not have'
  return [
    ...when(caBundle !== '', invalidValue(place.child('caBundle'), `${bytes} bytes`, `${why} a caBundle`)),
    ...when(
      insecureSkipTLSVerify === true,
      invalidValue(place.child('insecureSkipTLSVerify'), true, `${why} insecureSkipTLSVerify`),
    ),
  ]
}

function serviceFaults({ service, caBundle, insecureSkipTLSVerify }: Part, place: Path): FieldError[] {
  const at = place.child('service')
  const { namespace, name, port = 0 } = service
  const wrong = isValidPortNumber(port)
  const both = insecureSkipTLSVerify === true && isFilled(caBundle)
  return [
    ...filled(namespace, at.child('namespace')),
    ...filled(name, at.child('name')),
    ...when(wrong.length > 0, invalidValue(at.child('port'), port, `port is not valid: ${wrong.join(', ')}`)),
    ...when(both, invalidValue(place.child('insecureSkipTLSVerify'), true, 'may not be true if caBundle is present')),
  ]
}

/** What is served by this very server is available at once. */
function create(object: KubeObject, { now }: { readonly now: number }): KubeObject {
  if (isSet(object.spec?.service)) return withStatus(object, {})
  const condition = {
    type: 'Available',
    status: 'True',
    lastTransitionTime: toRfc3339(now),
    reason: 'Local',
    message: 'Local APIServices are always available',
  }
  return withStatus(object, { conditions: [condition] })
}

function available({ status }: KubeObject): string {
  const condition = listOf(status?.conditions).find((one) => one.type === 'Available')
  if (condition === undefined) return 'Unknown'
  return condition.status === 'True' || !condition.reason
    ? condition.status
    : `${condition.status} (${condition.reason})`
}

export const APIService = defineKind({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService',
  subresources: { status: true },
  hasGeneration: false,
  updateNeedsVersion: true,
  nameRule: (name) => isPathSegmentName(name),
  prepare: { create },
  validate,
  columns: [
    nameColumn,
    column('Service', ({ spec }) =>
      isSet(spec?.service) ? `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}` : 'Local',
    ),
    column('Available', available),
    ageColumn,
  ],
})
