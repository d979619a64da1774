/** What a change of a ReplicaSet means to its life (`machines/replicaset.ts`). */
import { isTrue } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Change } from '../../store/transition.ts'
import type { ActorEvent } from '../actor.ts'
import { told } from './story.ts'

export function eventsOf(change: Change): ActorEvent[] {
  return told(change, (object) => (object.status === undefined ? [] : [tale(object)]))
}

function tale(object: KubeObject): ActorEvent {
  const desired: number = object.spec?.replicas ?? 1
  const { replicas = 0, availableReplicas: available = 0, conditions } = object.status
  return {
    type: word(desired, replicas, available, isTrue(conditions, 'ReplicaFailure')),
    desired,
    replicas,
    available,
  }
}

function word(desired: number, replicas: number, available: number, refused: boolean): string {
  if (replicas < desired) return refused ? 'creation.failed' : 'growth.started'
  if (replicas > desired) return 'shrinking.started'
  if (desired === 0) return 'pods.removed'
  return available >= desired ? 'size.reached' : 'pods.created'
}
