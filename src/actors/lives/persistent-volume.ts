/** What a change of a persistent volume means to its life (`machines/persistent-volume.ts`). */
import type { KubeObject } from '../../api/object.ts'
import type { Change } from '../../store/transition.ts'
import type { ActorEvent } from '../actor.ts'

const words: Readonly<Record<string, string>> = {
  Available: 'volume.offered',
  Bound: 'claim.bound',
  Released: 'claim.removed',
  Failed: 'reclaim.failed',
}

export function eventsOf({ type, object, previous }: Change): ActorEvent[] {
  if (type === 'DELETED') return [{ type: 'object.removed' }]
  const before = previous === undefined ? [] : storyOf(previous)
  return storyOf(object)
    .filter((word) => !before.includes(word))
    .map((word) => ({ type: word }))
}

function storyOf(volume: KubeObject): string[] {
  const phase = words[volume.status?.phase ?? '']
  const story = phase === undefined ? [] : [phase]
  if (volume.metadata.deletionTimestamp === undefined) return story
  const kept = volume.metadata.finalizers?.includes('kubernetes.io/pv-protection') ?? false
  return [...story, 'deletion.requested', ...(kept ? [] : ['protection.lifted'])]
}
