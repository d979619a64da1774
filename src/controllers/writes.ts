/** The transitions controllers send, in the form they all send them: trusted, guarded by uid and resourceVersion. */
import type { Kind } from '../api/kind.ts'
import type { KubeObject, Ref } from '../api/object.ts'
import type { Create, Delete, Report, Update } from '../store/transition.ts'
import type { Refusal } from './controller.ts'

export function refOf(kind: Kind, object: KubeObject): Ref {
  return { resource: kind.resource, namespace: object.metadata.namespace ?? '', name: object.metadata.name }
}

export function createOf(kind: Kind, namespace: string, object: KubeObject): Create {
  return { type: 'create', resource: kind.resource, namespace, object, trusted: true }
}

/** Everything but status. `object` keeps the resourceVersion it was read with, so a write in between refuses it. */
export function updateOf(kind: Kind, object: KubeObject): Update {
  return { type: 'update', ref: refOf(kind, object), object, uid: object.metadata.uid, trusted: true }
}

/** Only status (and the annotations that trusted status writes may carry, as deployment revisions do). */
export function statusOf(kind: Kind, object: KubeObject): Update {
  return { ...updateOf(kind, object), subresource: 'status' }
}

export function deleteOf(kind: Kind, object: KubeObject): Delete {
  return {
    type: 'delete',
    ref: refOf(kind, object),
    uid: object.metadata.uid,
    propagation: 'Background',
    trusted: true,
  }
}

/** An event about `regarding`. `component` is the name kubectl describe shows under From. */
export function reportOf(
  component: string,
  regarding: KubeObject,
  level: Report['level'],
  reason: string,
  message: string,
): Report {
  return { type: 'report', regarding, level, reason, message, source: { component }, trusted: true }
}

/** The event about a pod that `regarding` asked for, or wanted away, and that was refused. */
export function refusalTold(component: string, regarding: KubeObject, refusal: Refusal | undefined): Report[] {
  if (refusal?.resource !== 'pods' || (refusal.type !== 'create' && refusal.type !== 'delete')) return []
  const [reason, what] = refusal.type === 'create' ? ['FailedCreate', 'creating'] : ['FailedDelete', 'deleting']
  return [reportOf(component, regarding, 'Warning', reason, `Error ${what}: ${refusal.message}`)]
}
