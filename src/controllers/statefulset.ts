/**
 * A StatefulSet keeps pods with identities: in order, each with its own name and claims.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
 */

import type { Kind } from '../api/kind.ts'
import { type KubeObject, keyOf, splitKey } from '../api/object.ts'
import { controllerOf } from '../api/owner.ts'
import { isPodFinished, podAvailableAt } from '../api/pod-status.ts'
import { matchesLabelSelector } from '../api/selector.ts'
import { ControllerRevision, Pod, StatefulSet } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { claim } from './claim.ts'
import { controller, type Intent } from './controller.ts'
import { type History, historyOf } from './daemonset/history.ts'
import { claimsToPod, missingClaims, ordinalOf, podWith, revisionOf } from './statefulset/identity.ts'
import { createOf, deleteOf, reportOf, statusOf } from './writes.ts'

const component = 'statefulset-controller'

/** One look at a set: its pods by ordinal, those beyond its size, and the two revisions. */
interface Scene {
  readonly view: View
  readonly set: KubeObject
  readonly pods: ReadonlyMap<number, KubeObject>
  readonly first: number
  readonly end: number
  readonly current: string
  readonly update: string
  readonly revisions: readonly KubeObject[]
}

export function reconcile(view: View, key: string): readonly Intent[] {
  const { namespace, name } = splitKey(key)
  const set = view.get(StatefulSet, namespace, name)
  if (set === undefined || set.metadata.deletionTimestamp !== undefined) return []
  const matches = (object: KubeObject) => matchesLabelSelector(set.spec.selector, object.metadata.labels)
  const candidates = (kind: Kind) => [
    ...view.by(kind, 'owner', set.metadata.uid ?? ''),
    ...view.by(kind, 'orphan', namespace),
  ]
  const isMine = (pod: KubeObject) => matches(pod) && ordinalOf(set, pod) !== undefined
  const claimed = claim(StatefulSet, set, Pod, candidates(Pod), isMine)
  const past = claim(StatefulSet, set, ControllerRevision, candidates(ControllerRevision), matches)
  const history = historyOf(view, set, past.kept)
  if (history === 'collision') return [...claimed.intents, ...past.intents, withCollision(set)]
  const scene = sceneOf(view, set, claimed.kept, past.kept, history)
  const steps = next(scene)
  const status = statusFrom(scene)
  const written = equal(status, set.status) ? [] : [statusOf(StatefulSet, { ...set, status })]
  return [...claimed.intents, ...past.intents, ...history.writes, ...written, ...steps, ...forgotten(scene, history)]
}

function sceneOf(
  view: View,
  set: KubeObject,
  pods: readonly KubeObject[],
  revisions: readonly KubeObject[],
  history: History,
): Scene {
  const first: number = set.spec.ordinals?.start ?? 0
  const update = `${set.metadata.name}-${history.hash}`
  const known: string = set.status?.currentRevision ?? ''
  const current = known !== '' && revisions.some((one) => one.metadata.name === known) ? known : update
  const numbered = pods.map((pod) => [ordinalOf(set, pod) as number, pod] as const).sort(([a], [b]) => a - b)
  return {
    view,
    set,
    pods: new Map(numbered),
    first,
    end: first + (set.spec.replicas ?? 1),
    current,
    update,
    revisions,
  }
}

function isReady(pod: KubeObject): boolean {
  return (
    pod.metadata.deletionTimestamp === undefined &&
    pod.status?.phase === 'Running' &&
    podAvailableAt(pod, 0) !== undefined
  )
}

/** When the pod counts as available (ms): now or before, later, or never as it is. */
function availableAt(set: KubeObject, pod: KubeObject): number | undefined {
  return pod.metadata.deletionTimestamp === undefined && pod.status?.phase === 'Running'
    ? podAvailableAt(pod, set.spec.minReadySeconds ?? 0)
    : undefined
}

