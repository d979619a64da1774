/** What a change of a DaemonSet means to its life (`machines/daemonset.ts`). */
import type { KubeObject } from '../../api/object.ts'
import type { Change } from '../../store/transition.ts'
import type { ActorEvent } from '../actor.ts'
import { isUnobserved, told } from './story.ts'

export function eventsOf(change: Change): ActorEvent[] {
  return told(change, (object) => [tale(object)])
}

function tale(object: KubeObject): ActorEvent {
  const { status = {} } = object
  const desired: number = status.desiredNumberScheduled ?? 0
  const current: number = status.currentNumberScheduled ?? 0
  const updated: number = status.updatedNumberScheduled ?? 0
  const available: number = status.numberAvailable ?? 0
  const type = isUnobserved(object)
    ? 'change.requested'
    : word(desired, current, updated, available, status.numberMisscheduled ?? 0)
  return { type, desired, current, updated, available }
}

function word(desired: number, current: number, updated: number, available: number, misplaced: number): string {
  if (misplaced > 0) return 'pods.misplaced'
  if (desired === 0) return 'nodes.excluded'
  if (current < desired) return 'nodes.lacking'
  if (updated < desired) return 'rollout.started'
  return available < desired ? 'pods.unavailable' : 'nodes.covered'
}
