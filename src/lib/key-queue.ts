/**
 * A work queue of keys as an immutable value: first in, first out, each key once, with a note kept for each. Adding to
 * a shared queue leaves the shared one as it was.
 */
import { emptyOrdered, type Ordered } from './ordered.ts'

export interface KeyQueue<N> {
  readonly order: Ordered<string>
  readonly notes: Ordered<{ readonly seq: string; readonly note: N }>
  readonly next: number
}

/** An empty queue. */
export function emptyQueue<N>(): KeyQueue<N> {
  return { order: emptyOrdered(), notes: emptyOrdered(), next: 0 }
}

const ticket = (seq: number): string => seq.toString(36).padStart(9, '0')

/** The queue with the keys at its end; a key that waits already stays where it is and keeps its note. */
export function enqueued<N>(queue: KeyQueue<N>, keys: Iterable<readonly [string, N]>): KeyQueue<N> {
  let { order, notes, next } = queue
  let copied = false
  for (const [key, note] of keys) {
    if (notes.has(key)) continue
    if (!copied) {
      order = order.clone()
      notes = notes.clone()
      copied = true
    }
    const seq = ticket(next++)
    order.set(seq, key)
    notes.set(key, { seq, note })
  }
  return copied ? { order, notes, next } : queue
}

/** The first `count` keys with their notes, and the queue without them. */
export function dequeued<N>(queue: KeyQueue<N>, count: number): { taken: [string, N][]; rest: KeyQueue<N> } {
  const taken: [string, N][] = []
  if (queue.order.size === 0) return { taken, rest: queue }
  const order = queue.order.clone()
  const notes = queue.notes.clone()
  while (taken.length < count) {
    const seq = order.minKey()
    if (seq === undefined) break
    const key = order.get(seq) as string
    taken.push([key, (notes.get(key) as { note: N }).note])
    order.delete(seq)
    notes.delete(key)
  }
  return { taken, rest: { order, notes, next: queue.next } }
}

export function queueSize<N>(queue: KeyQueue<N>): number {
  return queue.order.size
}
