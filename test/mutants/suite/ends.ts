/**
 * What is not in any object, and a run knows: when a node went, whose watch was late, what programs really do. Pods end
 * in time, pods of a node that went are given their time, containers restart when their programs or probes call for it
 * and then only, and what a component deletes or binds is named by its uid.
 */
import { parseTime } from '../../../src/api/time.ts'
import type { KubeObject } from '../../../src/index.ts'
import type { Committed, Transition } from '../../../src/store/transition.ts'
import { placeable } from '../../../src/testing/invariants/placement.ts'
import type { Monitor } from './monitor.ts'
import type { Rig } from './rig.ts'

/** kube-controller-manager gives pods of a node that is not there this long. */
const quarantineMs = 40_000
/** A kubelet may be so late with what it has to say of an end. */
const lateMs = 5000

/** Watches a run for ends that come too late or too early. `isSmooth`: nothing breaks in it. */
export function watchEnds(rig: Rig, monitor: Monitor, isSmooth: boolean): void {
  const wentAt = new Map<string, number>()
  rig.onTransition = (transition) => {
    const why = whyUnguarded(transition)
    if (why !== undefined) monitor.fail('what is deleted or bound is named by its uid (G5)', why)
  }
  const waits = new Map<string, number>()
  const made = new Map<string, readonly number[]>()
  rig.cluster.plane.api.committed$.subscribe(({ change, cause, time }: Committed) => {
    const { resource, type, object } = change
    if (isSmooth && (resource === 'pods' || resource === 'nodes')) placedSoon(monitor, waits, time)
    if (resource === 'nodes') {
      if (type === 'DELETED') wentAt.set(object.metadata.name, time)
      else wentAt.delete(object.metadata.name)
    }
    if (resource === 'pods' && type === 'ADDED' && cause.why === 'reconcile')
      paced(monitor, made, `${cause.by} ${cause.key}`, time)
    if (resource !== 'pods' || type !== 'DELETED') return
    const went = wentAt.get(object.spec?.nodeName ?? '')
    const due = parseTime(object.metadata.deletionTimestamp ?? '9999-01-01T00:00:00Z')
    const { name } = object.metadata
    if (cause.by === 'controller/pod-garbage-collector' && went !== undefined && time < went + quarantineMs - 1000)
      monitor.fail('pods of a node that went are given 40 s', `${name} was removed ${time - went} ms after its node`)
    if (isSmooth && cause.by === 'kubelet' && !rig.everDown.has(object.spec?.nodeName) && time > due + lateMs)
      monitor.fail('a pod that is deleted is gone when its grace is over', `${name} was there ${time - due} ms longer`)
  })
}

/** More pods than that for one object in a minute are made by somebody who does not wait. */
const madeInAMinute = 100

/** `made`: when pods were made for each object, of the last minute. */
function paced(monitor: Monitor, made: Map<string, readonly number[]>, maker: string, time: number): void {
  const recent = [...(made.get(maker) ?? []).filter((at) => at > time - 60_000), time]
  made.set(maker, recent)
  if (recent.length > madeInAMinute)
    monitor.fail('nobody makes the same thing again and again without a wait (G10)', `${maker}: ${recent.length} pods`)
}

/** A pod that could be placed, retried with its back-off, is placed within this time. */
const placedMs = 60_000

/** `waits`: since when each pod waits that could be placed. */
function placedSoon(monitor: Monitor, waits: Map<string, number>, time: number): void {
  const s = monitor.now
  const ready = new Map(placeable(s).map((pod) => [pod.metadata.uid ?? '', pod]))
  for (const uid of waits.keys()) if (!ready.has(uid)) waits.delete(uid)
  for (const [uid, { metadata }] of ready) {
    const since = waits.get(uid) ?? time
    waits.set(uid, since)
    if (time > since + placedMs)
      monitor.fail('a pod that could be placed is placed soon (K9)', `${metadata.name} waits for ${time - since} ms`)
  }
}

/** Components mean an object, not whoever has its name by now. */
function whyUnguarded(transition: Transition): string | undefined {
  if (transition.cause?.why !== 'reconcile') return undefined
  const { by } = transition.cause
  if (transition.type === 'pod.bind' && !transition.uid) return `${by} binds ${transition.ref.name} by its name`
  if (transition.type === 'delete' && !transition.uid && !transition.resourceVersion)
    return `${by} deletes ${transition.ref.resource} ${transition.ref.name} by its name`
  if (transition.type !== 'update' || transition.uid || transition.object.metadata?.resourceVersion) return undefined
  if (transition.subresource === 'scale') return undefined
  return `${by} updates ${transition.ref.resource} ${transition.ref.name} without saying which it saw`
}

interface Container {
  readonly name: string
  readonly image: string
  readonly command?: readonly string[]
  readonly livenessProbe?: object
}

const scriptOf = ({ metadata }: KubeObject): string => metadata.annotations?.['kybern.dev/script'] ?? ''

interface Run {
  readonly startedAt?: string | null
  readonly finishedAt?: string | null
  readonly reason?: string
}

/** A program that sleeps does so to its end, unless its pod is deleted, is active for too long, or its machine dies. */
function sleepsToItsEnd(rig: Rig, monitor: Monitor, pod: KubeObject): void {
  if (pod.metadata.deletionTimestamp !== undefined || pod.spec.activeDeadlineSeconds !== undefined) return
  if (rig.everDown.has(pod.spec.nodeName)) return
  for (const { name, command } of pod.spec.containers as Container[]) {
    const seconds = Number(/^sleep (\d+)/.exec(command?.at(-1) ?? '')?.[1] ?? 0)
    const told = (pod.status?.containerStatuses ?? []).find((one: { name: string }) => one.name === name)
    const run: Run | undefined = told?.state?.terminated ?? told?.lastState?.terminated
    if (!run?.startedAt || !run.finishedAt || run.reason === 'Unknown') continue
    const ranMs = parseTime(run.finishedAt) - parseTime(run.startedAt)
    if (ranMs < seconds * 1000 - 1000)
      monitor.fail('programs run to their end', `${name} of ${pod.metadata.name} ran ${ranMs} ms of ${seconds} s`)
  }
}

/** Restarts against what programs do: asked at rest, of runs in which nothing broke. */
export function restartsHaveCauses(rig: Rig, monitor: Monitor): void {
  const name = 'containers restart when their program ends or their liveness probe fails, and then only'
  for (const pod of rig.cluster.list('Pod')) {
    sleepsToItsEnd(rig, monitor, pod)
    const isOld = rig.now - parseTime(pod.status?.startTime ?? '9999-01-01T00:00:00Z') > 180_000
    if (pod.metadata.deletionTimestamp !== undefined || pod.metadata.generation !== 1) continue
    if (pod.status?.phase !== 'Running' || rig.everDown.has(pod.spec?.nodeName)) continue
    for (const { name: container, image, command, livenessProbe } of pod.spec.containers as Container[]) {
      const told = (pod.status.containerStatuses ?? []).find((one: { name: string }) => one.name === container)
      const dies = livenessProbe !== undefined && scriptOf(pod).includes(`${container}: live until`)
      if (dies && isOld && told?.restartCount === 0)
        monitor.fail(name, `${container} of ${pod.metadata.name} is not alive`)
      if (!dies && command === undefined && image.startsWith('nginx') && told?.restartCount > 0)
        monitor.fail(name, `${container} of ${pod.metadata.name} was restarted`)
    }
  }
}
