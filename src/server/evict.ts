/**
 * POST pods/<name>/eviction: a delete that asks the disruption budgets first. The budget is taken before the pod goes, so
 * two evictions at once cannot both use the last disruption.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
 */
import { isTrue } from '../api/conditions.ts'
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { badRequest, isStatusError, StatusError, timeout } from '../api/status-error.ts'
import { json } from './answer.ts'
import { objectIn } from './body.ts'
import type { Call } from './context.ts'
import { budgetAfter, budgets } from './disruption-budget.ts'
import { type DeleteOptions, deleteOptions, deletionOptions, writeOptions } from './options.ts'
import { storedObject } from './read.ts'
import { sent } from './write.ts'

interface Eviction {
  readonly metadata?: { readonly name?: string; readonly namespace?: string }
  readonly deleteOptions?: DeleteOptions
}

/** How often a budget or a pod that changed meanwhile is read again. */
const tries = 20

/** 201 when the pod is on its way out, 429 when a budget forbids it now, 500 when several budgets cover the pod. */
export async function evictPod(call: Call, kind: Kind): Promise<Response> {
  const eviction = ((await objectIn(call.request, 'Eviction')) ?? {}) as Eviction
  const options = deleteOptions(call, eviction.deleteOptions ?? {})
  refuseOther(call, eviction)
  const asked = { ...writeOptions(call, kind), ...deletionOptions(options) }
  const dryRun = asked.dryRun === true || options.dryRun?.includes('All') === true
  for (let left = tries; ; left--) {
    const pod = storedObject(call, kind)
    await takeBudget(call, pod, dryRun)
    const { namespace = '', name } = pod.metadata
    const ref = { resource: kind.resource, namespace, name }
    const seen = asked.resourceVersion === undefined ? asSeen(pod) : {}
    try {
      await sent(call, { ...asked, ...seen, type: 'delete', ref, dryRun, eviction: evictionOf(pod, eviction) })
      break
    } catch (error) {
      const raced = 'resourceVersion' in seen && isStatusError(error, 'Conflict')
      if (!raced || left === 0) throw error
    }
  }
  return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, { code: 201 })
}

function refuseOther({ info }: Call, { metadata = {} }: Eviction): void {
  if (metadata.namespace && metadata.namespace !== info.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  if (metadata.name !== info.name) throw badRequest('name in URL does not match name in Eviction object')
}

/** A pod that no budget guards because it is not well must still be so when it goes. */
function asSeen({ metadata, status }: KubeObject): { readonly resourceVersion?: string } {
  const over = metadata.deletionTimestamp !== undefined || status?.phase === 'Succeeded' || status?.phase === 'Failed'
  if (over || isTrue(status?.conditions, 'Ready') || metadata.resourceVersion === undefined) return {}
  return { resourceVersion: metadata.resourceVersion }
}

/** The Eviction as admission sees it: of this pod, whatever the body left out. */
function evictionOf({ metadata: { name, namespace } }: KubeObject, sent: Eviction): KubeObject {
  return {
    ...sent,
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { ...sent.metadata, name, namespace },
  } as KubeObject
}

/** Takes one disruption from the pod's budget; a budget that changed meanwhile is asked again. */
async function takeBudget(call: Call, pod: KubeObject, dryRun: boolean): Promise<void> {
  const now = call.cluster.now.getTime()
  for (let left = tries; ; left--) {
    const next = budgetAfter(pod, call.cluster.view.list(budgets, pod.metadata.namespace), now)
    if (next instanceof StatusError) throw next
    if (next === undefined || dryRun) return
    const { name, namespace = '' } = next.metadata
    const cause = { why: 'request', by: call.user.name, key: `${call.request.method} ${call.info.path}` } as const
    const ref = { resource: budgets, namespace, name }
    try {
      await sent(call, { type: 'update', ref, object: next, subresource: 'status', trusted: true, cause })
      return
    } catch (error) {
      if (!isStatusError(error, 'Conflict')) throw error
      if (left === 0) throw timeout(`couldn't update PodDisruptionBudget "${name}" due to conflicts`, 10)
    }
  }
}
