/**
 * One cluster of a session: its tape, what was done to it, the moments it can be taken back to, and its player. What is
 * done goes one after the other.
 */
import type { Cluster } from '../cluster/cluster.ts'
import type { Input } from '../cluster.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { WallClock } from '../ports.ts'
import type { Cause, Committed, Transition } from '../store/transition.ts'
import { actorNames, begun, type CallResult, isPlain, plain } from './calls.ts'
import type { Plan } from './commands.ts'
import { outsideStep } from './outside-step.ts'
import { oldestRevision } from './past.ts'
import { Player } from './player.ts'
import { Recorder } from './recorder.ts'
import { inputText } from './records.ts'
import type { Call, RunStep } from './run-file.ts'
import type { Tape } from './tape.ts'
import type { ClockState, ClusterInfo } from './words.ts'
import { objectsIn } from './yaml-text.ts'

/** A fork kept to go back to: the cluster as it was before entry `seq`, when `steps` steps had been done. */
export interface Checkpoint {
  readonly seq: number
  readonly steps: number
  readonly revision: number
  readonly cluster: Cluster
}

/** Where a cluster of a session comes from. */
export interface Origin {
  readonly name: string
  readonly parent?: ClusterInfo['parent']
  /** What was done before, and what was kept of it; absent for the first cluster. */
  readonly tape?: Tape
  readonly steps?: readonly RunStep[]
  readonly checkpoints?: readonly Checkpoint[]
  readonly recorded?: boolean
  readonly startedAt?: number
  /** True when it was made by taking something back: taking back more replaces it. */
  readonly rewound?: boolean
}

/** Checkpoints kept; past it every second of the older half goes. */
const checkpointLimit = 32
/** Entries after which a checkpoint is made though nothing was done. */
const checkpointEvery = 4000
/** Steps recorded; past it they are forgotten, the run can no longer be saved, and rewinding reaches back to here. */
const stepLimit = 20_000

export class Watched {
  readonly name: string
  readonly cluster: Cluster
  readonly recorder: Recorder
  readonly player: Player
  readonly #origin: Origin
  readonly #startedAt: number
  #recorded: boolean
  #steps: RunStep[]
  #checkpoints: Checkpoint[]
  #doing: Promise<unknown> = Promise.resolve()
  #lastOutside: Transition | undefined
  /** Requests recorded when they came; what is kept of each is an object of its own. */
  readonly #submittedOnes = new WeakSet<object>()

