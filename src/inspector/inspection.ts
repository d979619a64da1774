/**
 * The inspection of a cluster and its forks: what pages connect to. It stands beside the cluster and costs it a few
 * pointers for each write; what pages are sent is worked out once in a tick, and only while there are pages.
 */

import { machines } from '../../machines/index.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { createCluster } from '../cluster.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { WallClock } from '../ports.ts'
import { applied } from './apply.ts'
import { chartsOf } from './charts.ts'
import { type CallCommand, isCall, planOf, wrong } from './commands.ts'
import { differencesOf } from './difference.ts'
import { exported } from './exported.ts'
import type { SessionChannel } from './protocol.ts'
import type { Answers, Done, OpenAnswer, Question, Questions } from './questions.ts'
import { readers } from './reads.ts'
import { type Goal, rewound } from './rewind.ts'
import { optionsOf, parseRun, passTo, runOf } from './run.ts'
import { Session } from './session.ts'
import { testProgram } from './test-program.ts'
import { refuseFlowing, Watched } from './watched.ts'
import type { ClockState, ClusterInfo } from './words.ts'

export interface InspectionOptions {
  /** Wall time: for ticks and for playing. */
  readonly clock: WallClock
  /** kybern's version, for the page. */
  readonly version?: string
}

/** Wall time between two batches in ms: one frame. */
const tickMs = 16
/** Clusters of one inspection at a time; at the bound the page is asked to close one. */
const clusterLimit = 12
/** Pages connected at a time; further ones are sent away. */
const pageLimit = 32

export class Inspection {
  readonly #clock: WallClock
  readonly version: string
  readonly #clusters = new Map<string, Watched>()
  readonly #sessions = new Set<Session>()
  #tick: { cancel(): void } | undefined
  #serial = 0

  /** Watches the cluster from now on: from its creation on, when this comes right after it. */
  constructor(cluster: Cluster, { clock, version = '' }: InspectionOptions) {
    this.#clock = clock
    this.version = version
    this.#watch(new Watched(cluster, { name: 'main' }, clock, () => this.changed()))
  }

