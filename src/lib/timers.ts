/**
 * Timers as plain data: what is due when, in order of time and then of setting. Firing is the driver's business.
 * A binary heap with replaced entries left behind as dead; a fork copies it by slicing.
 */
import { KybernError } from './coded-error.ts'

/** One timer. `at` in ms; `background` work does not keep anybody waiting for quiescence. */
export interface Timer<T> {
  readonly id: string
  readonly at: number
  readonly seq: number
  readonly background: boolean
  readonly data: T
}

/** One timer came or went: `gone` was cancelled, replaced or taken. */
export interface TimerChange<T> {
  readonly set?: Timer<T>
  readonly gone?: Timer<T>
}

export class Timers<T> {
  /** Who is told of every change. A fork has nobody. */
  #watchers: readonly ((change: TimerChange<T>) => void)[] = []

  #heap: Timer<T>[] = []
  #live = new Map<string, Timer<T>>()
  #seq = 0
  #foreground = 0

  /** Calls the listener for every timer that comes or goes from now on. Answers how to stop. */
  watch(listener: (change: TimerChange<T>) => void): () => void {
    this.#watchers = [...this.#watchers, listener]
    return () => {
      this.#watchers = this.#watchers.filter((one) => one !== listener)
    }
  }

  /** Sets a timer, or moves the one with this id. Throws KYB-TIMER for a time that is no number. */
  set(id: string, at: number, background: boolean, data: T): void {
    if (!Number.isFinite(at)) throw new KybernError('KYB-TIMER', `"${id}" cannot be due at ${at}`)
    this.cancel(id)
    const timer = { id, at, seq: this.#seq++, background, data }
    this.#live.set(id, timer)
    if (!background) this.#foreground++
    this.#push(timer)
    for (const watch of this.#watchers) watch({ set: timer })
  }

  cancel(id: string): void {
    const timer = this.#live.get(id)
    if (timer === undefined) return
    this.#live.delete(id)
    if (!timer.background) this.#foreground--
    for (const watch of this.#watchers) watch({ gone: timer })
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#live.size) this.#rebuild()
  }

  get(id: string): Timer<T> | undefined {
    return this.#live.get(id)
  }

  /** The next timer due, dead ones skipped. */
  peek(): Timer<T> | undefined {
    while (this.#heap.length > 0) {
      const top = this.#heap[0] as Timer<T>
      if (this.#live.get(top.id) === top) return top
      this.#pop()
    }
    return undefined
  }

  /** Takes the next timer due at or before `now`. */
  take(now: number): Timer<T> | undefined {
    const top = this.peek()
    if (top === undefined || top.at > now) return undefined
    this.#pop()
    this.#live.delete(top.id)
    if (!top.background) this.#foreground--
    for (const watch of this.#watchers) watch({ gone: top })
    return top
  }

  /** How many timers that are not background are set. */
  get foreground(): number {
    return this.#foreground
  }

  /** When the next timer that is not background is due. Looks at all of them. */
  nextForeground(): number | undefined {
    if (this.#foreground === 0) return undefined
    let next = Number.POSITIVE_INFINITY
    for (const { at, background } of this.#live.values()) if (!background && at < next) next = at
    return next
  }

  get size(): number {
    return this.#live.size
  }

  /** All live timers in the order they will fire. */
  all(): Timer<T>[] {
    return [...this.#live.values()].sort(order)
  }

  fork(): Timers<T> {
    const copy = new Timers<T>()
    copy.#heap = this.#heap.slice()
    copy.#live = new Map(this.#live)
    copy.#seq = this.#seq
    copy.#foreground = this.#foreground
    return copy
  }

  #rebuild(): void {
    this.#heap = this.all()
  }

  #push(timer: Timer<T>): void {
    const heap = this.#heap
    let i = heap.length
    heap.push(timer)
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (order(heap[parent] as Timer<T>, timer) <= 0) break
      heap[i] = heap[parent] as Timer<T>
      i = parent
    }
    heap[i] = timer
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop() as Timer<T>
    if (heap.length === 0) return
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && order(heap[child + 1] as Timer<T>, heap[child] as Timer<T>) < 0) child++
      if (order(heap[child] as Timer<T>, last) >= 0) break
      heap[i] = heap[child] as Timer<T>
      i = child
    }
    heap[i] = last
  }
}

function order(a: { at: number; seq: number }, b: { at: number; seq: number }): number {
  return a.at - b.at || a.seq - b.seq
}
