/**
 * Properties over a live cluster: every write and every state it passes through is judged, in virtual time and in order.
 *
 *     const watch = watchOver(cluster, [invariants.R2, always((s) => s.pods.length < 10)])
 *     await cluster.settle()
 *     expect(watch.report().violated).toEqual([])
 */
import type { Subscription } from 'rxjs'
import { keyOf } from '../api/object.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { ControllerMemory } from '../controllers/agent.ts'
import { controllersFor } from '../controllers/index.ts'
import { viewOver } from '../store/read.ts'
import type { Snapshot } from '../store/snapshot.ts'
import type { Committed } from '../store/transition.ts'
import { writesWhenConverged } from './invariants/meta.ts'
import { Moment } from './moment.ts'
import { Judged } from './monitor/judged.ts'
import { writeOf } from './monitor/write.ts'
import type { Held, Property } from './property.ts'

/** A property that did not hold: the first time, in words, with the cluster's time in ms and the write that showed it. */
export interface Violated {
  readonly property: Property
  readonly why: string
  readonly at: number
  readonly revision: number
}

/** What was found until now. A property is in exactly one of `violated`, `held` and `vacuous`. */
export interface WatchReport {
  readonly violated: readonly Violated[]
  /** Said something and was right. */
  readonly held: readonly Property[]
  /** Never had anything to say: no premise held, no write concerned it. */
  readonly vacuous: readonly Property[]
  /** How often each property had something to say, by name. */
  readonly witnesses: ReadonlyMap<string, number>
  /** Writes that were judged. */
  readonly writes: number
}

export interface Watch {
  /** What was found; looks at `settled` and at what is owed when nobody has anything left to do. */
  report(): WatchReport
  /** Ends it. */
  stop(): void
}

export interface WatchOptions {
  /** Resources whose writes are not looked at. Default: Leases and Events, which nearly all writes are. */
  readonly ignores?: readonly string[]
}

const noise = ['leases.coordination.k8s.io', 'events', 'events.events.k8s.io']

/** Watches from now on. The judging takes place within each write; a formula that throws is a violation. */
export function watchOver(cluster: Cluster, properties: readonly Property[], options: WatchOptions = {}): Watch {
  return new LiveWatch(cluster, properties, new Set(options.ignores ?? noise))
}

class LiveWatch implements Watch {
  readonly #cluster: Cluster
  readonly #judged: readonly Judged[]
  readonly #ignores: ReadonlySet<string>
  readonly #running: Subscription
  #before: Moment
  #writes = 0
  #revision: number
  /** What the agent that has its turn began with: who writes next has seen at least this. */
  #turn: Snapshot

  constructor(cluster: Cluster, properties: readonly Property[], ignores: ReadonlySet<string>) {
    this.#cluster = cluster
    this.#ignores = ignores
    this.#judged = properties.map((property) => new Judged(property))
    this.#before = this.#now()
    this.#turn = cluster.snapshot
    this.#revision = cluster.snapshot.revision
    for (const one of this.#judged) one.enter(this.#before, this.#revision)
    this.#running = cluster.transition$.subscribe((committed) => this.#committed(committed))
    this.#running.add(
      cluster.plane.loop.turn$.subscribe(() => {
        this.#turn = cluster.snapshot
      }),
    )
  }

  report(): WatchReport {
    const { loop } = this.#cluster.plane
    const now = this.#now()
    const rests = loop.busy().length === 0
    for (const one of this.#judged) one.look(now, this.#revision, rests, (names) => this.#idle(names))
    const of = (verdict: Judged['verdict']): Judged[] => this.#judged.filter((one) => one.verdict === verdict)
    return {
      violated: of('violated').map(({ violated }) => violated as Violated),
      held: of('held').map(({ property }) => property),
      vacuous: of('vacuous').map(({ property }) => property),
      witnesses: new Map(this.#judged.map(({ property, concerned }) => [property.name, concerned])),
      writes: this.#writes,
    }
  }

  stop(): void {
    this.#running.unsubscribe()
  }

  #committed(committed: Committed): void {
    const { change, cause } = committed
    const follows = this.#revision
    this.#revision = change.revision
    const before = this.#before
    const after = this.#now()
    if (this.#ignores.has(change.resource)) {
      this.#before = after
      return
    }
    this.#writes++
    const said = writeOf(committed)
    // What changed beside what was asked is told first; the asked write is judged from before both.
    if (said.asked !== undefined) this.#before = after
    const believed = cause.why === 'request' ? before : this.#momentOf(this.#turn)
    const write = { ...said, believed, revision: change.revision, follows }
    if (cause.why === 'request') this.#turn = this.#cluster.snapshot
    for (const one of this.#judged) {
      one.write(write, before, after)
      one.enter(after, change.revision)
    }
  }

  /** Reconciles every key once more on what there is, and looks at what would be written. */
  #idle(names: readonly string[] | undefined): Held {
    const { registry, options, used, view } = this.#cluster
    const all = [...controllersFor(registry.kinds), ...(options.controllers ?? []), ...used]
    for (const one of all) {
      if (names !== undefined && !names.includes(one.name)) continue
      const keys = view.list(one.of).map(keyOf)
      const resting = keys.filter((key) => !this.#isRetried(one.name, key))
      const [write] = writesWhenConverged(one, view, resting, this.#cluster.plane.world.store)
      if (write !== undefined)
        return `${one.name} would still ${write.type} ${'ref' in write ? write.ref.name : 'something'}`
    }
    return true
  }

  /** What was refused lately is tried again later: something is left to do. */
  #isRetried(controller: string, key: string): boolean {
    const actor = this.#cluster.plane.host.get(`controller/${controller}`)
    const memory = (actor?.context as { memory?: ControllerMemory } | undefined)?.memory
    return memory?.failures[key] !== undefined
  }

  #now(): Moment {
    return this.#moment(this.#cluster.view)
  }

  #momentOf(snapshot: Snapshot): Moment {
    return this.#moment(viewOver(snapshot, this.#cluster.registry, this.#cluster.now.getTime()))
  }

  #moment(view: ReturnType<typeof viewOver>): Moment {
    return new Moment(view, (kind) => this.#cluster.registry.find(kind)?.resource)
  }
}
