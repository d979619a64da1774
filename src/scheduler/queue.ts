/**
 * The queues of one turn: copies of the persistent maps that this turn alone may change, and the pods that are active.
 * Source: https://github.com/kubernetes/enhancements/tree/master/keps/sig-scheduling/4247-queueinghint
 */
import { keysWithPrefix, type Ordered } from '../lib/ordered.ts'
import type { Queued, SchedulerState } from './state.ts'

const initialBackoffMs = 1000
const longestBackoffMs = 10_000
/** After this time a pod is tried again though nothing happened that could have cured it. */
export const flushMs = 300_000

/** How long a pod waits after this many attempts: 1 s, doubled each time, at most 10 s. */
export function backoffMs(attempts: number): number {
  return attempts === 0 ? 0 : Math.min(longestBackoffMs, initialBackoffMs * 2 ** (attempts - 1))
}

export class Queue {
  readonly active = new Map<string, Queued>()
  readonly #pods: Ordered<Queued>
  readonly #backoff: Ordered<string>
  readonly #refusedBy: Ordered<string>
  readonly #now: number

  constructor(state: SchedulerState, now: number) {
    this.#pods = state.pods.clone() as Ordered<Queued>
    this.#backoff = state.backoff.clone() as Ordered<string>
    this.#refusedBy = state.refusedBy.clone() as Ordered<string>
    this.#now = now
  }

  get(key: string): Queued | undefined {
    return this.active.get(key) ?? this.#pods.get(key)
  }

  get waiting(): number {
    return this.#pods.size
  }

  /** Puts a pod somewhere, from wherever it was. */
  put(queued: Queued): void {
    this.remove(queued.key)
    if (queued.place === 'active') {
      this.active.set(queued.key, queued)
      return
    }
    this.#pods.set(queued.key, queued)
    if (queued.place === 'backoff') this.#backoff.set(backoffKey(queued), queued.key)
    if (queued.place === 'unschedulable')
      for (const plugin of queued.plugins) this.#refusedBy.set(`${plugin} ${queued.key}`, queued.key)
  }

  remove(key: string): void {
    this.active.delete(key)
    const queued = this.#pods.get(key)
    if (queued === undefined) return
    this.#pods.delete(key)
    if (queued.place === 'backoff') this.#backoff.delete(backoffKey(queued))
    if (queued.place === 'unschedulable')
      for (const plugin of queued.plugins) this.#refusedBy.delete(`${plugin} ${key}`)
  }

  /** Makes a pod active, or lets it sit out its back-off first. */
  wake(queued: Queued): void {
    const until = queued.since + backoffMs(queued.attempts)
    const place = until <= this.#now ? 'active' : 'backoff'
    this.put({ ...queued, place, until })
  }

  /** Pods whose back-off has ended become active. */
  release(): void {
    for (;;) {
      const first = this.#backoff.minKey()
      if (first === undefined || untilOf(first) > this.#now) return
      const queued = this.#pods.get(this.#backoff.get(first) as string) as Queued
      this.put({ ...queued, place: 'active' })
    }
  }

  /** Pods that have been refused for too long are tried again. */
  flush(): void {
    for (const queued of this.all())
      if (queued.place === 'unschedulable' && queued.since + flushMs <= this.#now) this.wake(queued)
  }

  /** Pods a plugin refused, in key order. */
  refusedBy(plugin: string): Queued[] {
    if (this.#refusedBy.size === 0) return []
    const keys = keysWithPrefix(this.#refusedBy, `${plugin} `)
    return keys.map((key) => this.#pods.get(this.#refusedBy.get(key) as string) as Queued)
  }

  /** Everything that is not active. */
  all(): Queued[] {
    return [...this.#pods.values()]
  }

  /** When the first back-off ends. */
  get nextRelease(): number | undefined {
    const first = this.#backoff.minKey()
    return first === undefined ? undefined : untilOf(first)
  }

  /** When the pod that has been refused for longest is due again. */
  get nextFlush(): number | undefined {
    if (this.#refusedBy.size === 0) return undefined
    let oldest = Number.POSITIVE_INFINITY
    for (const queued of this.#pods.values())
      if (queued.place === 'unschedulable') oldest = Math.min(oldest, queued.since)
    return oldest === Number.POSITIVE_INFINITY ? undefined : oldest + flushMs
  }

  /** The maps for the next state. */
  get maps(): Pick<SchedulerState, 'pods' | 'backoff' | 'refusedBy'> {
    return { pods: this.#pods, backoff: this.#backoff, refusedBy: this.#refusedBy }
  }
}

function backoffKey({ until, key }: Queued): string {
  return `${String(until).padStart(16, '0')} ${key}`
}

function untilOf(backoffKey: string): number {
  return Number(backoffKey.slice(0, 16))
}
