/**
 * Which requests a webhook or an admission policy is about: rules, scope, equivalent versions, selectors. And the request
 * as they are told it: group, version, resource and kind of one version, the objects in its form.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules
 */
import type { Kind, SubresourceSpec } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { canonicalObject } from '../../api/protobuf/canonical.ts'
import { type LabelSelector, matchesLabelSelector } from '../../api/selector.ts'
import { notFound } from '../../api/status-error.ts'
import type { AdmissionRequest } from '../admission-step.ts'
import { scaleOf } from '../scale.ts'
import type { View } from '../view.ts'

export interface Rule {
  readonly operations?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly apiVersions?: readonly string[]
  readonly resources?: readonly string[]
  readonly scope?: string
  /** Policies only: the names it is about. */
  readonly resourceNames?: readonly string[]
}

export interface Matching {
  /** None: nothing is matched. */
  readonly rules?: readonly Rule[]
  readonly excludeRules?: readonly Rule[]
  readonly matchPolicy?: string
  readonly namespaceSelector?: LabelSelector
  readonly objectSelector?: LabelSelector
}

export interface GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** Configuration of admission itself is not shown to webhooks and policies. */
export function isExempt({ kind }: AdmissionRequest): boolean {
  return kind.group === 'admissionregistration.k8s.io'
}

/** The version in which the request is to be shown, or undefined when it is none of theirs. Throws 404 for a namespace that is missing. */
export function matchedVersion(request: AdmissionRequest, view: View, matching: Matching): Kind | undefined {
  if (!matchesObject(request, matching.objectSelector)) return undefined
  const kind = versionFor(request, matching)
  if (kind === undefined) return undefined
  return matchesNamespace(request, view, matching.namespaceSelector) ? kind : undefined
}

function versionFor(
  request: AdmissionRequest,
  { rules = [], excludeRules = [], matchPolicy }: Matching,
): Kind | undefined {
  const own = request.requestKind ?? request.kind
  const equivalent = matchPolicy === 'Exact' ? [] : versionsOf(request.kind).filter((kind) => kind !== own)
  if ([own, ...equivalent].some((kind) => excludeRules.some((rule) => fits(rule, request, kind)))) return undefined
  if (rules.some((rule) => fits(rule, request, own))) return own
  for (const rule of rules) for (const kind of equivalent) if (fits(rule, request, kind)) return kind
  return undefined
}

/** All versions at which a kind's objects are served. */
function versionsOf(kind: Kind): Kind[] {
  return [kind, ...kind.versions].filter((one) => one.served)
}

function fits(rule: Rule, request: AdmissionRequest, kind: Kind): boolean {
  const { operation, subresource } = request
  return (
    fitsScope(rule.scope, request) &&
    has(rule.operations, operation) &&
    has(rule.apiGroups, kind.group) &&
    has(rule.apiVersions, kind.version) &&
    (rule.resources ?? []).some((one) => fitsResource(one, kind.plural, subresource)) &&
    (rule.resourceNames === undefined || rule.resourceNames.length === 0 || rule.resourceNames.includes(request.name))
  )
}

function has(list: readonly string[] | undefined, item: string): boolean {
  return list !== undefined && (list.includes('*') || list.includes(item))
}

/** A namespace itself is cluster-scoped, though a request about it carries its name as namespace. */
function fitsScope(scope: string | undefined, { kind }: AdmissionRequest): boolean {
  if (scope === undefined || scope === '*') return true
  return (scope === 'Namespaced') === kind.namespaced
}

function fitsResource(pattern: string, plural: string, subresource: string): boolean {
  const slash = pattern.indexOf('/')
  const [resource, sub] = slash < 0 ? [pattern, ''] : [pattern.slice(0, slash), pattern.slice(slash + 1)]
  return (resource === '*' || resource === plural) && (sub === '*' || sub === subresource)
}

function matchesObject(request: AdmissionRequest, selector: LabelSelector | undefined): boolean {
  if (isEverything(selector)) return true
  const { operation, object, previous } = request
  const shown = operation === 'DELETE' ? [previous ?? object] : [object, previous]
  return shown.some((one) => one?.metadata !== undefined && matchesLabelSelector(selector, one.metadata.labels))
}

function matchesNamespace(request: AdmissionRequest, view: View, selector: LabelSelector | undefined): boolean {
  const namespaces = request.kind.resource === 'namespaces'
  if ((!request.kind.namespaced && !namespaces) || isEverything(selector)) return true
  const written = namespaces && request.subresource === '' && request.operation !== 'DELETE'
  if (written) return matchesLabelSelector(selector, request.object.metadata.labels)
  const name = namespaceOf(request)
  const namespace = view.get('namespaces', '', name)
  if (namespace === undefined) throw notFound('namespaces', name)
  return matchesLabelSelector(selector, namespace.metadata.labels)
}

function isEverything(selector: LabelSelector | undefined): boolean {
  if (selector === undefined || selector === null) return true
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0
}

/** The namespace of the request; that of a namespace is itself. */
export function namespaceOf({ kind, namespace, name, object }: AdmissionRequest): string {
  return kind.resource === 'namespaces' ? name || (object.metadata?.name ?? '') : namespace
}

/** The kind of what the request carries: the object's, or that of its subresource. */
export function carriedKind(request: AdmissionRequest, kind: Kind): GroupVersionKind {
  const { subresource, object } = request
  if (subresource === 'scale') return { group: 'autoscaling', version: 'v1', kind: 'Scale' }
  const spec = kind.subresources[subresource]
  if (isForeign(request)) return versioned(object.apiVersion, object.kind)
  if (subresource !== '' && typeof spec === 'object' && 'verbs' in spec && 'kind' in spec) {
    const { group, version, kind: name } = spec as SubresourceSpec
    return { group, version, kind: name }
  }
  return { group: kind.group, version: kind.version, kind: kind.kind }
}

/** What the request carries in the form of one version: null for what is not there. */
export function carried(
  request: AdmissionRequest,
  kind: Kind,
): { object: KubeObject | null; oldObject: KubeObject | null } {
  const { operation, object, previous } = request
  const form = (one: KubeObject): KubeObject =>
    request.subresource === 'scale' ? scaleOf(kind, one) : isForeign(request) ? one : versionOf(kind, one)
  if (operation === 'DELETE') return { object: null, oldObject: form(previous ?? object) }
  return { object: form(object), oldObject: previous === undefined ? null : form(previous) }
}

/** The object in a version as it is encoded there. */
function versionOf(kind: Kind, object: KubeObject): KubeObject {
  const form = kind.fromStorage(object)
  return form === object ? object : canonicalObject(form)
}

/** True for a Binding, an Eviction, options: objects that are not of the kind itself. */
export function isForeign({ object, kind }: AdmissionRequest): boolean {
  return object.kind !== undefined && object.kind !== kind.kind
}

function versioned(apiVersion: string, kind: string): GroupVersionKind {
  const [first = '', second] = apiVersion.split('/')
  return second === undefined ? { group: '', version: first, kind } : { group: first, version: second, kind }
}

/** CreateOptions and so on with their apiVersion and kind, as reviews show them. */
export function shownOptions({ operation, options }: AdmissionRequest): Readonly<Record<string, unknown>> | null {
  if (operation === 'CONNECT') return null
  const word = operation.slice(0, 1) + operation.slice(1).toLowerCase()
  return { kind: `${word}Options`, apiVersion: 'meta.k8s.io/v1', ...options }
}
