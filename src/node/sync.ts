/**
 * What a kubelet does for one pod when something about it changed: looks at the object and at the actors and sends them
 * what follows. Level-triggered: asked twice, it does nothing the second time.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
 */
import type { ContainerContext } from '../../machines/container.ts'
import type { PodContext } from '../../machines/pod.ts'
import type { ActorEvent, ActorHost, Emitted } from '../actors/actor.ts'
import { type KubeObject, keyOf } from '../api/object.ts'
import type { View } from '../store/view.ts'
import { restartsAfter } from './restart.ts'
import type { Runtime } from './runtime.ts'
import type { ContainerSpec } from './simulated/behaviour.ts'
import { type ContainerState, contextOf, isInitDone, isReady, isSidecar } from './status.ts'
import { configError, volumesBlocked } from './volumes.ts'

/** What syncing needs beside the pod: the host, the moment, the node's images, and where to put what actors ask for. */
export interface SyncContext {
  readonly actors: ActorHost
  readonly view: View
  readonly now: number
  readonly runtime: Runtime
  readonly chance: (site: string) => number
  readonly hasImage: (node: string, image: string) => boolean
  readonly emitted: (asked: readonly Emitted[]) => void
}

const firstBackoffMs = 10_000
const longestBackoffMs = 300_000
/** A container that ran this long is trusted again: its back-off starts anew. */
const backoffResetMs = 600_000

export function podActorId(pod: KubeObject): string {
  return `pods/${keyOf(pod)}`
}

/** The containers of a list in the spec, with their actors. */
export function containerStates(
  context: Pick<SyncContext, 'actors'>,
  pod: KubeObject,
  list: 'containers' | 'initContainers' | 'ephemeralContainers',
): ContainerState[] {
  const id = podActorId(pod)
  return ((pod.spec?.[list] ?? []) as ContainerSpec[]).map((spec) => ({
    spec,
    snapshot: context.actors.get(`${id}/${spec.name}`),
  }))
}

/** One pass; the actors' own transitions lead to further passes through what they ask for. */
export function syncPod(context: SyncContext, pod: KubeObject): void {
  const id = podActorId(pod)
  const actor = context.actors.get(id)
  if (actor === undefined || actor.matches('removed') || actor.matches('pending')) return
  if (pod.metadata.deletionTimestamp !== undefined) return terminate(context, pod)
  if (actor.matches('preparing')) mount(context, pod)
  if (is(context, id, 'initializing')) runInits(context, pod)
  if (is(context, id, 'starting') || is(context, id, 'running')) runEphemeral(context, pod)
  if (is(context, id, 'starting')) runContainers(context, pod)
  if (is(context, id, 'running')) keepRunning(context, pod)
  if (is(context, id, 'failed')) allStopped(context, pod)
}

function is(context: SyncContext, id: string, state: string): boolean {
  return context.actors.get(id)?.matches(state) === true
}

function send(context: SyncContext, id: string, event: ActorEvent): void {
  context.emitted(context.actors.send(id, { ...event, at: context.now }))
}

function mount(context: SyncContext, pod: KubeObject): void {
  const id = podActorId(pod)
  const why = volumesBlocked(context.view, pod)
  if (why === '') return send(context, id, { type: 'volumes.mounted' })
  if ((context.actors.get(id)?.context as PodContext | undefined)?.blocked !== why)
    send(context, id, { type: 'volumes.blocked', why })
}

function runInits(context: SyncContext, pod: KubeObject): void {
  const id = podActorId(pod)
  for (const state of containerStates(context, pod, 'initContainers')) {
    if (isInitDone(state)) continue
    if (canStart(state)) return start(context, pod, state.spec)
    if (state.snapshot === undefined) return
    if (!state.snapshot.matches('exited')) return
    const again = isSidecar(state.spec) || restartsAfter(pod, state.spec, contextOf(state)?.exitCode ?? 0)
    if (again) return restart(context, pod, state)
    return send(context, id, { type: 'containers.failed', reason: '', message: '' })
  }
  send(context, id, { type: 'init.completed' })
}

/** Ephemeral containers start once and never again. */
function runEphemeral(context: SyncContext, pod: KubeObject): void {
  for (const state of containerStates(context, pod, 'ephemeralContainers'))
    if (canStart(state)) start(context, pod, state.spec)
}

function runContainers(context: SyncContext, pod: KubeObject): void {
  const id = podActorId(pod)
  for (const state of containerStates(context, pod, 'containers')) if (canStart(state)) start(context, pod, state.spec)
  settleExits(context, pod)
  if (!is(context, id, 'starting')) return
  const begun = containerStates(context, pod, 'containers').every((state) => (contextOf(state)?.startedAt ?? 0) > 0)
  if (begun) send(context, id, { type: 'containers.started' })
}

function keepRunning(context: SyncContext, pod: KubeObject): void {
  const id = podActorId(pod)
  for (const state of containerStates(context, pod, 'containers')) keepImage(context, pod, state)
  settleExits(context, pod)
  if (!is(context, id, 'running')) return
  const ready = [...sidecarsOf(context, pod), ...containerStates(context, pod, 'containers')].every(isReady)
  const was = context.actors.get(id)?.matches({ running: 'ready' }) === true
  if (ready !== was) send(context, id, { type: ready ? 'readiness.gained' : 'readiness.lost' })
}

/** Never tried, or held up by something that may be there now. */
function canStart({ snapshot }: ContainerState): boolean {
  if (snapshot === undefined) return true
  return snapshot.matches('waiting') && (snapshot.context as ContainerContext).blocked !== ''
}

