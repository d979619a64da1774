/**
 * The ActorRef surface over an actor whose state is a value in the world: `getSnapshot`, `subscribe`, `send`. XState's
 * own `waitFor` works on it.
 * Source: https://stately.ai/docs/actors
 */
import { filter, type Observable, type Observer, type Subscription } from 'rxjs'
import type { AnyMachineSnapshot } from 'xstate'
import { KybernError } from '../lib/coded-error.ts'
import type { ActorEvent } from './actor.ts'
import type { ActorNews } from './host.ts'

/** One actor as its user sees it. `send` delivers at once or through the agent the actor lives beneath. */
export interface ActorView {
  readonly id: string
  getSnapshot(): AnyMachineSnapshot
  subscribe(observer: Partial<Observer<AnyMachineSnapshot>> | ((snapshot: AnyMachineSnapshot) => void)): Subscription
  send(event: ActorEvent): void
}

/** What a view needs of its cluster. */
export interface ActorSource {
  readonly news$: Observable<ActorNews>
  get(id: string): AnyMachineSnapshot | undefined
  deliver(id: string, event: ActorEvent): void
}

/** The view of the actor with this id. Throws KYB-ACTOR-NONE when there is no such actor now. */
export function actorView(source: ActorSource, id: string): ActorView {
  if (source.get(id) === undefined) throw new KybernError('KYB-ACTOR-NONE', `there is no actor "${id}" in this cluster`)
  const last = { snapshot: source.get(id) as AnyMachineSnapshot }
  return {
    id,
    getSnapshot: () => source.get(id) ?? last.snapshot,
    subscribe(observer) {
      const to = typeof observer === 'function' ? { next: observer } : observer
      return source.news$.pipe(filter((news) => news.id === id)).subscribe({
        next(news) {
          if (news.snapshot !== undefined) to.next?.(news.snapshot)
          if (news.type === 'stopped') to.complete?.()
        },
        complete: () => to.complete?.(),
      })
    },
    send: (event) => source.deliver(id, event),
  }
}
