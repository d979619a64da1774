/**
 * IngressClass: networking.k8s.io/v1.
 * Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class
 */
import { among, dnsLabel, faults, isSet, type Part } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  type Path,
  path,
  required,
  tooLong,
} from '../../api/field-error.ts'
import { byteLength } from '../../api/go-text.ts'
import { defineKind } from '../../api/kind.ts'
import { validateImmutable } from '../../api/meta.ts'
import { isDns1123Subdomain } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { referenceFaults } from './ingress-validate.ts'

const longestController = 250
const defaultClass = 'ingressclass.kubernetes.io/is-default-class'
const pathFormat = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

function validate({ spec = {} }: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const place = path('spec', 'controller')
  const controller: string = spec.controller ?? ''
  const before: string = previous?.spec?.controller ?? ''
  return [
    ...(previous === undefined ? [] : validateImmutable(controller, before, place)),
    ...(byteLength(controller) > longestController ? [tooLong(place, longestController)] : []),
    ...domainPathFaults(controller, place),
    ...(isSet(spec.parameters) ? parametersFaults(spec.parameters, path('spec', 'parameters')) : []),
  ]
}

function domainPathFaults(text: string, place: Path): FieldError[] {
  if (text === '') return [required(place)]
  const slash = text.indexOf('/')
  const [host, rest] = slash < 0 ? ['', ''] : [text.slice(0, slash), text.slice(slash + 1)]
  if (host === '' || rest === '')
    return [invalidValue(place, text, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  const legible = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(rest)
  const why = `Invalid path (regex used for validation is '${pathFormat}')`
  return [...faults(place, host, isDns1123Subdomain(host)), ...(legible ? [] : [invalidValue(place, rest, why)])]
}

function parametersFaults(parameters: Part, place: Path): FieldError[] {
  const { scope, namespace } = parameters
  const [scopeAt, at] = [place.child('scope'), place.child('namespace')]
  const named = referenceFaults(parameters, place)
  if (!isSet(scope)) return [...named, required(scopeAt)]
  const unknown = among(scope, ['Cluster', 'Namespace'], scopeAt)
  if (scope === 'Namespace')
    return [
      ...named,
      ...(isSet(namespace) ? dnsLabel(namespace, at) : [required(at, "`parameters.scope` is set to 'Namespace'")]),
    ]
  const misplaced = scope === 'Cluster' && isSet(namespace)
  return [...named, ...unknown, ...(misplaced ? [forbiddenValue(at, "`parameters.scope` is set to 'Cluster'")] : [])]
}

function parametersText({ spec }: KubeObject): string {
  const { apiGroup, kind = '', name = '' } = spec?.parameters ?? {}
  if (spec?.parameters === undefined) return '<none>'
  return `${kind}${apiGroup === undefined ? '' : `.${apiGroup}`}/${name}`
}

export const IngressClass = defineKind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  namespaced: false,
  schema: 'io.k8s.api.networking.v1.IngressClass',
  hasGeneration: true,
  validate,
  columns: [
    {
      ...nameColumn,
      value: ({ metadata }) =>
        metadata.annotations?.[defaultClass] === 'true' ? `${metadata.name} (default)` : metadata.name,
    },
    column('Controller', ({ spec }) => spec?.controller ?? ''),
    column('Parameters', parametersText),
    ageColumn,
  ],
})
