/** A committed transition as properties see it. */
import type { Committed, Transition } from '../../store/transition.ts'
import type { Write } from '../property.ts'

/** The write but for what its writer believed. Users and the embedding program are `user`. */
export function writeOf({ transition, change, cause }: Committed): Omit<Write, 'believed'> {
  const { type, resource, key, object, previous } = change
  // Objects that changed with the write were not asked for.
  const isAsked = transition.type === 'create' ? previous === undefined : refersTo(transition, key)
  return {
    type,
    verb: isAsked ? verbOf(transition) : `also ${verbOf(transition)}`,
    resource,
    key,
    object,
    previous,
    by: cause.why === 'request' ? 'user' : cause.by,
    reconciled: cause.why === 'reconcile' ? (cause.key ?? '') : '',
    cause,
    ...(isAsked ? { asked: transition } : {}),
  }
}

function refersTo(transition: Transition, key: string): boolean {
  return !('ref' in transition) || key.endsWith(transition.ref.name)
}

/** `create`, `update/status`, `evict`, `bind`, … */
export function verbOf(transition: Transition): string {
  if (transition.type === 'pod.bind') return 'bind'
  if (transition.type === 'delete' && transition.eviction !== undefined) return 'evict'
  const subresource = 'subresource' in transition ? transition.subresource : undefined
  return subresource ? `${transition.type}/${subresource}` : transition.type
}