  /** Serves one page over a channel, until either end closes it. */
  connect(channel: SessionChannel): void {
    if (this.#sessions.size >= pageLimit) {
      const message = `${pageLimit} pages are connected already; close one`
      channel.send({ type: 'farewell', code: 'KYB-INSPECT-PAGES', message })
      return channel.close()
    }
    const session = new Session(this, channel)
    this.#sessions.add(session)
    channel.onClose(() => this.#sessions.delete(session))
  }

  /** Ends all pages, the forks and the recording. The first cluster lives on. */
  close(): void {
    this.#tick?.cancel()
    for (const session of [...this.#sessions]) session.close()
    for (const watched of this.#clusters.values()) watched.stop()
    for (const [name, { cluster }] of this.#clusters) if (name !== 'main') void cluster.close()
    this.#clusters.clear()
  }

  get clusters(): readonly ClusterInfo[] {
    return [...this.#clusters.values()].map(({ info }) => info)
  }

  /** A cluster by name; the first one without. Throws KYB-INSPECT-CLUSTER. */
  cluster(name = 'main'): Watched {
    const found = this.#clusters.get(name)
    if (found !== undefined) return found
    const known = [...this.#clusters.keys()].join(', ')
    throw new KybernError('KYB-INSPECT-CLUSTER', `there is no cluster "${name}" in this session; there are ${known}`)
  }

  /** Something happened: pages are told at the next tick. */
  changed(): void {
    if (this.#tick !== undefined || this.#sessions.size === 0) return
    this.#tick = this.#clock.after(tickMs, () => {
      this.#tick = undefined
      for (const watched of this.#clusters.values()) watched.keepNowAndThen()
      for (const session of this.#sessions) session.flush()
    })
  }

  /** Answers a question or carries a command out. Throws coded errors and the API's refusals. */
  async answer<Q extends Question>(name: string | undefined, question: Q, given: Questions[Q]): Promise<Answers[Q]> {
    const watched = this.cluster(name)
    const answer = isCall(question)
      ? this.#call(watched, question, given as Questions[CallCommand])
      : this.#other(watched, question, given)
    return (await answer) as Answers[Q]
  }

  async #call(watched: Watched, command: CallCommand, given: Questions[CallCommand]): Promise<Answers[CallCommand]> {
    if (command === 'apply') return applied(watched, given as Questions['apply'])
    const { plan, results, errors } = await watched.do(command, () => planOf(watched.cluster, command, given as never))
    this.changed()
    if (errors.length > 0 && results.length === 0) throw errors[0]
    if (command === 'advance' || command === 'settle') return watched.clock
    if (command === 'exec') return results[0]?.exit ?? { code: 0, text: '' }
    const refused = errors.map((error) => `error: ${error instanceof Error ? error.message : String(error)}`)
    const told = results.flatMap((result) => result.lines)
    const lines =
      told.length > 0 ? told : errors.length === 0 ? plan.lines : [...plan.lines.slice(0, results.length), ...refused]
    return { lines, clock: watched.clock } satisfies Done
  }

  async #other(watched: Watched, question: Question, given: unknown): Promise<unknown> {
    const reader = (readers as Readonly<Record<string, (watched: Watched, given: never) => unknown>>)[question]
    if (reader !== undefined && Object.hasOwn(readers, question)) return reader(watched, given as never)
    const command = (this.#commands as Readonly<Record<string, (watched: Watched, given: never) => unknown>>)[question]
    if (command === undefined || !Object.hasOwn(this.#commands, question))
      throw wrong(`there is no question "${question}"`)
    return command(watched, given as never)
  }

  /** What concerns the session as a whole, or time. */
  readonly #commands = {
    clusters: () => this.clusters,
    charts: () => chartsOf(machines),
    export: (_watched: Watched, { machine, format }: Questions['export']) => exported(machine, format),
    diff: ({ cluster }: Watched, given: Questions['diff']) => differencesOf(cluster, this.cluster(given.with).cluster),
    test: (watched: Watched, { name = 'what was done in the inspector' }: Questions['test']) =>
      testProgram(watched, name),
    save: (watched: Watched, { title = 'a run' }: Questions['save']) => runOf(watched, title),
    step: (watched: Watched) => this.#step(watched),
    play: (watched: Watched, given: Questions['play']) => this.#play(watched, given.speed),
    pause(watched: Watched) {
      refuseFlowing(watched.cluster)
      watched.player.pause()
      return watched.clock
    },
    fork: (watched: Watched, given: Questions['fork']) => this.#fork(watched, given),
    undo: (watched: Watched) => this.#undo(watched),
    close: (watched: Watched) => this.#close(watched),
    open: (_watched: Watched, { text }: Questions['open']) => this.#open(text),
  }

  async #step(watched: Watched): Promise<ClockState> {
    refuseFlowing(watched.cluster)
    const due = watched.cluster.plane.loop.nextDue()
    if (due === undefined) throw wrong('nothing is due: no timer is set')
    const by = Math.max(0, due - watched.cluster.now.getTime())
    await watched.do('advance', () => planOf(watched.cluster, 'advance', { by }))
    return watched.clock
  }

  #play(watched: Watched, speed: number): ClockState {
    refuseFlowing(watched.cluster)
    if (!(speed > 0 && speed <= 1e6)) throw wrong('the speed is a number of cluster seconds a second, up to 1000000')
    watched.player.play(speed)
    return watched.clock
  }

  async #fork(watched: Watched, { revision, time }: Questions['fork']): Promise<ClusterInfo> {
    if (revision !== undefined && revision !== watched.cluster.snapshot.revision)
      return this.#back(watched, { revision })
    if (time !== undefined && time !== watched.cluster.now.getTime()) return this.#back(watched, { time })
    this.#refuseMore()
    const cluster = watched.cluster.fork()
    const { tape, steps, checkpoints } = watched
    return this.#add(watched, { cluster, tape: tape.fork(), steps, checkpoints })
  }

  async #undo(watched: Watched): Promise<ClusterInfo> {
    if (watched.steps.length === 0) throw wrong('nothing was done yet')
    if (!watched.rewound) this.#refuseMore()
    const made = await rewound(watched, { step: watched.steps.length - 1 })
    if (watched.rewound) await this.#drop(watched)
    return this.#add(watched, made, true)
  }

  async #back(watched: Watched, goal: Goal): Promise<ClusterInfo> {
    this.#refuseMore()
    return this.#add(watched, await rewound(watched, goal))
  }

  #add(from: Watched, { cluster, ...kept }: Awaited<ReturnType<typeof rewound>>, isRewound = false): ClusterInfo {
    const name = `fork-${++this.#serial}`
    const parent = { name: from.name, revision: cluster.snapshot.revision, time: cluster.now.getTime() }
    const { recorded } = from.info
    const origin = { name, parent, recorded, startedAt: from.startedAt, rewound: isRewound, ...kept }
    return this.#watch(new Watched(cluster, origin, this.#clock, () => this.changed())).info
  }

  #refuseMore(): void {
    if (this.#clusters.size < clusterLimit) return
    throw new KybernError('KYB-INSPECT-MANY', `there are ${clusterLimit} clusters in this session; close one first`)
  }

  #watch(watched: Watched): Watched {
    this.#clusters.set(watched.name, watched)
    this.#tellClusters()
    return watched
  }

  async #close(watched: Watched): Promise<readonly ClusterInfo[]> {
    if (watched.name === 'main') throw wrong('the first cluster is not closed from here; it belongs to its program')
    await this.#drop(watched)
    this.#tellClusters()
    return this.clusters
  }

  async #drop(watched: Watched): Promise<void> {
    watched.stop()
    this.#clusters.delete(watched.name)
    await watched.cluster.close()
  }

  #tellClusters(): void {
    for (const session of this.#sessions) session.clusters()
  }

  /** A run as a cluster of the session, at its end. */
  async #open(text: string): Promise<OpenAnswer> {
    this.#refuseMore()
    const file = parseRun(text)
    const cluster = await createCluster(optionsOf(file))
    const origin = { name: `run-${++this.#serial}` }
    const watched = new Watched(cluster, origin, this.#clock, () => this.changed())
    for (const step of file.steps) {
      await passTo(cluster, step.at)
      await watched.do(step.do, () => ({ text: step.text, calls: step.calls, lines: [] }))
    }
    await passTo(cluster, file.end.time)
    const found = cluster.hash()
    this.#watch(watched)
    return { cluster: watched.info, same: found === file.end.hash, expected: file.end.hash, found }
  }
}
