/**
 * A controller as an agent: changes lead to keys, keys wait in a queue, a turn reconciles what waits. Back-off and the
 * queue are plain data in its memory. The view a turn gets is never older than the controller's own last write: that is
 * what expectations are for elsewhere.
 * Source: https://pkg.go.dev/k8s.io/client-go/util/workqueue, KEP-5647 (staleness mitigation for controllers)
 */
import type { Agent, AgentIntent, TurnInput, TurnResult } from '../actors/agent.ts'
import { type KubeObject, keyOf } from '../api/object.ts'
import { controllerOf } from '../api/owner.ts'
import type { StatusError } from '../api/status-error.ts'
import { KybernError } from '../lib/coded-error.ts'
import { dequeued, emptyQueue, enqueued, type KeyQueue, queueSize } from '../lib/key-queue.ts'
import type { Cause, Change, Report, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import type { Controller, Intent, Refusal } from './controller.ts'
import { cool, type Heat, heated } from './limiter.ts'

/** What a controller remembers between turns. */
export interface ControllerMemory {
  /** Keys to reconcile, each with the revision of the change that asked for it; 0 for none. */
  readonly queue: KeyQueue<number>
  /** Failed tries by key. */
  readonly failures: Readonly<Record<string, number>>
  readonly failing: number
  /** The last error by key, for people. */
  readonly errors: Readonly<Record<string, string>>
  /** Refused writes by key, until the next reconcile is told. */
  readonly refusals: Readonly<Record<string, Refusal>>
  /** Failed keys that were tried again last turn without throwing: cured unless a write is refused. */
  readonly retried: readonly string[]
  /** How hot the keys are: one that is asked for without end is made to wait. */
  readonly heat: Heat
}

const initial: ControllerMemory = {
  queue: emptyQueue(),
  failures: {},
  failing: 0,
  errors: {},
  refusals: {},
  retried: [],
  heat: cool,
}

/** Back-off of client-go's default rate limiter: 5 ms doubling to 1000 s. */
const firstBackoffMs = 5
const longestBackoffMs = 1_000_000
/** From this many failed tries on, retrying is background work: `settle()` no longer waits for it. */
const patientTries = 12
/** In place of a revision: no change led to it, the controller looked at everything. */
const nobody = 0
/** Keys one turn takes at most, so that a long queue does not keep the others from acting. */
const keysPerTurn = 256

/** Called with what a controller's reconcile threw or what the API refused it. */
export type OnTrouble = (controller: string, key: string, error: string) => void

/** Makes the agent of one controller. Its id is `controller/<name>`. */
export function controllerAgent(controller: Controller, onTrouble: OnTrouble = () => {}): Agent<ControllerMemory> {
  const kinds = [controller.of, ...controller.owns, ...controller.watches.map((watch) => watch.kind)]
  return {
    id: `controller/${controller.name}`,
    watches: [...new Set(kinds.map((kind) => kind.resource))],
    initial,
    ...(controller.live === true && { live: true }),
    wakes: (change, view) => changeKeys(controller, view, change).length > 0,
    turn: (memory, input) => turn(controller, memory, input, onTrouble),
    busy: (memory) => (queueSize(memory.queue) > 0 ? `${queueSize(memory.queue)} keys` : ''),
  }
}

function turn(
  controller: Controller,
  before: ControllerMemory,
  input: TurnInput,
  onTrouble: OnTrouble,
): TurnResult<ControllerMemory> {
  const answered = withAnswers(controller, before, input, onTrouble)
  const queue = enqueued(answered.memory.queue, keysOf(controller, input))
  const { taken, rest } = dequeued(queue, keysPerTurn)
  const intents: AgentIntent[] = [...answered.timers]
  let memory: ControllerMemory = { ...answered.memory, queue: rest }
  for (const [key, because] of taken) {
    const by = { why: 'reconcile', by: `controller/${controller.name}`, key } as const
    const cause: Cause = because === nobody ? by : { ...by, because }
    const { heat, wait } = heated(memory.heat, key, input.view.now)
    memory = { ...memory, heat }
    if (wait !== undefined) {
      onTrouble(controller.name, key, 'asked for without end at one moment; it has to wait')
      intents.push({
        type: 'timer.set',
        id: `retry ${key}`,
        at: wait.until,
        background: wait.background,
        data: { key, because },
      })
      continue
    }
    const refusal = memory.refusals[key]
    if (refusal !== undefined) memory = { ...memory, refusals: without(memory.refusals, key) }
    try {
      intents.push(...asked(controller.reconcile(input.view, key, refusal), key, cause))
      if (memory.failures[key] !== undefined) memory = { ...memory, retried: [...memory.retried, key] }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      onTrouble(controller.name, key, message)
      const failed = withFailure(memory, key, message, input.view.now, because)
      memory = failed.memory
      intents.push(failed.timer)
    }
  }
  return { state: memory, intents, more: queueSize(memory.queue) > 0 || memory.retried.length > 0 }
}

/**
 * Keys the input leads to: everything on a resync, else by the changes; and those whose timer came due, because of what
 * made the controller set it.
 */
function keysOf(controller: Controller, input: TurnInput): [string, number][] {
  const { view } = input
  const due = input.fired.map(({ data }): [string, number] => {
    const { key, because = nobody } = data as { key: string; because?: number }
    return [key, because]
  })
  if (input.resync) {
    const all = view.list(controller.of).map((object): [string, number] => [keyOf(object), nobody])
    const asked = (controller.starts?.(view) ?? []).map((key): [string, number] => [key, nobody])
    return [...due, ...all, ...asked]
  }
  return [...due, ...input.changes.flatMap((change) => changeKeys(controller, () => input.view, change))]
}

/** The keys a change leads to. */
export function changeKeys(controller: Controller, view: () => View, change: Change): [string, number][] {
  const keys: string[] = []
  if (change.resource === controller.of.resource && controller.matters?.(change) !== false) keys.push(change.key)
  if (controller.owns.some((kind) => kind.resource === change.resource)) {
    keys.push(...ownerKeys(controller, change.object))
    if (change.previous !== undefined) keys.push(...ownerKeys(controller, change.previous))
  }
  for (const watch of controller.watches) {
    if (watch.kind.resource === change.resource) keys.push(...watch.keys(change.object, view(), change))
  }
  return keys.map((key) => [key, change.revision])
}

function ownerKeys(controller: Controller, object: KubeObject): string[] {
  const owner = controllerOf(object)
  if (owner === undefined || owner.kind !== controller.of.kind || owner.apiVersion !== controller.of.apiVersion)
    return []
  const namespace = controller.of.namespaced ? `${object.metadata.namespace}/` : ''
  return [namespace + owner.name]
}

/** A reconcile that does not ask to be woken takes back an earlier wish. */
function asked(intents: readonly Intent[], key: string, cause: Cause): AgentIntent[] {
  const wakes = intents.some((intent) => intent.type === 'wake')
  const mine = intents.map((intent) => intentOf(intent, key, cause))
  return wakes ? mine : [...mine, { type: 'timer.cancel', id: `wake ${key}` }]
}

function intentOf(intent: Intent, key: string, cause: Cause): AgentIntent {
  if (intent.type === 'wake') {
    if (!Number.isFinite(intent.at)) throw new KybernError('KYB-TIMER', `"wake" cannot be due at ${intent.at}`)
    return {
      type: 'timer.set',
      id: `wake ${key}`,
      at: intent.at,
      background: intent.background === true,
      data: { key, because: cause.because ?? nobody },
    }
  }
  return { ...intent, cause }
}

interface Answered {
  readonly memory: ControllerMemory
  readonly timers: AgentIntent[]
}

/** Refused writes fail their key; keys tried again without a refusal are cured. */
function withAnswers(
  controller: Controller,
  before: ControllerMemory,
  input: TurnInput,
  onTrouble: OnTrouble,
): Answered {
  let memory = before
  const timers: AgentIntent[] = []
  const refused = new Set<string>()
  for (const { transition, outcome } of input.answers) {
    const key = transition.cause?.key
    if (outcome.ok || key === undefined || transition.type === 'report') continue
    if (outcome.error.code === 404 && transition.type === 'delete') continue
    refused.add(key)
    onTrouble(controller.name, key, outcome.error.message)
    const failed = withFailure(memory, key, outcome.error.message, input.view.now, transition.cause?.because)
    memory = withRefusal(failed.memory, key, transition, outcome.error)
    timers.push(failed.timer)
  }
  for (const key of before.retried) if (!refused.has(key)) memory = cured(memory, key)
  return { memory: { ...memory, retried: [] }, timers }
}

function withFailure(memory: ControllerMemory, key: string, message: string, now: number, because = nobody) {
  const tries = (memory.failures[key] ?? 0) + 1
  const failures = { ...memory.failures, [key]: tries }
  const errors = { ...memory.errors, [key]: message }
  const delay = Math.min(firstBackoffMs * 2 ** (tries - 1), longestBackoffMs)
  const timer: AgentIntent = {
    type: 'timer.set',
    id: `retry ${key}`,
    at: now + delay,
    background: tries > patientTries,
    data: { key, because },
  }
  return { memory: { ...memory, failures, errors, failing: Object.keys(failures).length }, timer }
}

/** Not told: that a namespace which is going takes nothing new. */
function withRefusal(
  memory: ControllerMemory,
  key: string,
  transition: Exclude<Transition, Report>,
  error: StatusError,
): ControllerMemory {
  if (error.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating')) return memory
  const resource = 'ref' in transition ? transition.ref.resource : transition.resource
  const refusal: Refusal = { type: transition.type, resource, message: error.message }
  return { ...memory, refusals: { ...memory.refusals, [key]: refusal } }
}

function without<Value>(record: Readonly<Record<string, Value>>, key: string): Readonly<Record<string, Value>> {
  const { [key]: _gone, ...rest } = record
  return rest
}

function cured(memory: ControllerMemory, key: string): ControllerMemory {
  if (memory.failures[key] === undefined) return memory
  const failures = without(memory.failures, key)
  return { ...memory, failures, errors: without(memory.errors, key), failing: Object.keys(failures).length }
}
