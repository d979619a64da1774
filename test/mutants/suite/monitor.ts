/** Watches a cluster's writes and says which property they break first. */
import type { Cluster } from '../../../src/index.ts'
import type { Committed } from '../../../src/store/transition.ts'
import type { View } from '../../../src/store/view.ts'
import { Moment } from '../../../src/testing/moment.ts'
import { Judged } from '../../../src/testing/monitor/judged.ts'
import { writeOf } from '../../../src/testing/monitor/write.ts'
import type { Property, Write } from '../../../src/testing/property.ts'

export interface Violation {
  readonly property: string
  readonly why: string
}

/** Renewals and events concern no property and are most of what is written. */
const noise = new Set(['leases.coordination.k8s.io', 'events', 'events.events.k8s.io'])

/** What goes round may do so while things break: it is asked only once they do not. */
const isOfPeace = ({ formula }: Property): boolean => formula.type === 'noOscillation'

export class Monitor {
  readonly #cluster: Cluster
  readonly #judged: readonly Judged[]
  readonly #believed: () => View
  readonly #resourceOf: (kind: string) => string | undefined
  #before: Moment
  #revision: number
  /** The first thing that was wrong. */
  violation: Violation | undefined
  /** Nothing is broken any more, and the user does nothing. */
  peace = false
  /** What was written, the latest last: for the story. */
  readonly story: string[] = []

  constructor(cluster: Cluster, properties: readonly Property[], believed: () => View) {
    this.#cluster = cluster
    this.#judged = properties.map((property) => new Judged(property))
    this.#believed = believed
    this.#resourceOf = (kind) => cluster.registry.find(kind)?.resource
    this.#before = this.now
    this.#revision = cluster.snapshot.revision
    cluster.plane.api.committed$.subscribe((committed) => this.#committed(committed))
  }

  get now(): Moment {
    return this.#moment(this.#cluster.plane.api.view())
  }

  /** Says that something is wrong that no formula covers. */
  fail(property: string, why: string): void {
    this.violation ??= { property, why }
  }

  /** Nobody has anything left to do: what is claimed of that is looked at. */
  settled(): void {
    const { now } = this
    // That nobody would write any more is asked of controllers that begin anew: see meta.ts.
    this.#ask((one) => one.look(now, this.#revision, true, () => true))
  }

  #moment(view: View): Moment {
    return new Moment(view, this.#resourceOf)
  }

  #ask(judge: (one: Judged) => void): void {
    for (const one of this.#judged) {
      if (this.violation !== undefined) return
      if (!this.peace && isOfPeace(one.property)) continue
      judge(one)
      if (one.violated !== undefined) this.fail(one.property.name, one.violated.why)
    }
  }

  #committed(committed: Committed): void {
    const { change, cause } = committed
    const follows = this.#revision
    this.#revision = change.revision
    if (this.violation !== undefined) return
    const before = this.#before
    const after = this.now
    if (noise.has(change.resource)) {
      this.#before = after
      return
    }
    this.#tell(committed)
    const said = writeOf(committed)
    // What changed beside what was asked is told first; the asked write is judged from before both.
    if (said.asked !== undefined) this.#before = after
    const believed = cause.why === 'request' ? before : this.#moment(this.#believed())
    const write: Write = { ...said, believed, revision: change.revision, follows }
    this.#ask((one) => {
      one.write(write, before, after)
      one.enter(after, change.revision)
    })
  }

  #tell({ change, cause, time }: Committed): void {
    const what = `${new Date(time).toISOString().slice(11, 19)} r${change.revision} ${cause.by} ${change.type} ${change.resource}/${change.key}`
    this.story.push(what)
    if (this.story.length > 400) this.story.splice(0, 200)
  }
}
