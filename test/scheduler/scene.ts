/** A scheduler and the few things it needs around it: objects, turns by hand, and the commit of what it asks for. */
import type { AgentIntent, Answer, Fired, TurnInput } from '../../src/actors/agent.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { keyOf } from '../../src/api/object.ts'
import { createRegistry } from '../../src/api/registry.ts'
import { toRfc3339 } from '../../src/api/time.ts'
import { kinds } from '../../src/kinds/index.ts'
import { chanceOf } from '../../src/lib/digest.ts'
import { prngOf } from '../../src/lib/prng.ts'
import { createScheduler, type SchedulerOptions, type SchedulerState } from '../../src/scheduler/index.ts'
import { reduce } from '../../src/store/commit.ts'
import { viewOver } from '../../src/store/read.ts'
import { emptySnapshot, type Snapshot } from '../../src/store/snapshot.ts'
import type { Change, Transition } from '../../src/store/transition.ts'
import { t0 } from '../support/view.ts'

const registry = createRegistry(kinds)

export interface Resources {
  readonly cpu?: string | number
  readonly memory?: string
  readonly [name: string]: string | number | undefined
}

/** A node with 4 CPUs, 8Gi and room for 110 pods unless told otherwise; labelled with its name. */
export function node(name: string, allocatable: Resources = {}, more: Partial<KubeObject> = {}): KubeObject {
  const { metadata, ...rest } = more
  const labels = { 'kubernetes.io/hostname': name, ...metadata?.labels }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    ...rest,
    metadata: { name, ...metadata, labels },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...allocatable }, ...rest.status },
  }
}

/** A node in a zone. */
export function nodeIn(zone: string, name: string, allocatable: Resources = {}): KubeObject {
  return node(name, allocatable, { metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } } })
}

/** A pod in `default` with one container; `spec` is merged over. */
export function pod(name: string, requests: Resources = {}, spec: object = {}, meta: object = {}): KubeObject {
  const container = { name: 'main', image: 'app:1', resources: { requests } }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, creationTimestamp: toRfc3339(t0), ...meta },
    spec: { schedulerName: 'default-scheduler', priority: 0, containers: [container], ...spec },
    status: { phase: 'Pending' },
  }
}

/** The same pod on a node. */
export function on(name: string, given: KubeObject): KubeObject {
  return { ...given, spec: { ...given.spec, nodeName: name }, status: { ...given.status, phase: 'Running' } }
}

/** The world of one scheduler; every step is explicit, and `fork` is a copy. */
export class Scene {
  readonly agent
  snapshot: Snapshot
  state: SchedulerState
  now = t0
  seed: number
  intents: readonly AgentIntent[] = []
  answers: Answer[] = []
  #changes: Change[] = []
  #resync = true
  #serial = 0
  timers = new Map<string, number>()

  constructor(options: SchedulerOptions = {}, seed = 1) {
    this.agent = createScheduler(options)
    this.state = this.agent.initial
    this.snapshot = emptySnapshot(t0)
    this.seed = seed
  }

  fork(): Scene {
    const copy = new Scene({}, this.seed)
    Object.assign(copy, { agent: this.agent, snapshot: this.snapshot, state: this.state, now: this.now })
    copy.answers = [...this.answers]
    copy.#changes = [...this.#changes]
    copy.#resync = this.#resync
    copy.#serial = this.#serial
    copy.timers = new Map(this.timers)
    return copy
  }

  get view() {
    return viewOver(this.snapshot, registry, this.now)
  }

