/** What a change of a claim means to its life (`machines/persistent-volume-claim.ts`). */
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

function storyOf(claim: KubeObject): string[] {
  const { annotations = {}, finalizers = [], deletionTimestamp } = claim.metadata
  const story: string[] = []
  if (annotations['volume.kubernetes.io/selected-node'] !== undefined) story.push('node.selected')
  if (annotations['volume.kubernetes.io/storage-provisioner'] !== undefined) story.push('provisioning.requested')
  if (claim.spec?.volumeName) story.push('volume.chosen')
  if (claim.status?.phase === 'Bound') story.push('volume.bound')
  if (claim.status?.phase === 'Lost') story.push('volume.lost')
  if (deletionTimestamp === undefined) return story
  return [
    ...story,
    'deletion.requested',
    ...(finalizers.includes('kubernetes.io/pvc-protection') ? [] : ['protection.lifted']),
  ]
}
