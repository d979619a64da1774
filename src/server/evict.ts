/**
 * POST pods/<name>/eviction: a delete that asks the disruption budgets first. The budget is taken before the pod goes, so
 * two evictions at once cannot both use the last disruption.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { matchesLabelSelector } from '../api/selector.ts'
import { internal, StatusError } from '../api/status-error.ts'
import { toRfc3339 } from '../api/time.ts'
import { json } from './answer.ts'
import { objectIn } from './body.ts'
import type { Call } from './context.ts'
import { writeOptions } from './options.ts'
import { storedObject } from './read.ts'
import { sent } from './write.ts'

const budgets = 'poddisruptionbudgets.policy'

/** 201 when the pod is on its way out, 429 when a budget forbids it now, 500 when several budgets cover the pod. */
export async function evictPod(call: Call, kind: Kind): Promise<Response> {
  const eviction = (await objectIn(call.request, 'Eviction')) as
    | { deleteOptions?: { gracePeriodSeconds?: number; preconditions?: { uid?: string } } }
    | undefined
  const pod = storedObject(call, kind)
  const options = eviction?.deleteOptions ?? {}
  const cause = { why: 'request', by: call.user.name, key: `${call.request.method} ${call.info.path}` } as const
  const dryRun = call.info.query.get('dryRun') === 'All'
  if (countsForBudgets(pod)) await takeBudget(call, pod, dryRun)
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

/** Pods that are over, waiting or already going use no budget. */
function countsForBudgets(pod: KubeObject): boolean {
  const phase = pod.status?.phase
  return (
    pod.metadata.deletionTimestamp === undefined && phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Pending'
  )
}

async function takeBudget(call: Call, pod: KubeObject, dryRun: boolean): Promise<void> {
  const all = call.cluster.view.list(budgets, pod.metadata.namespace)
  const covering = all.filter((budget) => matchesLabelSelector(budget.spec?.selector, pod.metadata.labels))
  const [budget] = covering
  if (budget === undefined) return
  if (covering.length > 1)
    throw internal('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.')
  if (isUnhealthyAndFree(pod, budget)) return
  const { name, namespace = '' } = budget.metadata
  const status = budget.status ?? {}
  if ((status.observedGeneration ?? 0) < (budget.metadata.generation ?? 0))
    throw refusal(budget, `The disruption budget ${name} is still being processed by the server.`)
  if ((status.disruptionsAllowed ?? 0) <= 0) {
    throw refusal(
      budget,
      `The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`,
    )
  }
  const disruptedPods = { ...status.disruptedPods, [pod.metadata.name]: toRfc3339(call.cluster.now.getTime()) }
  const next = { ...budget, status: { ...status, disruptedPods, disruptionsAllowed: status.disruptionsAllowed - 1 } }
  const cause = { why: 'request', by: call.user.name, key: `${call.request.method} ${call.info.path}` } as const
  const ref = { resource: budgets, namespace, name }
  await sent(call, { type: 'update', ref, object: next, subresource: 'status', trusted: true, dryRun, cause })
}

/** unhealthyPodEvictionPolicy: a pod that is not ready may go when that takes nothing from the healthy ones. */
function isUnhealthyAndFree(pod: KubeObject, budget: KubeObject): boolean {
  const conditions = (pod.status?.conditions ?? []) as { type: string; status: string }[]
  const ready = conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True')
  if (ready) return false
  if (budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {}
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy
}

function refusal(budget: KubeObject, why: string): StatusError {
  const causes = [{ reason: 'DisruptionBudget', message: why }]
  const message = `Cannot evict pod as it would violate the pod's disruption budget.`
  return new StatusError({
    code: 429,
    reason: 'TooManyRequests',
    message,
    details: { causes, name: budget.metadata.name },
  })
}
