/** What a change of a Deployment means to its life (`machines/deployment.ts`). */
import { getCondition, isTrue } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Change } from '../../store/transition.ts'
import type { ActorEvent } from '../actor.ts'
import { isUnobserved, told } from './story.ts'

export function eventsOf(change: Change): ActorEvent[] {
  return told(change, (object) => [rollout(object), ...availability(object)])
}

function rollout(object: KubeObject): ActorEvent {
  const { replicas = 0, updatedReplicas: updated = 0, availableReplicas: available = 0 } = object.status ?? {}
  const counts = { desired: object.spec?.replicas ?? 1, replicas, updated, available }
  return { type: word(object, counts), ...counts }
}

interface Counts {
  readonly desired: number
  readonly replicas: number
  readonly updated: number
  readonly available: number
}

function word(object: KubeObject, { desired, replicas, updated, available }: Counts): string {
  if (object.spec?.paused === true) return 'rollout.paused'
  if (isUnobserved(object)) return 'change.requested'
  const reason = getCondition(object.status?.conditions, 'Progressing')?.reason
  if (reason === 'ProgressDeadlineExceeded') return 'deadline.exceeded'
  if (replicas === desired && updated === desired && available === desired) return 'rollout.completed'
  if (updated === replicas && reason === 'NewReplicaSetAvailable') {
    return replicas === desired ? 'pods.lost' : 'scaling.started'
  }
  return updated === 0 ? 'rollout.started' : 'rollout.advanced'
}

function availability(object: KubeObject): ActorEvent[] {
  const { conditions } = object.status ?? {}
  if (getCondition(conditions, 'Available') === undefined) return []
  return [{ type: isTrue(conditions, 'Available') ? 'availability.reached' : 'availability.lost' }]
}
