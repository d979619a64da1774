/**
 * The tape of one cluster: what happened, in order, as pointers to values the cluster has anyway. It is bounded, and
 * every so often it marks the whole moment, so that a past one is found by taking back a bounded number of entries.
 */
import type { AnyMachineSnapshot } from 'xstate'
import type { ActorEvent } from '../actors/actor.ts'
import type { ActorCell, Alarm, World } from '../actors/world.ts'
import type { Input } from '../cluster.ts'
import { Ring } from '../lib/ring.ts'
import type { TimerChange } from '../lib/timers.ts'
import type { Snapshot } from '../store/snapshot.ts'
import type { Change } from '../store/transition.ts'

interface EntryBase {
  readonly seq: number
  readonly revision: number
  /** ms of cluster time. */
  readonly time: number
}

export interface CommitEntry extends EntryBase {
  readonly type: 'commit'
  readonly change: Change
  readonly saw: number | undefined
  /** What was being done through a session when somebody from outside wrote this. */
  readonly command: string | undefined
}

export interface ActorEntry extends EntryBase {
  readonly type: 'actor'
  readonly id: string
  readonly news: 'spawned' | 'moved' | 'stopped'
  readonly event: ActorEvent
  readonly snapshot: AnyMachineSnapshot | undefined
  readonly previous: AnyMachineSnapshot | undefined
}

export interface InputEntry extends EntryBase {
  readonly type: 'input'
  readonly input: Input
}

export interface CommandEntry extends EntryBase {
  readonly type: 'command'
  readonly text: string
}

export interface TroubleEntry extends EntryBase {
  readonly type: 'trouble'
  readonly by: string
  readonly key: string
  readonly error: string
}

export type Entry = CommitEntry | ActorEntry | InputEntry | CommandEntry | TroubleEntry

/** The whole moment before entry `seq` came. */
export interface Mark {
  readonly seq: number
  readonly snapshot: Snapshot
  readonly actors: ReadonlyMap<string, ActorCell>
}

interface TimerEntry {
  /** The tape's next seq when it happened. */
  readonly seq: number
  readonly change: TimerChange<Alarm>
}

/** Entries kept. Past it the oldest are forgotten, and moments before them can no longer be asked for. */
export const entryLimit = 200_000
/** Comings and goings of timers kept; past it timers of older moments are not known. */
const timerLimit = 200_000
/** How far over these the tape may run before it forgets; an entry holds about 1 KB of the past. */
const slack = 25_000
/** Entries between two marks: a past moment costs at most this many steps back. */
const markEvery = 4096

export class Tape {
  #entries: Ring<Entry>
  #timers: Ring<TimerEntry>
  #marks: Mark[] = []
  #nextMark = markEvery

  constructor(entries = new Ring<Entry>(entryLimit, 1, slack), timers = new Ring<TimerEntry>(timerLimit, 1, slack)) {
    this.#entries = entries
    this.#timers = timers
  }

  /** The seq of the next entry; the first of all is 1. */
  get next(): number {
    return this.#entries.next
  }

  get oldest(): number {
    return this.#entries.oldest
  }

  push(entry: Entry): void {
    this.#entries.push(entry)
  }

  at(seq: number): Entry | undefined {
    return this.#entries.at(seq)
  }

  /** True when it is time for a mark. */
  get wantsMark(): boolean {
    return this.next >= this.#nextMark
  }

  /** Marks this moment: what the world is now is what it was before the next entry. */
  mark(world: World): void {
    const { oldest } = this
    this.#marks = this.#marks.filter(({ seq }) => seq > oldest)
    this.#marks.push({ seq: this.next, snapshot: world.store.snapshot, actors: new Map(world.actors) })
    this.#nextMark = this.next + markEvery
  }

  /** The first mark at or after `seq`. */
  markAfter(seq: number): Mark | undefined {
    return this.#marks.find((mark) => mark.seq >= seq)
  }

  pushTimer(change: TimerChange<Alarm>): void {
    this.#timers.push({ seq: this.next, change })
  }

  /** Comings and goings of timers since before entry `seq`, newest first; undefined when they are forgotten. */
  timersSince(seq: number): readonly TimerChange<Alarm>[] | undefined {
    const { oldest, next } = this.#timers
    if (oldest > 1 && (this.#timers.at(oldest) as TimerEntry).seq >= seq) return undefined
    const found: TimerChange<Alarm>[] = []
    for (let i = next - 1; i >= oldest; i--) {
      const entry = this.#timers.at(i) as TimerEntry
      if (entry.seq < seq) break
      found.push(entry.change)
    }
    return found
  }

  /** The first seq whose entry has `test`, when all after it have it too; `next` when none has. */
  firstSeq(test: (entry: Entry) => boolean): number {
    let low = this.oldest
    let high = this.next
    while (low < high) {
      const middle = (low + high) >> 1
      if (test(this.at(middle) as Entry)) high = middle
      else low = middle + 1
    }
    return low
  }

  /** The entry that wrote a revision. */
  commitAt(revision: number): CommitEntry | undefined {
    for (let seq = this.firstSeq((entry) => entry.revision >= revision); seq < this.next; seq++) {
      const entry = this.at(seq) as Entry
      if (entry.revision !== revision) return undefined
      if (entry.type === 'commit') return entry
    }
    return undefined
  }

  /** Commits with `seq` in [from, to) that have `test`, oldest first. */
  commits(test: (change: Change) => boolean, to = this.next, from = this.oldest): CommitEntry[] {
    const found: CommitEntry[] = []
    for (let seq = from; seq < to; seq++) {
      const entry = this.at(seq) as Entry
      if (entry.type === 'commit' && test(entry.change)) found.push(entry)
    }
    return found
  }

  /** A tape of its own with everything so far, for a fork; with `before`, only what came before that entry. */
  fork(before = this.next): Tape {
    const entries = this.#entries.fork()
    const timers = this.#timers.fork()
    if (before === this.next) {
      const copy = new Tape(entries, timers)
      copy.#marks = [...this.#marks]
      copy.#nextMark = this.#nextMark
      return copy
    }
    const copy = new Tape(cut(entries, before), cut(timers, this.#timerSeq(before)))
    copy.#marks = this.#marks.filter(({ seq }) => seq <= before)
    copy.#nextMark = before + markEvery
    return copy
  }

  /** The number of the first coming or going of a timer at or after entry `seq`. */
  #timerSeq(seq: number): number {
    const { oldest, next } = this.#timers
    for (let i = oldest; i < next; i++) if ((this.#timers.at(i) as TimerEntry).seq >= seq) return i
    return next
  }
}

/** The entries numbered below `end`. */
function cut<T>(ring: Ring<T>, end: number): Ring<T> {
  const copy = new Ring<T>(ring.capacity, ring.oldest, slack)
  for (let i = ring.oldest; i < end; i++) copy.push(ring.at(i) as T)
  return copy
}