  /** Commits a transition as somebody else's. */
  commit(transition: Transition): Answer {
    const context = { snapshot: this.snapshot, registry, now: this.now, prng: prngOf(++this.#serial), admission: [] }
    const { snapshot, outcome } = reduce(context, transition)
    this.snapshot = snapshot
    if (outcome.ok && outcome.change !== undefined) this.#changes.push(outcome.change)
    return { transition, outcome }
  }

  /** Objects as they are, stored by a trusted sender. */
  add(...objects: readonly KubeObject[]): this {
    for (const object of objects) {
      const resource = registry.byKind(object.apiVersion, object.kind)?.resource ?? ''
      const namespace = object.metadata.namespace ?? ''
      const { status, ...rest } = object
      const made = this.commit({ type: 'create', resource, namespace, object: rest as KubeObject, trusted: true })
      if (!made.outcome.ok) throw made.outcome.error
      if (status === undefined) continue
      const stored = made.outcome.object
      const ref = { resource, namespace, name: object.metadata.name }
      const full = { ...stored, status: { ...stored.status, ...status } }
      this.commit({ type: 'update', ref, object: full, subresource: 'status', trusted: true })
    }
    return this
  }

  /** Removes an object at once. */
  remove(resource: string, namespace: string, name: string): this {
    this.commit({ type: 'delete', ref: { resource, namespace, name }, graceSeconds: 0, trusted: true })
    return this
  }

  /** One turn. What it asks for waits in `intents` until `carryOut`. */
  turn(fired: readonly Fired[] = []): this {
    const input: TurnInput = {
      view: this.view,
      changes: this.#changes.filter((change) => this.agent.watches.includes(change.resource)),
      resync: this.#resync,
      fired,
      deliveries: [],
      answers: this.answers,
      actors: { spawn: () => [], send: () => [], stop: () => {}, get: () => undefined, ids: () => [] },
      chance: (site) => chanceOf(this.seed, site),
    }
    this.#changes = []
    this.#resync = false
    this.answers = []
    const { state, intents } = this.agent.turn(this.state, input)
    this.state = state
    this.intents = intents
    for (const intent of intents) {
      if (intent.type === 'timer.set') this.timers.set(intent.id, intent.at)
      if (intent.type === 'timer.cancel') this.timers.delete(intent.id)
    }
    return this
  }

  /** Commits what the last turn asked for; after a refusal the rest of that pod's intents are left out. */
  carryOut(): this {
    const refused = new Set<string | undefined>()
    for (const intent of this.intents) {
      if (intent.type === 'timer.set' || intent.type === 'timer.cancel') continue
      if (refused.has(intent.cause?.key)) continue
      const answer = this.commit(intent)
      this.answers.push(answer)
      if (!answer.outcome.ok) refused.add(intent.cause?.key)
    }
    this.intents = []
    return this
  }

  /** Turns until nothing changes any more. */
  run(limit = 20): this {
    for (let i = 0; i < limit; i++) {
      const before = this.snapshot.revision
      this.turn().carryOut()
      if (this.snapshot.revision === before) return this
    }
    throw new Error('the scheduler does not come to rest')
  }

  /** Moves the clock and fires what is due on the way. */
  advance(ms: number): this {
    const end = this.now + ms
    for (;;) {
      const due = [...this.timers].filter(([, at]) => at <= end).sort((a, b) => a[1] - b[1])[0]
      if (due === undefined) break
      this.timers.delete(due[0])
      this.now = Math.max(this.now, due[1])
      this.turn([{ id: due[0], at: due[1] }]).carryOut()
      this.run()
    }
    this.now = end
    return this
  }

  at(name: string, namespace = 'default'): KubeObject | undefined {
    return this.view.get('pods', namespace, name)
  }

  /** The node of every pod, '' for those that wait. */
  get placed(): Record<string, string> {
    return Object.fromEntries(this.view.list('pods').map((one) => [one.metadata.name, one.spec.nodeName ?? '']))
  }

  why(name: string): string {
    const conditions: readonly { type: string; message?: string }[] = this.at(name)?.status?.conditions ?? []
    return conditions.find((one) => one.type === 'PodScheduled')?.message ?? ''
  }

  events(reason: string): string[] {
    return this.view
      .list('events')
      .filter((one) => one.reason === reason)
      .map(
        (one) => `${keyOf({ ...one, metadata: { ...one.metadata, name: one.involvedObject.name } })}: ${one.message}`,
      )
  }
}
