/**
 * RuntimeClass: a pod's class says what it costs beside its containers and on which nodes it can run.
 * Source: https://kubernetes.io/docs/concepts/containers/runtime-class/
 */
import type { KubeObject } from '../../api/object.ts'
import { readList, sameLists } from '../../api/resource-list.ts'
import type { Toleration } from '../../api/scheduling.ts'
import { equal } from '../../lib/equal.ts'
import { type AdmissionCheck, type AdmissionRequest, type AdmissionStep, refusal } from '../admission-step.ts'
import type { View } from '../view.ts'

const classes = 'runtimeclasses.node.k8s.io'

/** Gives a new pod the overhead, node selector and tolerations of its class; 403 when it says otherwise itself. */
export const runtimeClass: AdmissionStep = (request, view) => {
  const found = classOf(request, view)
  if (found === undefined) return request.object
  const overhead = withOverhead(request, found)
  return withScheduling(request, overhead, found)
}

/** Refuses with 403 an overhead that is not that of the class. */
export const runtimeClassOverhead: AdmissionCheck = (request, view) => {
  if (!isNewPod(request)) return
  const { overhead } = request.object.spec ?? {}
  const fixed = classOf(request, view)?.overhead
  if (fixed === undefined) {
    if (overhead !== undefined)
      throw refusal(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
  } else if (!sameLists(readList(fixed.podFixed), readList(overhead))) throw mismatch(request)
}

function isNewPod({ kind, operation, subresource }: AdmissionRequest): boolean {
  return kind.resource === 'pods' && operation === 'CREATE' && subresource === ''
}

function classOf(request: AdmissionRequest, view: View): KubeObject | undefined {
  const name = isNewPod(request) ? request.object.spec?.runtimeClassName : undefined
  if (name === undefined || name === null) return undefined
  const found = view.get(classes, '', name)
  if (found === undefined) throw refusal(request, `pod rejected: RuntimeClass "${name}" not found`)
  return found
}

function mismatch(request: AdmissionRequest): Error {
  return refusal(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
}

function withOverhead(request: AdmissionRequest, { overhead }: KubeObject): KubeObject {
  const { object } = request
  if (overhead === undefined) return object
  const own = object.spec?.overhead
  if (own !== undefined && Object.keys(own).length > 0 && !sameLists(readList(overhead.podFixed), readList(own)))
    throw mismatch(request)
  return { ...object, spec: { ...object.spec, overhead: overhead.podFixed } }
}

function withScheduling(request: AdmissionRequest, pod: KubeObject, { scheduling }: KubeObject): KubeObject {
  if (scheduling === undefined) return pod
  const own: Readonly<Record<string, string>> = pod.spec?.nodeSelector ?? {}
  const wanted: Readonly<Record<string, string>> = scheduling.nodeSelector ?? {}
  for (const [key, value] of Object.entries(wanted)) {
    const given = own[key]
    if (given !== undefined && given !== value)
      throw refusal(
        request,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${given}`,
      )
  }
  const nodeSelector = { ...own, ...wanted }
  const tolerations = merged(pod.spec?.tolerations ?? [], scheduling.tolerations ?? [])
  const selector = Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }
  return { ...pod, spec: { ...pod.spec, ...selector, ...(tolerations.length === 0 ? {} : { tolerations }) } }
}

/** Both lists without those another one already covers. */
function merged(own: readonly Toleration[], more: readonly Toleration[]): Toleration[] {
  const all = [...own, ...more]
  const kept: Toleration[] = []
  for (const [index, one] of all.entries()) {
    const covered =
      kept.some((other) => covers(other, one)) ||
      all.slice(index + 1).some((later) => covers(later, one) && !equal(later, one))
    if (!covered) kept.push(one)
  }
  return kept
}

function covers(wide: Toleration, narrow: Toleration): boolean {
  if (equal(wide, narrow)) return true
  if ((wide.key ?? '') !== (narrow.key ?? '') && !(!wide.key && wide.operator === 'Exists')) return false
  if (wide.effect && wide.effect !== narrow.effect) return false
  if (wide.effect === 'NoExecute') {
    const [long, short] = [wide.tolerationSeconds, narrow.tolerationSeconds]
    if (long !== undefined && (short === undefined || long < short)) return false
  }
  if (wide.operator === 'Exists') return true
  return narrow.operator !== 'Exists' && (wide.value ?? '') === (narrow.value ?? '')
}
