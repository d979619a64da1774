/** Both ends of a channel within one program: what one end sends the other is given later, copied. */
import type { Channel } from './channel.ts'

interface End<Out, In> extends Channel<Out, In> {
  take(message: In): void
  end(): void
}

/** Two ends that are each other's. */
export function channelPair<A, B>(): [Channel<A, B>, Channel<B, A>] {
  const pair: [End<A, B>, End<B, A>] = [endOf<A, B>(() => pair[1]), endOf<B, A>(() => pair[0])]
  return pair
}

function endOf<Out, In>(other: () => End<In, Out>): End<Out, In> {
  const listeners = new Set<(message: In) => void>()
  const closers = new Set<() => void>()
  let closed = false
  const end = (): void => {
    if (closed) return
    closed = true
    for (const closer of closers) closer()
  }
  return {
    send(message) {
      if (closed) return
      const copy = structuredClone(message)
      queueMicrotask(() => other().take(copy))
    },
    onMessage(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onClose(listener) {
      closers.add(listener)
      return () => void closers.delete(listener)
    },
    close() {
      end()
      queueMicrotask(() => other().end())
    },
    take(message) {
      if (!closed) for (const listener of [...listeners]) listener(message)
    },
    end,
  }
}
