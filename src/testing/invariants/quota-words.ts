/** What objects count against quotas, worked out anew from the documentation: which names, which scopes, how much. */
import type { KubeObject } from '../../api/object.ts'
import { milliValue, value } from '../../api/quantity.ts'
import { amountsOf, isPodFinished, requestsOf } from './documented.ts'
import { timeOf } from './words.ts'

/** A quantity as it is compared: processors in thousandths, everything else in its own unit. */
export const measured = (name: string, quantity: string): number =>
  /(^|\.)cpu$/.test(name) ? milliValue(quantity) : value(quantity)

const classSuffix = '.storageclass.storage.k8s.io/'

/** The collection that a name counts objects of; undefined for names that are not judged here. */
export function countedBy(name: string): string | undefined {
  if (name.startsWith('count/')) return name.slice('count/'.length)
  if (/^(pods|((requests|limits)\.)?(cpu|memory|ephemeral-storage))$/.test(name)) return 'pods'
  if (/^services(\.nodeports|\.loadbalancers)?$/.test(name)) return 'services'
  if (/(^|\/)(persistentvolumeclaims|requests\.storage)$/.test(name)) return 'persistentvolumeclaims'
  return ['configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas'].find((one) => one === name)
}

interface Sized {
  readonly resources?: { readonly requests?: object; readonly limits?: object }
}

/** The pod with its limits in place of its requests. */
function withLimits(pod: KubeObject): KubeObject {
  const turned = (list: readonly Sized[] | undefined) =>
    (list ?? []).map((one) => ({ ...one, resources: { requests: one.resources?.limits ?? {} } }))
  const { spec = {} } = pod
  const own = spec.resources === undefined ? {} : { resources: { requests: spec.resources.limits ?? {} } }
  const { overhead: _overhead, ...rest } = spec
  const containers = turned(spec.containers)
  return { ...pod, spec: { ...rest, containers, initContainers: turned(spec.initContainers), ...own } }
}

function ofPod(pod: KubeObject, name: string): number {
  if (name === 'pods') return 1
  const [, of = '', what = ''] = /^(requests\.|limits\.)?(.*)$/.exec(name) ?? []
  if (of !== 'limits.') return requestsOf(pod)[what] ?? 0
  const limit = requestsOf(withLimits(pod))[what] ?? 0
  return limit === 0 ? 0 : limit + (amountsOf(pod.spec?.overhead)[what] ?? 0)
}

function ofService({ spec = {} }: KubeObject, name: string): number {
  const isBalanced = spec.type === 'LoadBalancer'
  if (name === 'services') return 1
  if (name === 'services.loadbalancers') return isBalanced ? 1 : 0
  const ports: readonly { nodePort?: number }[] = spec.ports ?? []
  if (isBalanced && spec.allocateLoadBalancerNodePorts === false) return ports.filter(({ nodePort }) => nodePort).length
  return isBalanced || spec.type === 'NodePort' ? ports.length : 0
}

function ofClaim({ metadata, spec }: KubeObject, name: string): number {
  const [of, what = name] = name.includes(classSuffix) ? name.split(classSuffix) : [undefined, name]
  const own = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? ''
  if (of !== undefined && of !== own) return 0
  return what === 'persistentvolumeclaims' ? 1 : value(spec?.resources?.requests?.storage ?? '0')
}

/** Does a pod count? One that has ended does not; undefined for one that should have, and may still run. */
function isCounted(pod: KubeObject, now: number): boolean | undefined {
  if (isPodFinished(pod)) return false
  const due = timeOf(pod.metadata.deletionTimestamp)
  return due === undefined || now <= due ? true : undefined
}

/** How much an object counts under a name; undefined when that is left open. */
export function chargeOf(object: KubeObject, name: string, now: number): number | undefined {
  if (name.startsWith('count/')) return 1
  if (object.kind === 'Service') return ofService(object, name)
  if (object.kind === 'PersistentVolumeClaim') return ofClaim(object, name)
  if (object.kind !== 'Pod') return 1
  const counts = isCounted(object, now)
  return counts === undefined ? undefined : counts ? ofPod(object, name) : 0
}

function isBestEffort({ spec }: KubeObject): boolean {
  const all: readonly Sized[] = [...(spec?.containers ?? []), ...(spec?.initContainers ?? []), spec ?? {}]
  return all.every(({ resources }) =>
    [resources?.requests, resources?.limits].every(
      (list) => !Object.keys(list ?? {}).some((name) => name === 'cpu' || name === 'memory'),
    ),
  )
}

interface Scope {
  readonly scopeName: string
  readonly operator: string
  readonly values?: readonly string[]
}

const scopes: Readonly<Record<string, (pod: KubeObject, scope: Scope) => boolean>> = {
  BestEffort: (pod) => isBestEffort(pod),
  NotBestEffort: (pod) => !isBestEffort(pod),
  Terminating: ({ spec }) => spec?.activeDeadlineSeconds !== undefined,
  NotTerminating: ({ spec }) => spec?.activeDeadlineSeconds === undefined,
  PriorityClass: ({ spec }, { operator, values = [] }) => {
    const own: string = spec?.priorityClassName ?? ''
    if (operator === 'Exists') return own !== ''
    if (operator === 'DoesNotExist') return own === ''
    return operator === 'In' ? values.includes(own) : own !== '' && !values.includes(own)
  },
}

/** Is the object of what the quota looks at? Quotas with scopes look at pods only. Undefined: a scope that is not judged here. */
export function isOf({ spec }: KubeObject, object: KubeObject): boolean | undefined {
  const plain = ((spec?.scopes ?? []) as string[]).map((scopeName) => ({ scopeName, operator: 'Exists' }))
  const all: readonly Scope[] = [...plain, ...(spec?.scopeSelector?.matchExpressions ?? [])]
  if (all.some(({ scopeName }) => scopes[scopeName] === undefined)) return undefined
  return all.length === 0 || (object.kind === 'Pod' && all.every((one) => scopes[one.scopeName]?.(object, one)))
}
