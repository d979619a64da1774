/**
 * Counts what the objects of a namespace use against its ResourceQuotas: after a change of a quota, and when something
 * goes or asks for less. What is added is charged by admission in the commit that adds it.
 * Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import type { Quantity } from '../api/quantity.ts'
import { addLists, masked, type ResourceList, readList, sameLists, writeList, zero } from '../api/resource-list.ts'
import { kinds, ResourceQuota } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import { inScope, isTerminating } from '../store/admission/quota/scopes.ts'
import { isCounted, namesFor, usageOf } from '../store/admission/quota/usage.ts'
import type { Change } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { type Controller, controller, type Intent } from './controller.ts'
import { statusOf } from './writes.ts'

/** Everything is counted anew this often: pods that outlived their grace are free without a change that says so. */
const resyncMs = 300_000

/** Brings hard and used of the quota's status up to date. */
export function reconcile(view: View, key: string, counted: readonly Kind[]): Intent[] {
  const [namespace = '', name = ''] = key.split('/')
  const quota = view.get(ResourceQuota, namespace, name)
  if (quota === undefined) return []
  const wake = { type: 'wake', at: view.now + resyncMs, background: true } as const
  const hard = readList(quota.spec?.hard)
  const { status = {} } = quota
  const before = readList(status.used)
  const used = masked(new Map([...before, ...usedIn(view, quota, [...hard.keys()], counted)]), hard.keys())
  const fresh = status.hard !== undefined && status.used !== undefined
  if (fresh && sameLists(readList(status.hard), hard) && sameLists(before, used)) return [wake]
  return [statusOf(ResourceQuota, { ...quota, status: { hard: quota.spec?.hard ?? {}, used: writeList(used) } }), wake]
}

function usedIn(view: View, quota: KubeObject, names: readonly string[], counted: readonly Kind[]): ResourceList {
  let used: ResourceList = new Map()
  for (const { resource } of counted) {
    const own = namesFor(resource, names)
    if (own.length === 0) continue
    let sum: ResourceList = new Map(own.map((name): [string, Quantity] => [name, zero]))
    for (const object of view.list(resource, quota.metadata.namespace))
      if (inScope(quota, resource, object)) sum = addLists(sum, masked(usageOf(resource, object, view.now), own))
    used = new Map([...used, ...sum])
  }
  return used
}

/** The quotas of the namespace that count the kind, when the change may have given something back. */
function replenished(kind: Kind): (object: KubeObject, view: View, change: Change) => string[] {
  return (object, view, change) => {
    if (view.count(ResourceQuota) === 0 || !givesBack(kind, change)) return []
    const quotas = view.list(ResourceQuota, object.metadata.namespace)
    const counting = quotas.filter((quota) => namesFor(kind.resource, Object.keys(quota.spec?.hard ?? {})).length > 0)
    return counting.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`)
  }
}

function givesBack({ resource }: Kind, { type, object, previous }: Change): boolean {
  if (type !== 'MODIFIED' || previous === undefined) return type === 'DELETED'
  if (resource === 'pods') return freed(previous, object)
  if (resource === 'services') return previous.spec?.type !== object.spec?.type
  if (resource === 'persistentvolumeclaims') return !equal(previous.status, object.status)
  return false
}

function freed(before: KubeObject, after: KubeObject): boolean {
  if (isTerminating(before) !== isTerminating(after)) return true
  const over = ({ status }: KubeObject): boolean => status?.phase === 'Failed' || status?.phase === 'Succeeded'
  if (!over(before) && over(after)) return true
  const asked = ({ spec }: KubeObject) => (spec?.containers ?? []).map((one: { resources?: unknown }) => one.resources)
  return before.spec !== after.spec && !equal(asked(before), asked(after))
}

/** The controller over these kinds; a cluster with custom kinds makes it anew with those among them. */
export function resourceQuotaControllerOf(all: readonly Kind[]): Controller {
  const counted = all.filter((kind) => kind.namespaced && isCounted(kind.resource))
  return controller({
    name: 'resource-quota',
    of: ResourceQuota,
    matters: ({ type, object, previous }) =>
      type === 'ADDED' || (type === 'MODIFIED' && object.spec !== previous?.spec),
    watches: counted.map((kind) => ({ kind, keys: replenished(kind) })),
    reconcile: (view, key) => reconcile(view, key, counted),
  })
}

export const resourceQuotaController = resourceQuotaControllerOf(kinds)
