/**
 * The status a kubelet writes for a pod, computed from the actors of the pod and its containers. Pure.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
 */
import type { AnyMachineSnapshot } from 'xstate'
import type { ContainerContext } from '../../machines/container.ts'
import type { PodContext } from '../../machines/pod.ts'
import { type Condition, setCondition } from '../api/conditions.ts'
import type { KubeObject } from '../api/object.ts'
import { toRfc3339 } from '../api/time.ts'
import { digest } from '../lib/digest.ts'
import { type Resize, withResources } from './resize.ts'
import type { ContainerSpec } from './simulated/behaviour.ts'

/** One container with its actor's snapshot, if it was ever started. */
export interface ContainerState {
  readonly spec: ContainerSpec
  readonly snapshot: AnyMachineSnapshot | undefined
}

export interface StatusInput {
  readonly pod: KubeObject
  readonly actor: AnyMachineSnapshot
  readonly inits: readonly ContainerState[]
  readonly containers: readonly ContainerState[]
  readonly ephemeral: readonly ContainerState[]
  readonly hostIP: string
  readonly resize: Resize
  readonly now: number
}

/** What a container's actor knows, once there is one. */
export function contextOf({ snapshot }: ContainerState): ContainerContext | undefined {
  return snapshot?.context as ContainerContext | undefined
}

/** True for an init container that runs beside the main ones. */
export function isSidecar(spec: ContainerSpec): boolean {
  return spec.restartPolicy === 'Always'
}

export function isReady(state: ContainerState): boolean {
  return state.snapshot?.matches({ running: 'ready' }) === true
}

/** The whole status; fields of the stored one that are not the kubelet's stay. */
export function podStatus(input: StatusInput): KubeObject['status'] {
  const { pod, actor, now, hostIP } = input
  const context = actor.context as PodContext
  const rejected = actor.matches('failed') && context.ip === '' && context.reason !== ''
  const phase = phaseOf(input)
  const sized = (status: object, { spec }: ContainerState) => withResources(status, spec.name, input.resize)
  const main = input.containers.map((state) => {
    return sized(containerStatus(pod, state, phase, context, input.inits.length > 0), state)
  })
  const inits = input.inits.map((state) => ({
    ...sized(containerStatus(pod, state, phase, context, true), state),
    ready: isReady(state) || (isInitDone(state) && !isSidecar(state.spec)),
  }))
  const ephemeral = input.ephemeral.map((state) => {
    const { started: _started, ...status } = containerStatus(pod, state, phase, context, false) as { started: boolean }
    return { ...status, ready: false }
  })
  const addresses = context.ip === '' ? {} : { podIP: context.ip, podIPs: [{ ip: context.ip }] }
  const {
    reason: _reason,
    message: _message,
    containerStatuses: _main,
    initContainerStatuses: _inits,
    ephemeralContainerStatuses: _ephemeral,
    ...kept
  } = pod.status ?? {}
  return {
    ...kept,
    observedGeneration: pod.metadata.generation ?? 1,
    phase,
    ...(context.reason === '' ? {} : { reason: context.reason, message: context.message }),
    conditions: rejected ? kept.conditions : conditionsOf(input, phase, toRfc3339(now)),
    hostIP: kept.hostIP ?? hostIP,
    hostIPs: kept.hostIPs ?? [{ ip: hostIP }],
    ...addresses,
    startTime: kept.startTime ?? toRfc3339(context.startedAt),
    ...(rejected ? {} : { containerStatuses: main }),
    ...(inits.length === 0 || rejected ? {} : { initContainerStatuses: inits }),
    ...(ephemeral.length === 0 || rejected ? {} : { ephemeralContainerStatuses: ephemeral }),
  }
}

/** A pod is not said to be over while one of its containers runs, and once it was said it stays so. */
function phaseOf({ actor, inits, containers, pod }: StatusInput): string {
  const before: string = pod.status?.phase ?? 'Pending'
  // Whoever said that it is over: the collector of pods says so of those whose node was gone for a while.
  if (before === 'Failed' || before === 'Succeeded') return before
  if (actor.matches('succeeded')) return 'Succeeded'
  if (actor.matches('failed')) return [...inits, ...containers].some(isAlive) ? before : 'Failed'
  if (actor.matches('running')) return 'Running'
  if (actor.matches('terminating') || actor.matches('stopped')) {
    const ended = containers.length > 0 && containers.every(({ snapshot }) => snapshot?.matches('exited') === true)
    if (!ended || inits.some(isAlive) || before !== 'Running') return before
    if ((actor.context as PodContext).reason !== '') return 'Failed'
    const failed = containers.some(
      ({ snapshot }) => (snapshot?.context as ContainerContext | undefined)?.exitCode !== 0,
    )
    return failed ? 'Failed' : 'Succeeded'
  }
  return 'Pending'
}

function isAlive({ snapshot }: ContainerState): boolean {
  return snapshot?.matches('running') === true || snapshot?.matches('terminating') === true
}

