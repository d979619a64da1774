/**
 * The loop: whose turn it is, what is due, and when there is nothing left to do. It remembers nothing itself; the world
 * does. Turns go out on `turn$`; the pipelines of `cluster.ts` answer them with transitions.
 */
import { type Observable, Subject } from 'rxjs'
import { KybernError } from '../lib/coded-error.ts'
import { chanceOf } from '../lib/digest.ts'
import type { ApiServer, Struck } from '../store/api-server.ts'
import { waitsFor } from '../store/parked.ts'
import type { Change, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import type { Agent, AgentIntent, Answer, TurnInput } from './agent.ts'
import type { Host } from './host.ts'
import { Lateness, lateView } from './late.ts'
import { callbacks, delays, type Inbox, newInbox, type World } from './world.ts'

/** One turn of one agent. `intents()` runs it; `refused` collects the keys whose write was refused during it. */
export interface Turn {
  readonly agent: string
  intents(): readonly Transition[]
  readonly refused: Set<string>
  /** The name of the last object created in this turn, for reports that speak of it. */
  created: string
  /** Its agent crashed in the middle: what is left is not sent. */
  crashed: boolean
}

/** Changes that may wait for one agent; past that it lists everything instead. */
const changesLimit = 100_000
/** How many turns may be taken without time moving before the loop says that two agents keep waking each other. */
const livelockTurns = 100_000

function put(box: Inbox, change: Change): void {
  box.changes.push(change)
  if (box.changes.length > changesLimit) Object.assign(box, { changes: [], resync: true })
}

export class Loop {
  readonly #world: World
  readonly #api: ApiServer
  readonly #host: Host
  #agents: readonly Agent[] = []
  readonly #watchers = new Map<string, Agent[]>()
  readonly #turns = new Subject<Turn>()
  readonly #callbacks = new Subject<string>()
  readonly #lateness: Lateness
  readonly #onFailure: (agent: string, error: unknown) => void
  #current: Turn | undefined
  #stopped = false

  constructor(world: World, api: ApiServer, host: Host, agents: readonly Agent[], onFailure: Loop['failed']) {
    this.#world = world
    this.#api = api
    this.#host = host
    this.#onFailure = onFailure
    this.#lateness = new Lateness(world, () => api.view(), put)
    for (const agent of agents) this.add(agent)
    api.committed$.subscribe(({ change }) => this.#changed(change))
    api.outcome$.subscribe(({ transition, outcome }) => this.#answered({ transition, outcome }))
    api.struck$.subscribe((struck) => this.#strike(struck))
    api.faults$.subscribe(() => this.#lateness.tell(this.#agents, (id) => this.#inbox(id)))
  }

  /** Turns as they come; every agent's pipeline picks its own. */
  get turn$(): Observable<Turn> {
    return this.#turns.asObservable()
  }

  /** Ids of timers of the embedding program that came due. */
  get callback$(): Observable<string> {
    return this.#callbacks.asObservable()
  }

  /** Called when an agent's turn throws. */
  failed(agent: string, error: unknown): void {
    this.#onFailure(agent, error)
  }

  /** Takes an agent into the round; one the world does not know yet is started. Throws KYB-AGENT when it is there. */
  add(agent: Agent): void {
    if (this.#agents.some((one) => one.id === agent.id))
      throw new KybernError('KYB-AGENT', `there is a "${agent.id}" already; give yours another name`)
    this.#agents = [...this.#agents, agent]
    this.#watch(agent)
    if (this.#host.get(agent.id) === undefined) this.#start(agent)
  }

  /** Puts an agent in the place of the one with its id: it keeps the memory and looks at everything anew. */
  replace(agent: Agent): void {
    this.#agents = this.#agents.map((one) => (one.id === agent.id ? agent : one))
    this.#watchers.clear()
    for (const one of this.#agents) this.#watch(one)
    Object.assign(this.#inbox(agent.id), { changes: [], resync: true })
  }

  /** The resources an agent watches. */
  watchedBy(id: string): ReadonlySet<string> {
    return new Set(this.#agents.find((agent) => agent.id === id)?.watches)
  }

  #watch(agent: Agent): void {
    for (const resource of agent.watches) this.#watchers.set(resource, [...(this.#watchers.get(resource) ?? []), agent])
  }

  #start(agent: Agent): void {
    this.#host.spawn(agent.id, agent.id, 'controller', { name: agent.id, memory: agent.initial })
    this.#host.send(agent.id, { type: 'views.synced' })
    this.#world.inboxes[agent.id] = newInbox(true)
  }

  /** Delivers an event to an actor: at once to an agent's own actor, else through the agent it lives beneath. */
  deliver(actor: string, event: { type: string; [field: string]: unknown }): boolean {
    const owner = this.#world.actors.get(actor)?.owner
    if (owner === undefined) return false
    if (owner === actor) this.#host.send(actor, event)
    else this.deliverTo(owner, actor, event)
    return true
  }

  /** Gives an agent a delivery for an actor that does not exist yet. */
  deliverTo(agent: string, actor: string, event: { type: string; [field: string]: unknown }): void {
    this.#inbox(agent).deliveries.push({ actor, event })
  }

  /** Crashes an agent: its memory is gone and it takes no turns until `restart`. */
  crash(id: string): void {
    this.#host.send(id, { type: 'controller.crashed' })
  }

  /** Starts it again without memory. What came due meanwhile for it and for the actors beneath it is not lost. */
  restart(id: string): void {
    const agent = this.#agents.find((one) => one.id === id)
    if (agent === undefined) return
    this.#host.send(id, { type: 'controller.restarted', memory: agent.initial })
    this.#host.send(id, { type: 'views.synced' })
    const { fired, deliveries, late } = this.#inbox(id)
    this.#world.inboxes[id] = { ...newInbox(true), fired, deliveries, late }
  }

  /** Takes turns until nobody has anything to do at this moment. */
  drain(): void {
    for (let turns = 0; this.step(); turns++) if (turns > livelockTurns) throw this.#livelock()
  }

  /** True in the middle of a turn or a delivery: nobody else can take turns and time cannot move before it ends. */
  get turning(): boolean {
    return this.#current !== undefined || this.#api.busy
  }

  /** Ends all turns: what is due is not done any more. */
  stop(): void {
    this.#stopped = true
  }

  /** One turn of the next agent that has something to do; false when there is none. */
  step(): boolean {
    if (this.#stopped) return false
    const count = this.#agents.length
    for (let i = 1; i <= count; i++) {
      const index = (this.#world.lastTurn + i) % count
      const agent = this.#agents[index] as Agent
      if (!this.ready(agent.id)) continue
      this.#world.lastTurn = index
      this.#current = this.#turnOf(agent)
      try {
        this.#turns.next(this.#current)
      } finally {
        this.#current = undefined
      }
      return true
    }
    return false
  }

  /** True when the agent has something to do now. */
  ready(id: string): boolean {
    const box = this.#inbox(id)
    const waiting =
      box.changes.length > 0 || box.more || box.resync || box.fired.length > 0 || box.deliveries.length > 0
    if (!waiting || waitsFor(this.#world.store.waiting, id)) return false
    const snapshot = this.#host.get(id)
    return snapshot !== undefined && (snapshot.matches('idle') || snapshot.matches('backingOff'))
  }

  /** The time of the next timer, or undefined when none is set. */
  nextDue(): number | undefined {
    return this.#world.timers.peek()?.at
  }

  /** Is there a timer that is real work, not heartbeats and the like? */
  hasWork(): boolean {
    return this.#world.timers.foreground > 0
  }

  /** True while writes wait for answers from outside. */
  get waiting(): boolean {
    return this.#world.store.waiting.parked.some(({ delayed }) => delayed !== true)
  }

  /**
   * Moves the clock to `to` ms, firing everything due on the way in order, nested timers included. With `holds` it stops
   * and answers false at an instant at which a write waits for an answer from outside.
   */
  advanceTo(to: number, holds = false): boolean {
    this.drain()
    for (let due = this.nextDue(); due !== undefined && due <= to; due = this.nextDue()) {
      if (holds && this.waiting) return false
      this.fireAt(due)
    }
    if (holds && this.waiting) return false
    if (to > this.#world.store.now) this.#world.store.now = to
    return true
  }

  /** Moves the clock to `due` and fires all timers of that instant, then lets everybody act on it. */
  fireAt(due: number): void {
    const { timers, store } = this.#world
    store.now = Math.max(store.now, due)
    for (let timer = timers.take(store.now); timer !== undefined; timer = timers.take(store.now)) {
      const { agent, actor, event, id, data } = timer.data
      if (agent === callbacks) this.#callbacks.next(id)
      else if (agent === delays) this.#api.resume(Number(id), [])
      else if (actor !== undefined && event !== undefined) this.deliverTo(agent, actor, event)
      else this.#inbox(agent).fired.push({ id, at: timer.at, data })
    }
    this.drain()
  }

  /** Who is busy or waiting for real work, in words. */
  busy(): string[] {
    const ready = this.#agents.filter((agent) => this.ready(agent.id)).map((agent) => agent.id)
    const due = this.#world.timers.all().filter((timer) => !timer.background)
    const asked = this.#world.store.waiting.parked.flatMap(({ calls }) => calls.map(({ name }) => `webhook ${name}`))
    const named = due.map(({ data, at }) => `${data.actor ?? data.agent} (${data.id} at ${new Date(at).toISOString()})`)
    return [...ready, ...asked, ...named]
  }

  #inbox(id: string): Inbox {
    const box = this.#world.inboxes[id]
    if (box !== undefined) return box
    const fresh = newInbox(true)
    this.#world.inboxes[id] = fresh
    return fresh
  }

  /** Puts a change before every agent it may matter to. One that lists everything next needs no changes. */
  #changed(change: Change): void {
    let view: View | undefined
    const now = (): View => {
      view ??= this.#api.view()
      return view
    }
    for (const agent of this.#watchers.get(change.resource) ?? []) {
      const box = this.#inbox(agent.id)
      if (this.#world.store.faults.armed.length > 0 && this.#lateness.isLate(agent, box, change)) continue
      if (box.resync || agent.wakes?.(change, now) === false) continue
      put(box, change)
    }
  }

  #strike(struck: Struck): void {
    if (struck.how === 'delay') {
      const { timers, store } = this.#world
      timers.set(`delayed write ${struck.id}`, store.now + struck.ms, false, { agent: delays, id: String(struck.id) })
      return
    }
    if (this.#current?.agent === struck.by) this.#current.crashed = true
    this.crash(struck.by)
    this.restart(struck.by)
  }

  #answered(answer: Answer): void {
    const by = answer.transition.cause?.by
    const box = by === undefined ? undefined : this.#world.inboxes[by]
    if (this.#current?.agent === by && this.#current?.crashed === true) return
    if (by === undefined || box === undefined) return
    const refused = !answer.outcome.ok
    if (!refused && answer.transition.type === 'report') return
    box.answers.push(answer)
    if (refused) box.more = true
    if (this.#current?.agent !== by) return
    if (refused) this.#current.refused.add(answer.transition.cause?.key ?? '')
    else if (answer.transition.type === 'create' && answer.outcome.ok)
      this.#current.created = answer.outcome.object.metadata.name
  }

  #turnOf(agent: Agent): Turn {
    return { agent: agent.id, intents: () => this.#take(agent), refused: new Set(), created: '', crashed: false }
  }

  #take(agent: Agent): readonly Transition[] {
    const box = this.#inbox(agent.id)
    this.#world.inboxes[agent.id] = { ...newInbox(false), late: box.late }
    this.#host.send(agent.id, { type: 'turn.started' })
    const context = this.#host.get(agent.id)?.context as { cursor: number; memory: unknown }
    const { revision } = this.#world.store.snapshot
    try {
      const input = this.#input(agent, box)
      const { state, intents, more } = agent.turn(context.memory, input)
      const failing = (state as { failing?: number } | undefined)?.failing ?? 0
      this.#host.send(agent.id, { type: 'turn.ended', cursor: revision, memory: state, failing })
      if (more) this.#inbox(agent.id).more = true
      return intents.flatMap((intent) => this.#set(agent.id, intent))
    } catch (error) {
      this.#host.send(agent.id, { type: 'turn.ended', cursor: context.cursor, memory: context.memory, failing: 1 })
      this.failed(agent.id, error)
      return []
    }
  }

  #input(agent: Agent, box: Inbox): TurnInput {
    return {
      view: this.#viewOf(box),
      changes: box.changes,
      resync: box.resync,
      fired: box.fired,
      deliveries: box.deliveries,
      answers: box.answers,
      actors: this.#host.beneath(agent.id),
      chance: (site) => chanceOf(this.#world.seed, site),
    }
  }

  #viewOf({ late }: Inbox): View {
    const { snapshot, registry, now } = this.#world.store
    return Object.keys(late).length === 0 ? this.#api.view() : lateView(snapshot, late, registry, now)
  }

  #set(agent: string, intent: AgentIntent): Transition[] {
    const { timers } = this.#world
    if (intent.type === 'timer.set') {
      timers.set(`agent ${agent} ${intent.id}`, intent.at, intent.background === true, {
        agent,
        id: intent.id,
        data: intent.data,
      })
      return []
    }
    if (intent.type === 'timer.cancel') {
      timers.cancel(`agent ${agent} ${intent.id}`)
      return []
    }
    return [intent.cause === undefined ? { ...intent, cause: { why: 'actor', by: agent } } : intent]
  }

  #livelock(): Error {
    const names = this.#agents.filter((agent) => this.ready(agent.id)).map((agent) => agent.id)
    const recent =
      this.#world.store.log.since(Math.max(this.#world.store.log.next - 6, this.#world.store.log.oldest)) ?? []
    const writes = recent.map((change) => `${change.cause.by} ${change.type} ${change.resource} ${change.key}`)
    return new KybernError(
      'KYB-LIVELOCK',
      `${livelockTurns} turns were taken without time advancing. Still busy: ${names.join(', ')}. Last writes: ${writes.join('; ')}`,
    )
  }
}
