/**
 * LimitRanger: containers get the default requests and limits of their namespace's LimitRanges, and nothing leaves the
 * ranges they allow.
 * Source: https://kubernetes.io/docs/concepts/policy/limit-range/
 */
import type { KubeObject } from '../../api/object.ts'
import { podTotal } from '../../api/pod-resources.ts'
import { compareQuantity, formatQuantity, type Quantity, quantityToNumber } from '../../api/quantity.ts'
import { type ResourceList, readList, type WrittenList } from '../../api/resource-list.ts'
import { type AdmissionCheck, type AdmissionRequest, type AdmissionStep, refusal } from '../admission-step.ts'
import type { View } from '../view.ts'

const limitRanges = 'limitranges'
const annotation = 'kubernetes.io/limit-ranger'

interface Limit {
  readonly type: string
  readonly min?: WrittenList
  readonly max?: WrittenList
  readonly default?: WrittenList
  readonly defaultRequest?: WrittenList
  readonly maxLimitRequestRatio?: WrittenList
}

// biome-ignore lint/suspicious/noExplicitAny: a container as stored JSON, checked by its schema
type Container = any

/** Completes the resources of a new pod's containers and notes on the pod what was set. */
export const limitDefaults: AdmissionStep = (request, view) => {
  if (request.kind.resource !== 'pods' || !concerns(request)) return request.object
  return rangesOf(request, view).reduce(withDefaults, request.object)
}

/** Refuses with 403 pods and claims outside the ranges. */
export const limitChecks: AdmissionCheck = (request, view) => {
  if (!concerns(request)) return
  for (const range of rangesOf(request, view)) {
    const errors = limitsOf(range).flatMap((limit) => errorsOf(request, limit))
    if (errors.length > 0) throw refusal(request, aggregate(errors))
  }
}

/** Pods when they are created or resized, claims always; never what is being deleted. */
function concerns({ kind, operation, subresource, previous }: AdmissionRequest): boolean {
  if (kind.resource !== 'pods' && kind.resource !== 'persistentvolumeclaims') return false
  if (operation !== 'CREATE' && operation !== 'UPDATE') return false
  if (previous?.metadata.deletionTimestamp !== undefined) return false
  if (kind.resource === 'persistentvolumeclaims') return subresource === ''
  return operation === 'CREATE' ? subresource === '' : subresource === 'resize'
}

function rangesOf(request: AdmissionRequest, view: View): KubeObject[] {
  return view.count(limitRanges) === 0 ? [] : view.list(limitRanges, request.namespace)
}

function limitsOf(range: KubeObject): readonly Limit[] {
  return range.spec?.limits ?? []
}

function withDefaults(pod: KubeObject, range: KubeObject): KubeObject {
  const limits = limitsOf(range).filter((limit) => limit.type === 'Container')
  const requests = Object.assign({}, ...limits.map((limit) => limit.defaultRequest)) as WrittenList
  const most = Object.assign({}, ...limits.map((limit) => limit.default)) as WrittenList
  const notes: string[] = []
  const complete = (containers: readonly Container[] | undefined, what: string) =>
    containers?.map((container) => completed(container, requests, most, what, notes))
  const containers = complete(pod.spec?.containers, 'container')
  const initContainers = complete(pod.spec?.initContainers, 'init container')
  if (notes.length === 0) return pod
  const spec = { ...pod.spec, containers, ...(initContainers === undefined ? {} : { initContainers }) }
  const annotations = { ...pod.metadata.annotations, [annotation]: `LimitRanger plugin set: ${notes.join('; ')}` }
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec }
}

function completed(container: Container, requests: WrittenList, limits: WrittenList, what: string, notes: string[]) {
  const own = container.resources ?? {}
  const addedRequests = Object.keys(requests).filter((name) => own.requests?.[name] === undefined)
  const addedLimits = Object.keys(limits).filter((name) => own.limits?.[name] === undefined)
  if (addedRequests.length > 0) notes.push(`${addedRequests.sort().join(', ')} request for ${what} ${container.name}`)
  if (addedLimits.length > 0) notes.push(`${addedLimits.sort().join(', ')} limit for ${what} ${container.name}`)
  if (addedRequests.length === 0 && addedLimits.length === 0) return container
  const resources = {
    ...own,
    ...(addedLimits.length > 0 ? { limits: { ...limits, ...own.limits } } : {}),
    ...(addedRequests.length > 0 ? { requests: { ...requests, ...own.requests } } : {}),
  }
  return { ...container, resources }
}

