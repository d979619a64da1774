/** What a change of a namespace means to its life (`machines/namespace.ts`). */
import { isTrue } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Change } from '../../store/transition.ts'
import type { ActorEvent } from '../actor.ts'

export function eventsOf({ type, object, previous }: Change): ActorEvent[] {
  if (type === 'DELETED') return [{ type: 'object.removed' }]
  const before = previous === undefined ? [] : storyOf(previous)
  return storyOf(object)
    .filter((word) => !before.includes(word))
    .map((word) => ({ type: word }))
}

/** Everything that has happened to a namespace in this state, in order. */
function storyOf(namespace: KubeObject): string[] {
  if (namespace.metadata.deletionTimestamp === undefined) return []
  const story = ['deletion.requested']
  const { conditions } = namespace.status ?? {}
  if (isTrue(conditions, 'NamespaceFinalizersRemaining')) story.push('finalizers.remained')
  else if (isTrue(conditions, 'NamespaceContentRemaining')) story.push('content.remained')
  else if ((conditions ?? []).length > 0) story.push('content.removed')
  if ((namespace.spec?.finalizers ?? []).length === 0) story.push('finalizer.removed')
  return story
}
