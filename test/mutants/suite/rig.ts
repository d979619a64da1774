/**
 * A cluster that is moved turn by turn: who acts next, how old its view is, whether its writes arrive and when it dies
 * are drawn from a generator, so that equal numbers give equal runs. It stands on the live cluster and its real loop.
 */
import type { Cluster } from '../../../src/index.ts'
import { drawsOf, type Prng } from '../../../src/lib/prng.ts'
import { viewOver } from '../../../src/store/read.ts'
import type { Snapshot } from '../../../src/store/snapshot.ts'
import type { Transition } from '../../../src/store/transition.ts'
import type { View } from '../../../src/store/view.ts'

/** Turns at one instant before it is called a livelock. */
const turnsAtOnce = 2000
/** Snapshots kept for views that lag. */
const kept = 400

interface Writing {
  readonly agent: string
  left: number
}

export class Livelock extends Error {}

export class Rig {
  readonly cluster: Cluster
  /** Views older than the present: by agent, how many revisions, and for how many turns. */
  readonly #lags = new Map<string, { by: number; turns: number }>()
  readonly #snapshots: Snapshot[] = []
  /** The revision of each agent's own last write: it never sees less. */
  readonly #wrote = new Map<string, number>()
  #crashing: Writing | undefined
  #failing: Writing | undefined
  #swallowed = false
  #stepping = false
  /** What the agent that has its turn sees. */
  believed: View
  /** Nodes that are not heard of, and since when. */
  readonly down = new Map<string, number>()
  /** Nodes whose machines the user lost: they stay lost when everything else is healed. */
  readonly lost = new Set<string>()
  readonly everDown = new Set<string>()
  readonly crashed = new Set<string>()
  random: Prng = drawsOf(1)
  /** Whether turns go round or come in any order. */
  calm = true
  /** Told of what everybody asks for. */
  onTransition: (transition: Transition) => void = () => {}

