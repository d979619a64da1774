/**
 * Which objects a quota speaks of: its scopes and its scope selector.
 * Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes
 */
import type { KubeObject, ResourceKey } from '../../../api/object.ts'
import { qosClass } from '../../../api/qos.ts'

interface Scope {
  readonly scopeName: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values?: readonly string[]
}

/** True when the object fits every scope of the quota; a quota without scopes speaks of everything. */
export function inScope(quota: KubeObject, resource: ResourceKey, object: KubeObject): boolean {
  return scopesOf(quota).every((scope) => fits(scope, resource, object))
}

function scopesOf({ spec = {} }: KubeObject): Scope[] {
  const plain: readonly string[] = spec.scopes ?? []
  const exists = plain.map((scopeName) => ({ scopeName, operator: 'Exists' }) as const)
  return [...exists, ...((spec.scopeSelector?.matchExpressions ?? []) as readonly Scope[])]
}

function fits(scope: Scope, resource: ResourceKey, object: KubeObject): boolean {
  if (resource === 'pods') return podFits(scope, object)
  if (resource === 'persistentvolumeclaims' && scope.scopeName === 'VolumeAttributesClass')
    return claimFits(scope, object)
  return false
}

function podFits(scope: Scope, pod: KubeObject): boolean {
  switch (scope.scopeName) {
    case 'Terminating':
      return isTerminating(pod)
    case 'NotTerminating':
      return !isTerminating(pod)
    case 'BestEffort':
      return qosClass(pod) === 'BestEffort'
    case 'NotBestEffort':
      return qosClass(pod) !== 'BestEffort'
    case 'PriorityClass':
      return selects(scope, pod.spec?.priorityClassName || undefined)
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod)
    default:
      return false
  }
}

/** A pod that says how long it may run. */
export function isTerminating(pod: KubeObject): boolean {
  const seconds = pod.spec?.activeDeadlineSeconds
  return seconds !== undefined && seconds !== null && seconds >= 0
}

function claimFits(scope: Scope, claim: KubeObject): boolean {
  const { spec = {}, status = {} } = claim
  const names = [
    spec.volumeAttributesClassName,
    status.currentVolumeAttributesClassName,
    status.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ].filter((name) => typeof name === 'string' && name !== '')
  if (names.length === 0) return selects(scope, undefined)
  return names.some((name) => selects(scope, name))
}

function selects({ operator, values = [] }: Scope, name: string | undefined): boolean {
  if (operator === 'Exists') return name !== undefined
  if (operator === 'DoesNotExist') return name === undefined
  const listed = name !== undefined && values.includes(name)
  return operator === 'In' ? listed : !listed
}

interface Term {
  readonly namespaces?: readonly string[]
  readonly namespaceSelector?: unknown
}

function crossesNamespaces(pod: KubeObject): boolean {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {}
  const terms = [podAffinity, podAntiAffinity].flatMap((affinity): Term[] => [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      (one: { podAffinityTerm: Term }) => one.podAffinityTerm,
    ),
  ])
  return terms.some(({ namespaces, namespaceSelector }) => (namespaces?.length ?? 0) > 0 || namespaceSelector != null)
}
