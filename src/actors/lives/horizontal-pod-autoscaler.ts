/** What a change of a HorizontalPodAutoscaler means to its life (`machines/horizontal-pod-autoscaler.ts`). */
import { type Condition, getCondition } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Change } from '../../store/transition.ts'
import type { ActorEvent } from '../actor.ts'
import { told } from './story.ts'

export function eventsOf(change: Change): ActorEvent[] {
  return told(change, (object) => (object.status?.conditions === undefined ? [] : [tale(object)]))
}

function tale(object: KubeObject): ActorEvent {
  const { conditions, currentReplicas: current = 0, desiredReplicas: desired = 0 } = object.status
  return { type: word(conditions, current, desired), current, desired }
}

function word(conditions: readonly Condition[], current: number, desired: number): string {
  const able = getCondition(conditions, 'AbleToScale')
  const active = getCondition(conditions, 'ScalingActive')
  if (able?.status === 'False') return 'target.missed'
  if (able?.reason === 'SucceededRescale') return desired > current ? 'growth.decided' : 'shrinking.decided'
  if (active?.status === 'False') return active.reason === 'ScalingDisabled' ? 'scaling.disabled' : 'metrics.missed'
  if (able?.reason === 'ScaleDownStabilized' || able?.reason === 'ScaleUpStabilized') return 'change.stabilized'
  return getCondition(conditions, 'ScalingLimited')?.status === 'True' ? 'limit.reached' : 'size.kept'
}
