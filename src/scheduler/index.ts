/**
 * The scheduler as an agent. Every turn places all pods that are waiting, one after the other, against columns of
 * numbers that count each placement at once; bindings, reports and status writes go out together.
 *
 * States can be continued more than once: the columns belong to one continuation (`holder.ts`), everything else is
 * persistent.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/
 */
import type { Agent, AgentIntent, TurnInput, TurnResult } from '../actors/agent.ts'
import type { Change } from '../store/transition.ts'
import { advance, cure, digest, enqueue, isNoise, relist, renamesNamespaces } from './arrivals.ts'
import { firstTimeout, settle, settleReserved } from './decisions.ts'
import { Desk } from './desk.ts'
import { factsOf } from './facts.ts'
import { buildColumns, keepColumns, takeColumns } from './holder.ts'
import { schedulerName } from './intents.ts'
import { capacityConfig, capacityPolicy } from './policies/capacity.ts'
import { drfPolicy } from './policies/drf.ts'
import { fairConfig, fairPolicy } from './policies/fair.ts'
import { kubernetesPolicy } from './policies/kubernetes.ts'
import type { Pending, Policy } from './policies/policy.ts'
import { backoffMs, flushMs } from './queue.ts'
import { initialState, type SchedulerState } from './state.ts'
import { isPending, Turn } from './turn.ts'

export { explain, rank } from './explain.ts'
export { capacityPolicy } from './policies/capacity.ts'
export { drfPolicy } from './policies/drf.ts'
export { fairPolicy } from './policies/fair.ts'
export { kubernetesPolicy } from './policies/kubernetes.ts'
export type { Decision, Pending, Policy } from './policies/policy.ts'
export type { SchedulerState } from './state.ts'

/** How the scheduler decides. */
export interface SchedulerOptions {
  /** The first policy that claims a pod places it; a pod nobody claims is left alone. Default: Kubernetes', drf, capacity, fair. */
  readonly policies?: readonly Policy[]
}

const watches = [
  'pods',
  'nodes',
  'namespaces',
  'persistentvolumeclaims',
  'persistentvolumes',
  'storageclasses.storage.k8s.io',
  'configmaps',
]

/** The scheduler, to be given turns by a cluster. */
export function createScheduler(options: SchedulerOptions = {}): Agent<SchedulerState> {
  const policies = options.policies ?? [kubernetesPolicy, drfPolicy, capacityPolicy, fairPolicy]
  return {
    id: schedulerName,
    watches,
    initial: initialState,
    turn: (state, input) => turnOf(state, input, policies),
    wakes: (change) => (change.resource === 'configmaps' ? isQueues(change) : !isNoise(change)),
    busy: (state) => (state.backoff.size === 0 ? '' : `${state.backoff.size} pods wait to be tried again`),
  }
}

/** The ConfigMaps that say which queues there are. */
function isQueues({ object: { metadata } }: Change): boolean {
  return metadata.namespace === 'kube-system' && [capacityConfig, fairConfig].includes(metadata.name)
}

function turnOf(state: SchedulerState, input: TurnInput, policies: readonly Policy[]): TurnResult<SchedulerState> {
  const turn = new Turn(state, input, policies)
  catchUp(turn, state)
  settleReserved(turn)
  placeAll(turn)
  return resultOf(turn, state)
}

/** Brings columns and queues up to the view. */
function catchUp(turn: Turn, state: SchedulerState): void {
  const { changes, resync, answers, fired, view, chance } = turn.input
  const kept = takeColumns(state.columns)
  const stale = resync || kept === undefined || changes.some(renamesNamespaces)
  turn.columns = stale ? buildColumns(view, turn.assumed, chance, turn.tools.namespaces) : kept
  if (!stale) for (const change of changes) advance(turn, change)
  if (resync) relist(turn)
  else for (const change of changes) if (change.resource === 'pods') enqueue(turn, change)
  digest(turn, answers)
  cure(turn, changes)
  turn.queue.release()
  if (fired.some((timer) => timer.id === 'flush')) turn.queue.flush()
}

/** Every policy places its pods, in its own order. */
function placeAll(turn: Turn): void {
  const desk = new Desk(turn.columns, turn.tools, turn.nominated)
  const byPolicy = new Map<Policy, Pending[]>()
  for (const queued of [...turn.queue.active.values()]) {
    const pod = turn.podAt(queued.key)
    const policy = pod === undefined ? undefined : turn.policyOf(pod)
    if (pod === undefined || policy === undefined || pod.metadata.uid !== queued.uid || !isPending(pod)) {
      turn.queue.remove(queued.key)
      continue
    }
    const pending = { queued, facts: factsOf(pod) }
    const list = byPolicy.get(policy)
    if (list === undefined) byPolicy.set(policy, [pending])
    else list.push(pending)
  }
  for (const policy of turn.policies)
    for (const pending of policy.order(byPolicy.get(policy) ?? [], desk))
      settle(turn, pending, policy.place(pending, desk), policy.name)
  // Pods a policy left out, and those that lost their nomination on the way, come up again shortly.
  for (const queued of [...turn.queue.active.values()])
    turn.queue.put({ ...queued, place: 'backoff', until: turn.now + backoffMs(1) })
}

function resultOf(turn: Turn, state: SchedulerState): TurnResult<SchedulerState> {
  const { queue, assumed, promised, now } = turn
  const timers: AgentIntent[] = []
  const release = queue.nextRelease
  if (release !== undefined) timers.push({ type: 'timer.set', id: 'backoff', at: release })
  else if (state.backoff.size > 0) timers.push({ type: 'timer.cancel', id: 'backoff' })
  const { refusedBy } = queue.maps
  const due = state.flushAt !== undefined && state.flushAt > now
  const flushAt = refusedBy.size === 0 ? undefined : due ? state.flushAt : (queue.nextFlush ?? now + flushMs)
  if (flushAt !== undefined && flushAt !== state.flushAt)
    timers.push({ type: 'timer.set', id: 'flush', at: flushAt, background: true })
  if (flushAt === undefined && state.flushAt !== undefined) timers.push({ type: 'timer.cancel', id: 'flush' })
  const volumesAt = firstTimeout(turn)
  if (volumesAt !== undefined) timers.push({ type: 'timer.set', id: 'volumes', at: volumesAt, background: true })
  const columns = keepColumns(turn.columns, turn.input.view.revision)
  const next: SchedulerState = { ...queue.maps, columns, assumed, nominated: promised, flushAt }
  return { state: next, intents: [...turn.intents, ...timers] }
}
