/**
 * The lives of objects: beneath each kind's actor one actor for every object of the kind that has a machine. Pods and
 * nodes live with the kubelets; all others follow what is written to them.
 */
import type { Kind } from '../api/kind.ts'
import { type KubeObject, keyOf } from '../api/object.ts'
import type { Change } from '../store/transition.ts'
import type { ActorEvent } from './actor.ts'
import type { Agent, TurnInput } from './agent.ts'

/** What one change means to the life of the object: past-tense events, in order. */
export type EventsOf = (change: Change) => readonly ActorEvent[]

/** The id of an object's actor. */
export function lifeId(resource: string, key: string): string {
  return `${resource}/${key}`
}

/** The agent that keeps the lives; `events` by machine name. */
export function livesAgent(kinds: readonly Kind[], events: Readonly<Record<string, EventsOf>>): Agent<undefined> {
  const living = new Map(
    kinds
      .filter((kind) => kind.life !== undefined && events[kind.life] !== undefined)
      .map((kind) => [kind.resource, kind]),
  )
  return {
    id: 'lives',
    watches: [...living.keys()],
    initial: undefined,
    turn(state, input) {
      if (input.resync)
        for (const kind of living.values())
          for (const object of input.view.list(kind)) begin(input, kind, object, events)
      else for (const change of input.changes) follow(input, living.get(change.resource) as Kind, change, events)
      for (const { actor, event } of input.deliveries) input.actors.send(actor, event)
      return { state, intents: [] }
    },
  }
}

function begin(input: TurnInput, kind: Kind, object: KubeObject, events: Readonly<Record<string, EventsOf>>): void {
  const revision = Number(object.metadata.resourceVersion ?? 0)
  const cause = { why: 'boot', by: 'lives' } as const
  const change: Change = {
    type: 'ADDED',
    resource: kind.resource,
    key: keyOf(object),
    object,
    previous: undefined,
    revision,
    time: input.view.now,
    cause,
  }
  follow(input, kind, change, events)
}

function follow(input: TurnInput, kind: Kind, change: Change, events: Readonly<Record<string, EventsOf>>): void {
  const id = lifeId(kind.resource, change.key)
  const life = kind.life as string
  const { name, namespace = '', uid = '' } = change.object.metadata
  if (input.actors.get(id) === undefined) input.actors.spawn(id, life, { name, namespace, uid })
  for (const event of events[life]?.(change) ?? []) input.actors.send(id, event)
  if (change.type === 'DELETED') input.actors.stop(id)
}
