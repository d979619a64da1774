/**
 * One page's end: its questions are answered, and what happens is sent to it in batches. A page has a place on the tape
 * of each cluster it follows and nothing else: a slow one costs no memory, and one that falls off the tape's end is told
 * to begin anew.
 */
import { StatusError } from '../api/status-error.ts'
import { KybernError } from '../lib/coded-error.ts'
import { wrong } from './commands.ts'
import type { Inspection } from './inspection.ts'
import { oldestRevision } from './past.ts'
import { type Ask, type PageMessage, protocolVersion, type SessionChannel } from './protocol.ts'
import { recordOf } from './records.ts'
import type { Entry } from './tape.ts'
import type { Watched } from './watched.ts'
import type { FeedRecord } from './words.ts'

/** Records sent ahead of the last one the page has acknowledged. */
export const windowRecords = 5000
/** Records of one batch at most, so that a long catch-up leaves room for answers. */
const batchRecords = 1000
/** Questions of one page that may wait for their answers; further ones are refused. */
const askLimit = 256

interface Place {
  /** The seq of the next record to be sent. */
  next: number
  /** The last one the page has taken in. */
  acknowledged: number
  /** What the page was told of the clock last. */
  clock: string
}

export class Session {
  readonly #inspection: Inspection
  readonly #channel: SessionChannel
  readonly #places = new Map<string, Place>()
  #asked = 0
  #greeted = false

  constructor(inspection: Inspection, channel: SessionChannel) {
    this.#inspection = inspection
    this.#channel = channel
    channel.onMessage((message) => this.#take(message))
  }

  close(): void {
    this.#channel.close()
  }

  /** Tells of the clusters there are. */
  clusters(): void {
    if (this.#greeted) this.#channel.send({ type: 'clusters', clusters: this.#inspection.clusters })
  }

  /** Sends what has happened since the last time, as far as the page has room. */
  flush(): void {
    for (const { name } of this.#inspection.clusters) {
      const place = this.#places.get(name)
      if (place !== undefined) this.#send(this.#inspection.cluster(name), place)
    }
  }

  #send(watched: Watched, place: Place): void {
    const { tape } = watched
    if (place.next < tape.oldest) {
      place.next = tape.next
      place.acknowledged = tape.next - 1
      const oldest = oldestRevision(tape)
      this.#channel.send({ type: 'resync', cluster: watched.name, from: place.next, oldestRevision: oldest })
    }
    const room = place.acknowledged + windowRecords - (place.next - 1)
    const end = Math.min(tape.next, place.next + Math.max(0, Math.min(room, batchRecords)))
    const { clock } = watched
    const told = JSON.stringify(clock)
    if (end === place.next && (told === place.clock || room <= 0)) return
    const { registry } = watched.cluster
    const records: FeedRecord[] = []
    for (let seq = place.next; seq < end; seq++) records.push(recordOf(registry, tape.at(seq) as Entry))
    place.next = end
    place.clock = told
    this.#channel.send({ type: 'batch', cluster: watched.name, records, head: tape.next - 1, clock })
    if (end < tape.next && room > batchRecords) this.#inspection.changed()
  }

  #take(message: PageMessage): void {
    try {
      switch (message?.type) {
        case 'hello':
          return this.#greet(message.version)
        case 'follow':
          return this.#follow(message.cluster, message.from, message.stop === true)
        case 'ack': {
          const place = this.#places.get(message.cluster)
          if (place !== undefined && message.seq < place.next)
            place.acknowledged = Math.max(place.acknowledged, message.seq)
          return this.#inspection.changed()
        }
        case 'ask':
          return void this.#answer(message)
        default:
          this.#leave('KYB-INSPECT-ASK', 'this is no message a page sends')
      }
    } catch (error) {
      const { code, text } = described(error)
      this.#leave(code, text)
    }
  }

  #greet(version: number): void {
    if (version !== protocolVersion)
      return this.#leave(
        'KYB-INSPECT-VERSION',
        `the page speaks version ${version}, this kybern ${protocolVersion}; reload it`,
      )
    this.#greeted = true
    const { clusters, version: kybern } = this.#inspection
    this.#channel.send({ type: 'welcome', version: protocolVersion, kybern, clusters, window: windowRecords })
  }

  #follow(name: string, from: number, stop: boolean): void {
    const { tape } = this.#inspection.cluster(name)
    this.#places.delete(name)
    if (stop) return
    const next = from <= 0 ? tape.oldest : Math.min(from, tape.next)
    this.#places.set(name, { next, acknowledged: next - 1, clock: '' })
    this.#inspection.changed()
  }

  async #answer({ id, cluster, question, with: given }: Ask): Promise<void> {
    if (this.#asked >= askLimit)
      return this.#refuse(id, new KybernError('KYB-INSPECT-ASK', `${askLimit} questions wait for answers already`))
    this.#asked++
    try {
      if (typeof given !== 'object' || given === null) throw wrong(`"${question}" needs an object with it`)
      const value = await this.#inspection.answer(cluster, question, given)
      this.#channel.send({ type: 'answer', id, question, value })
    } catch (error) {
      this.#refuse(id, error)
    } finally {
      this.#asked--
    }
  }

  #refuse(id: number, error: unknown): void {
    const { code, text } = described(error)
    this.#channel.send({ type: 'refusal', id, code, message: text })
  }

  #leave(code: string, message: string): void {
    this.#channel.send({ type: 'farewell', code, message })
    this.#channel.close()
  }
}

/** Code and message of an error; what the API refuses keeps its own words. */
function described(error: unknown): { code: string; text: string } {
  if (error instanceof KybernError) return { code: error.code, text: error.message.slice(error.code.length + 2) }
  if (error instanceof StatusError || error instanceof AggregateError)
    return { code: 'KYB-REFUSED', text: error.message }
  return { code: 'KYB-INTERNAL', text: error instanceof Error ? error.message : String(error) }
}
