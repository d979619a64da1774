/**
 * A DaemonSet keeps one pod on every node that should have one.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/
 */
import type { Kind } from '../api/kind.ts'
import { type KubeObject, keyOf, splitKey } from '../api/object.ts'
import { controllerOf } from '../api/owner.ts'
import { matchesLabelSelector } from '../api/selector.ts'
import { ControllerRevision, DaemonSet, Node, Pod } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Change, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { claim } from './claim.ts'
import { controller, type Intent, type Refusal, type Wake } from './controller.ts'
import { eligibility, tolerant } from './daemonset/eligibility.ts'
import { forgotten, historyOf } from './daemonset/history.ts'
import { type Actions, component, type Due, managed, type Scene } from './daemonset/manage.ts'
import { podForNode, podsByNode } from './daemonset/pods.ts'
import { replaced, surges } from './daemonset/rolling.ts'
import { counted } from './daemonset/status.ts'
import type { PodTemplate } from './pod-template.ts'
import { createOf, deleteOf, refusalTold, reportOf, statusOf } from './writes.ts'

/** Pods made, and pods deleted, in one reconcile at most; the pods' own changes ask for the rest. */
export const burstReplicas = 250

export function reconcile(view: View, key: string, refusal?: Refusal): readonly Intent[] {
  const { namespace, name } = splitKey(key)
  const daemonSet = view.get(DaemonSet, namespace, name)
  if (daemonSet === undefined || daemonSet.metadata.deletionTimestamp !== undefined) return []
  const uid = daemonSet.metadata.uid ?? ''
  const matches = (object: KubeObject) => matchesLabelSelector(daemonSet.spec.selector, object.metadata.labels)
  const candidates = (kind: Kind) => [...view.by(kind, 'owner', uid), ...view.by(kind, 'orphan', namespace)]
  const claimed = claim(DaemonSet, daemonSet, Pod, candidates(Pod), matches)
  const past = claim(DaemonSet, daemonSet, ControllerRevision, candidates(ControllerRevision), matches)
  const history = historyOf(view, daemonSet, past.kept)
  if (history === 'collision') return [...claimed.intents, ...past.intents, withCollision(daemonSet)]
  const template = tolerant(daemonSet.spec.template)
  const scene = sceneOf(view, daemonSet, template, claimed.kept, history.hash)
  const actions = wanted(scene)
  const { status, nextAvailableAt } = counted(scene)
  const written = equal(status, daemonSet.status) ? [] : [statusOf(DaemonSet, { ...daemonSet, status })]
  return [
    ...claimed.intents,
    ...past.intents,
    ...history.writes,
    ...written,
    ...wakes(actions.due, nextAvailableAt),
    ...refusalTold(component, daemonSet, refusal),
    ...podWrites(daemonSet, template, history.hash, actions),
    ...forgotten(daemonSet, history, claimed.kept),
  ]
}

function sceneOf(
  view: View,
  daemonSet: KubeObject,
  template: PodTemplate,
  pods: readonly KubeObject[],
  hash: string,
): Scene {
  const nodes = new Map(view.list(Node).map((node) => [node.metadata.name, eligibility(template, node)]))
  return { daemonSet, nodes, pods: podsByNode(pods), hash, surge: surges(daemonSet), now: view.now }
}

/** Upkeep first; the rolling update moves only when upkeep has nothing to do. */
function wanted(scene: Scene): Actions {
  const upkeep = managed(scene)
  const rolling = (scene.daemonSet.spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate'
  if (!rolling || upkeep.needs.length > 0 || upkeep.remove.length > 0) return upkeep
  return { ...upkeep, ...replaced(scene) }
}

function podWrites(daemonSet: KubeObject, template: PodTemplate, hash: string, actions: Actions): Transition[] {
  const namespace = daemonSet.metadata.namespace ?? ''
  const removed = actions.remove
    .slice(0, burstReplicas)
    .flatMap((pod) => [
      deleteOf(Pod, pod),
      reportOf(component, daemonSet, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`),
    ])
  const made = actions.needs
    .slice(0, burstReplicas)
    .flatMap(({ node, failures }) => [
      createOf(Pod, namespace, podForNode(daemonSet, template, hash, node, failures)),
      reportOf(component, daemonSet, 'Normal', 'SuccessfulCreate', 'Created pod: $(name)'),
    ])
  return [...actions.reports, ...removed, ...made]
}

/** One wake, the earliest; in the background only when nothing else is waited for. */
function wakes(due: readonly Due[], nextAvailableAt: number | undefined): Wake[] {
  const all = nextAvailableAt === undefined ? due : [...due, { at: nextAvailableAt, background: false }]
  if (all.length === 0) return []
  const at = all.reduce((earliest, one) => Math.min(earliest, one.at), Number.POSITIVE_INFINITY)
  return [{ type: 'wake', at, background: all.every((one) => one.background) }]
}

/** Another ControllerRevision has the name the template's hash leads to: the count becomes part of the hash. */
function withCollision(daemonSet: KubeObject): Transition {
  const collisionCount = (daemonSet.status?.collisionCount ?? 0) + 1
  return statusOf(DaemonSet, { ...daemonSet, status: { ...daemonSet.status, collisionCount } })
}

/** The DaemonSets an orphan pod or revision could be adopted by. */
function wouldAdopt(object: KubeObject, view: View): readonly string[] {
  if (controllerOf(object) !== undefined || object.metadata.labels === undefined) return []
  return view
    .list(DaemonSet, object.metadata.namespace)
    .filter((daemonSet) => matchesLabelSelector(daemonSet.spec.selector, object.metadata.labels))
    .map(keyOf)
}

/** The DaemonSets to which a node's change makes a difference; heartbeats make none. */
function concernedBy(node: KubeObject, view: View, change: Change): readonly string[] {
  const { previous, type } = change
  if (type === 'MODIFIED' && previous !== undefined && isAlike(node, previous)) return []
  return view.list(DaemonSet).flatMap((daemonSet) => {
    const template = tolerant(daemonSet.spec.template)
    const after = eligibility(template, node)
    const before = type === 'MODIFIED' && previous !== undefined ? eligibility(template, previous) : undefined
    const differs = before === undefined ? after.run || after.stay : !equal(before, after)
    return differs ? [keyOf(daemonSet)] : []
  })
}

function isAlike(a: KubeObject, b: KubeObject): boolean {
  return equal(a.metadata.labels, b.metadata.labels) && equal(a.spec, b.spec)
}

export const daemonSetController = controller({
  name: 'daemonset',
  of: DaemonSet,
  owns: [Pod, ControllerRevision],
  watches: [
    { kind: Pod, keys: wouldAdopt },
    { kind: ControllerRevision, keys: wouldAdopt },
    { kind: Node, keys: concernedBy },
  ],
  reconcile,
})
