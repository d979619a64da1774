/**
 * Writes a cluster's tape while it runs. What it does for each write is a few pointers; everything that costs is done
 * when somebody asks.
 */
import type { AnyMachineSnapshot } from 'xstate'
import type { ActorNews } from '../actors/host.ts'
import type { World } from '../actors/world.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Input, Trouble } from '../cluster.ts'
import type { Change, Committed, Transition } from '../store/transition.ts'
import { Tape } from './tape.ts'

/** What a recorder tells of, beside writing it down. */
export interface Listener {
  /** Something was written to the tape. */
  readonly entry: () => void
  /** A write that no agent of the cluster made. */
  readonly outside: (committed: Committed) => void
  /** A request that no agent of the cluster sends, before it is answered. */
  readonly submitted: (transition: Transition) => void
  readonly input: (input: Input) => void
}

export class Recorder {
  readonly tape: Tape
  readonly #world: World
  readonly #tell: Listener
  /** The revision each agent had before its eyes at its last turn. */
  readonly #saw = new Map<string, number>()
  /** The state each agent rested in last: that it took a turn and rests again is no news. */
  readonly #resting = new Map<string, AnyMachineSnapshot>()
  /** The command of a session that is being carried out. */
  doing: string | undefined
  readonly #subscriptions: readonly { unsubscribe(): void }[]

  /** Without a tape it begins with what the cluster's own log still has, and the actors there are. */
  constructor(cluster: Cluster, tell: Listener, tape?: Tape) {
    const { world, news$, trouble$, input$, api } = cluster.plane
    this.#world = world
    this.#tell = tell
    this.tape = tape ?? new Tape()
    for (const [id, { machine, snapshot }] of world.actors)
      if (machine === 'controller') this.#resting.set(id, snapshot)
    if (tape === undefined) this.#beginning()
    const unwatch = world.timers.watch((change) => this.tape.pushTimer(change))
    this.#subscriptions = [
      { unsubscribe: unwatch },
      api.committed$.subscribe((committed) => this.#committed(committed)),
      news$.subscribe((news) => this.#news(news)),
      trouble$.subscribe((trouble) => this.#trouble(trouble)),
      input$.subscribe((input) => this.#input(input)),
      api.submitted$.subscribe((transition) => tell.submitted(transition)),
    ]
  }

  /** The revision the agent had before its eyes at its last turn; undefined before its first one. */
  saw(agent: string): number | undefined {
    return this.#saw.get(agent)
  }

  /** Something is done through a session. */
  command(text: string): void {
    this.tape.push({ type: 'command', ...this.#here(), text })
    this.#tell.entry()
  }

  stop(): void {
    for (const one of this.#subscriptions) one.unsubscribe()
  }

  #beginning(): void {
    const { log, now } = this.#world.store
    for (const change of log.since(log.oldest) ?? []) this.#commit(change, undefined, undefined)
    const { revision } = this.#world.store.snapshot
    for (const [id, { snapshot }] of this.#world.actors) {
      const place = { seq: this.tape.next, revision, time: now }
      const event = { type: 'xstate.init' }
      this.tape.push({ type: 'actor', ...place, id, news: 'spawned', event, snapshot, previous: undefined })
    }
  }

  #here() {
    const { snapshot, now } = this.#world.store
    return { seq: this.tape.next, revision: snapshot.revision, time: now }
  }

  #committed(committed: Committed): void {
    const { change } = committed
    const outside = !this.#world.actors.has(change.cause.by)
    this.#commit(change, this.#saw.get(change.cause.by), outside ? this.doing : undefined)
    if (outside) this.#tell.outside(committed)
    // Before a write that came with others all of them are in the snapshot already: no moment to mark.
    if (this.tape.wantsMark && this.#world.store.snapshot.revision === change.revision) this.tape.mark(this.#world)
    this.#tell.entry()
  }

  #commit(change: Change, saw: number | undefined, command: string | undefined): void {
    const { revision, time } = change
    this.tape.push({ type: 'commit', seq: this.tape.next, revision, time, change, saw, command })
  }

  #news({ type, id, event, snapshot, previous }: ActorNews): void {
    if (event.type === 'turn.started') {
      this.#saw.set(id, sightOf(this.#world, id))
      return
    }
    let before = previous
    if (event.type === 'turn.ended') {
      before = this.#resting.get(id)
      this.#resting.set(id, snapshot as AnyMachineSnapshot)
      if (before?.value === snapshot?.value) return
    } else if (type === 'moved' && snapshot === previous) return
    this.tape.push({ type: 'actor', ...this.#here(), id, news: type, event, snapshot, previous: before })
    this.#tell.entry()
  }

  #trouble({ by, key, error }: Trouble): void {
    this.tape.push({ type: 'trouble', ...this.#here(), by, key, error })
    this.#tell.entry()
  }

  #input(input: Input): void {
    this.tape.push({ type: 'input', ...this.#here(), input })
    this.#tell.input(input)
    this.#tell.entry()
  }
}

/** The revision an agent has before its eyes: the newest, or the last one before what its late watches hold back. */
export function sightOf({ store, inboxes }: World, agent: string): number {
  const held = Object.values(inboxes[agent]?.late ?? {}).flatMap(({ changes }) => changes.slice(0, 1))
  return held.reduce((least, { revision }) => Math.min(least, revision - 1), store.snapshot.revision)
}
