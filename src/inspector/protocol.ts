/**
 * What an inspector's page and its session say to each other: plain data that survives JSON and structured cloning.
 * Messages are in this file; what records, questions and answers hold is in `words.ts`, `questions.ts` and `run-file.ts`.
 *
 * A page says `hello`, is answered `welcome`, follows clusters by `follow` and asks questions by `ask`. Records of a
 * cluster are numbered by `seq` without gaps. The page acknowledges what it has taken in; a session sends at most
 * `window` records ahead of that. A page that comes to lack records that are not kept any more is told `resync`.
 */
import type { Channel } from './channel.ts'
import type { Answers, Question, Questions } from './questions.ts'
import type { ClockState, ClusterInfo, FeedRecord } from './words.ts'

/** Both ends must speak the same; a page of another version is told so and closed. */
export const protocolVersion = 1

/** From the page. */
export type PageMessage = Hello | Follow | Acknowledge | Ask

export interface Hello {
  readonly type: 'hello'
  readonly version: number
}

/** Send me records of this cluster from `seq` on (0: from the oldest kept), or no more of them when `stop`. */
export interface Follow {
  readonly type: 'follow'
  readonly cluster: string
  readonly from: number
  readonly stop?: boolean
}

/** Everything up to and including `seq` is taken in. Gives the session room for further records. */
export interface Acknowledge {
  readonly type: 'ack'
  readonly cluster: string
  readonly seq: number
}

/** One question or command. `id` is the page's own and comes back in the answer. `cluster` absent: the first one. */
export interface Ask<Q extends Question = Question> {
  readonly type: 'ask'
  readonly id: number
  readonly cluster?: string
  readonly question: Q
  readonly with: Questions[Q]
}

/** From the session. */
export type SessionMessage = Welcome | ClustersChanged | Batch | Resync | Answer | Refusal | Farewell

export interface Welcome {
  readonly type: 'welcome'
  readonly version: number
  /** kybern's own version. */
  readonly kybern: string
  readonly clusters: readonly ClusterInfo[]
  /** Records sent ahead of the last acknowledged one, at most. */
  readonly window: number
}

/** A cluster was forked, opened or closed. */
export interface ClustersChanged {
  readonly type: 'clusters'
  readonly clusters: readonly ClusterInfo[]
}

/** Records in order, and how the clock stands after them. Comes at most once in a tick; with no records when only time moved. */
export interface Batch {
  readonly type: 'batch'
  readonly cluster: string
  readonly records: readonly FeedRecord[]
  /** The newest record there is: how far behind the page is. */
  readonly head: number
  readonly clock: ClockState
}

/** Records before `from` are gone: forget what you have of this cluster, ask for the `moment`, and go on from there. */
export interface Resync {
  readonly type: 'resync'
  readonly cluster: string
  /** The next record that comes. */
  readonly from: number
  /** The oldest revision a moment can still be asked for. */
  readonly oldestRevision: number
}

export interface Answer<Q extends Question = Question> {
  readonly type: 'answer'
  readonly id: number
  readonly question: Q
  readonly value: Answers[Q]
}

/** Why there is no answer: a code that `kybern explain` explains, or `KYB-REFUSED` for what the API refused. */
export interface Refusal {
  readonly type: 'refusal'
  readonly id: number
  readonly code: string
  readonly message: string
}

/** The last message of a session that ends the channel by itself. */
export interface Farewell {
  readonly type: 'farewell'
  readonly code: string
  readonly message: string
}

/** The page's end of the channel, and the session's. */
export type PageChannel = Channel<PageMessage, SessionMessage>
export type SessionChannel = Channel<SessionMessage, PageMessage>