/** Fill first, then shrink, then replace; in order unless the set says Parallel. */
function next(scene: Scene): readonly Intent[] {
  const ordered = scene.set.spec.podManagementPolicy !== 'Parallel'
  const fill = filled(scene, ordered)
  if (fill.length > 0 && ordered) return fill
  if (ordered && scene.pods.size > 0 && unavailable(scene) !== undefined) return [...fill, ...waits(scene)]
  const shrink = shrunk(scene, ordered)
  if (shrink.length > 0 || fill.length > 0) return [...fill, ...shrink]
  return [...replaced(scene), ...waits(scene)]
}

function filled(scene: Scene, ordered: boolean): Transition[] {
  const { view, set, pods } = scene
  const steps: Transition[] = []
  for (let ordinal = scene.first; ordinal < scene.end; ordinal++) {
    const pod = pods.get(ordinal)
    if (pod === undefined) steps.push(...missingClaims(view, set, ordinal), ...created(scene, ordinal))
    else if (isWaiting(pod)) steps.push(...missingClaims(view, set, ordinal))
    else if (isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined) steps.push(...deleted(set, pod))
    if (ordered && steps.length > 0) return steps
    if (ordered && pod !== undefined && !isAvailable(scene, pod)) return []
  }
  return steps
}

/** A pod that has not begun: claims that went missing meanwhile are made again (kubernetes#93457). */
function isWaiting({ status, metadata }: KubeObject): boolean {
  return (status?.phase ?? 'Pending') === 'Pending' && metadata.deletionTimestamp === undefined
}

function isAvailable({ set, view }: Scene, pod: KubeObject): boolean {
  const at = availableAt(set, pod)
  return at !== undefined && at <= view.now
}

/** The first pod within the set's size that is not available. */
function unavailable(scene: Scene): KubeObject | undefined {
  for (let ordinal = scene.first; ordinal < scene.end; ordinal++) {
    const pod = scene.pods.get(ordinal)
    if (pod === undefined || !isAvailable(scene, pod)) return pod ?? scene.set
  }
  return undefined
}

/** A pod below the partition is of the current revision, others are of the new one. */
function created({ set, current, update, first, revisions }: Scene, ordinal: number): Transition[] {
  const partition: number = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
  const isOld = set.spec.updateStrategy?.type === 'RollingUpdate' && ordinal < first + partition
  const revision = isOld ? current : update
  const stored = revision === update ? undefined : revisions.find((one) => one.metadata.name === revision)
  const { $patch: _replace, ...template } = stored?.data?.spec?.template ?? set.spec.template
  const pod = podWith(set, template, revision, ordinal)
  const told = `create Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`
  return [
    createOf(Pod, set.metadata.namespace ?? '', pod),
    reportOf(component, set, 'Normal', 'SuccessfulCreate', told),
  ]
}

