/**
 * The limiter of hot keys: a key that is reconciled again and again without time moving is made to wait, longer each
 * time. Without it two controllers that undo each other's work would never let the clock go on.
 * Source: https://pkg.go.dev/k8s.io/client-go/util/workqueue#BucketRateLimiter (what a bucket does on wall time)
 */
import { emptyOrdered, type Ordered, withEntry } from '../lib/ordered.ts'

/** Plain data: reconciles by key at one instant, and how often and when a key was made to wait. */
export interface Heat {
  readonly at: number
  readonly counts: Ordered<number>
  readonly waits: Readonly<Record<string, { readonly times: number; readonly until: number }>>
}

export const cool: Heat = { at: 0, counts: emptyOrdered(), waits: {} }

/** Reconciles of one key that one instant allows. */
const perInstant = 64
const firstWaitMs = 1000
const longestWaitMs = 300_000
/** From this many waits on, the key no longer keeps `settle()` waiting: it will not come to rest. */
const patientWaits = 6

export interface Allowed {
  readonly heat: Heat
  /** Set when the key has to wait: until when (ms), and whether that is background by now. */
  readonly wait?: { readonly until: number; readonly background: boolean }
}

/** Counts one reconcile of `key` at `now` and says whether it may go ahead. */
export function heated(heat: Heat, key: string, now: number): Allowed {
  const counts = heat.at === now ? heat.counts : emptyOrdered<number>()
  const count = (counts.get(key) ?? 0) + 1
  const next = { ...heat, at: now, counts: withEntry(counts, key, count) }
  if (count <= perInstant) return { heat: next }
  const before = heat.waits[key]
  const fresh = before === undefined || now - before.until > longestWaitMs
  const times = fresh ? 1 : before.times + 1
  const until = now + Math.min(firstWaitMs * 2 ** (times - 1), longestWaitMs)
  const waits = { ...heat.waits, [key]: { times, until } }
  return { heat: { ...next, waits }, wait: { until, background: times >= patientWaits } }
}
