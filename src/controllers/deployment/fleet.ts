/**
 * The ReplicaSets of one Deployment while a reconcile plans: plans change copies, and what differs in the end is
 * written, each ReplicaSet at most once.
 */
import type { KubeObject } from '../../api/object.ts'
import { controllerReference } from '../../api/owner.ts'
import { parseTime } from '../../api/time.ts'
import { ReplicaSet } from '../../kinds/index.ts'
import type { Transition } from '../../store/transition.ts'
import { createOf, reportOf, updateOf } from '../writes.ts'
import { replicasOf } from './fenceposts.ts'
import { withSizes } from './revision.ts'
import { sameTemplate } from './template.ts'

export const component = 'deployment-controller'

/** The ReplicaSet with the Deployment's present template, if there is one (a made one has no uid), and the others. */
export interface Fleet {
  readonly newest: KubeObject | undefined
  /** In order of creation, oldest first. */
  readonly old: readonly KubeObject[]
}

/** Sorts the claimed ReplicaSets. The oldest with an equal template is the newest revision; others never become it. */
export function fleetOf(deployment: KubeObject, replicaSets: readonly KubeObject[]): Fleet {
  const sorted = [...replicaSets].sort(byAge)
  const newest = sorted.find((replicaSet) => sameTemplate(replicaSet, deployment))
  return { newest, old: sorted.filter((replicaSet) => replicaSet !== newest) }
}

export function everyOne(fleet: Fleet): readonly KubeObject[] {
  return fleet.newest === undefined ? fleet.old : [...fleet.old, fleet.newest]
}

/** Those that want pods. */
export function active(replicaSets: readonly KubeObject[]): readonly KubeObject[] {
  return replicaSets.filter((replicaSet) => replicasOf(replicaSet) > 0)
}

/** The sum of a number over ReplicaSets. */
export function total(replicaSets: readonly KubeObject[], number: (replicaSet: KubeObject) => number): number {
  return replicaSets.reduce((sum, replicaSet) => sum + number(replicaSet), 0)
}

export function availableOf(replicaSet: KubeObject): number {
  return replicaSet.status?.availableReplicas ?? 0
}

/** The ReplicaSet at a size, with the Deployment's size noted on it. */
export function sized(replicaSet: KubeObject, size: number, deployment: KubeObject): KubeObject {
  const noted = withSizes(replicaSet, deployment)
  return replicasOf(noted) === size ? noted : { ...noted, spec: { ...noted.spec, replicas: size } }
}

/** The fleet with one of its ReplicaSets replaced, found by name. */
export function withOne(fleet: Fleet, next: KubeObject): Fleet {
  if (fleet.newest?.metadata.name === next.metadata.name) return { ...fleet, newest: next }
  return { ...fleet, old: fleet.old.map((one) => (one.metadata.name === next.metadata.name ? next : one)) }
}

/** Creations and updates that lead from the stored ReplicaSets to the planned ones, each resize with its event. */
export function writesBetween(deployment: KubeObject, stored: readonly KubeObject[], planned: Fleet): Transition[] {
  const before = new Map(stored.map((replicaSet) => [replicaSet.metadata.name, replicaSet]))
  return everyOne(planned).flatMap((next) => {
    const previous = before.get(next.metadata.name)
    if (previous === next) return []
    const write =
      previous === undefined ? createOf(ReplicaSet, next.metadata.namespace ?? '', next) : updateOf(ReplicaSet, next)
    return [write, ...resizeReport(deployment, next, previous === undefined ? 0 : replicasOf(previous))]
  })
}

function resizeReport(deployment: KubeObject, replicaSet: KubeObject, from: number): Transition[] {
  const to = replicasOf(replicaSet)
  if (from === to) return []
  const message = `Scaled ${from < to ? 'up' : 'down'} replica set ${replicaSet.metadata.name} from ${from} to ${to}`
  return [reportOf(component, deployment, 'Normal', 'ScalingReplicaSet', message)]
}

/** Oldest first, by name within one second. */
export function byAge(a: KubeObject, b: KubeObject): number {
  return ageKey(a) - ageKey(b) || (a.metadata.name < b.metadata.name ? -1 : 1)
}

function ageKey(object: KubeObject): number {
  return object.metadata.creationTimestamp === undefined ? 0 : parseTime(object.metadata.creationTimestamp)
}

/** The name and owner of a ReplicaSet to be made. */
export function newMetadata(deployment: KubeObject, hash: string): KubeObject['metadata'] {
  const namespace = deployment.metadata.namespace ?? ''
  return {
    name: `${deployment.metadata.name}-${hash}`,
    namespace,
    ownerReferences: [controllerReference(deployment)],
  }
}