  constructor(cluster: Cluster) {
    this.cluster = cluster
    const { actors } = cluster.plane.world
    this.agents = [...actors].flatMap(([id, { machine }]) => (machine === 'controller' ? [id] : []))
    const { api } = cluster.plane
    this.believed = api.view()
    // Requests are acted upon when the rig says so, not at once.
    cluster.driver.act = () => {}
    this.#snapshots.push(api.store.snapshot)
    api.committed$.subscribe(({ change, cause }) => {
      this.#wrote.set(cause.by, change.revision)
      this.#snapshots.push(api.store.snapshot)
      if (this.#snapshots.length > 2 * kept) this.#snapshots.splice(0, kept)
    })
    // Before anybody else hears of a turn: what its agent sees is what there is, unless the rig says otherwise.
    cluster.plane.news$.subscribe(({ event }) => {
      if (event.type !== 'turn.started') return
      this.#swallowed = false
      if (!this.#stepping) this.believed = api.view()
    })
    const next = api.next.bind(api)
    api.next = (transition) => this.#deliver(transition, next)
  }

  /** Who takes turns, in the order in which turns go round. */
  readonly agents: readonly string[]

  /** Those who have written something: what happens to others matters less. */
  get busy(): readonly string[] {
    const some = this.agents.filter((id) => this.#wrote.has(id) && id !== 'lives')
    return some.length > 0 ? some : this.agents.filter((id) => id !== 'lives')
  }

  get now(): number {
    return this.cluster.plane.world.store.now
  }

  /** From now on an agent's views are older by up to so many revisions, for so many of its turns. */
  lag(agent: string, by: number, turns: number): void {
    this.#lags.set(agent, { by, turns })
  }

  /** The agent dies after so many more of its writes; the rest of that turn's writes are lost. */
  crashAfter(agent: string, writes: number): void {
    this.#crashing = { agent, left: writes }
  }

  /** The next writes of the agent are refused. */
  refuse(agent: string, writes: number): void {
    this.#failing = { agent, left: writes }
  }

  crash(agent: string): void {
    this.cluster.plane.loop.crash(agent)
    this.crashed.add(agent)
  }

  restart(agent: string): void {
    this.cluster.plane.loop.restart(agent)
    this.crashed.delete(agent)
  }

  node(name: string, event: 'kill' | 'silence' | 'restore'): void {
    // A machine is not back in the moment it went.
    const since = this.down.get(name)
    if (event === 'restore' && since !== undefined && this.now < since + 2000) this.advance(2000)
    this.cluster.fault({ [event]: name } as never)
    if (event === 'restore') this.down.delete(name)
    else this.down.set(name, this.now)
    this.everDown.add(name)
  }

  /** One turn of somebody who has something to do; false when nobody has. */
  turn(): boolean {
    const { loop, world } = this.cluster.plane
    const agents = this.agents
    const ready = agents.filter((id) => loop.ready(id) && this.#maySee(id))
    if (ready.length === 0) return false
    if (this.calm) return this.#step(ready[0] === undefined ? '' : this.#nextOf(agents, ready))
    const id = ready[this.random.below(ready.length)] as string
    world.lastTurn = (agents.indexOf(id) + agents.length - 1) % agents.length
    return this.#step(id)
  }

  #nextOf(agents: readonly string[], ready: readonly string[]): string {
    const { lastTurn } = this.cluster.plane.world
    const after = agents.map((_, i) => agents[(lastTurn + 1 + i) % agents.length] as string)
    const id = after.find((one) => ready.includes(one)) as string
    this.cluster.plane.world.lastTurn = (agents.indexOf(id) + agents.length - 1) % agents.length
    return id
  }

  /** Turns until nobody has anything to do at this instant. Throws Livelock. */
  drain(): void {
    for (let turns = 0; this.turn(); turns++)
      if (turns > turnsAtOnce)
        throw new Livelock(
          `${turns} turns were taken without time moving: ${this.cluster.plane.loop.busy().join(', ')}`,
        )
  }

  /** Moves the clock to the next thing that is due, at most to `limit`; false when there is none. */
  tick(limit: number): boolean {
    const { loop, world } = this.cluster.plane
    const due = loop.nextDue()
    if (due === undefined || due > limit) return false
    world.store.now = Math.max(world.store.now, due)
    for (let timer = world.timers.take(this.now); timer !== undefined; timer = world.timers.take(this.now)) {
      const { agent, actor, event, id, data } = timer.data
      if (actor !== undefined && event !== undefined) loop.deliverTo(agent, actor, event)
      else world.inboxes[agent]?.fired.push({ id, at: timer.at, data })
    }
    return true
  }

  advance(ms: number): void {
    const to = this.now + ms
    this.drain()
    while (this.tick(to)) this.drain()
    this.cluster.plane.world.store.now = to
  }

  /** Nothing is broken any more: everybody is back, sees everything and is heard; but for `lost` nodes, if asked for. */
  heal(keepsLost = false): void {
    this.#lags.clear()
    this.#crashing = undefined
    this.#failing = undefined
    this.calm = true
    for (const id of [...this.crashed]) this.restart(id)
    for (const name of [...this.down.keys()]) {
      if (keepsLost && this.lost.has(name)) continue
      try {
        this.node(name, 'restore')
      } catch {
        this.down.delete(name)
      }
    }
  }

  #deliver(transition: Transition, next: (transition: Transition) => void): void {
    const by = transition.cause?.by
    if (this.#swallowed) return
    this.onTransition(transition)
    if (transition.type !== 'report') {
      if (this.#crashing !== undefined && this.#crashing.agent === by && this.#crashing.left-- <= 0) {
        this.#crashing = undefined
        this.#swallowed = true
        return this.crash(by)
      }
      if (this.#failing !== undefined && this.#failing.agent === by) {
        if (--this.#failing.left <= 0) this.#failing = undefined
        return next(refusable(transition))
      }
    }
    next(transition)
  }

  /** The oldest revision the agent may be shown now. */
  #horizon(id: string): number {
    const lag = this.#lags.get(id)
    const { snapshot } = this.cluster.plane.world.store
    if (lag === undefined) return snapshot.revision
    return Math.max(snapshot.revision - lag.by, this.#wrote.get(id) ?? 0, this.#snapshots[0]?.revision ?? 0)
  }

  /** False while all that waits for the agent is beyond what it is shown. */
  #maySee(id: string): boolean {
    const box = this.cluster.plane.world.inboxes[id]
    if (!this.#lags.has(id) || box === undefined) return true
    if (box.more || box.resync || box.fired.length > 0 || box.deliveries.length > 0) return true
    const horizon = this.#horizon(id)
    return box.changes.some((change) => change.revision <= horizon)
  }

  #step(id: string): boolean {
    const { world, api } = this.cluster.plane
    const box = world.inboxes[id]
    const horizon = this.#horizon(id)
    const shown = this.#snapshots.findLast((one) => one.revision <= horizon)
    this.#counted(id)
    if (box === undefined || box.resync || shown === undefined || shown.revision >= world.store.snapshot.revision) {
      this.believed = api.view()
      return this.#given()
    }
    const held = box.changes.filter((change) => change.revision > horizon)
    box.changes = box.changes.filter((change) => change.revision <= horizon)
    const view = viewOver(shown, world.store.registry, world.store.now)
    this.believed = view
    api.view = () => {
      Reflect.deleteProperty(api, 'view')
      return view
    }
    // An agent that has nothing else to do was not picked: see `#maySee`.
    const took = this.#given()
    Reflect.deleteProperty(api, 'view')
    const now = world.inboxes[id]
    if (now !== undefined) now.changes = [...held, ...now.changes]
    return took
  }

  #given(): boolean {
    this.#stepping = true
    try {
      return this.cluster.plane.loop.step()
    } finally {
      this.#stepping = false
    }
  }

  #counted(id: string): void {
    const lag = this.#lags.get(id)
    if (lag === undefined) return
    if (--lag.turns <= 0) this.#lags.delete(id)
  }
}

/** The same write in a form that the server refuses: a conflict, or a place that does not exist. */
function refusable(transition: Transition): Transition {
  if (transition.type === 'create') return { ...transition, namespace: 'nowhere' }
  if (transition.type === 'connect' || transition.type === 'report') return transition
  return { ...transition, uid: 'somebody-else' }
}
