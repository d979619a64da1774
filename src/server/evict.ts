/**
 * POST pods/<name>/eviction: a delete that asks the disruption budgets first. The budget is taken before the pod goes, so
 * two evictions at once cannot both use the last disruption.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { StatusError } from '../api/status-error.ts'
import { json } from './answer.ts'
import { objectIn } from './body.ts'
import type { Call } from './context.ts'
import { budgetAfter, budgets } from './disruption-budget.ts'
import { writeOptions } from './options.ts'
import { storedObject } from './read.ts'
import { sent } from './write.ts'

/** 201 when the pod is on its way out, 429 when a budget forbids it now, 500 when several budgets cover the pod. */
export async function evictPod(call: Call, kind: Kind): Promise<Response> {
  const eviction = (await objectIn(call.request, 'Eviction')) as
    | { deleteOptions?: { gracePeriodSeconds?: number; preconditions?: { uid?: string } } }
    | undefined
  const pod = storedObject(call, kind)
  const options = eviction?.deleteOptions ?? {}
  const cause = { why: 'request', by: call.user.name, key: `${call.request.method} ${call.info.path}` } as const
  const dryRun = call.info.query.get('dryRun') === 'All'
  await takeBudget(call, pod, dryRun)
  const { namespace = '', name } = pod.metadata
  const grace = options.gracePeriodSeconds === undefined ? {} : { graceSeconds: options.gracePeriodSeconds }
  const uid = options.preconditions?.uid === undefined ? {} : { uid: options.preconditions.uid }
  await sent(call, {
    ...writeOptions(call, kind),
    type: 'delete',
    ref: { resource: kind.resource, namespace, name },
    ...grace,
    ...uid,
    dryRun,
    cause,
    eviction: evictionOf(pod, eviction),
  })
  return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, { code: 201 })
}

/** The Eviction as admission sees it: of this pod, whatever the body left out. */
function evictionOf({ metadata: { name, namespace } }: KubeObject, sent: object | undefined): KubeObject {
  const given = (sent ?? {}) as Partial<KubeObject>
  return { ...given, apiVersion: 'policy/v1', kind: 'Eviction', metadata: { ...given.metadata, name, namespace } }
}

async function takeBudget(call: Call, pod: KubeObject, dryRun: boolean): Promise<void> {
  const now = call.cluster.now.getTime()
  const next = budgetAfter(pod, call.cluster.view.list(budgets, pod.metadata.namespace), now)
  if (next instanceof StatusError) throw next
  if (next === undefined) return
  const { name, namespace = '' } = next.metadata
  const cause = { why: 'request', by: call.user.name, key: `${call.request.method} ${call.info.path}` } as const
  const ref = { resource: budgets, namespace, name }
  await sent(call, { type: 'update', ref, object: next, subresource: 'status', trusted: true, dryRun, cause })
}
