/**
 * XState inspection events of all actors, made from the host's news.
 * Source: https://stately.ai/docs/inspection
 */
import type { AnyMachineSnapshot } from 'xstate'
import type { ActorEvent } from './actor.ts'
import type { ActorNews } from './host.ts'

/** The fields of XState's InspectionEvent that hold without an actor system: refs are `{ id, sessionId }`. */
export interface InspectionEvent {
  readonly type: '@xstate.actor' | '@xstate.event' | '@xstate.snapshot'
  readonly actorRef: { readonly id: string; readonly sessionId: string }
  readonly rootId: string
  readonly event?: ActorEvent
  readonly snapshot?: AnyMachineSnapshot
}

/** The inspection events of one piece of news, in XState's order: the event, then the snapshot it led to. */
export function inspectionEvents(news: ActorNews): InspectionEvent[] {
  const actorRef = { id: news.id, sessionId: news.id }
  const rootId = 'cluster'
  const { event, snapshot } = news
  const after = snapshot ?? news.previous
  const moved: InspectionEvent[] = [
    { type: '@xstate.event', actorRef, rootId, event },
    { type: '@xstate.snapshot', actorRef, rootId, event, ...(after ? { snapshot: after } : {}) },
  ]
  return news.type === 'spawned'
    ? [{ type: '@xstate.actor', actorRef, rootId, ...(after ? { snapshot: after } : {}) }, ...moved]
    : moved
}
