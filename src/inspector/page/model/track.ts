/** One row of the timeline: an object from its creation to its removal, or an actor without an object of its own. */
import type { ObjectName } from '../../questions.ts'
import type { ObjectSummary } from '../../words.ts'
import { lastAtOrBefore } from './axis.ts'
import type { Tone } from './tone.ts'

/** A state as it is drawn; interned, so spans hold numbers. */
export interface ShownState {
  readonly id: number
  /** The machine, or '' for words of an object's status. */
  readonly machine: string
  /** Ids of its states, outermost first; empty for status words. */
  readonly states: readonly string[]
  /** `running.ready`. */
  readonly label: string
  /** `ready`. */
  readonly short: string
  readonly tone: Tone
}

export interface Track {
  /** The object's uid, or the actor's id. */
  readonly id: string
  readonly kind: string
  readonly resource: string
  readonly namespace: string
  readonly name: string
  /** The machine of its actor; '' while it has none. */
  machine: string
  actor: string
  /** Id of the track it belongs to: its controller, a container's pod. '' for none. */
  parent: string
  /** Tracks right beneath it, oldest first. */
  readonly children: Track[]
  /** Seq of its first record, and of its removal (Infinity while it is there). */
  born: number
  gone: number
  /** State `spanState[i]` holds from record `spanSeq[i]` on. -1: none. */
  readonly spanSeq: number[]
  readonly spanState: number[]
  /** What its object looked like from record `factSeq[i]` on. */
  readonly factSeq: number[]
  readonly facts: ObjectSummary[]
  /** True while an actor says what state it is in; its status word counts only without one. */
  lived: boolean
}

export function newTrack(
  what: Pick<Track, 'id' | 'kind' | 'resource' | 'namespace' | 'name' | 'machine' | 'actor' | 'parent' | 'born'>,
): Track {
  const empty = { children: [], gone: Number.POSITIVE_INFINITY, lived: false }
  return { ...what, ...empty, spanSeq: [], spanState: [], factSeq: [], facts: [] }
}

/** How a session is asked about it: by uid, which reaches gone objects too, or by name where there is none. */
export function nameOf({ id, kind, namespace, name, facts }: Track): ObjectName {
  return facts[0]?.uid === '' ? { kind, namespace, name } : { uid: id }
}

/** The object as it was after record `seq`; undefined before its time. */
export function factAt(track: Track, seq: number): ObjectSummary | undefined {
  return track.facts[lastAtOrBefore(track.factSeq, seq)]
}

/** The interned state after record `seq`; -1 for none. */
export function stateAt(track: Track, seq: number): number {
  return track.spanState[lastAtOrBefore(track.spanSeq, seq)] ?? -1
}

/** True when it exists after record `seq`. */
export function isThere(track: Track, seq: number): boolean {
  return track.born <= seq && seq < track.gone
}

/** Notes that another state holds from `seq` on. */
export function enter(track: Track, seq: number, state: number): void {
  const { spanSeq, spanState } = track
  const last = spanState.length - 1
  if (spanState[last] === state) return
  if (spanSeq[last] === seq) {
    spanState[last] = state
    return
  }
  spanSeq.push(seq)
  spanState.push(state)
}