function deleted(set: KubeObject, pod: KubeObject): Transition[] {
  const told = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`
  return [deleteOf(Pod, pod), reportOf(component, set, 'Normal', 'SuccessfulDelete', told)]
}

/** The pods beyond the size go, the highest first; one at a time when the order matters. */
function shrunk({ view, set, pods, first, end }: Scene, ordered: boolean): Transition[] {
  const beyond = [...pods].filter(([ordinal]) => ordinal < first || ordinal >= end).reverse()
  if (ordered && beyond.some(([, pod]) => pod.metadata.deletionTimestamp !== undefined)) return []
  const going = beyond.filter(([, pod]) => pod.metadata.deletionTimestamp === undefined)
  const some = ordered ? going.slice(0, 1) : going
  return some.flatMap(([ordinal, pod]) => [...claimsToPod(view, set, pod, ordinal), ...deleted(set, pod)])
}

/** The rolling update: from the highest ordinal down to the partition, as many at once as may be unavailable. */
function replaced(scene: Scene): Transition[] {
  const { set, pods, first, end, update } = scene
  const { type = 'RollingUpdate', rollingUpdate } = set.spec.updateStrategy ?? {}
  if (type !== 'RollingUpdate') return []
  const partition = first + (rollingUpdate?.partition ?? 0)
  const most = Math.max(1, typeof rollingUpdate?.maxUnavailable === 'number' ? rollingUpdate.maxUnavailable : 1)
  const steps: Transition[] = []
  let down = [...pods].filter(([ordinal, pod]) => ordinal >= first && ordinal < end && !isAvailable(scene, pod)).length
  for (let ordinal = end - 1; ordinal >= partition && down < most; ordinal--) {
    const pod = pods.get(ordinal)
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined || revisionOf(pod) === update) continue
    steps.push(...deleted(set, pod))
    down++
  }
  return steps
}

/** Asks again when the next pod becomes available by waiting. */
function waits({ set, pods, view }: Scene): Intent[] {
  const times = [...pods.values()]
    .map((pod) => availableAt(set, pod))
    .filter((at): at is number => at !== undefined && at > view.now && Number.isFinite(at))
  return times.length === 0 ? [] : [{ type: 'wake', at: Math.min(...times) }]
}

function statusFrom(scene: Scene): Readonly<Record<string, unknown>> {
  const { set, update } = scene
  const alive = [...scene.pods.values()].filter((pod) => !isPodFinished(pod))
  const active = alive.filter((pod) => pod.metadata.deletionTimestamp === undefined)
  const ready = active.filter(isReady).length
  const available = active.filter((pod) => isAvailable(scene, pod)).length
  const updated = active.filter((pod) => revisionOf(pod) === update).length
  const wanted: number = set.spec.replicas ?? 1
  const isDone =
    set.spec.updateStrategy?.type !== 'OnDelete' && updated === wanted && ready === wanted && alive.length === wanted
  const current = isDone ? update : scene.current
  const ofCurrent = active.filter((pod) => revisionOf(pod) === current).length
  const { conditions } = set.status ?? {}
  return {
    ...(conditions === undefined ? {} : { conditions }),
    observedGeneration: set.metadata.generation ?? 0,
    replicas: alive.length,
    ...(ready > 0 && { readyReplicas: ready }),
    ...(ofCurrent > 0 && { currentReplicas: ofCurrent }),
    ...(updated > 0 && { updatedReplicas: updated }),
    currentRevision: current,
    updateRevision: update,
    collisionCount: set.status?.collisionCount ?? 0,
    availableReplicas: available,
  }
}

/** Revisions that no pod has and the limit does not keep are removed, the oldest first. */
function forgotten({ set, pods, current, update }: Scene, history: History): Transition[] {
  const live = new Set([...[...pods.values()].map(revisionOf), current, update])
  const idle = history.old.filter((revision) => !live.has(revision.metadata.name))
  const surplus = idle.length - (set.spec.revisionHistoryLimit ?? 10)
  return surplus <= 0 ? [] : idle.slice(0, surplus).map((revision) => deleteOf(ControllerRevision, revision))
}

function withCollision(set: KubeObject): Transition {
  const collisionCount = (set.status?.collisionCount ?? 0) + 1
  return statusOf(StatefulSet, { ...set, status: { ...set.status, collisionCount } })
}

/** The sets an orphan pod or revision could be adopted by. */
function wouldAdopt(object: KubeObject, view: View): readonly string[] {
  if (controllerOf(object) !== undefined || object.metadata.labels === undefined) return []
  return view
    .list(StatefulSet, object.metadata.namespace)
    .filter((set) => matchesLabelSelector(set.spec.selector, object.metadata.labels))
    .map(keyOf)
}

export const statefulSetController = controller({
  name: 'statefulset',
  of: StatefulSet,
  owns: [Pod, ControllerRevision],
  watches: [
    { kind: Pod, keys: wouldAdopt },
    { kind: ControllerRevision, keys: wouldAdopt },
  ],
  reconcile,
})
