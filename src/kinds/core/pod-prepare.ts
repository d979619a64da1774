/**
 * What the server itself changes in pods: where a new one begins, and what an update may not lose.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ and
 * https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/
 */
import { isFilled, isSet, listOf, type Part } from '../../api/checks.ts'
import type { PrepareContext } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { qosClass } from '../../api/qos.ts'
import { toRfc3339 } from '../../api/time.ts'
import { withStatus } from '../without-status.ts'
import { withPodAddresses } from './pod-addresses.ts'
import { ownedEphemeral, prepareEphemeral } from './pod-ephemeral.ts'
import { ownedResize, prepareResize } from './pod-resize.ts'

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution'

/** A new pod waits, knows its quality of service, and says so when gates hold it back. */
export function preparePod(pod: KubeObject, { now }: PrepareContext): KubeObject {
  const spec = withLabelKeys(pod.spec ?? {}, pod.metadata.labels ?? {})
  const status = { phase: 'Pending', ...gated(spec, now), qosClass: qosClass(pod) }
  return withStatus({ ...pod, spec: withOldAccountName(spec) }, status)
}

/** The account is also under its name of before v1. */
function withOldAccountName(spec: Part): Part {
  const { serviceAccountName: name } = spec
  return isFilled(name) && spec.serviceAccount !== name ? { ...spec, serviceAccount: name } : spec
}

/** The quality of service survives a kubelet that leaves it out; the two fields of addresses agree. */
export function preparePodUpdate(next: KubeObject, previous: KubeObject, subresource: string): KubeObject {
  if (subresource === 'ephemeralcontainers') return prepareEphemeral(next, previous)
  if (subresource === 'resize') return prepareResize(next, previous)
  if (subresource !== 'status') return next
  const sent = next.status ?? {}
  const status = withPodAddresses(sent)
  const kept = previous.status?.qosClass
  if (!isFilled(status.qosClass) && isFilled(kept)) return { ...next, status: { ...status, qosClass: kept } }
  return status === sent ? next : { ...next, status }
}

/** What a writer comes to own: the part its subresource is about. */
export function ownedPart(pod: KubeObject, subresource: string): KubeObject {
  if (subresource === 'ephemeralcontainers') return ownedEphemeral(pod)
  if (subresource === 'resize') return ownedResize(pod)
  if (subresource !== '') return pod
  const { status: _status, ...main } = pod
  return main as KubeObject
}

function gated(spec: Part, now: number): Readonly<Record<string, unknown>> {
  if (!isFilled(spec.schedulingGates)) return {}
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: toRfc3339(now),
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  }
  return { conditions: [condition] }
}

type Labels = Readonly<Record<string, string>>

/** matchLabelKeys and mismatchLabelKeys become requirements on the pod's own values. */
function withLabelKeys(spec: Part, labels: Labels): Part {
  const constraints = spec.topologySpreadConstraints
  const spreads = isSet(constraints)
    ? { topologySpreadConstraints: mapped(constraints, (one) => keyed(one, labels)) }
    : {}
  const affinity = isSet(spec.affinity) ? { affinity: keyedAffinity(spec.affinity, labels) } : {}
  const next = { ...spec, ...spreads, ...affinity }
  const changed = Object.keys({ ...spreads, ...affinity }).some((field) => next[field] !== spec[field])
  return changed ? next : spec
}

function keyedAffinity(affinity: Part, labels: Labels): Part {
  let next = affinity
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    const terms = affinity[kind]
    if (!isSet(terms)) continue
    const required = mapped(terms[requiredTerms], (term) => keyed(term, labels))
    const preferred = mapped(terms[preferredTerms], (one) => {
      const podAffinityTerm = keyed(one.podAffinityTerm, labels)
      return podAffinityTerm === one.podAffinityTerm ? one : { ...one, podAffinityTerm }
    })
    if (required === terms[requiredTerms] && preferred === terms[preferredTerms]) continue
    const lists = {
      ...(isSet(required) && { [requiredTerms]: required }),
      ...(isSet(preferred) && { [preferredTerms]: preferred }),
    }
    next = { ...next, [kind]: { ...terms, ...lists } }
  }
  return next
}

/** The list itself when nothing in it changes. */
function mapped(list: Part, change: (item: Part) => Part): Part {
  if (!isSet(list)) return list
  const next = listOf(list).map(change)
  return next.some((item, index) => item !== list[index]) ? next : list
}

function keyed(term: Part, labels: Labels): Part {
  const selector = term?.labelSelector
  if (!isSet(selector)) return term
  const own = (keys: unknown, operator: string) =>
    listOf(keys).flatMap((key) => (Object.hasOwn(labels, key) ? [{ key, operator, values: [labels[key]] }] : []))
  const more = [...own(term.matchLabelKeys, 'In'), ...own(term.mismatchLabelKeys, 'NotIn')]
  if (more.length === 0) return term
  return { ...term, labelSelector: { ...selector, matchExpressions: [...listOf(selector.matchExpressions), ...more] } }
}
