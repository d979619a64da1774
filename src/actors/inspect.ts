/**
 * XState inspection events of all actors, made from the host's news: what `createActor(machine, { inspect })` calls its
 * observer with, and so what Stately's inspector takes.
 * Source: https://stately.ai/docs/inspection
 */
import type {
  ActorRefLike,
  AnyMachineSnapshot,
  InspectedActorEvent,
  InspectedEventEvent,
  InspectedSnapshotEvent,
  Snapshot,
} from 'xstate'
import type { ActorEvent } from './actor.ts'
import type { ActorNews } from './host.ts'

/** The events of XState's that a cluster tells. */
export type InspectionEvent = (InspectedActorEvent | InspectedEventEvent | InspectedSnapshotEvent) & {
  readonly actorRef: InspectedRef
}

/** An actor as inspectors look at it; its snapshot is that of the event it came with. */
export interface InspectedRef extends ActorRefLike {
  readonly id: string
  readonly logic: { readonly config: unknown } | undefined
  /** The agent it lives beneath; absent for agents themselves. */
  readonly _parent?: { readonly id: string; readonly sessionId: string }
}

/** Where events go that an inspector sends back to an actor. */
export type Deliver = (actor: string, event: ActorEvent) => void

const rootId = 'cluster'

/** Unlike its id: inspectors name an actor by its machine where the two are the same. */
export function sessionIdOf(id: string): string {
  return `${rootId}/${id}`
}

/** The inspection events of one piece of news, in XState's order: the event, then the snapshot it led to. */
export function inspectionEvents(news: ActorNews, owner: string | undefined, deliver: Deliver): InspectionEvent[] {
  const { id, event } = news
  const snapshot = (news.snapshot ?? news.previous) as AnyMachineSnapshot
  const actorRef: InspectedRef = {
    id,
    sessionId: sessionIdOf(id),
    logic: snapshot?.machine,
    getSnapshot: () => snapshot,
    send: (sent) => deliver(id, sent),
    ...(owner === undefined || owner === id ? {} : { _parent: { id: owner, sessionId: sessionIdOf(owner) } }),
  }
  const moved: InspectionEvent[] = [
    { type: '@xstate.event', actorRef, rootId, sourceRef: undefined, event },
    { type: '@xstate.snapshot', actorRef, rootId, event, snapshot: snapshot as Snapshot<unknown> },
  ]
  return news.type === 'spawned' ? [{ type: '@xstate.actor', actorRef, rootId }, ...moved] : moved
}
