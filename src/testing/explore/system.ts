/**
 * The local steps of an exploration: a reconcile of one key, a turn of the scheduler or of one node's kubelet, what a
 * user asks. Each runs the cluster's own code over a draft and is kept in a table of traces, so it is run once for each
 * different thing it saw.
 */
import type { Agent, AgentIntent, Delivery, Fired, TurnInput, TurnResult } from '../../actors/agent.ts'
import type { Alarm } from '../../actors/world.ts'
import { keyOf } from '../../api/object.ts'
import { steppers } from '../../cluster.ts'
import type { Controller, Intent, Refusal } from '../../controllers/controller.ts'
import { KybernError } from '../../lib/coded-error.ts'
import { chanceOf } from '../../lib/digest.ts'
import type { Cause, Change, Outcome, Transition } from '../../store/transition.ts'
import type { View } from '../../store/view.ts'
import type { Vector } from './cells.ts'
import { Writer } from './commit.ts'
import { decidedBy, Unfit } from './decided.ts'
import { Crashed, type Disturbance, Draft, Interrupt } from './draft.ts'
import { type Base, rememberedBy } from './ground.ts'
import { CellHost, type TimerValue } from './host.ts'
import { backoffMs, type Entry, type Failure, type Local, patientTries, type Stepped } from './local.ts'
import { Notices } from './notices.ts'
import { viewThrough } from './reader.ts'
import { inOrder } from './shuffle.ts'
import { type Sees, sightOf } from './sight.ts'
import { type Found, Table } from './trace.ts'
import { isReconcile, Readers } from './wakes.ts'

export class System {
  readonly base: Base
  readonly writer: Writer
  readonly #locals = new Map<string, Local>()
  #asked: Vector | undefined
  #moment = 0
  readonly sees: Sees
  readonly notices: Notices
  readonly readers = new Readers()

  constructor(base: Base, sees: Sees) {
    this.base = base
    this.sees = sees
    this.notices = new Notices(base, sees)
    this.writer = new Writer(base.admission, base.seed, (draft, change) => this.notices.notify(draft, change))
  }

