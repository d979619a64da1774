/**
 * What one object counts against quotas: the names it is charged under and the amounts.
 * Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
import type { KubeObject, ResourceKey } from '../../../api/object.ts'
import { podLimits, podRequests } from '../../../api/pod-resources.ts'
import { compareQuantity, parseQuantity, type Quantity, value } from '../../../api/quantity.ts'
import { one, type ResourceList, readList, zero } from '../../../api/resource-list.ts'
import { parseTime } from '../../../api/time.ts'

const classSuffix = '.storageclass.storage.k8s.io/'
const claimNames = ['persistentvolumeclaims', 'requests.storage']
const podNames = new Set([
  'count/pods',
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
])
const serviceNames = new Set(['count/services', 'services', 'services.nodeports', 'services.loadbalancers'])
/** Names from before `count/` that still count objects. */
const aliases: Readonly<Record<ResourceKey, string>> = {
  configmaps: 'configmaps',
  resourcequotas: 'resourcequotas',
  replicationcontrollers: 'replicationcontrollers',
  secrets: 'secrets',
}
/** Kinds that are never counted. */
const ignored: ReadonlySet<ResourceKey> = new Set(['events', 'events.events.k8s.io', 'bindings', 'componentstatuses'])

/** True for a kind whose objects quotas may count. */
export function isCounted(resource: ResourceKey): boolean {
  return !ignored.has(resource) && !/\.(authentication|authorization)\.k8s\.io$/.test(resource)
}

/** Those of a quota's names that objects of a kind are charged under. */
export function namesFor(resource: ResourceKey, names: readonly string[]): string[] {
  if (resource === 'pods') return names.filter((name) => podNames.has(name) || isPodLike(name))
  if (resource === 'services') return names.filter((name) => serviceNames.has(name))
  if (resource === 'persistentvolumeclaims') return names.filter(isClaimName)
  return names.filter((name) => name === `count/${resource}` || name === aliases[resource])
}

function isPodLike(name: string): boolean {
  if (name.startsWith('hugepages-') || name.startsWith('requests.hugepages-')) return true
  if (name.startsWith('requests.deviceclass.resource.kubernetes.io/')) return true
  return name.startsWith('requests.') && !isNative(name)
}

function isClaimName(name: string): boolean {
  if (name === 'count/persistentvolumeclaims' || claimNames.includes(name)) return true
  return claimNames.some((end) => name.endsWith(classSuffix + end))
}

function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/')
}

/** What the object is charged. `now` in ms: a pod past its grace is free. */
export function usageOf(resource: ResourceKey, object: KubeObject, now: number): ResourceList {
  if (resource === 'pods') return podUsage(object, now)
  if (resource === 'services') return serviceUsage(object)
  if (resource === 'persistentvolumeclaims') return claimUsage(object)
  const alias = aliases[resource]
  const usage = new Map([[`count/${resource}`, one]])
  return alias === undefined ? usage : usage.set(alias, one)
}

function podUsage(pod: KubeObject, now: number): ResourceList {
  const usage = new Map([['count/pods', one]])
  if (isOver(pod, now)) return usage
  for (const [name, quantity] of computeUsage(podRequests(pod), podLimits(pod))) usage.set(name, quantity)
  return usage
}

/** Requests and limits under the names of quotas; one container's too, for what quotas require of it. */
export function computeUsage(requests: ResourceList, limits: ResourceList): Map<string, Quantity> {
  const usage = new Map<string, Quantity>([['pods', one]])
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
    const [request, limit] = [requests.get(name), limits.get(name)]
    if (request !== undefined) usage.set(name, request).set(`requests.${name}`, request)
    if (limit !== undefined) usage.set(`limits.${name}`, limit)
  }
  for (const [name, request] of requests) {
    if (name.startsWith('hugepages-')) usage.set(name, request).set(`requests.${name}`, request)
    else if (!isNative(name) && !name.startsWith('requests.')) usage.set(`requests.${name}`, request)
  }
  return usage
}

function isOver(pod: KubeObject, now: number): boolean {
  const { phase } = pod.status ?? {}
  if (phase === 'Failed' || phase === 'Succeeded') return true
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return false
  return now > parseTime(deletionTimestamp) + deletionGracePeriodSeconds * 1000
}

function serviceUsage({ spec = {} }: KubeObject): ResourceList {
  const ports: readonly { nodePort?: number }[] = spec.ports ?? []
  const balanced = spec.type === 'LoadBalancer'
  const own = ports.filter((port) => port.nodePort).length
  const count = spec.type === 'NodePort' || balanced ? ports.length : 0
  const nodePorts = balanced && spec.allocateLoadBalancerNodePorts === false ? own : count
  return new Map([
    ['count/services', one],
    ['services', one],
    ['services.loadbalancers', balanced ? one : zero],
    ['services.nodeports', parseQuantity(nodePorts)],
  ])
}

function claimUsage(claim: KubeObject): ResourceList {
  const usage = new Map([
    ['persistentvolumeclaims', one],
    ['count/persistentvolumeclaims', one],
  ])
  const annotated = claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class']
  const named = annotated ?? claim.spec?.storageClassName ?? ''
  if (named !== '') usage.set(`${named}${classSuffix}persistentvolumeclaims`, one)
  const storage = storageOf(claim)
  if (storage === undefined) return usage
  usage.set('requests.storage', storage)
  if (named !== '') usage.set(`${named}${classSuffix}requests.storage`, storage)
  return usage
}

/** Whole bytes: what is asked, or what is allocated when that is more. */
function storageOf(claim: KubeObject): Quantity | undefined {
  const asked = readList(claim.spec?.resources?.requests).get('storage')
  if (asked === undefined) return undefined
  const allocated = readList(claim.status?.allocatedResources).get('storage')
  return whole(allocated !== undefined && compareQuantity(allocated, asked) > 0 ? allocated : asked)
}

function whole(quantity: Quantity): Quantity {
  return quantity.scale >= 0 ? quantity : { ...parseQuantity(value(quantity)), format: quantity.format }
}