  constructor(cluster: Cluster, origin: Origin, clock: WallClock, changed: () => void) {
    this.name = origin.name
    this.cluster = cluster
    this.#origin = origin
    this.#recorded = origin.recorded ?? isUntouched(cluster)
    this.#startedAt = origin.startedAt ?? startOf(cluster)
    this.#steps = [...(origin.steps ?? [])]
    this.#checkpoints = [...(origin.checkpoints ?? [])]
    const tell = {
      entry: changed,
      outside: (committed: Committed) => this.#outside(committed),
      submitted: (transition: Transition) => this.#submitted(transition),
      input: (input: Input) => this.#input(input),
    }
    this.recorder = new Recorder(cluster, tell, origin.tape)
    this.player = new Player(clock, (ms) => this.#inTurn(() => cluster.advance(ms)), changed)
    this.keep()
  }

  get tape(): Tape {
    return this.recorder.tape
  }

  get steps(): readonly RunStep[] {
    return this.#steps
  }

  get checkpoints(): readonly Checkpoint[] {
    return this.#checkpoints
  }

  get startedAt(): number {
    return this.#startedAt
  }

  get info(): ClusterInfo {
    const { parent, name } = this.#origin
    const { seed } = this.cluster.plane.world
    const time = this.cluster.options.time ?? 'virtual'
    const about = { name, seed, time, startedAt: this.#startedAt, recorded: this.#recorded }
    return parent === undefined ? about : { ...about, parent }
  }

  get rewound(): boolean {
    return this.#origin.rewound === true
  }

  get clock(): ClockState {
    const { world, loop } = this.cluster.plane
    const { flows } = this.cluster.driver
    const nextDue = loop.nextDue()
    const nextWorkDue = world.timers.nextForeground()
    return {
      now: world.store.now,
      revision: world.store.snapshot.revision,
      oldestRevision: oldestRevision(this.tape),
      playing: flows || this.player.playing,
      speed: flows ? paceOf(this.cluster) : this.player.speed,
      ...(nextDue === undefined ? {} : { nextDue }),
      ...(nextWorkDue === undefined ? {} : { nextWorkDue }),
      busy: Object.keys(world.inboxes).filter((id) => loop.ready(id)),
    }
  }

  /** Carries a plan out, recorded as a step. What one call is refused does not keep the next from being tried. */
  do(command: RunStep['do'], plan: () => Plan): Promise<{ plan: Plan; results: CallResult[]; errors: unknown[] }> {
    return this.#inTurn(async () => {
      const made = plan()
      this.keep()
      this.recorder.command(made.text)
      this.recorder.doing = made.text
      const at = this.cluster.now.getTime()
      const results: CallResult[] = []
      const errors: unknown[] = []
      const calls = this.#withRest(made.calls)
      let late = false
      for (const call of calls) {
        try {
          const result = await begun(this.cluster, call)
          late ||= 'late' in result
          results.push('late' in result ? this.#leave(result.late) : result)
        } catch (error) {
          errors.push(error)
        }
      }
      this.recorder.doing = undefined
      const until = this.cluster.now.getTime()
      const step = { at, until, do: command, text: made.text, calls, ...(late ? { late } : {}), ...refusedWith(errors) }
      if (late && calls.some(isSeveral)) this.#forget()
      else this.#record(step)
      return { plan: made, results, errors }
    })
  }

  /** What is held back is the command's when it comes. */
  #leave(late: Transition): CallResult {
    this.#submittedOnes.add(nameOf(late))
    return { objects: [], lines: ['a fault holds the request back; it goes on as time passes'] }
  }

  /** In eager time everything that is done is followed by a run to quiet, as a server does it. */
  #withRest(calls: readonly Call[]): readonly Call[] {
    const moves = calls.some(({ call }) => call === 'advance' || call === 'settle')
    return this.cluster.options.time === 'eager' && !moves ? [...calls, { call: 'settle' }] : calls
  }

  /** Runs after what is being done. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#doing.then(work)
    this.#doing = result.catch(() => undefined)
    return result
  }

  /** Keeps a fork of this moment, when enough has happened since the last one and the cluster is between turns. */
  keep(least = 1): void {
    const last = this.#checkpoints.at(-1)
    if (last !== undefined && this.tape.next - last.seq < least) return
    const { loop } = this.cluster.plane
    if (loop.turning || loop.waiting) return
    const { revision } = this.cluster.snapshot
    const point = { seq: this.tape.next, steps: this.#steps.length, revision, cluster: this.cluster.fork() }
    this.#checkpoints = thinned([...this.#checkpoints, point])
  }

  /** Keeps a fork now and then; called between turns. */
  keepNowAndThen(): void {
    this.keep(checkpointEvery)
  }

  stop(): void {
    this.player.pause()
    this.recorder.stop()
  }

  #record(step: RunStep): void {
    if (this.#steps.length >= stepLimit) this.#forget()
    this.#steps.push(step)
  }

  /** Something happened that cannot be repeated, or too much did: what is kept begins anew after it. */
  #forget(): void {
    this.#recorded = false
    this.#steps = []
    this.#checkpoints = []
  }

  /** A write from outside: one of a command of the session is the command's, others are steps of their own. */
  #outside({ transition, change }: Committed): void {
    const { cause } = change
    if (this.#isOwn(cause) || transition === this.#lastOutside || this.#submittedOnes.has(nameOf(transition))) return
    this.#lastOutside = transition
    this.#record({ at: change.time, until: change.time, ...outsideStep(this.cluster.registry, transition, change) })
  }

  /** Rules count requests, refused ones too: while some are in force requests are recorded as they come. */
  #submitted(transition: Transition): void {
    const { store } = this.cluster.plane.world
    const { cause, dryRun } = transition
    if (store.faults.armed.length === 0 || dryRun === true || (cause !== undefined && this.#isOwn(cause))) return
    this.#submittedOnes.add(nameOf(transition))
    const call = { call: 'dispatch', transition: plain(transition) as unknown as Transition } as const
    const text = `${cause?.by ?? 'somebody'}: ${transition.type}`
    this.#record({ at: store.now, until: store.now, do: 'dispatch', text, calls: [call] })
  }

  /** True for what a command of the session sends. */
  #isOwn({ by, key }: Cause): boolean {
    return this.recorder.doing !== undefined && (by === 'embedder' || key?.endsWith('/eviction') === true)
  }

  #input(input: Input): void {
    if (this.recorder.doing !== undefined) return
    // Files are written by sessions that cannot be told again; so are faults with functions in them.
    if (input.type === 'files') return this.#forget()
    if (input.type === 'fault' && !isPlain(input.fault)) return this.#forget()
    const at = this.cluster.now.getTime()
    this.#record({
      at,
      until: at,
      do: input.type === 'network' ? 'request' : input.type,
      text: inputText(input),
      calls: [this.#callOf(input)],
    })
  }

  #callOf(input: Exclude<Input, { type: 'files' }>): Call {
    if (input.type === 'network')
      return { call: 'network', url: input.url, ...(input.from === undefined ? {} : { from: input.from }) }
    if (input.type === 'load') return { call: 'load', url: input.url, requestsPerSecond: input.requestsPerSecond }
    if (input.type === 'fault' && 'lift' in input.fault) return { call: 'lift', id: input.fault.lift }
    if (input.type === 'fault') return { call: 'fault', fault: plain(input.fault) as Readonly<Record<string, string>> }
    return { call: 'send', ...actorNames(this.cluster, input.actor), event: input.event }
  }
}

