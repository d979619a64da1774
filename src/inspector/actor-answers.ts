/** One actor at a moment, and what the agents of the control plane believe. */
import type { AnyMachineSnapshot } from 'xstate'
import type { Alarm, World } from '../actors/world.ts'
import type { Json } from '../api/object.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { Timer } from '../lib/timers.ts'
import { plain } from './calls.ts'
import { arrowsTaken, enabledOf } from './charts.ts'
import { type Past, timersAt } from './past.ts'
import type { ActorAnswer, Belief } from './questions.ts'
import { sightOf } from './recorder.ts'
import { eventText } from './records.ts'
import { ownerOf, statesOf } from './states.ts'
import type { ActorEntry, Tape } from './tape.ts'
import type { ActorSummary, TimerSummary } from './words.ts'

/** Keys of a queue that are named at most. */
const keyLimit = 100

export function timerSummary({ id, at, background, data }: Timer<Alarm>): TimerSummary {
  const { agent, actor, event } = data
  return {
    id,
    at,
    background,
    agent,
    ...(actor === undefined ? {} : { actor }),
    ...(event === undefined ? {} : { event: eventText(event.type) }),
  }
}

/** All actors of a moment, with since when each is in its states. */
export function actorsOf(tape: Tape, past: Past): ActorSummary[] {
  const since = new Map<string, number>()
  for (let seq = tape.oldest; seq < past.seq; seq++) {
    const entry = tape.at(seq)
    if (entry?.type === 'actor' && moved(entry)) since.set(entry.id, entry.time)
  }
  return [...past.actors].map(([id, snapshot]) => summaryOf(id, snapshot, since.get(id)))
}

function moved({ snapshot, previous }: ActorEntry): boolean {
  return JSON.stringify(snapshot?.value) !== JSON.stringify(previous?.value)
}

function summaryOf(id: string, snapshot: AnyMachineSnapshot, since: number | undefined): ActorSummary {
  const machine: string = snapshot.machine.id
  const owner = ownerOf(id, machine)
  return { id, machine, owner, states: statesOf(snapshot), ...(since === undefined ? {} : { since }) }
}

/** One actor. Throws KYB-INSPECT-ASK when there was none by that id. */
export function actorAnswer(tape: Tape, world: World, past: Past, id: string): ActorAnswer {
  const snapshot = past.actors.get(id)
  if (snapshot === undefined) throw new KybernError('KYB-INSPECT-ASK', `there is no actor "${id}" at that moment`)
  const timers = timersAt(tape, world, past.seq).filter(({ data }) => data.actor === id || data.agent === id)
  const [last, since] = lastEntries(tape, past.seq, id)
  return {
    ...summaryOf(id, snapshot, since?.time),
    value: plain(snapshot.value),
    context: contextOf(snapshot),
    enabled: enabledOf(snapshot, timers),
    timers: timers.map(timerSummary),
    ...(last === undefined
      ? {}
      : {
          last: {
            event: eventText(last.event.type),
            from: statesOf(last.previous),
            time: last.time,
            revision: last.revision,
          },
        }),
    lastArrows: last?.previous === undefined ? [] : arrowsTaken(last.previous, last.event),
  }
}

/** The actor's last entry, and the last that changed its states. */
function lastEntries(tape: Tape, end: number, id: string): [ActorEntry | undefined, ActorEntry | undefined] {
  let last: ActorEntry | undefined
  for (let seq = end - 1; seq >= tape.oldest; seq--) {
    const entry = tape.at(seq)
    if (entry?.type !== 'actor' || entry.id !== id) continue
    last ??= entry
    if (moved(entry)) return [last, entry]
  }
  return [last, undefined]
}

/** Agents' memories are large and of no one shape. */
function contextOf(snapshot: AnyMachineSnapshot): Json {
  const { memory: _memory, ...context } = (snapshot.context ?? {}) as Record<string, unknown>
  return plain(context)
}

interface Memory {
  readonly queue?: { readonly order?: { valuesArray(): string[] } }
  readonly errors?: Readonly<Record<string, string>>
}

/** What each agent saw last, against the newest revision of what it watches. */
export function beliefsOf(cluster: Cluster): Belief[] {
  const { world, loop } = cluster.plane
  const agents = [...world.actors].filter(([, { machine }]) => machine === 'controller')
  return agents.map(([agent, { snapshot }]) => {
    const { cursor = 0, memory } = snapshot.context as { cursor?: number; memory?: unknown }
    const { queue, errors } = (memory ?? {}) as Memory
    const watched = loop.watchedBy(agent)
    const saw = Math.min(cursor, sightOf(world, agent))
    const since = world.store.log.since(Math.max(saw + 1, world.store.log.oldest)) ?? []
    const box = world.inboxes[agent]
    const held = Object.values(box?.late ?? {}).reduce((sum, { changes }) => sum + changes.length, 0)
    return {
      agent,
      state: String(snapshot.value),
      saw,
      behind: since.filter(({ resource }) => watched.has(resource)).length,
      waiting: box === undefined ? 0 : held + box.changes.length + box.fired.length + box.deliveries.length,
      queued: (queue?.order?.valuesArray() ?? []).slice(0, keyLimit),
      failing: Object.keys(errors ?? {}).slice(0, keyLimit),
    }
  })
}
