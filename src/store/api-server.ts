/**
 * The API server as a subject: transitions go in by `next`, immutable snapshots come out by `subscribe`. Inside are the
 * mailbox, admission and `reduce`. Nobody else holds the subjects, and streams carry without remembering: what there is
 * to remember is in the Store value.
 */

import { Observable, type Observer, Subject } from 'rxjs'
import type { Registry } from '../api/registry.ts'
import { type StatusError, serviceUnavailable, tooManyRequests } from '../api/status-error.ts'
import { Mailbox } from '../lib/mailbox.ts'
import type { Prng } from '../lib/prng.ts'
import type { Ring } from '../lib/ring.ts'
import type { AdmissionPlugin } from './admission-step.ts'
import { type Pending, reduce } from './commit.ts'
import { registryAfter } from './custom-kinds.ts'
import { type Asked, askedBy, type FaultState, refusalOf, type Strike, struck, timedOut } from './faults.ts'
import type { Latest } from './latest.ts'
import type { OutsideAnswer } from './outside.ts'
import { answeredBy, behind, named, type Waiting, withoutParked, withParked } from './parked.ts'
import { viewOver } from './read.ts'
import type { Snapshot } from './snapshot.ts'
import type { Change, Committed, Outcome, Transition } from './transition.ts'
import type { View } from './view.ts'

/** The API's part of the world: values only. The server replaces `snapshot`; the driver moves `now`. */
export interface Store {
  snapshot: Snapshot
  /** Lookups in the newest snapshot; derived from it. */
  latest: Latest
  registry: Registry
  now: number
  /** Changes by revision, bounded; readers behind its beginning must list again (410 over HTTP). */
  log: Ring<Change>
  prng: Prng
  /** Writes that wait for answers from outside. */
  waiting: Waiting
  /** Faults that are in force. */
  faults: FaultState
  readonly seed: number
  readonly admission: readonly AdmissionPlugin[]
}

interface Letter {
  readonly transition: Transition
  readonly answer: ((outcome: Outcome) => void) | undefined
  /** What waited behind a write that waited: sent when it is done, dropped when it is refused. */
  readonly followers?: readonly Transition[]
  /** Faults had their turn with it. */
  readonly spared?: boolean
}

/** A fault that somebody else has to carry out: a sender that crashes, a write that waits for its time. */
export type Struck =
  | { readonly how: 'crash'; readonly by: string }
  | { readonly how: 'delay'; readonly id: number; readonly ms: number }

/**
 * Letters that may be posted within one delivery. Past it they are refused with 429: a subscriber that answers every
 * change with another one would never let the delivery end.
 */
const deliveryLimit = 10_000

export class ApiServer extends Observable<Snapshot> implements Observer<Transition> {
  readonly store: Store
  readonly #snapshots = new Subject<Snapshot>()
  readonly #committed = new Subject<Committed>()
  readonly #outcomes = new Subject<{ transition: Transition; outcome: Outcome }>()
  readonly #struck = new Subject<Struck>()
  readonly #faults = new Subject<FaultState>()
  readonly #submitted = new Subject<Transition>()
  readonly #mailbox = new Mailbox<Letter>((letter) => this.#handle(letter))

  /** Who is to be told what comes of a parked write. Callbacks are no part of the world: a fork tells nobody. */
  readonly #callers = new Map<number, (outcome: Outcome) => void>()

  /** How many letters came within the delivery that goes on. */
  #posted = 0

  constructor(store: Store) {
    super((subscriber) => {
      subscriber.next(store.snapshot)
      return this.#snapshots.subscribe(subscriber)
    })
    this.store = store
  }

  /** Every committed transition with revision, time and cause. */
  get committed$(): Observable<Committed> {
    return this.#committed.asObservable()
  }

  /** The answer to every transition, refused ones included. */
  get outcome$(): Observable<{ transition: Transition; outcome: Outcome }> {
    return this.#outcomes.asObservable()
  }

  /** Faults for the loop to carry out. */
  get struck$(): Observable<Struck> {
    return this.#struck.asObservable()
  }

  /** The faults in force, whenever one came or was lifted. */
  get faults$(): Observable<FaultState> {
    return this.#faults.asObservable()
  }

  /** What somebody asks who waits for the answer: no agent of the cluster. */
  get submitted$(): Observable<Transition> {
    return this.#submitted.asObservable()
  }

  /** Puts other faults in force. */
  setFaults(faults: FaultState): void {
    this.store.faults = faults
    this.#faults.next(faults)
  }

  next(transition: Transition): void {
    this.#post({ transition, answer: undefined })
  }

  /** A failing sender never ends the API server; the sender's own back-off deals with it. */
  error(_reason: unknown): void {}

  complete(): void {}

  /** Posts a transition and calls back with its answer: at once, unless the server is in the middle of a delivery. */
  submit(transition: Transition, answer: (outcome: Outcome) => void): void {
    this.#submitted.next(transition)
    this.#post({ transition, answer })
  }

