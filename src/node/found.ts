/**
 * What kubelets find when they begin: Nodes that are registered already, and pods that a kubelet took on before, as their
 * objects say. Their actors come to the state they are in; nothing is started, told or written.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/ (a kubelet that restarts leaves containers running)
 */
import type { ContainerPlan } from '../../machines/container.ts'
import { isTrue } from '../api/conditions.ts'
import { type KubeObject, keyOf } from '../api/object.ts'
import { isPodFinished } from '../api/pod-status.ts'
import { parseDuration, parseTime, toMicro } from '../api/time.ts'
import { leaseNamespace } from './node-object.ts'
import type { NodeSpec } from './node-spec.ts'
import type { ContainerSpec } from './simulated/behaviour.ts'
import { podActorId } from './sync.ts'
import type { KubeletTurn } from './turn.ts'

/** Takes a node on; of one that is registered already, its state is what its object says. */
export function findNode(work: KubeletTurn, spec: NodeSpec): void {
  const { name } = spec
  const id = `nodes/${name}`
  const stored = work.view.get('nodes', '', name)
  const isNew = work.actors.get(id) === undefined
  work.addNode(spec)
  if (!isNew || stored === undefined) return
  if (stored.spec?.unschedulable === true) work.actors.send(id, { type: 'node.cordoned', at: work.now })
  if (isTrue(stored.status?.conditions, 'Ready')) renewLease(work, name)
  else work.actors.send(id, { type: 'node.silenced', at: work.now })
}

function renewLease(work: KubeletTurn, name: string): void {
  const lease = work.view.get('leases.coordination.k8s.io', leaseNamespace, name)
  if (lease === undefined) return
  const ref = { resource: 'leases.coordination.k8s.io', namespace: leaseNamespace, name }
  const object = { ...lease, spec: { ...lease.spec, renewTime: toMicro(work.now) } }
  work.intents.push({ type: 'update', ref, object, trusted: true })
}

interface Ended {
  readonly exitCode?: number
  readonly reason?: string
  readonly startedAt?: string | null
  readonly finishedAt?: string | null
}

interface Told {
  readonly name: string
  readonly ready?: boolean
  readonly restartCount?: number
  readonly state?: {
    readonly running?: { readonly startedAt?: string | null }
    readonly terminated?: Ended
    readonly waiting?: { readonly reason?: string; readonly message?: string }
  }
  readonly lastState?: { readonly terminated?: Ended }
}

/** Finds a pod of one of our nodes as far as it has come; one without an address is taken on as if it were new. */
export function findPod(work: KubeletTurn, pod: KubeObject): void {
  const { phase, startTime, podIP = '' } = pod.status ?? {}
  const node: string | undefined = pod.spec?.nodeName
  const id = podActorId(pod)
  if (node === undefined || work.actors.get(`nodes/${node}`) === undefined || work.actors.get(id) !== undefined) return
  if (startTime === undefined || (phase === 'Pending' && podIP === '')) return
  const { name, namespace = '', uid = '' } = pod.metadata
  work.actors.spawn(id, 'pod', { name, namespace, uid })
  const send = (type: string, more: object = {}): unknown => work.actors.send(id, { type, ...more, at: work.now })
  const { reason = '', message = '', containerStatuses = [], conditions } = pod.status
  if (phase === 'Failed' && containerStatuses.length === 0) {
    send('pod.rejected', { node, reason, message })
    return
  }
  const graceMs = 1000 * (pod.spec.terminationGracePeriodSeconds ?? 30)
  send('pod.bound', { node, ip: podIP, graceMs, at: msOf(startTime, work.now) })
  watchDeadline(work, pod)
  if (phase === 'Pending' && !isTrue(conditions, 'PodReadyToStartContainers')) return
  send('volumes.mounted')
  findContainers(work, pod, node)
  if (phase === 'Pending' && !isTrue(conditions, 'Initialized')) return
  send('init.completed')
  if (phase === 'Succeeded') send('containers.succeeded')
  else if (phase === 'Failed') send('containers.failed', { reason, message })
  else if (phase === 'Running') {
    send('containers.started')
    if (containerStatuses.every(({ ready }: Told) => ready === true)) send('readiness.gained')
  }
}