/** True for calls of more than one request: what of them comes when is not known beforehand. */
function isSeveral(call: Call): boolean {
  if (call.call === 'request') return true
  if (call.call !== 'apply') return false
  return typeof call.manifest === 'string' ? objectsIn(call.manifest).objects.length > 1 : call.manifest.length > 1
}

/** An object that is one request's alone, also when it waited and was sent again. */
function nameOf(transition: Transition): object {
  return 'ref' in transition ? transition.ref : transition.type === 'report' ? transition : transition.object
}

/** True when nobody but the boot has done anything yet. */
function isUntouched(cluster: Cluster): boolean {
  const { log } = cluster.plane.world.store
  const changes = log.since(1) ?? log.since(log.oldest) ?? []
  const booted = changes[0]?.time === cluster.now.getTime()
  return booted && changes.every(({ cause }) => cause.why !== 'request')
}

/** When the cluster began, as far as its log knows. */
function startOf(cluster: Cluster): number {
  const { log } = cluster.plane.world.store
  return log.at(log.oldest)?.time ?? cluster.now.getTime()
}

function paceOf(cluster: Cluster): number {
  return Number(/^(\d+(?:\.\d+)?)x$/.exec(cluster.options.time ?? '')?.[1] ?? 1)
}

function refusedWith(errors: readonly unknown[]): Pick<RunStep, 'refused'> {
  if (errors.length === 0) return {}
  return { refused: errors.map((error) => (error instanceof Error ? error.message : String(error))).join('\n') }
}

function thinned(points: readonly Checkpoint[]): Checkpoint[] {
  if (points.length <= checkpointLimit) return [...points]
  return points.filter((_, i) => i === 0 || i >= checkpointLimit / 2 || i % 2 === 0)
}

/** Refuses to move the time of a cluster that follows the wall. */
export function refuseFlowing(cluster: Cluster): void {
  if (!cluster.driver.flows) return
  throw new KybernError(
    'KYB-INSPECT-TIME',
    'this cluster follows the wall clock: it cannot be played, paused or stepped; fork it, and the fork can',
  )
}
