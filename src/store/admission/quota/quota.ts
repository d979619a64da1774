/**
 * ResourceQuota: what a write adds is charged to the quotas of its namespace in the same commit, and refused when it does
 * not fit. What is given back is counted by the resource-quota controller.
 * Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
import type { KubeObject } from '../../../api/object.ts'
import { podLevelResources } from '../../../api/pod-resources.ts'
import { compareQuantity, type Quantity } from '../../../api/quantity.ts'
import {
  addLists,
  listText,
  masked,
  type ResourceList,
  readList,
  sameLists,
  subtractLists,
  writeList,
} from '../../../api/resource-list.ts'
import { equal } from '../../../lib/equal.ts'
import { type AdmissionCheck, type AdmissionRequest, refusal } from '../../admission-step.ts'
import { inScope, isTerminating } from './scopes.ts'
import { computeUsage, isCounted, namesFor, usageOf } from './usage.ts'

const quotas = 'resourcequotas'

/** Refuses with 403 what no quota of the namespace has room for; else charges it. */
export const resourceQuota: AdmissionCheck = (request, view, tools) => {
  const { kind, namespace } = request
  if (namespace === '' || kind.resource === 'namespaces' || view.count(quotas) === 0) return
  if (!isCounted(kind.resource) || !mayCharge(request)) return
  for (const quota of view.list(quotas, namespace)) {
    const used = charged(request, quota, view.now)
    if (used === undefined || request.dryRun === true) continue
    tools.alsoWrite(quotas, quota, { ...quota, status: { ...quota.status, used: writeList(used) } })
  }
}

/** Only these writes can use more of anything. */
function mayCharge({ kind, operation, subresource, object, previous }: AdmissionRequest): boolean {
  switch (kind.resource) {
    case 'pods':
      if (subresource === 'resize') return operation === 'UPDATE'
      if (subresource !== '') return false
      if (operation === 'UPDATE') return previous !== undefined && isTerminating(previous) !== isTerminating(object)
      return operation === 'CREATE'
    case 'services':
      return subresource === '' && (operation === 'CREATE' || operation === 'UPDATE')
    case 'persistentvolumeclaims':
      if (subresource === 'status') return !equal(previous?.status, object.status)
      return subresource === '' && (operation === 'CREATE' || operation === 'UPDATE')
    default:
      return subresource === '' && operation === 'CREATE'
  }
}

/** What the quota has used after the write; undefined when it does not change. Throws 403. */
function charged(request: AdmissionRequest, quota: KubeObject, now: number): ResourceList | undefined {
  const { kind, object, previous, operation, subresource } = request
  const { name } = quota.metadata
  const hard = readList(quota.status?.hard)
  const used = readList(quota.status?.used)
  const names = namesFor(kind.resource, [...hard.keys()])
  if (names.length === 0 || !inScope(quota, kind.resource, object)) return undefined
  const missing = kind.resource === 'pods' ? whyIncomplete(object, names) : ''
  if (missing !== '') throw refusal(request, `failed quota: ${name}: ${missing}`)
  if (names.some((one) => !used.has(one)))
    throw refusal(request, `status unknown for quota: ${name}, resources: ${[...names].sort().join(',')}`)
  const usage = usageOf(kind.resource, object, now)
  const negative = [...usage].filter(([, quantity]) => quantity.unscaled < 0n).map(([one]) => one)
  if (negative.length > 0)
    throw refusal(request, `quota usage is negative for resource(s): ${negative.sort().join(',')}`)
  const counted = operation === 'UPDATE' && previous !== undefined && inScope(quota, kind.resource, previous)
  const more = counted ? subtractLists(usage, usageOf(kind.resource, previous, now)) : usage
  const asked = masked(new Map([...more].filter(([, quantity]) => quantity.unscaled !== 0n)), hard.keys())
  if (asked.size === 0) return undefined
  const next = addLists(used, asked)
  const exceeded = [...asked.keys()].filter(
    (one) => compareQuantity(next.get(one) as Quantity, hard.get(one) as Quantity) > 0,
  )
  if (exceeded.length > 0 && subresource !== 'status') {
    const [requested, was, limited] = [asked, used, hard].map((list) => listText(masked(list, exceeded)))
    throw refusal(request, `exceeded quota: ${name}, requested: ${requested}, used: ${was}, limited: ${limited}`)
  }
  return sameLists(next, used) ? undefined : next
}

/** Quotas of CPU and memory require every container to say what it wants, unless the pod says it as a whole. */
function whyIncomplete(pod: KubeObject, names: readonly string[]): string {
  if (podLevelResources(pod)) return ''
  const required = names.filter((name) => /^(requests\.|limits\.)?(cpu|memory)$/.test(name)).sort()
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  const parts = required.flatMap((name) => {
    const without = containers.filter(({ resources }) => {
      return !computeUsage(readList(resources?.requests), readList(resources?.limits)).has(name)
    })
    const unsaid = [...new Set<string>(without.map((container) => container.name))].sort()
    return unsaid.length === 0 ? [] : [`${name} for: ${unsaid.join(',')}`]
  })
  return parts.length === 0 ? '' : `must specify ${parts.join('; ')}`
}