function findContainers(work: KubeletTurn, pod: KubeObject, node: string): void {
  const lists = [
    ['initContainers', 'initContainerStatuses'],
    ['containers', 'containerStatuses'],
    ['ephemeralContainers', 'ephemeralContainerStatuses'],
  ] as const
  for (const [specs, statuses] of lists)
    for (const spec of (pod.spec[specs] ?? []) as ContainerSpec[]) {
      const told = ((pod.status[statuses] ?? []) as Told[]).find(({ name }) => name === spec.name)
      if (told !== undefined) findContainer(work, pod, spec, told)
      if (told?.state?.running !== undefined) work.own('images').set(`${node} ${spec.image}`, true)
    }
}

/** Why a container is not even created: it was told once, and is tried again when something changes. */
const blocking = ['CreateContainerConfigError', 'CreateContainerError', 'ErrImageNeverPull']

/** One that waits for its next start is found at the end of its last run. */
function findContainer(work: KubeletTurn, pod: KubeObject, spec: ContainerSpec, told: Told): void {
  const { restartCount: restarts = 0, state = {}, lastState, ready } = told
  const ended = state.terminated ?? (state.running === undefined ? lastState?.terminated : undefined)
  const { reason = '', message = '' } = state.waiting ?? {}
  const isHeld = blocking.includes(reason)
  if (ended === undefined && state.running === undefined && !isHeld) return
  const id = `${podActorId(pod)}/${spec.name}`
  work.actors.spawn(id, 'container', { name: spec.name, image: spec.image })
  if (ended !== undefined) {
    const backoffMs = (parseDuration(/^back-off (\S+) restarting/.exec(message)?.[1] ?? '0s') || 0) / 2
    work.actors.send(id, { type: 'end.found', restarts, backoffMs, ...endOf(ended, work.now) })
    return
  }
  if (isHeld) {
    work.actors.send(id, { type: 'start.blocked', reason, message })
    return
  }
  const startedAt = msOf(state.running?.startedAt, work.now)
  const last = lastState?.terminated === undefined ? null : endOf(lastState.terminated, work.now)
  const plan = planFrom(work, pod, spec, restarts, { startedAt, ready: ready === true })
  work.actors.send(id, { type: 'run.found', plan, restarts, startedAt, last, at: work.now })
}

function endOf({ exitCode = 0, reason = '', startedAt, finishedAt }: Ended, now: number) {
  const end = msOf(finishedAt, now)
  return {
    exitCode,
    reason: reason || (exitCode === 0 ? 'Completed' : 'Error'),
    startedAt: msOf(startedAt, end),
    finishedAt: end,
  }
}

/** What is still to come of a run: it is as far as it says. What the runtime cannot run goes on as it is. */
function planFrom(
  work: KubeletTurn,
  pod: KubeObject,
  spec: ContainerSpec,
  restarts: number,
  { startedAt, ready }: { startedAt: number; ready: boolean },
): ContainerPlan {
  const plan = work.runtime.plan({ pod, container: spec, restarts, cached: true, chance: work.chance })
  const exitMs = Math.max(1000, plan.exitMs - (work.now - startedAt))
  return { ...plan, startupMs: 0, exitMs, ...(ready && { readyMs: 0 }) }
}

function watchDeadline(work: KubeletTurn, pod: KubeObject): void {
  const seconds: number | undefined = pod.spec?.activeDeadlineSeconds
  if (seconds === undefined || isPodFinished(pod)) return
  const at = Math.max(work.now, msOf(pod.status.startTime, work.now) + seconds * 1000)
  work.intents.push({ type: 'timer.set', id: `deadline ${keyOf(pod)}`, at, data: { key: keyOf(pod) } })
}

function msOf(time: string | null | undefined, otherwise: number): number {
  return typeof time === 'string' ? parseTime(time) : otherwise
}
