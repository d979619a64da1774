/**
 * A Deployment rolls its pods from one template to the next by resizing ReplicaSets, one for each template.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
 */
import { type KubeObject, keyOf, splitKey } from '../api/object.ts'
import { controllerOf } from '../api/owner.ts'
import { isPodFinished } from '../api/pod-status.ts'
import { matchesLabelSelector } from '../api/selector.ts'
import { Deployment, Pod, ReplicaSet } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Change, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { claim } from './claim.ts'
import { controller, type Intent, type Refusal } from './controller.ts'
import { type Conditions, said } from './deployment/conditions.ts'
import { isRollingUpdate, replicasOf } from './deployment/fenceposts.ts'
import { byAge, component, type Fleet, fleetOf, writesBetween } from './deployment/fleet.ts'
import { inStep, made, newestConditions, withRevisionOf } from './deployment/newest.ts'
import { emptied, oldPodsRun } from './deployment/recreate.ts'
import { isResized, resized } from './deployment/resize.ts'
import { revisionOf } from './deployment/revision.ts'
import { rolled } from './deployment/rolling.ts'
import {
  conditionsOf,
  countedStatus,
  type DeploymentStatus,
  deadlineAt,
  hasDeadline,
  isComplete,
  pausedConditions,
  rolloutStatus,
} from './deployment/status.ts'
import { deleteOf, reportOf, statusOf } from './writes.ts'

/** What one reconcile decided. */
interface Plan {
  readonly fleet: Fleet
  readonly status: DeploymentStatus
  /** Whether old ReplicaSets beyond the history limit may go. */
  readonly tidy: boolean
}

export function reconcile(view: View, key: string, refusal?: Refusal): readonly Intent[] {
  const { namespace, name } = splitKey(key)
  const deployment = view.get(Deployment, namespace, name)
  if (deployment === undefined) return []
  const owned = view.by(ReplicaSet, 'owner', deployment.metadata.uid ?? '')
  const candidates = [...owned, ...orphans(view, namespace)]
  const matches = (one: KubeObject) => matchesLabelSelector(deployment.spec.selector, one.metadata.labels)
  const { kept, intents } = claim(Deployment, deployment, ReplicaSet, candidates, matches)
  if (intents.length > 0) return intents
  const found = fleetOf(deployment, kept)
  if (deployment.metadata.deletionTimestamp !== undefined) {
    return statusWrites(deployment, deployment, countedStatus(deployment, found, conditionsOf(deployment), view.now))
  }
  const plan = planned(view, deployment, found)
  if (plan === 'collision') return [counted(deployment)]
  const { newest } = plan.fleet
  if (refusal?.type === 'create' && newest !== undefined && newest.metadata.uid === undefined)
    return [...refused(deployment, newest, refusal, view.now), ...writesBetween(deployment, kept, plan.fleet)]
  const due = deadlineAt(deployment, plan.status)
  return [
    ...writesBetween(deployment, kept, plan.fleet),
    ...(plan.tidy ? forgotten(deployment, plan.fleet.old) : []),
    ...statusWrites(deployment, withRevisionOf(deployment, plan.fleet.newest), plan.status),
    ...(due === undefined ? [] : [{ type: 'wake', at: Math.max(due, view.now), background: true } as const]),
  ]
}

function orphans(view: View, namespace: string): readonly KubeObject[] {
  return view.by(ReplicaSet, 'orphan', namespace)
}

function planned(view: View, deployment: KubeObject, found: Fleet): Plan | 'collision' {
  const fleet = inStep(deployment, found)
  const paused = pausedConditions(deployment, view.now)
  const conditions = newestConditions(deployment, fleet.newest, false, paused, view.now)
  if (deployment.spec.paused === true || isResized(deployment, fleet)) {
    const next = resized(deployment, fleet)
    return {
      fleet: next,
      status: countedStatus(deployment, next, conditions, view.now),
      tidy: deployment.spec.paused === true,
    }
  }
  const next = isRollingUpdate(deployment)
    ? withMade(view, deployment, fleet, conditions)
    : recreated(view, deployment, fleet, conditions)
  if (next === 'collision') return next
  const rolledOn = isRollingUpdate(deployment) ? rolled(deployment, next.fleet) : next.fleet
  return {
    fleet: rolledOn,
    status: rolloutStatus(deployment, rolledOn, next.conditions, view.now),
    tidy: isComplete(deployment, deployment.status ?? {}),
  }
}

interface Step {
  readonly fleet: Fleet
  readonly conditions: Conditions
}

