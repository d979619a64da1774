/** The page's end of a session, without a page: asks and is answered, follows clusters and acknowledges what came. */
import { KybernError } from '../lib/coded-error.ts'
import {
  type Batch,
  type PageChannel,
  protocolVersion,
  type Resync,
  type SessionMessage,
  type Welcome,
} from './protocol.ts'
import type { Answers, Question, Questions } from './questions.ts'
import type { ClusterInfo } from './words.ts'

/** What a client tells its owner of. */
export interface ClientListener {
  readonly batch?: (batch: Batch) => void
  readonly resync?: (resync: Resync) => void
  readonly clusters?: (clusters: readonly ClusterInfo[]) => void
  /** The channel is closed; with why, when the session said so. */
  readonly closed?: (why: { code: string; message: string } | undefined) => void
}

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
}

export class InspectorClient {
  readonly #channel: PageChannel
  readonly #listener: ClientListener
  readonly #waiting = new Map<number, Waiting>()
  #last = 0
  #ended = false
  #why: { code: string; message: string } | undefined
  #greet: ((welcome: Welcome) => void) | undefined
  /** What the session said first. Rejects when it sends the page away. */
  readonly welcome: Promise<Welcome>

  constructor(channel: PageChannel, listener: ClientListener = {}) {
    this.#channel = channel
    this.#listener = listener
    this.welcome = new Promise((resolve, reject) => {
      this.#greet = resolve
      channel.onClose(() => reject(this.#gone()))
    })
    this.welcome.catch(() => undefined)
    channel.onMessage((message) => this.#take(message))
    channel.onClose(() => this.#closed())
    channel.send({ type: 'hello', version: protocolVersion })
  }

  /** Asks, or has something done. Rejects with a KybernError of the refusal's code. */
  ask<Q extends Question>(question: Q, given: Questions[Q], cluster?: string): Promise<Answers[Q]> {
    if (this.#ended) return Promise.reject(this.#gone())
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
      const named = cluster === undefined ? {} : { cluster }
      this.#channel.send({ type: 'ask', id, ...named, question, with: given })
    })
  }

  /** Records of a cluster come from `seq` on, 0 for all that are kept; each batch is acknowledged when it was listened to. */
  follow(cluster: string, from = 0): void {
    this.#channel.send({ type: 'follow', cluster, from })
  }

  close(): void {
    this.#channel.close()
  }

  #take(message: SessionMessage): void {
    switch (message.type) {
      case 'welcome':
        return this.#greet?.(message)
      case 'batch': {
        this.#listener.batch?.(message)
        const last = message.records.at(-1)
        if (last !== undefined) this.#channel.send({ type: 'ack', cluster: message.cluster, seq: last.seq })
        return
      }
      case 'resync':
        return this.#listener.resync?.(message)
      case 'clusters':
        return this.#listener.clusters?.(message.clusters)
      case 'answer':
        return this.#done(message.id)?.resolve(message.value as never)
      case 'refusal':
        return this.#done(message.id)?.reject(new KybernError(message.code, message.message))
      case 'farewell':
        this.#why = message
    }
  }

  #done(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiting
  }

  #closed(): void {
    this.#ended = true
    for (const { reject } of this.#waiting.values()) reject(this.#gone())
    this.#waiting.clear()
    this.#listener.closed?.(this.#why)
  }

  #gone(): KybernError {
    const { code = 'KYB-INSPECT-GONE', message = 'the session has ended' } = this.#why ?? {}
    return new KybernError(code, message)
  }
}
