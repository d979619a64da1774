/**
 * Events are forgotten an hour after they last happened.
 * Source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/ (--event-ttl)
 */
import type { KubeObject } from '../api/object.ts'
import { parseTime } from '../api/time.ts'
import { Event } from '../kinds/index.ts'
import type { View } from '../store/view.ts'
import { controller, type Intent } from './controller.ts'
import { deleteOf } from './writes.ts'

const lifeMs = 3_600_000
/** Expired events go together: one look at all of them a minute at most. */
const leastPauseMs = 60_000
const everything = ''

/** Nothing that comes after this look can expire before the next one, so no event has to wake it. */
export function reconcile(view: View, key: string): Intent[] {
  if (key !== everything) return []
  const events = view.list(Event)
  const dying = events.filter((event) => expiresAt(event, view.now) <= view.now)
  const next = events.reduce((at, event) => {
    const expiry = expiresAt(event, view.now)
    return expiry > view.now && expiry < at ? expiry : at
  }, view.now + lifeMs)
  const wake = { type: 'wake', at: Math.max(next, view.now + leastPauseMs), background: true } as const
  return [...dying.map((event) => deleteOf(Event, event)), wake]
}

function expiresAt(event: KubeObject, now: number): number {
  const last =
    event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp
  return (last ? parseTime(last) : now) + lifeMs
}

export const eventExpiryController = controller({
  name: 'event-expiry',
  of: Event,
  matters: () => false,
  starts: () => [everything],
  reconcile,
})