/** A container whose image was changed in the spec is stopped; it comes back with the new one. */
function keepImage(context: SyncContext, pod: KubeObject, state: ContainerState): void {
  if (canStart(state)) return start(context, pod, state.spec)
  const snapshot = state.snapshot
  if (snapshot?.matches('running') !== true || (snapshot.context as ContainerContext).image === state.spec.image) return
  send(context, `${podActorId(pod)}/${state.spec.name}`, { type: 'stop.requested', graceMs: graceOf(pod) })
}

function graceOf(pod: KubeObject): number {
  return 1000 * (pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30)
}

function sidecarsOf(context: SyncContext, pod: KubeObject): ContainerState[] {
  return containerStates(context, pod, 'initContainers').filter(({ spec }) => isSidecar(spec))
}

/** Restarts what the policy restarts; ends the pod when all its containers ended for good. */
function settleExits(context: SyncContext, pod: KubeObject): void {
  const id = podActorId(pod)
  const states = containerStates(context, pod, 'containers')
  let over = 0
  let failed = 0
  for (const state of states) {
    if (state.snapshot?.matches('exited') !== true) continue
    const { exitCode } = state.snapshot.context as ContainerContext
    if (restartsAfter(pod, state.spec, exitCode)) restart(context, pod, state)
    else {
      over++
      if (exitCode !== 0) failed++
    }
  }
  if (over < states.length) {
    for (const one of sidecarsOf(context, pod)) if (one.snapshot?.matches('exited') === true) restart(context, pod, one)
    return
  }
  if (!stopSidecars(context, pod)) return
  if (failed === 0) send(context, id, { type: 'containers.succeeded' })
  else send(context, id, { type: 'containers.failed', reason: '', message: '' })
}

/** Stops sidecars and ephemeral containers one after the other, the last first; true when none runs any more. */
function stopSidecars(context: SyncContext, pod: KubeObject): boolean {
  const helpers = [...sidecarsOf(context, pod), ...containerStates(context, pod, 'ephemeralContainers')]
  const alive = helpers.filter(({ snapshot }) => snapshot !== undefined && !snapshot.matches('exited'))
  const last = alive.at(-1)
  if (last === undefined) return true
  if (last.snapshot?.matches('terminating') !== true || pod.metadata.deletionGracePeriodSeconds !== undefined) {
    send(context, `${podActorId(pod)}/${last.spec.name}`, { type: 'stop.requested', graceMs: graceOf(pod) })
  }
  return false
}

function restart(context: SyncContext, pod: KubeObject, { spec, snapshot }: ContainerState): void {
  const before = snapshot?.context as ContainerContext
  const ranMs = before.startedAt === 0 ? 0 : before.finishedAt - before.startedAt
  const doubled = before.backoffMs === 0 ? firstBackoffMs : Math.min(before.backoffMs * 2, longestBackoffMs)
  // The first restart comes at once, as the kubelet does it: of a clean start, and after a long run.
  const isFirst = before.restarts === 0 || before.image !== spec.image || ranMs > backoffResetMs
  const backoffMs = isFirst ? 0 : before.restarts === 1 ? firstBackoffMs : doubled
  send(context, `${podActorId(pod)}/${spec.name}`, { type: 'restart.delayed', backoffMs })
}

/** Spawns a container's actor when needed and asks it to start, or says why it cannot. */
export function start(context: SyncContext, pod: KubeObject, spec: ContainerSpec): void {
  const id = `${podActorId(pod)}/${spec.name}`
  if (context.actors.get(id) === undefined) {
    context.emitted(context.actors.spawn(id, 'container', { name: spec.name, image: spec.image }))
  }
  const missing = configError(context.view, pod, spec)
  if (missing !== '') return block(context, id, 'CreateContainerConfigError', missing)
  const restarts = (context.actors.get(id)?.context as ContainerContext | undefined)?.restarts ?? 0
  try {
    const node = pod.spec?.nodeName as string
    const cached = spec.imagePullPolicy !== 'Always' && context.hasImage(node, spec.image)
    if (spec.imagePullPolicy === 'Never' && !cached) {
      const message = `Container image "${spec.image}" is not present with pull policy of Never`
      return block(context, id, 'ErrImageNeverPull', message)
    }
    const plan = context.runtime.plan({ pod, container: spec, restarts, cached, chance: context.chance })
    send(context, id, { type: 'start.requested', plan, image: spec.image })
  } catch (error) {
    block(context, id, 'CreateContainerError', error instanceof Error ? error.message : String(error))
  }
}

/** Says why a container cannot be created, once for each reason. */
function block(context: SyncContext, id: string, reason: string, message: string): void {
  if ((context.actors.get(id)?.context as ContainerContext | undefined)?.blocked === message) return
  send(context, id, { type: 'start.blocked', reason, message })
}

/** Main containers are told to stop at once, sidecars when those have ended, the last first. */
function terminate(context: SyncContext, pod: KubeObject): void {
  const id = podActorId(pod)
  const actor = context.actors.get(id)
  const graceMs = graceOf(pod)
  const shorter = actor?.matches('terminating') === true && (actor.context as PodContext).graceMs > graceMs
  if (actor?.matches('terminating') !== true || shorter) send(context, id, { type: 'deletion.requested', graceMs })
  if (is(context, id, 'terminating') && allStopped(context, pod)) send(context, id, { type: 'containers.stopped' })
}

/** True when nothing runs any more; sidecars are told to stop when the others have ended. */
function allStopped(context: SyncContext, pod: KubeObject): boolean {
  const inits = containerStates(context, pod, 'initContainers').filter(({ spec }) => !isSidecar(spec))
  const first = [...containerStates(context, pod, 'containers'), ...inits]
  if (!first.every(({ snapshot }) => snapshot === undefined || snapshot.matches('exited'))) return false
  return stopSidecars(context, pod)
}