  /** True while something is being delivered: what is posted now is answered later. */
  get busy(): boolean {
    return this.#mailbox.busy
  }

  /** A view of this moment. */
  view(): View {
    return viewOver(this.store.snapshot, this.store.registry, this.store.now, this.store.latest)
  }

  /** Ends every stream that came out of this server. */
  close(): void {
    const outcome = { ok: false, error: serviceUnavailable('the cluster was closed while the request waited') } as const
    for (const answer of this.#callers.values()) answer(outcome)
    this.#callers.clear()
    for (const subject of [
      this.#snapshots,
      this.#committed,
      this.#outcomes,
      this.#struck,
      this.#faults,
      this.#submitted,
    ])
      subject.complete()
  }

  #post(letter: Letter): void {
    if (!this.#mailbox.busy) this.#posted = 0
    else if (++this.#posted > deliveryLimit) return this.#refuse(letter)
    this.#mailbox.post(letter)
  }

  #refuse({ transition, answer }: Letter): void {
    const why = `more than ${deliveryLimit} requests were sent from within one delivery; a subscriber answers its own changes`
    const outcome = { ok: false, error: tooManyRequests(why) } as const
    this.#outcomes.next({ transition, outcome })
    answer?.(outcome)
  }

  /** Sends a parked write again with the answers it waited for, and what waited behind it. */
  resume(id: number, answers: readonly OutsideAnswer[]): void {
    const parked = this.store.waiting.parked.find((one) => one.id === id)
    if (parked === undefined) return
    this.store.waiting = withoutParked(this.store.waiting, id)
    const answer = this.#callers.get(id)
    this.#callers.delete(id)
    this.#post({ transition: answeredBy(parked, answers), answer, followers: parked.followers, spared: true })
  }

  /** Parks a write until its answers are there. */
  #park({ transition, calls }: Pending, { answer, followers }: Letter, delayed = false): void {
    const id = this.store.waiting.next
    this.store.waiting = withParked(this.store.waiting, { transition, calls, followers: followers ?? [], delayed })
    if (answer !== undefined) this.#callers.set(id, answer)
  }

  #handle(letter: Letter): void {
    const { transition, answer, followers = [] } = letter
    const queued = transition.outside === undefined ? behind(this.store.waiting, transition) : undefined
    if (queued !== undefined) {
      this.store.waiting = queued
      return
    }
    const strike = letter.spared === true || this.store.faults.armed.length === 0 ? undefined : this.#strike(transition)
    if (strike !== undefined && this.#stopped(strike, letter)) return
    const { snapshot, outcome: reached, pending, before = [] } = reduce(this.store, transition)
    if (pending !== undefined) return this.#park(pending, letter)
    this.store.snapshot = snapshot
    const outcome: Outcome = strike?.how === 'lost' && reached.ok ? { ok: false, error: timedOut() } : reached
    if (reached.ok && reached.change !== undefined) {
      const changes = [...before, reached.change]
      for (const { resource, key, type, object } of changes)
        this.store.latest.follow(snapshot, resource, key, type === 'DELETED' ? undefined : object)
      for (const change of changes) {
        this.store.log.push(change)
        this.store.registry = registryAfter(this.store.registry, change)
        this.#committed.next({ transition, revision: change.revision, time: change.time, cause: change.cause, change })
      }
      this.#snapshots.next(snapshot)
    }
    this.#outcomes.next({ transition, outcome })
    answer?.(outcome)
    if (strike?.how === 'duplicate') this.#post({ transition, answer: undefined, spared: true })
    if (!outcome.ok) return
    for (const next of followers)
      this.#post({ transition: named(next, outcome.object.metadata.name), answer: undefined })
  }

  /** The fault that strikes a request; counts it. */
  #strike(transition: Transition): Strike | undefined {
    const asked = askedBy(transition)
    if (asked === undefined) return undefined
    const { strike, state } = struck(this.store.faults, asked, this.store.seed)
    this.store.faults = state
    return strike
  }

  /** True when the write is not carried out now. */
  #stopped(strike: Strike, { transition, answer, followers = [] }: Letter): boolean {
    const refuse = (error: StatusError): true => {
      const outcome = { ok: false, error } as const
      this.#outcomes.next({ transition, outcome })
      answer?.(outcome)
      return true
    }
    switch (strike.how) {
      case 'status':
        return refuse(refusalOf(strike.code, askedBy(transition) as Asked))
      case 'drop':
        return refuse(timedOut())
      case 'crash':
        this.#struck.next({ how: 'crash', by: transition.cause?.by ?? '' })
        return refuse(timedOut())
      case 'delay': {
        const { next: id } = this.store.waiting
        this.#park({ transition, calls: [] }, { transition, answer, followers }, true)
        this.#struck.next({ how: 'delay', id, ms: strike.ms })
        return true
      }
      default:
        return false
    }
  }
}
