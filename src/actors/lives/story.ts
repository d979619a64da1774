/** What the lives of workloads have in common: one word for where the object is, told when it changes. */
import type { KubeObject } from '../../api/object.ts'
import { equal } from '../../lib/equal.ts'
import type { Change } from '../../store/transition.ts'
import type { ActorEvent } from '../actor.ts'

/**
 * The end, the beginning of the end, and else the telling of the object wherever it differs from the telling of what
 * the object was before. `tell` answers one event for each region of the machine.
 */
export function told(change: Change, tell: (object: KubeObject) => readonly ActorEvent[]): ActorEvent[] {
  const { type, object, previous } = change
  if (type === 'DELETED') return [{ type: 'object.removed' }]
  if (object.metadata.deletionTimestamp !== undefined) {
    return previous?.metadata.deletionTimestamp === undefined ? [{ type: 'deletion.requested' }] : []
  }
  const before = previous === undefined ? [] : tell(previous)
  return tell(object).filter((event) => !before.some((one) => equal(one, event)))
}

/** True when the controller has not yet seen the present spec. */
export function isUnobserved(object: KubeObject): boolean {
  return (object.status?.observedGeneration ?? 0) < (object.metadata.generation ?? 1)
}
