/**
 * A StatefulSet keeps pods with identities: in order, each with its own name and claims.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
 */

import type { Kind } from '../api/kind.ts'
import { type KubeObject, keyOf, splitKey } from '../api/object.ts'
import { controllerOf } from '../api/owner.ts'
import { matchesLabelSelector } from '../api/selector.ts'
import { ControllerRevision, PersistentVolumeClaim, Pod, StatefulSet } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Change, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { claim } from './claim.ts'
import { controller, type Intent, type Refusal } from './controller.ts'
import { type History, historyOf } from './daemonset/history.ts'
import { claimNamesOf } from './statefulset/claims.ts'
import { ordinalOf, revisionOf } from './statefulset/identity.ts'
import { isAvailable, isRunningReady, next, type Scene, told } from './statefulset/steps.ts'
import { deleteOf, statusOf } from './writes.ts'

/** Where a StatefulSet's revision has the hash of its template. */
const hashLabel = 'controller.kubernetes.io/hash'

export function reconcile(view: View, key: string, refusal?: Refusal): readonly Intent[] {
  const { namespace, name } = splitKey(key)
  const set = view.get(StatefulSet, namespace, name)
  if (set === undefined) return []
  const matches = (object: KubeObject) => matchesLabelSelector(set.spec.selector, object.metadata.labels)
  const candidates = (kind: Kind) => [
    ...view.by(kind, 'owner', set.metadata.uid ?? ''),
    ...view.by(kind, 'orphan', namespace),
  ]
  const isMine = (pod: KubeObject) => matches(pod) && ordinalOf(set, pod) !== undefined
  const claimed = claim(StatefulSet, set, Pod, candidates(Pod), isMine)
  const past = claim(StatefulSet, set, ControllerRevision, candidates(ControllerRevision), matches)
  const taken = [...claimed.intents, ...past.intents]
  // What is taken on or let go comes back as a change: pods are judged as they are then.
  if (taken.length > 0) return taken
  const history = historyOf(view, set, past.kept, hashLabel)
  if (history === 'collision') return [withCollision(set)]
  const scene = sceneOf(view, set, claimed.kept, past.kept, history)
  const status = statusFrom(scene)
  const written = equal(status, set.status) ? [] : [statusOf(StatefulSet, { ...set, status })]
  if (set.metadata.deletionTimestamp !== undefined) return written
  const steps = next(scene)
  return [...history.writes, ...written, ...told(scene, steps, refusal), ...steps, ...forgotten(scene, history)]
}

function sceneOf(
  view: View,
  set: KubeObject,
  pods: readonly KubeObject[],
  revisions: readonly KubeObject[],
  history: History,
): Scene {
  const first: number = set.spec.ordinals?.start ?? 0
  const update = history.name
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

/** Counts pods that are ending until they are gone, but as of no revision. */
function statusFrom(scene: Scene): Readonly<Record<string, unknown>> {
  const { set, update } = scene
  const all = [...scene.pods.values()]
  const active = all.filter((pod) => pod.metadata.deletionTimestamp === undefined)
  const ready = all.filter(isRunningReady)
  const available = ready.filter((pod) => isAvailable(scene, pod)).length
  const updated = active.filter((pod) => revisionOf(pod) === update).length
  const wanted: number = set.spec.replicas ?? 1
  const isDone =
    set.spec.updateStrategy?.type !== 'OnDelete' &&
    updated === wanted &&
    ready.length === wanted &&
    all.length === wanted
  const current = isDone ? update : scene.current
  const ofCurrent = active.filter((pod) => revisionOf(pod) === current).length
  const { conditions } = set.status ?? {}
  return {
    ...(conditions === undefined ? {} : { conditions }),
    observedGeneration: set.metadata.generation ?? 0,
    replicas: all.length,
    ...(ready.length > 0 && { readyReplicas: ready.length }),
    ...(ofCurrent > 0 && { currentReplicas: ofCurrent }),
    ...(updated > 0 && { updatedReplicas: updated }),
    currentRevision: current,
    updateRevision: update,
    collisionCount: set.status?.collisionCount ?? 0,
    availableReplicas: available,
  }
}

/** Revisions that no pod has and the limit does not keep are removed, the oldest first; no limit when it is negative. */
function forgotten({ set, pods, current, update }: Scene, history: History): Transition[] {
  const live = new Set([...[...pods.values()].map(revisionOf), current, update])
  const idle = history.old.filter((revision) => !live.has(revision.metadata.name))
  const limit: number = set.spec.revisionHistoryLimit ?? 10
  const surplus = idle.length - limit
  return limit < 0 || surplus <= 0
    ? []
    : idle.slice(0, surplus).map((revision) => deleteOf(ControllerRevision, revision))
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

/** The sets that wait for a claim which is going: the one in whose name it was made. */
function waitingFor(claim: KubeObject, view: View, { type }: Change): readonly string[] {
  if (type !== 'DELETED') return []
  return view
    .list(StatefulSet, claim.metadata.namespace)
    .filter((set) => claimNamesOf(set).some((name) => isNumbered(claim.metadata.name, name)))
    .map(keyOf)
}

const isNumbered = (name: string, prefix: string): boolean =>
  name.startsWith(`${prefix}-`) && /^\d+$/.test(name.slice(prefix.length + 1))

export const statefulSetController = controller({
  name: 'statefulset',
  of: StatefulSet,
  owns: [Pod, ControllerRevision],
  watches: [
    { kind: Pod, keys: wouldAdopt },
    { kind: ControllerRevision, keys: wouldAdopt },
    { kind: PersistentVolumeClaim, keys: waitingFor },
  ],
  reconcile,
})