function errorsOf({ kind, object }: AdmissionRequest, limit: Limit): string[] {
  if (kind.resource === 'persistentvolumeclaims') {
    if (limit.type !== 'PersistentVolumeClaim') return []
    const requests = readList(object.spec?.resources?.requests)
    return [
      ...each(limit.min, (name, at) => tooSmall(limit.type, name, at, requests, new Map())),
      ...each(limit.max, (name, at) => tooMuchAsked(limit.type, name, at, requests)),
    ]
  }
  if (limit.type === 'Pod') return rangeErrors(limit, podTotal(object, 'requests'), podTotal(object, 'limits'))
  if (limit.type !== 'Container') return []
  const containers: readonly Container[] = [...(object.spec?.containers ?? []), ...(object.spec?.initContainers ?? [])]
  return containers.flatMap(({ resources }) =>
    rangeErrors(limit, readList(resources?.requests), readList(resources?.limits)),
  )
}

function rangeErrors(limit: Limit, requests: ResourceList, limits: ResourceList): string[] {
  const { type } = limit
  return [
    ...each(limit.min, (name, at) => tooSmall(type, name, at, requests, limits)),
    ...each(limit.max, (name, at) => tooLarge(type, name, at, requests, limits)),
    ...each(limit.maxLimitRequestRatio, (name, at) => tooFarApart(type, name, at, requests, limits)),
  ]
}

/** What each name of a list is refused for, by name. */
function each(list: WrittenList | undefined, why: (name: string, enforced: Quantity) => string): string[] {
  const named = [...readList(list)].sort(([a], [b]) => (a < b ? -1 : 1))
  return named.map(([name, enforced]) => why(name, enforced)).filter((text) => text !== '')
}

function tooSmall(type: string, name: string, least: Quantity, requests: ResourceList, limits: ResourceList): string {
  const opening = `minimum ${name} usage per ${type} is ${formatQuantity(least)}`
  const [request, limit] = [requests.get(name), limits.get(name)]
  if (request === undefined) return `${opening}.  No request is specified`
  if (compareQuantity(request, least) < 0) return `${opening}, but request is ${formatQuantity(request)}`
  if (limit !== undefined && compareQuantity(limit, least) < 0)
    return `${opening}, but limit is ${formatQuantity(limit)}`
  return ''
}

function tooLarge(type: string, name: string, most: Quantity, requests: ResourceList, limits: ResourceList): string {
  const opening = `maximum ${name} usage per ${type} is ${formatQuantity(most)}`
  const [request, limit] = [requests.get(name), limits.get(name)]
  if (limit === undefined) return `${opening}.  No limit is specified`
  if (compareQuantity(limit, most) > 0) return `${opening}, but limit is ${formatQuantity(limit)}`
  if (request !== undefined && compareQuantity(request, most) > 0)
    return `${opening}, but request is ${formatQuantity(request)}`
  return ''
}

function tooMuchAsked(type: string, name: string, most: Quantity, requests: ResourceList): string {
  const opening = `maximum ${name} usage per ${type} is ${formatQuantity(most)}`
  const request = requests.get(name)
  if (request === undefined) return `${opening}.  No request is specified`
  return compareQuantity(request, most) > 0 ? `${opening}, but request is ${formatQuantity(request)}` : ''
}

function tooFarApart(type: string, name: string, most: Quantity, requests: ResourceList, limits: ResourceList): string {
  const opening = `${name} max limit to request ratio per ${type} is ${formatQuantity(most)}`
  const [request, limit] = [requests.get(name), limits.get(name)]
  if (request === undefined || request.unscaled === 0n) return `${opening}, but no request is specified or request is 0`
  if (limit === undefined || limit.unscaled === 0n) return `${opening}, but no limit is specified or limit is 0`
  const ratio = quantityToNumber(limit) / quantityToNumber(request)
  return ratio > quantityToNumber(most) ? `${opening}, but provided ratio is ${ratio.toFixed(6)}` : ''
}

/** Several errors in one, each once. */
function aggregate(errors: readonly string[]): string {
  const [first = '', ...others] = new Set(errors)
  return others.length === 0 ? first : `[${[first, ...others].join(', ')}]`
}