function conditionsOf(input: StatusInput, phase: string, at: string): readonly Condition[] {
  const { pod, actor, containers, inits } = input
  const observedGeneration = pod.metadata.generation ?? 1
  const over = phase === 'Succeeded' || phase === 'Failed'
  const completed = phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : ''
  const counted = [...inits.filter(({ spec }) => isSidecar(spec)), ...containers]
  const unready = counted.filter((state) => !isReady(state)).map((state) => state.spec.name)
  const waitingInits = inits.filter((state) => !isInitDone(state)).map((state) => state.spec.name)
  const initialized = !['pending', 'preparing', 'initializing'].some((state) => actor.matches(state))
  const sandbox = !actor.matches('pending') && !actor.matches('preparing') && !over
  const ready = unready.length === 0 && actor.matches('running')
  const gates = ((pod.spec?.readinessGates ?? []) as { conditionType: string }[]).map((gate) => gate.conditionType)
  const closed = gates.flatMap((type) => closedGate(type, pod.status?.conditions ?? []))
  const say = (
    type: string,
    holds: boolean,
    reason: string,
    message: string,
  ): Condition & { status: 'True' | 'False' } =>
    holds
      ? { type, status: 'True', observedGeneration }
      : { type, status: 'False', reason, message, observedGeneration }
  const containersReason = completed || 'ContainersNotReady'
  const containersMessage = completed === '' ? `containers with unready status: [${unready.join(' ')}]` : ''
  const readyReason = ready && closed.length > 0 ? 'ReadinessGatesNotReady' : containersReason
  const readyMessage = ready && closed.length > 0 ? closed.join(', ') : containersMessage
  const initMessage = `containers with incomplete status: [${waitingInits.join(' ')}]`
  const wanted = [
    say('PodReadyToStartContainers', sandbox, '', ''),
    say('Initialized', initialized || over, 'ContainersNotInitialized', initMessage),
    say('Ready', ready && closed.length === 0, readyReason, readyMessage),
    say('ContainersReady', ready, containersReason, containersMessage),
    { type: 'PodScheduled', status: 'True', observedGeneration } as const,
  ]
  const resizes = ['PodResizePending', 'PodResizeInProgress']
  const before = ((pod.status?.conditions ?? []) as readonly Condition[]).filter(
    ({ type }) => !resizes.includes(type) || type === input.resize.condition?.type,
  )
  const { condition } = input.resize
  const resize = condition === undefined ? [] : [{ ...condition, status: 'True', observedGeneration } as const]
  return [...wanted, ...resize].reduce<readonly Condition[]>((list, condition) => replaced(list, condition, at), before)
}

/** Why a readiness gate is not open; nothing when it is. */
function closedGate(type: string, conditions: readonly Condition[]): string[] {
  const status = conditions.find((one) => one.type === type)?.status
  if (status === 'True') return []
  if (status === undefined) return [`corresponding condition of pod readiness gate "${type}" does not exist.`]
  return [`the status of pod readiness gate "${type}" is not "True", but ${status}`]
}

/** Sets a condition and drops reason and message that no longer hold. */
function replaced(list: readonly Condition[], condition: Condition, at: string): readonly Condition[] {
  const trimmed = Object.fromEntries(
    Object.entries(condition).filter(([, value]) => value !== ''),
  ) as unknown as Condition
  const old = list.find((one) => one.type === condition.type)
  const stale =
    old !== undefined &&
    ((old.reason !== undefined && trimmed.reason === undefined) ||
      (old.message !== undefined && trimmed.message === undefined))
  if (!stale) return setCondition(list, trimmed, at)
  const lastTransitionTime = old.status === trimmed.status ? (old.lastTransitionTime ?? at) : at
  return list.map((one) =>
    one.type === condition.type ? { lastProbeTime: null, ...trimmed, lastTransitionTime } : one,
  )
}

/** Done for the order of init containers: exited well, or a sidecar that runs. */
export function isInitDone({ spec, snapshot }: ContainerState): boolean {
  if (snapshot === undefined) return false
  if (isSidecar(spec)) return snapshot.matches('running') && !snapshot.matches({ running: 'starting' })
  return snapshot.matches('exited') && (snapshot.context as ContainerContext).exitCode === 0
}

function containerStatus(
  pod: KubeObject,
  state: ContainerState,
  phase: string,
  podContext: PodContext,
  initializing: boolean,
): object {
  const { spec, snapshot } = state
  const context = snapshot?.context as ContainerContext | undefined
  const running = snapshot?.matches('running') === true || snapshot?.matches('terminating') === true
  const known = knownRun(pod, state)
  const id = (restarts: number): string =>
    known !== undefined && restarts === context?.restarts
      ? known.containerID
      : `simulated://${digest(`${pod.metadata.uid} ${spec.name} ${restarts}`).repeat(4)}`
  const begun = context !== undefined && context.startedAt > 0
  const last = context?.last
  // What it was begun with: the spec may ask for another one by now.
  const image = begun ? (context as ContainerContext).image : spec.image
  return {
    name: spec.name,
    state: currentState(state, phase, podContext, context === undefined ? '' : id(context.restarts), initializing),
    lastState: last == null || isRestarting(state) ? {} : { terminated: terminated(last, id(lastRun(state))) },
    ready: isReady(state),
    restartCount: context?.restarts ?? 0,
    image: known?.image ?? image,
    imageID: known?.imageID ?? (begun ? `simulated/${image.split('@')[0]}@sha256:${digest(image).repeat(4)}` : ''),
    ...(begun ? { containerID: id((context as ContainerContext).restarts) } : {}),
    started: running && snapshot?.matches({ running: 'starting' }) !== true,
  }
}