/** The fleet with a newest ReplicaSet, made when there is none. */
function withMade(view: View, deployment: KubeObject, fleet: Fleet, conditions: Conditions): Step | 'collision' {
  if (fleet.newest !== undefined) return { fleet, conditions }
  const newest = made(view, deployment, fleet)
  if (newest === 'collision') return newest
  return {
    fleet: { ...fleet, newest },
    conditions: newestConditions(deployment, newest, true, conditions, view.now),
  }
}

/** Recreate: old ones to zero, then wait for their pods, then the new one at full size. */
function recreated(view: View, deployment: KubeObject, fleet: Fleet, conditions: Conditions): Step | 'collision' {
  const empty = emptied(deployment, fleet)
  if (empty !== fleet) return { fleet: empty, conditions }
  if (oldPodsRun(view, fleet)) return { fleet, conditions }
  const step = withMade(view, deployment, fleet, conditions)
  return step === 'collision' ? step : { ...step, fleet: rolled(deployment, step.fleet) }
}

/** Another object has the name the template's hash leads to: the count of collisions becomes part of the hash. */
function counted(deployment: KubeObject): Transition {
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1
  return statusOf(Deployment, { ...deployment, status: { ...deployment.status, collisionCount } })
}

/** The new ReplicaSet was refused (by a quota, a webhook): said before it is tried again. */
function refused(deployment: KubeObject, newest: KubeObject, { message }: Refusal, now: number): Transition[] {
  const reason = 'ReplicaSetCreateError'
  const words = `Failed to create new replica set "${newest.metadata.name}": ${message}`
  const told = reportOf(component, deployment, 'Warning', reason, words)
  if (!hasDeadline(deployment)) return [told]
  const condition = { type: 'Progressing', status: 'False', reason, message: words } as const
  const conditions = said(conditionsOf(deployment), condition, now)
  return [...statusWrites(deployment, deployment, { ...deployment.status, conditions }), told]
}

function statusWrites(before: KubeObject, after: KubeObject, status: DeploymentStatus): Transition[] {
  if (before === after && equal(before.status, status)) return []
  return [statusOf(Deployment, { ...after, status })]
}

/** Deletes the old ReplicaSets of the lowest revisions beyond revisionHistoryLimit, once they are empty and settled. */
function forgotten(deployment: KubeObject, old: readonly KubeObject[]): Transition[] {
  const alive = old.filter((one) => one.metadata.deletionTimestamp === undefined)
  const surplus = alive.length - (deployment.spec.revisionHistoryLimit ?? 10)
  if (surplus <= 0) return []
  return [...alive]
    .sort((a, b) => revisionOf(a) - revisionOf(b) || byAge(a, b))
    .slice(0, surplus)
    .filter((one) => isEmpty(one))
    .map((one) => deleteOf(ReplicaSet, one))
}

function isEmpty(replicaSet: KubeObject): boolean {
  const { generation = 0 } = replicaSet.metadata
  return (
    replicasOf(replicaSet) === 0 &&
    (replicaSet.status?.replicas ?? 0) === 0 &&
    (replicaSet.status?.observedGeneration ?? 0) >= generation
  )
}

/** The Deployments an orphan ReplicaSet could be adopted by. */
function wouldAdopt(replicaSet: KubeObject, view: View): readonly string[] {
  if (controllerOf(replicaSet) !== undefined) return []
  return view
    .list(Deployment, replicaSet.metadata.namespace)
    .filter((deployment) => matchesLabelSelector(deployment.spec.selector, replicaSet.metadata.labels))
    .map(keyOf)
}

/** A Recreate rollout waits for the last old pod: its end concerns the Deployment two owners up. */
function waitsFor(pod: KubeObject, view: View, change: Change): readonly string[] {
  if (change.type === 'ADDED' || (change.type === 'MODIFIED' && !isPodFinished(pod))) return []
  const namespace = pod.metadata.namespace ?? ''
  const reference = controllerOf(pod)
  const replicaSet = reference?.kind === 'ReplicaSet' ? view.get(ReplicaSet, namespace, reference.name) : undefined
  const owner = replicaSet && controllerOf(replicaSet)
  const deployment = owner?.kind === 'Deployment' ? view.get(Deployment, namespace, owner.name) : undefined
  return deployment === undefined || isRollingUpdate(deployment) ? [] : [keyOf(deployment)]
}

export const deploymentController = controller({
  name: 'deployment',
  of: Deployment,
  owns: [ReplicaSet],
  watches: [
    { kind: ReplicaSet, keys: wouldAdopt },
    { kind: Pod, keys: waitsFor },
  ],
  reconcile,
})
