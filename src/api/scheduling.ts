/**
 * Which nodes a pod may be on, as pure matching: taints and tolerations, node selectors and required node affinity.
 * The scheduler's filters and the DaemonSet controller ask the same questions here.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 * and https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
 */
import type { KubeObject } from './object.ts'

export type TaintEffect = 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'

/** A node's repulsion; `timeAdded` (RFC 3339) is set for NoExecute taints. */
export interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: string
  readonly timeAdded?: string
}

/** A pod's permission to stand a taint. No key with `Exists` stands all taints, no effect stands all effects. */
export interface Toleration {
  readonly key?: string
  readonly operator?: string
  readonly value?: string
  readonly effect?: string
  readonly tolerationSeconds?: number
}

/** One condition on a label or a field. Values of `Gt` and `Lt` are one integer as a string. */
export interface NodeSelectorRequirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

/** All requirements of a term must hold. A term without any matches no node. */
export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly NodeSelectorRequirement[]
  readonly matchFields?: readonly NodeSelectorRequirement[]
}

/** Whether one toleration stands the taint. */
export function tolerationMatches(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  const operator = toleration.operator || 'Equal'
  if (!toleration.key) return operator === 'Exists'
  if (toleration.key !== taint.key) return false
  return operator === 'Exists' || (operator === 'Equal' && (toleration.value ?? '') === (taint.value ?? ''))
}

/** Whether any of the tolerations stands the taint. */
export function toleratesTaint(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  return tolerations?.some((toleration) => tolerationMatches(toleration, taint)) ?? false
}

/** The first taint of one of the given effects that no toleration stands, in the node's order. */
export function untoleratedTaint(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly string[],
): Taint | undefined {
  return taints?.find((taint) => effects.includes(taint.effect) && !toleratesTaint(tolerations, taint))
}

/** Whether the node's labels and name satisfy every requirement of the term. */
export function matchesNodeSelectorTerm(term: NodeSelectorTerm, node: KubeObject): boolean {
  const expressions = term.matchExpressions ?? []
  const fields = term.matchFields ?? []
  if (expressions.length + fields.length === 0) return false
  return (
    expressions.every((one) => requirementHolds(one, node.metadata.labels?.[one.key])) &&
    fields.every((one) => one.key === 'metadata.name' && requirementHolds(one, node.metadata.name))
  )
}

/** Whether any term matches; no terms at all match no node. */
export function matchesNodeSelector(terms: readonly NodeSelectorTerm[] | undefined, node: KubeObject): boolean {
  return terms?.some((term) => matchesNodeSelectorTerm(term, node)) ?? false
}

/** What pods and pod templates have in common for this matching. */
export interface PodLike {
  readonly metadata?: unknown
  // biome-ignore lint/suspicious/noExplicitAny: pods and templates arrive as stored JSON, checked by their schema
  readonly spec?: any
}

/** Whether the node satisfies spec.nodeSelector and the required node affinity of a pod (or a pod template). */
export function matchesNodeAffinity(pod: PodLike, node: KubeObject): boolean {
  const selector: Readonly<Record<string, string>> = pod.spec?.nodeSelector ?? {}
  const labels = node.metadata.labels ?? {}
  for (const key in selector) if (labels[key] !== selector[key]) return false
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required === undefined || required === null || matchesNodeSelector(required.nodeSelectorTerms, node)
}

function requirementHolds(requirement: NodeSelectorRequirement, value: string | undefined): boolean {
  const values = requirement.values ?? []
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
    case 'Lt':
      return comparisonHolds(requirement.operator, value, values)
    default:
      return false
  }
}

function comparisonHolds(operator: 'Gt' | 'Lt', value: string | undefined, values: readonly string[]): boolean {
  const left = integerOf(value)
  const right = values.length === 1 ? integerOf(values[0]) : undefined
  if (left === undefined || right === undefined) return false
  return operator === 'Gt' ? left > right : left < right
}

function integerOf(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined
}
