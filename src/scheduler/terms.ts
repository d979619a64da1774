/**
 * Terms about other pods, in the one form filters, scores and counters share: whose labels, in which namespaces, within
 * which topology domain.
 * Sources: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
 * and https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
import type { KubeObject } from '../api/object.ts'
import { type LabelSelector, matchesLabelSelector } from '../api/selector.ts'
import { canonicalJson } from '../lib/digest.ts'

export type Labels = Readonly<Record<string, string>>

/** Labels of namespaces by name. */
export type NamespaceLabels = (namespace: string) => Labels

/** Which pods are meant. `id` is equal for equal selections. `live` leaves out pods that are being deleted. */
export interface Selection {
  readonly id: string
  readonly namespaces: readonly string[]
  readonly namespaceSelector: LabelSelector | undefined
  readonly selector: LabelSelector | undefined
  readonly live: boolean
  /** Set: a pod must be among all of these, and the fields above say nothing. */
  readonly all?: readonly Selection[]
}

/** A term of pod (anti-)affinity; `weight` is 1 for required ones. */
export interface AffinityTerm {
  readonly selection: Selection
  readonly topologyKey: string
  readonly weight: number
}

/** A topology spread constraint. `matchesSelf` says whether the pod itself is among those counted. */
export interface SpreadConstraint {
  readonly selection: Selection
  readonly topologyKey: string
  readonly maxSkew: number
  readonly minDomains: number
  readonly honorsAffinity: boolean
  readonly honorsTaints: boolean
  readonly matchesSelf: boolean
}

/** The terms of one pod. */
export interface PodTerms {
  readonly affinity: readonly AffinityTerm[]
  readonly antiAffinity: readonly AffinityTerm[]
  readonly preferred: readonly AffinityTerm[]
  /** Weights are negative here. */
  readonly avoided: readonly AffinityTerm[]
  readonly hardSpread: readonly SpreadConstraint[]
  readonly softSpread: readonly SpreadConstraint[]
}

const noTerms: PodTerms = {
  affinity: [],
  antiAffinity: [],
  preferred: [],
  avoided: [],
  hardSpread: [],
  softSpread: [],
}

/** Whether a pod of this namespace with these labels is among those selected. */
export function selects(selection: Selection, namespace: string, labels: Labels, names: NamespaceLabels): boolean {
  const { namespaces, namespaceSelector, selector, all } = selection
  if (all !== undefined) return all.every((one) => selects(one, namespace, labels, names))
  const inside =
    namespaces.includes(namespace) ||
    (namespaceSelector !== undefined && matchesLabelSelector(namespaceSelector, names(namespace)))
  return inside && matchesLabelSelector(selector, labels)
}

/** The selection of a spread constraint: pods of the namespace that are not being deleted. */
export function spreadSelection(namespace: string, selector: LabelSelector | undefined): Selection {
  return { ...selectionOf([namespace], undefined, selector), id: `live ${namespace} ${textOf(selector)}`, live: true }
}

function selectionOf(
  namespaces: readonly string[],
  namespaceSelector: LabelSelector | undefined,
  selector: LabelSelector | undefined,
): Selection {
  const sorted = [...namespaces].sort()
  const id = `all ${sorted.join(',')} ${textOf(namespaceSelector)} ${textOf(selector)}`
  return { id, namespaces: sorted, namespaceSelector, selector, live: false }
}

function textOf(selector: LabelSelector | undefined): string {
  return selector === undefined ? '-' : canonicalJson(selector)
}

/** True for a selector without any requirement; the spread constraints of Kubernetes count nothing with it. */
export function isEmptySelector(selector: LabelSelector | undefined): boolean {
  if (selector === undefined) return false
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0) === 0
}

/** The terms in a pod's spec. */
export function termsOf(pod: KubeObject): PodTerms {
  const { affinity, topologySpreadConstraints: spread } = pod.spec ?? {}
  const near = affinity?.podAffinity
  const far = affinity?.podAntiAffinity
  if (!near && !far && !spread?.length) return noTerms
  const required = 'requiredDuringSchedulingIgnoredDuringExecution'
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'
  return {
    affinity: (near?.[required] ?? []).map((term: RawTerm) => termOf(pod, term, 1)),
    antiAffinity: (far?.[required] ?? []).map((term: RawTerm) => termOf(pod, term, 1)),
    preferred: (near?.[preferred] ?? []).map((one: Weighted) => termOf(pod, one.podAffinityTerm, one.weight)),
    avoided: (far?.[preferred] ?? []).map((one: Weighted) => termOf(pod, one.podAffinityTerm, -one.weight)),
    hardSpread: spreadOf(pod, spread ?? [], 'DoNotSchedule'),
    softSpread: spreadOf(pod, spread ?? [], 'ScheduleAnyway'),
  }
}

interface RawTerm {
  readonly topologyKey: string
  readonly labelSelector?: LabelSelector
  readonly namespaces?: readonly string[]
  readonly namespaceSelector?: LabelSelector
  readonly matchLabelKeys?: readonly string[]
  readonly mismatchLabelKeys?: readonly string[]
}

interface Weighted {
  readonly weight: number
  readonly podAffinityTerm: RawTerm
}

interface RawSpread {
  readonly maxSkew: number
  readonly topologyKey: string
  readonly whenUnsatisfiable: string
  readonly labelSelector?: LabelSelector
  readonly minDomains?: number
  readonly matchLabelKeys?: readonly string[]
  readonly nodeAffinityPolicy?: string
  readonly nodeTaintsPolicy?: string
}

function termOf(pod: KubeObject, term: RawTerm, weight: number): AffinityTerm {
  const listed = term.namespaces ?? []
  const own = listed.length === 0 && !term.namespaceSelector ? [pod.metadata.namespace ?? ''] : listed
  const selector = withKeys(pod, term.labelSelector ?? undefined, term.matchLabelKeys, term.mismatchLabelKeys)
  const selection = selectionOf(own, term.namespaceSelector ?? undefined, selector)
  return { selection, topologyKey: term.topologyKey, weight }
}

/** The selector narrowed by the pod's own values of some labels. Source: KEP-3243 and KEP-3633. */
function withKeys(
  pod: KubeObject,
  selector: LabelSelector | undefined,
  same: readonly string[] = [],
  other: readonly string[] = [],
): LabelSelector | undefined {
  if (selector === undefined || same.length + other.length === 0) return selector
  const labels: Labels = pod.metadata.labels ?? {}
  const values = (keys: readonly string[], operator: string) =>
    keys.flatMap((key) => (labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }]))
  const more = [...values(same, 'In'), ...values(other, 'NotIn')]
  return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...more] }
}

function spreadOf(pod: KubeObject, all: readonly RawSpread[], action: string): SpreadConstraint[] {
  return all
    .filter((one) => one.whenUnsatisfiable === action)
    .map((one) => {
      const selector = withKeys(pod, one.labelSelector ?? undefined, one.matchLabelKeys)
      return {
        selection: spreadSelection(pod.metadata.namespace ?? '', selector),
        topologyKey: one.topologyKey,
        maxSkew: one.maxSkew,
        minDomains: one.minDomains ?? 1,
        honorsAffinity: (one.nodeAffinityPolicy ?? 'Honor') === 'Honor',
        honorsTaints: (one.nodeTaintsPolicy ?? 'Ignore') === 'Honor',
        matchesSelf: matchesLabelSelector(selector, pod.metadata.labels),
      }
    })
}
