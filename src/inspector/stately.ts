/**
 * A cluster's actors in the protocol of Stately's inspector, version 0.7: whoever speaks it (a WebSocket, a window) is
 * handed plain events. Programs that have @statelyai/inspect do without: `cluster.inspect((one) => inspector.inspect.next?.(one))`.
 * Source: https://github.com/statelyai/inspect
 */
import { type InspectionEvent, sessionIdOf } from '../actors/inspect.ts'
import type { Json } from '../api/object.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { plain } from './calls.ts'

interface Base {
  readonly rootId: string
  readonly sessionId: string
  /** Cluster time, ms since the epoch as text. */
  readonly createdAt: string
  readonly id: string
  readonly _version: string
}

interface Shown {
  readonly status: 'active' | 'done' | 'error' | 'stopped'
  readonly value: Json
  readonly context: Json
}

/** One event of the protocol. */
export type StatelyEvent =
  | (Base & {
      readonly type: '@xstate.actor'
      readonly name: string
      readonly snapshot: Shown
      readonly definition: string
      readonly parentId: string | undefined
    })
  | (Base & { readonly type: '@xstate.event'; readonly event: { readonly type: string }; readonly sourceId: undefined })
  | (Base & { readonly type: '@xstate.snapshot'; readonly event: { readonly type: string }; readonly snapshot: Shown })

const protocol = '0.7.2'

/** Sends the actors there are, then everything they do. Answers how to stop. Agents' memories are left out. */
export function statelySink(cluster: Cluster, send: (event: StatelyEvent) => void): { unsubscribe(): void } {
  let serial = 0
  const base = (sessionId: string): Base => {
    const createdAt = String(cluster.now.getTime())
    return { rootId: 'cluster', sessionId, createdAt, id: String(++serial), _version: protocol }
  }
  for (const [id, { snapshot, owner }] of cluster.plane.world.actors) {
    const definition = JSON.stringify(snapshot.machine.config)
    const parentId = owner === id ? undefined : sessionIdOf(owner)
    send({ type: '@xstate.actor', ...base(sessionIdOf(id)), name: id, snapshot: shown(snapshot), definition, parentId })
  }
  return cluster.inspect((event) => send(told(event, base(event.actorRef.sessionId))))
}

function told(inspected: InspectionEvent, base: Base): StatelyEvent {
  const { actorRef } = inspected
  if (inspected.type === '@xstate.actor') {
    const definition = JSON.stringify(actorRef.logic?.config ?? { id: actorRef.id })
    const snapshot = shown(actorRef.getSnapshot())
    return {
      type: '@xstate.actor',
      ...base,
      name: actorRef.id,
      snapshot,
      definition,
      parentId: actorRef._parent?.sessionId,
    }
  }
  const event = plain(withoutMemory(inspected.event)) as { type: string }
  if (inspected.type === '@xstate.event') return { type: '@xstate.event', ...base, event, sourceId: undefined }
  return { type: '@xstate.snapshot', ...base, event, snapshot: shown(inspected.snapshot) }
}

/** Works for any machine's snapshot. */
function shown(snapshot: unknown): Shown {
  const { status = 'active', value, context } = (snapshot ?? {}) as Partial<Record<keyof Shown, unknown>>
  return { status: status as Shown['status'], value: plain(value), context: plain(withoutMemory(context)) }
}

function withoutMemory(value: unknown): unknown {
  const { memory: _memory, ...rest } = (value ?? {}) as Record<string, unknown>
  return rest
}
