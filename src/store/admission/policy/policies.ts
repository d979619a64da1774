/**
 * What validating and mutating policies have in common: which of them, with which bindings and parameters, a request
 * meets.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#parameter-resources
 */
import type { Kind } from '../../../api/kind.ts'
import type { KubeObject, ResourceKey } from '../../../api/object.ts'
import { type LabelSelector, matchesLabelSelector } from '../../../api/selector.ts'
import { StatusError } from '../../../api/status-error.ts'
import type { AdmissionRequest } from '../../admission-step.ts'
import type { View } from '../../view.ts'
import { type Matching, matchedVersion, type Rule } from '../matching.ts'

interface MatchResources {
  readonly resourceRules?: readonly Rule[]
  readonly excludeResourceRules?: readonly Rule[]
  readonly matchPolicy?: string
  readonly namespaceSelector?: LabelSelector
  readonly objectSelector?: LabelSelector
}

interface ParamRef {
  readonly name?: string
  readonly namespace?: string
  readonly selector?: LabelSelector
  readonly parameterNotFoundAction?: 'Allow' | 'Deny'
}

/** One policy with one binding and one parameter; `params` is absent where there are none. */
export interface Invocation {
  readonly policy: KubeObject
  readonly binding: KubeObject
  readonly kind: Kind
  readonly params?: KubeObject
}

/** A policy or binding that cannot be used as it is. */
export interface Misconfigured {
  readonly policy: KubeObject
  readonly binding?: KubeObject
  readonly message: string
  /** The reason of the refusal; Forbidden when absent. */
  readonly reason?: string
}

/** What a request meets, in the order of the policies' and bindings' names. */
export function invocationsOf(
  request: AdmissionRequest,
  view: View,
  policies: ResourceKey,
  bindings: ResourceKey,
): (Invocation | Misconfigured)[] {
  if (view.count(bindings) === 0 || view.count(policies) === 0) return []
  const all = view.list(bindings)
  return view.list(policies).flatMap((policy) => {
    const own = all.filter((binding) => binding.spec?.policyName === policy.metadata.name)
    if (own.length === 0) return []
    const kind = attempted(policy, undefined, () =>
      matchedVersion(request, view, matchingOf(policy.spec?.matchConstraints)),
    )
    if (kind === undefined) return []
    if ('message' in kind) return [kind]
    return own.flatMap((binding) => bound(policy, binding, kind, request, view))
  })
}

function matchingOf(resources: MatchResources = {}): Matching {
  const { resourceRules = [], excludeResourceRules = [], ...rest } = resources
  return { ...rest, rules: resourceRules, excludeRules: excludeResourceRules }
}

/** A binding without rules takes those of its policy. */
function boundMatching(resources: MatchResources): Matching {
  const { resourceRules = [] } = resources
  const everything = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*', '*/*'] }
  return { ...matchingOf(resources), rules: resourceRules.length === 0 ? [everything] : resourceRules }
}

function bound(
  policy: KubeObject,
  binding: KubeObject,
  kind: Kind,
  request: AdmissionRequest,
  view: View,
): (Invocation | Misconfigured)[] {
  const { matchResources, paramRef } = binding.spec ?? {}
  if (matchResources !== undefined && matchResources !== null) {
    const met = attempted(policy, binding, () => matchedVersion(request, view, boundMatching(matchResources)))
    if (met === undefined) return []
    if ('message' in met) return [met]
  }
  const params = paramsOf(policy, paramRef, request, view)
  if (typeof params === 'string') return [{ policy, binding, message: `failed to configure binding: ${params}` }]
  return params.map((one) => ({ policy, binding, kind, ...(one === undefined ? {} : { params: one }) }))
}

function attempted<T>(policy: KubeObject, binding: KubeObject | undefined, work: () => T): T | Misconfigured {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    const what = binding === undefined ? 'policy' : 'binding'
    const message = `failed to configure ${what}: ${error.message}`
    return binding === undefined ? { policy, message } : { policy, binding, message }
  }
}

/** The parameters of a binding; one that is undefined where it has none; text for what is wrong. */
function paramsOf(
  policy: KubeObject,
  ref: ParamRef | undefined,
  request: AdmissionRequest,
  view: View,
): (KubeObject | undefined)[] | string {
  const wanted = policy.spec?.paramKind
  if (wanted === undefined || ref === undefined || wanted === null || ref === null) return [undefined]
  const kind = view.kindOf({ apiVersion: wanted.apiVersion, kind: wanted.kind } as KubeObject)
  if (kind === undefined)
    return `failed to find resource referenced by paramKind: '${versionText(wanted.apiVersion)}, Kind=${wanted.kind}'`
  if (!kind.namespaced && ref.namespace)
    return 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`'
  const namespace = kind.namespaced ? ref.namespace || request.namespace : ''
  if (kind.namespaced && namespace === '')
    return 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources'
  const found = foundParams(kind, namespace, ref, view)
  if (found.length === 0 && ref.parameterNotFoundAction === 'Deny')
    return 'no params found for policy binding with `Deny` parameterNotFoundAction'
  return found.map((one) => kind.fromStorage(one))
}

function foundParams(kind: Kind, namespace: string, ref: ParamRef, view: View): KubeObject[] {
  if (ref.name) return [view.get(kind, namespace, ref.name)].filter((one): one is KubeObject => one !== undefined)
  const all = view.list(kind, kind.namespaced ? namespace : undefined)
  return all.filter((one) => matchesLabelSelector(ref.selector, one.metadata.labels))
}

function versionText(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion : `/${apiVersion}`
}