interface Run {
  readonly name: string
  readonly image: string
  readonly imageID: string
  readonly containerID: string
  readonly restartCount: number
}

/** What the stored status says of the present run: a run that another kubelet began keeps its names. */
function knownRun(pod: KubeObject, { spec, snapshot }: ContainerState): Run | undefined {
  const context = snapshot?.context as ContainerContext | undefined
  if (context === undefined || context.startedAt === 0 || context.image !== spec.image) return undefined
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
  const stored = [...containerStatuses, ...initContainerStatuses].find(({ name }: Run) => name === spec.name)
  const foreign = stored?.containerID !== undefined && !stored.containerID.startsWith('simulated://')
  return foreign && stored.restartCount === context.restarts ? stored : undefined
}

function currentState(
  { spec, snapshot }: ContainerState,
  phase: string,
  podContext: PodContext,
  id: string,
  initializing: boolean,
): object {
  const context = snapshot?.context as ContainerContext | undefined
  if (
    snapshot === undefined ||
    context === undefined ||
    snapshot.matches('waiting') ||
    snapshot.matches('pulling') ||
    snapshot.matches('creating')
  ) {
    if (context !== undefined && context.blocked !== '') return { waiting: waitingFor(context, initializing) }
    if (context?.last != null && context.backoffMs === 0) return { terminated: terminated(context.last, id) }
    if (context?.last != null) return { waiting: crashLoop(spec, context, podContext) }
    if (phase === 'Failed' || phase === 'Succeeded')
      return { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } }
    return { waiting: waitingFor(context, initializing) }
  }
  const why = `failed to pull and unpack image "${spec.image}": ${spec.image}: not found`
  if (snapshot.matches('pullFailed')) return { waiting: { reason: 'ErrImagePull', message: why } }
  if (snapshot.matches('imageBackingOff')) {
    const message = `Back-off pulling image "${spec.image}": ErrImagePull: ${why}`
    return { waiting: { reason: 'ImagePullBackOff', message } }
  }
  if (snapshot.matches('crashLooping')) return { waiting: crashLoop(spec, context, podContext) }
  if (snapshot.matches('exited')) return { terminated: terminated(context, id) }
  return { running: { startedAt: toRfc3339(context.startedAt) } }
}

function crashLoop(spec: ContainerSpec, { backoffMs }: ContainerContext, pod: PodContext): object {
  const where = `container=${spec.name} pod=${pod.name}_${pod.namespace}(${pod.uid})`
  return { reason: 'CrashLoopBackOff', message: `back-off ${backoffMs / 1000}s restarting failed ${where}` }
}

const beforeStart = ['waiting', 'pulling', 'pullFailed', 'imageBackingOff', 'creating', 'crashLooping'] as const

/** Number of the run that `last` tells of: the newest one until the next has begun. */
function lastRun({ snapshot }: ContainerState): number {
  const restarts = (snapshot?.context as ContainerContext | undefined)?.restarts ?? 0
  return beforeStart.some((state) => snapshot?.matches(state)) ? restarts : restarts - 1
}

/** Started again at once: until it runs, its state is still the end of the run before, unless something is in its way. */
function isRestarting({ snapshot }: ContainerState): boolean {
  const { last = null, backoffMs = 0, blocked = '' } = (snapshot?.context as ContainerContext | undefined) ?? {}
  const coming = snapshot?.matches('waiting') || snapshot?.matches('pulling') || snapshot?.matches('creating')
  return coming === true && last !== null && backoffMs === 0 && blocked === ''
}

/** The containers of a pod that has init containers say so until they are created. */
function waitingFor(context: ContainerContext | undefined, initializing: boolean): object {
  if (context !== undefined && context.blocked !== '')
    return { reason: context.blockedReason, message: context.blocked }
  return { reason: initializing ? 'PodInitializing' : 'ContainerCreating' }
}

function terminated(
  run: { startedAt: number; finishedAt: number; exitCode: number; reason: string },
  id: string,
): object {
  return {
    exitCode: run.exitCode,
    reason: run.reason,
    startedAt: run.startedAt === 0 ? null : toRfc3339(run.startedAt),
    finishedAt: toRfc3339(run.finishedAt),
    ...(run.startedAt === 0 ? {} : { containerID: id }),
  }
}
