/** Watches a cluster's writes and says which property they break. */
import type { Cluster } from '../../../src/index.ts'
import type { Snapshot } from '../../../src/store/snapshot.ts'
import type { Committed, Transition } from '../../../src/store/transition.ts'
import type { View } from '../../../src/store/view.ts'
import { Moment } from '../../../src/testing/moment.ts'
import { type Property, type Write, whyNot } from '../../../src/testing/property.ts'

export interface Violation {
  readonly property: string
  readonly why: string
}

/** Renewals and events concern no property and are most of what is written. */
const noise = new Set(['leases.coordination.k8s.io', 'events', 'events.events.k8s.io'])

interface Waiting {
  readonly property: Property
  since: number | undefined
}

export class Monitor {
  readonly #cluster: Cluster
  readonly #properties: readonly Property[]
  readonly #believed: () => View
  readonly #resourceOf: (kind: string) => string | undefined
  #before: Moment
  #after: Moment
  #snapshot: Snapshot
  #stable = new Map<Property, boolean>()
  readonly #waiting: readonly Waiting[]
  /** The first thing that was wrong. */
  violation: Violation | undefined
  /** What was written, the latest last: for the story. */
  readonly story: string[] = []
  writes = 0

  constructor(cluster: Cluster, properties: readonly Property[], believed: () => View) {
    this.#cluster = cluster
    this.#properties = properties
    this.#believed = believed
    this.#resourceOf = (kind) => cluster.registry.find(kind)?.resource
    this.#before = this.#moment(cluster.plane.api.view())
    this.#after = this.#before
    this.#snapshot = cluster.plane.api.store.snapshot
    this.#waiting = properties
      .filter(({ formula }) => formula.type === 'leadsTo')
      .map((property) => ({ property, since: undefined }))
    cluster.plane.api.committed$.subscribe((committed) => this.#committed(committed))
  }

  get now(): Moment {
    return this.#moment(this.#cluster.plane.api.view())
  }

  /** Says that something is wrong that no formula covers. */
  fail(property: string, why: string): void {
    this.violation ??= { property, why }
  }

  /** Nobody has anything left to do: what `settled` claims is looked at. */
  settled(): void {
    const now = this.now
    for (const property of this.#properties)
      if (property.formula.type === 'settled')
        this.#judge(property, () => (property.formula as { at(s: Moment): unknown }).at(now))
    for (const { property, since } of this.#waiting)
      if (since !== undefined) this.fail(property.name, 'nothing is left to do and it has not come to that')
  }

  /** What has waited for too long. Only asked while nothing is broken. */
  overdue(): void {
    for (const { property, since } of this.#waiting)
      if (
        since !== undefined &&
        property.withinMs !== undefined &&
        this.#cluster.plane.world.store.now > since + property.withinMs
      )
        this.fail(property.name, `it has not come to that within ${property.withinMs / 1000} s`)
  }

  #moment(view: View): Moment {
    return new Moment(view, this.#resourceOf)
  }

  #judge(property: Property, ask: () => unknown): void {
    if (this.violation !== undefined) return
    const why = whyNot(ask() as never)
    if (why !== undefined) this.fail(property.name, why)
  }

  #committed(committed: Committed): void {
    const { change } = committed
    this.writes++
    if (this.violation !== undefined) return
    if (!noise.has(change.resource)) this.#tell(committed)
    // Writes that are made together come one after the other, all over the snapshot that has them all.
    const { snapshot } = this.#cluster.plane.api.store
    if (snapshot !== this.#snapshot) {
      this.#snapshot = snapshot
      this.#before = this.#after
      this.#after = this.now
    }
    const before = this.#before
    const after = this.#after
    if (noise.has(change.resource)) return
    const write: Write = { ...writeOf(committed), believed: this.#moment(this.#believed()) }
    for (const property of this.#properties) this.#look(property, write, before, after)
    for (const one of this.#waiting) this.#wait(one, after)
  }

  #look(property: Property, write: Write, before: Moment, after: Moment): void {
    const { formula } = property
    switch (formula.type) {
      case 'step':
        return this.#judge(property, () => formula.write(write, before, after))
      case 'always':
        return this.#judge(property, () => formula.at(after))
      case 'never':
        return this.#judge(property, () => whyNot(formula.at(after)) !== undefined)
      case 'implies':
        return this.#judge(property, () => !formula.when(after) || formula.at(after))
      case 'stable': {
        const holds = formula.at(after) === true
        const held = this.#stable.get(property) === true
        this.#stable.set(property, holds)
        return this.#judge(property, () => !held || holds)
      }
      default:
    }
  }

  #wait(one: Waiting, after: Moment): void {
    const { formula } = one.property
    if (formula.type !== 'leadsTo') return
    if (one.since !== undefined && formula.to(after)) one.since = undefined
    if (one.since === undefined && formula.from(after) && !formula.to(after)) one.since = after.now
  }

  #tell({ change, cause, time }: Committed): void {
    const what = `${new Date(time).toISOString().slice(11, 19)} r${change.revision} ${cause.by} ${change.type} ${change.resource}/${change.key}`
    this.story.push(what)
    if (this.story.length > 400) this.story.splice(0, 200)
  }
}

function writeOf({ transition, change, cause }: Committed): Omit<Write, 'believed'> {
  const { type, resource, key, object, previous } = change
  const by = cause.why === 'request' ? 'user' : cause.by
  return {
    type,
    verb: verbOf(transition),
    resource,
    key,
    object,
    previous,
    by,
    reconciled: cause.why === 'reconcile' ? (cause.key ?? '') : '',
    cause,
  }
}

function verbOf(transition: Transition): string {
  if (transition.type === 'pod.bind') return 'bind'
  const sub = 'subresource' in transition && transition.subresource ? `/${transition.subresource}` : ''
  return transition.type + sub
}