  /** What comes of a local step in a state. Who looks before he acts asks twice: answers in one state are kept. */
  step(local: Local, vector: Vector): Found<Stepped> {
    if (vector !== this.#asked) {
      this.#asked = vector
      this.#moment++
    }
    const { runs } = local.table
    const found = local.table.at(this.#moment, vector, (recorder) => {
      const draft = new Draft(this.base.ground, vector, recorder)
      const decided = local.run(draft)
      return { decided, segments: draft.done() }
    })
    if (local.table.runs > runs && isReconcile(local)) this.readers.note(local, found.reads)
    return found
  }

  controller(name: string): Controller {
    return this.notices.controller(name)
  }

  /** The reconcile of one key by a controller. */
  reconcile(name: string, key: string): Local {
    const pending = this.base.ground.cells.slot('queue', name, key)
    const run: Local['run'] = (draft, decided) =>
      this.#reconcile(draft, this.controller(name), key, decided as readonly Intent[] | undefined)
    return this.#local(`reconcile ${name} ${key}`, `controller/${name}`, key, run, pending)
  }

  /** A turn of the scheduler (`scheduler`), of one node's kubelet (`kubelet node-1`), or of what all kubelets share (`kubelet *`). */
  turn(inbox: string): Local {
    const [agent = '', node = ''] = inbox.split(' ')
    const acting = agent === 'scheduler' ? this.base.scheduler : this.base.kubelet
    const pending = this.base.ground.cells.slot('inbox', inbox)
    return this.#local(
      `turn ${inbox}`,
      agent,
      node,
      (draft, decided) => this.#turn(draft, acting, inbox, decided as TurnResult<unknown> | undefined),
      pending,
    )
  }

  /** Something happens to a node's machine. */
  toNode(node: string, event: string): Local {
    return this.#local(`${event} ${node}`, 'fault', node, (draft) => {
      const [slot, entry] = this.delivered(draft, `nodes/${node}`, { type: event })
      draft.append(slot, entry)
    })
  }

  /** The user waits: a timer keeps the run going until then. */
  wait(ms: number, slot: number): Local {
    return this.#local(`wait ${ms} ${slot}`, 'user', '', (draft) => {
      const at = draft.offset + ms
      draft.set(slot, at)
      this.#setTimer(draft, 'user', `wait ${slot}`, at, false, {})
    })
  }

  /** Writes that somebody asks for; what they are may depend on the view. */
  asked(name: string, by: string, writes: (view: View) => readonly Transition[]): Local {
    return this.#local(`ask ${name}`, by, '', (draft) => {
      for (const transition of writes(viewThrough(draft))) {
        if (transition.type !== 'report') this.writer.write(draft, { ...transition, cause: { why: 'request', by } })
      }
    })
  }

  /** The same step with one of its writes disturbed. */
  disturbed(local: Local, { at, how }: Disturbance): Local {
    return this.#local(`${local.name}, write ${at} ${how}`, local.actor, local.key, (draft) => {
      draft.disturbance = { at, how }
      const { result, reads } = this.step(local, draft.reader.vector)
      draft.read(reads)
      try {
        local.run(draft, result.decided)
      } catch (error) {
        if (!(error instanceof Crashed)) throw error
        this.#restart(draft, local.actor)
      }
    })
  }

  /** A crash between steps: memory and queue are gone, everything is looked at anew. */
  crash(agent: string): Local {
    return this.#local(`crash ${agent}`, agent, '', (draft) => this.#restart(draft, agent))
  }

  /** Begins to hold a watch, or lets it go: with all that happened, or (`miss`) with what it came to. */
  watch(agent: string, resource: string, how: 'hold' | 'release' | 'miss'): Local {
    return this.#local(`${how} ${agent} ${resource}`, agent, '', (draft) => {
      if (how === 'hold') this.sees.hold(draft, agent, resource)
      else this.notices.release(draft, agent, resource, how === 'miss')
    })
  }

  /** Starts again and sees a collection as it was so many changes ago. */
  travel(agent: string, resource: string, changes: number): Local {
    return this.#local(`travel ${agent} ${resource} ${changes}`, agent, '', (draft) => {
      this.sees.goBack(draft, agent, resource, changes)
      this.#restart(draft, agent)
    })
  }

  /** Is told of an object that did not change: its key is due, or the scheduler finds the pod in its inbox. */
  echo(agent: string, key: string): Local {
    return this.#local(`echo ${agent} ${key}`, agent, key, (draft) => {
      const { cells } = this.base.ground
      if (agent !== 'scheduler') return draft.set(cells.slot('queue', agent.slice('controller/'.length), key), 1)
      const object = cells.object(draft.at(cells.slot('object', 'pods', key)))
      if (object === undefined) return
      const cause: Cause = { why: 'reconcile', by: '' }
      const change: Change = {
        type: 'MODIFIED',
        resource: 'pods',
        key,
        object,
        previous: object,
        revision: 1,
        time: 0,
        cause,
      }
      draft.append(cells.slot('inbox', agent), this.notices.entryOf(draft, change))
    })
  }

  /** The same step, but lists come in another order and draws come out otherwise. */
  shuffled(local: Local, order: number): Local {
    return this.#local(`${local.name}, shuffled ${order}`, local.actor, local.key, (draft) => {
      draft.order = order
      return local.run(draft)
    })
  }

  /** From now on a clock is wrong by so much: of `controller/job`, `scheduler`, `kubelet node-1`. */
  skew(who: string, ms: number): Local {
    const slot = this.base.ground.cells.slot('other', `skew ${who}`)
    return this.#local(`skew ${who} ${ms < 0 ? 'behind' : 'ahead'}`, who, '', (draft) => draft.set(slot, ms))
  }

  /** By how many ms somebody's clock is wrong. */
  #wrongBy(reading: { at(slot: number): number }, who: string): number {
    return this.sees.clocksDiffer ? reading.at(this.base.ground.cells.slot('other', `skew ${who}`)) : 0
  }

  /** What somebody sees: `clock` says whose clock he goes by. */
  #sight(draft: Draft, agent: string, clock: string): View {
    const sight = inOrder(sightOf(draft, agent, this.sees), draft.order)
    const wrongBy = this.#wrongBy(draft, clock)
    return viewThrough(wrongBy === 0 ? sight : { ...sight, now: sight.now + wrongBy })
  }

  #restart(draft: Draft, agent: string): void {
    const { cells } = this.base.ground
    const clear = (slot: number): void => {
      if (draft.at(slot) !== 0) draft.set(slot, 0)
    }
    if (agent === 'scheduler') {
      for (const timer of ['backoff', 'flush', 'volumes']) clear(cells.slot('timer', `agent ${agent} ${timer}`))
      draft.set(cells.slot('memory', agent), cells.id(rememberedBy(agent, this.base.scheduler.initial)))
      draft.set(cells.slot('inbox', agent), cells.list([cells.id({ resync: true })]))
      return
    }
    const name = agent.slice('controller/'.length)
    const controller = this.controller(name)
    const view = this.#sight(draft, agent, agent)
    for (const kind of ['queue', 'failure', 'timer'] as const) {
      const isMine = (_value: number, slot: number): boolean => {
        const { of } = cells.slotAt(slot)
        return kind === 'timer' ? of.startsWith(`agent ${agent} `) : of === name
      }
      draft.read([this.base.ground.reads.some(`${kind}s of ${name}`, undefined, cells.ofKind(kind), isMine, 0)])
      for (const slot of cells.ofKind(kind)) if (isMine(0, slot)) clear(slot)
    }
    for (const key of [...view.list(controller.of).map(keyOf), ...(controller.starts?.(view) ?? [])]) {
      draft.set(cells.slot('queue', name, key), 1)
    }
  }

  /** The inbox of an agent for an event to one of its actors, and the entry. */
  delivered(draftOrVector: { at(slot: number): number }, actor: string, event: Delivery['event']): [number, number] {
    const { cells } = this.base.ground
    return [
      cells.slot('inbox', `kubelet ${this.#nodeOf(draftOrVector, actor)}`),
      cells.id({ delivery: { actor, event } }),
    ]
  }

  /** What a fired timer comes to: a key to reconcile, or an entry of an inbox. */
  fired(reading: { at(slot: number): number }, id: string, { at, alarm }: TimerValue): { slot: number; entry: number } {
    const { cells } = this.base.ground
    const { agent, actor, event } = alarm
    if (actor !== undefined && event !== undefined) {
      const [slot, entry] = this.delivered(reading, actor, event)
      return { slot, entry }
    }
    if (agent.startsWith('controller/')) {
      const { key } = alarm.data as { key: string }
      return { slot: cells.slot('queue', agent.slice('controller/'.length), key), entry: 0 }
    }
    if (agent === 'user') return { slot: cells.slot('other', 'waited'), entry: 0 }
    if (agent !== 'kubelet' && agent !== 'scheduler')
      throw new KybernError('KYB-EXPLORE', `a timer of "${agent}" (${id}) cannot be explored`)
    const fired: Fired = { id: alarm.id, at: this.base.ground.start + at, data: alarm.data }
    return { slot: cells.slot('inbox', agent === 'scheduler' ? agent : 'kubelet *'), entry: cells.id({ fired }) }
  }

  #local(name: string, actor: string, key: string, run: Local['run'], pending = -1): Local {
    const known = this.#locals.get(name)
    if (known !== undefined) return known
    const local: Local = { name, actor, key, pending, table: new Table(), run }
    this.#locals.set(name, local)
    return local
  }

  #reconcile(draft: Draft, controller: Controller, key: string, decided?: readonly Intent[]): readonly Intent[] {
    const { cells } = this.base.ground
    const { name } = controller
    draft.set(cells.slot('queue', name, key), 0)
    const failures = cells.slot('failure', name, key)
    const failed = cells.value<Failure | undefined>(draft.at(failures))
    const cause: Cause = { why: 'reconcile', by: `controller/${name}`, key, because: 1 }
    const view = this.#sight(draft, cause.by, cause.by)
    let refusal: Refusal | undefined
    let troubled = false
    let intents = decided ?? []
    try {
      intents = decided ?? decidedBy(controller, view, key, failed?.refusal)
      this.#wake(draft, name, key, intents)
      for (const intent of intents) {
        if (intent.type === 'wake' || intent.type === 'report') continue
        const outcome = this.writer.write(draft, { ...intent, cause })
        if (outcome.ok) continue
        if (outcome.error.code === 404 && intent.type === 'delete') return intents
        troubled = true
        const isGoing = outcome.error.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating')
        const resource = 'ref' in intent ? intent.ref.resource : intent.resource
        if (isGoing !== true) refusal = { type: intent.type, resource, message: outcome.error.message }
        break
      }
    } catch (error) {
      if (error instanceof Interrupt || error instanceof Unfit) throw error
      troubled = true
    }
    if (troubled) this.fail(draft, name, key, (failed?.tries ?? 0) + 1, refusal)
    else if (failed !== undefined) draft.set(failures, 0)
    return intents
  }

  /** Notes that a key failed and sets the timer of its next try. */
  fail(draft: Draft, name: string, key: string, tries: number, refusal: Refusal | undefined): void {
    const { cells } = this.base.ground
    const failure: Failure = { tries: Math.min(tries, 20), refusal }
    draft.set(cells.slot('failure', name, key), cells.id(failure))
    this.#setTimer(draft, `controller/${name}`, `retry ${key}`, draft.offset + backoffMs(tries), tries > patientTries, {
      key,
    })
  }

  #wake(draft: Draft, name: string, key: string, intents: readonly { readonly type: string }[]): void {
    const { cells, start } = this.base.ground
    const wake = intents.find((intent) => intent.type === 'wake') as { at: number; background?: boolean } | undefined
    if (wake !== undefined) {
      const at = Math.max(0, wake.at - start - this.#wrongBy(draft, `controller/${name}`))
      this.#setTimer(draft, `controller/${name}`, `wake ${key}`, at, wake.background === true, { key })
      return
    }
    const slot = cells.slot('timer', `agent controller/${name} wake ${key}`)
    if (draft.at(slot) !== 0) draft.set(slot, 0)
  }

  #setTimer(draft: Draft, agent: string, id: string, at: number, background: boolean, data: unknown): void {
    const { cells } = this.base.ground
    const alarm: Alarm = { agent, id, data }
    const value: TimerValue = { at, background, alarm }
    draft.set(cells.slot('timer', `agent ${agent} ${id}`), cells.id(value))
  }

  #turn(draft: Draft, agent: Agent, inbox: string, decided?: TurnResult<unknown>): TurnResult<unknown> {
    const { cells } = this.base.ground
    const slot = cells.slot('inbox', inbox)
    const entries = (cells.value<readonly number[] | undefined>(draft.at(slot)) ?? []).map((id) =>
      cells.value<Entry>(id),
    )
    draft.set(slot, 0)
    const memory = cells.slot('memory', agent.id)
    const turned = decided ?? agent.turn(cells.value(draft.at(memory)), this.#input(draft, agent, inbox, entries))
    const { state, intents } = turned
    draft.set(memory, cells.id(rememberedBy(agent.id, state)))
    const refused = new Set<string>()
    for (const intent of intents) this.#intend(draft, agent, inbox, intent, refused)
    return turned
  }

  #input(draft: Draft, agent: Agent, inbox: string, entries: readonly Entry[]): TurnInput {
    const isOf =
      <K extends string>(name: K) =>
      (entry: object): entry is Record<K, never> =>
        name in entry
    return {
      view: this.#sight(draft, agent.id, inbox),
      changes: entries.flatMap((entry) =>
        'change' in entry ? [{ ...entry.change, revision: 1 + entry.at, time: this.base.ground.start + entry.at }] : [],
      ),
      resync: entries.some(isOf('resync')),
      fired: entries.flatMap((entry) => ('fired' in entry ? [entry.fired] : [])),
      deliveries: entries.flatMap((entry) => ('delivery' in entry ? [entry.delivery] : [])),
      answers: entries.flatMap((entry) => ('answer' in entry ? [entry.answer] : [])),
      actors: new CellHost(draft, steppers, agent.id),
      chance: (site) => chanceOf(this.base.seed + draft.order, site),
    }
  }

  #intend(draft: Draft, agent: Agent, inbox: string, intent: AgentIntent, refused: Set<string>): void {
    const { cells, start } = this.base.ground
    if (intent.type === 'timer.set') {
      const at = Math.max(0, intent.at - start - this.#wrongBy(draft, inbox))
      this.#setTimer(draft, agent.id, intent.id, at, intent.background === true, intent.data)
      return
    }
    if (intent.type === 'timer.cancel') {
      const slot = cells.slot('timer', `agent ${agent.id} ${intent.id}`)
      if (draft.at(slot) !== 0) draft.set(slot, 0)
      return
    }
    const key = intent.cause?.key ?? ''
    if (intent.type === 'report' || (refused.size > 0 && refused.has(key))) return
    const transition = { ...intent, cause: intent.cause ?? ({ why: 'actor', by: agent.id } as const) }
    const outcome = this.writer.write(draft, transition)
    if (outcome.ok) return
    refused.add(key)
    draft.append(cells.slot('inbox', inbox), this.#refused(transition, outcome))
  }

  /** The entry that tells an agent of a refused write: without the object, which nobody asks for. */
  #refused(transition: Transition, outcome: Outcome & { ok: false }): number {
    const { cells } = this.base.ground
    const { error } = outcome
    const plain = { type: transition.type, ref: 'ref' in transition ? transition.ref : {}, cause: transition.cause }
    return cells.named(
      { refused: plain, code: error.code, message: error.message },
      { answer: { transition, outcome } },
    )
  }

  #nodeOf(reading: { at(slot: number): number }, actor: string): string {
    const [kind, first = '', name = ''] = actor.split('/')
    if (kind !== 'pods') return first
    const { cells } = this.base.ground
    const pod = cells.object(reading.at(cells.slot('object', 'pods', `${first}/${name}`)))
    return (pod?.spec?.nodeName as string | undefined) ?? '*'
  }
}
