/**
 * The page's end of a session: questions as promises, and the records of each followed cluster taken into its model a
 * frame at a time, so that a flood of records never holds the page up; what is not taken in is not acknowledged.
 */
import { signal } from '@preact/signals'
import { type PageChannel, protocolVersion, type SessionMessage, type Welcome } from '../../protocol.ts'
import type { Answers, Question, Questions } from '../../questions.ts'
import type { ClusterInfo, FeedRecord } from '../../words.ts'
import { ClusterModel } from '../model/cluster-model.ts'

/** A question that was refused: `code` is explained by `kybern explain`. */
export class Refused extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
}

/** Records taken in at a time, and how long taking in may go on before the page draws again. */
const recordsAtOnce = 250
const takingInMs = 6

export class Session {
  readonly clusters = signal<readonly ClusterInfo[]>([])
  readonly state = signal<'connecting' | 'open' | 'closed'>('connecting')
  /** Why it is closed. */
  readonly ended = signal('')
  readonly models = signal<ReadonlyMap<string, ClusterModel>>(new Map())
  kybern = ''
  readonly #channel: PageChannel
  readonly #waiting = new Map<number, Waiting>()
  readonly #queues = new Map<string, Queue>()
  #nextId = 1
  #scheduled = false

  constructor(channel: PageChannel) {
    this.#channel = channel
    channel.onMessage((message) => this.#hear(message))
    channel.onClose(() => {
      this.state.value = 'closed'
      for (const { reject } of this.#waiting.values()) reject(new Refused('KYB-CLOSED', 'the session has ended'))
      this.#waiting.clear()
    })
    channel.send({ type: 'hello', version: protocolVersion })
  }

  /** Asks, and answers what came back. Throws Refused. */
  ask<Q extends Question>(question: Q, about: Questions[Q], cluster?: string): Promise<Answers[Q]> {
    const id = this.#nextId++
    return new Promise<Answers[Q]>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: never) => void, reject })
      const base = { type: 'ask', id, question, with: about } as const
      this.#channel.send(cluster === undefined ? base : { ...base, cluster })
    })
  }

  model(cluster: string): ClusterModel | undefined {
    return this.models.value.get(cluster)
  }

  #hear(message: SessionMessage): void {
    if (message.type === 'welcome') this.#welcome(message)
    else if (message.type === 'clusters') this.#know(message.clusters)
    else if (message.type === 'batch') {
      const model = this.model(message.cluster)
      if (model === undefined) return
      model.clock.value = message.clock
      this.#queue(message.cluster, message.records)
    } else if (message.type === 'resync') void this.#begin(message.cluster, message.oldestRevision)
    else if (message.type === 'farewell') this.ended.value = message.message
    else this.#settle(message)
  }

  #settle(message: Extract<SessionMessage, { type: 'answer' | 'refusal' }>): void {
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.type === 'answer') waiting?.resolve(message.value as never)
    else waiting?.reject(new Refused(message.code, message.message))
  }

  #welcome(welcome: Welcome): void {
    this.kybern = welcome.kybern
    this.#know(welcome.clusters)
    this.state.value = 'open'
  }

  #know(clusters: readonly ClusterInfo[]): void {
    const models = new Map(this.models.value)
    const fresh = clusters.filter(({ name }) => !models.has(name))
    for (const { name } of fresh) models.set(name, new ClusterModel(name))
    for (const name of models.keys()) if (!clusters.some((one) => one.name === name)) models.delete(name)
    this.models.value = models
    this.clusters.value = clusters
    for (const { name } of fresh) void this.#begin(name)
  }

  /** The oldest moment that is kept, and every record from there on. */
  async #begin(cluster: string, oldest?: number): Promise<void> {
    const clock = await this.ask('clock', {}, cluster)
    const moment = await this.ask('moment', { revision: oldest ?? clock.oldestRevision }, cluster)
    const model = this.model(cluster)
    if (model === undefined) return
    this.#queues.delete(cluster)
    model.begin(moment)
    model.clock.value = clock
    this.#channel.send({ type: 'follow', cluster, from: moment.nextSeq })
  }

  #queue(cluster: string, records: readonly FeedRecord[]): void {
    if (records.length === 0) return
    const queue = this.#queues.get(cluster)
    if (queue === undefined) this.#queues.set(cluster, { records: [...records], taken: 0 })
    else for (const record of records) queue.records.push(record)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    // A hidden page draws no frames but still has to keep up.
    if (document.visibilityState === 'hidden') setTimeout(() => this.#takeIn(), 50)
    else requestAnimationFrame(() => this.#takeIn())
  }

  #takeIn(): void {
    this.#scheduled = false
    const until = performance.now() + takingInMs
    for (const [cluster, queue] of this.#queues) {
      const model = this.model(cluster)
      const from = queue.taken
      while (model !== undefined && queue.taken < queue.records.length && performance.now() < until) {
        model.take(queue.records.slice(queue.taken, queue.taken + recordsAtOnce))
        queue.taken = Math.min(queue.records.length, queue.taken + recordsAtOnce)
      }
      const last = queue.records[queue.taken - 1]
      if (last !== undefined && queue.taken > from) {
        model?.drawn()
        this.#channel.send({ type: 'ack', cluster, seq: last.seq })
      }
      if (model === undefined || queue.taken === queue.records.length) this.#queues.delete(cluster)
    }
    if (this.#queues.size > 0) this.#schedule()
  }
}

/** Records that came, and how many of them are taken in. */
interface Queue {
  readonly records: FeedRecord[]
  taken: number
}
