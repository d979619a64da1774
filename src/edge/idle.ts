/**
 * Time for operators outside the process: the cluster's clock moves only while they are idle. An operator is idle when none
 * of its requests is under way, each of its watches has been sent everything, and for some milliseconds of wall time it
 * asked for nothing. What an operator does by its own clock (sleeps, timers, resyncs) stays on the wall.
 */
import { parseDuration } from '../api/time.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { User } from '../server/context.ts'
import type { Handler } from '../server/handle.ts'
import { wallClock } from './wall-clock.ts'

export interface IdleOptions {
  /** So long without a request is idle, in ms of wall time: longer than an operator thinks. Default 50. */
  readonly quietMs?: number
  /** Whom to wait for: a user or the beginning of a user agent. Default: every client. */
  readonly client?: string
  /** How long to wait for idleness, in ms of wall time, before KYB-IDLE. Default 30,000. */
  readonly patienceMs?: number
}

/** Moves the cluster's clock while operators are idle. */
export interface IdleTime {
  /**
   * Waits, in wall time, until operators have so many watches open: one that has yet to begin looks like one that is idle.
   * Throws KYB-IDLE.
   */
  watched(watches?: number): Promise<void>
  /** Until nobody, operators included, has anything left to do. Default within 24 h of cluster time. Throws KYB-IDLE. */
  settle(options?: { within?: number | string }): Promise<void>
  /** By so much cluster time, instant by instant, operators idle at each. Throws KYB-IDLE. */
  advance(duration: number | string): Promise<void>
  /** Until the condition holds while operators are idle. Default within 10 min of cluster time. Throws KYB-IDLE. */
  until(done: (cluster: Cluster) => boolean, options?: { within?: number | string }): Promise<void>
}

const usualQuietMs = 50
const usualPatienceMs = 30_000

export class OperatorTime implements IdleTime {
  readonly #cluster: Cluster
  readonly #quietMs: number
  readonly #patienceMs: number
  readonly #client: string | undefined
  readonly #underWay = new Map<number, string>()
  #watches = 0
  /** Requests that began or ended and events that were sent, so far; and when the last of them was. */
  #signs = 0
  #last = wallClock.now()

  /** Throws KYB-IDLE for a cluster whose clock somebody else moves. */
  constructor(cluster: Cluster, { quietMs = usualQuietMs, patienceMs = usualPatienceMs, client }: IdleOptions) {
    const { time = 'virtual' } = cluster.options
    if (time !== 'virtual')
      throw new KybernError('KYB-IDLE', `time that waits for operators is virtual; this cluster's is ${time}`)
    if (!(quietMs > 0) || !(patienceMs > quietMs))
      throw new KybernError('KYB-IDLE', `quietMs ${quietMs} and patienceMs ${patienceMs}: use 0 < quietMs < patienceMs`)
    this.#cluster = cluster
    this.#quietMs = quietMs
    this.#patienceMs = patienceMs
    this.#client = client
  }

  /** The handler, with its requests and what its watches are sent taken note of. */
  noting(handler: Handler): Handler {
    return async (request, user) => {
      if (!this.#concerns(request, user)) return handler(request, user)
      this.#sign()
      const id = this.#signs
      this.#underWay.set(id, `${request.method} ${new URL(request.url).pathname}`)
      try {
        const response = await handler(request, user)
        const isWatch = response.headers.get('x-accel-buffering') === 'no'
        return isWatch ? this.#notedStream(response) : response
      } finally {
        this.#underWay.delete(id)
        this.#sign()
      }
    }
  }

  async watched(watches = 1): Promise<void> {
    const from = wallClock.now()
    while (this.#watches < watches) {
      this.#cluster.driver.refuseClosed()
      if (wallClock.now() - from > this.#patienceMs) {
        const text = `operators have ${this.#watches} watches open after ${this.#patienceMs} ms, not ${watches}`
        throw new KybernError('KYB-IDLE', text)
      }
      await this.#pause(1)
    }
  }

  async settle({ within = '24h' }: { within?: number | string } = {}): Promise<void> {
    const { loop } = this.#cluster.plane
    const deadline = this.#now + parseDuration(within)
    await this.#quiet()
    while (loop.hasWork()) {
      const due = loop.nextDue() as number
      if (due > deadline) throw this.#notDone(`the cluster did not come to rest within ${within}`)
      await this.#moveTo(due)
      // What an operator does next may be all that is left: it is waited for before that is believed.
      if (!loop.hasWork()) await this.#quiet()
    }
  }

  async advance(duration: number | string): Promise<void> {
    const to = this.#now + parseDuration(duration)
    await this.#quiet()
    for (let due = this.#due; due !== undefined && due <= to; due = this.#due) await this.#moveTo(due)
    await this.#moveTo(to)
  }

  async until(
    done: (cluster: Cluster) => boolean,
    { within = '10m' }: { within?: number | string } = {},
  ): Promise<void> {
    const deadline = this.#now + parseDuration(within)
    await this.#quiet()
    while (!done(this.#cluster)) {
      const due = this.#due
      if (due === undefined || due > deadline) {
        await this.#moveTo(deadline)
        if (done(this.#cluster)) return
        throw this.#notDone(`the condition did not come true within ${within}`)
      }
      await this.#moveTo(due)
    }
  }

  get #now(): number {
    return this.#cluster.driver.now
  }

  get #due(): number | undefined {
    return this.#cluster.plane.loop.nextDue()
  }

  /** Moves the clock; when anything was sent to an operator there, waits until it is idle again. */
  async #moveTo(at: number): Promise<void> {
    const before = this.#signs
    await this.#cluster.advance(Math.max(0, at - this.#now))
    await nextRound()
    if (this.#signs !== before || this.#busy > 0) await this.#quiet()
  }

  /** Requests under way, those aside that wait for the cluster's clock because a fault rule delays them. */
  get #busy(): number {
    const { parked } = this.#cluster.plane.api.store.waiting
    const delayed = parked.filter((one) => one.delayed === true && one.transition.cause?.why === 'request')
    return Math.max(0, this.#underWay.size - delayed.length)
  }

  async #quiet(): Promise<void> {
    const from = wallClock.now()
    const signs = this.#signs
    // A client that has just begun is given the same time as one that has just asked.
    this.#last = Math.max(this.#last, from)
    for (;;) {
      this.#cluster.driver.refuseClosed()
      const left = this.#busy > 0 ? this.#quietMs : this.#last + this.#quietMs - wallClock.now()
      if (left <= 0) return
      if (wallClock.now() - from > this.#patienceMs) throw this.#restless(this.#signs - signs)
      await this.#pause(left)
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => wallClock.after(ms, resolve))
  }

  #concerns(request: Request, user: User | undefined): boolean {
    if (this.#client === undefined) return true
    return user?.name === this.#client || request.headers.get('user-agent')?.startsWith(this.#client) === true
  }

  #sign(): void {
    this.#signs++
    this.#last = wallClock.now()
  }

  #notedStream(response: Response): Response {
    const reader = response.body?.getReader()
    if (reader === undefined) return response
    this.#watches++
    const noted = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const { done, value } = await reader.read()
          this.#sign()
          if (!done) return controller.enqueue(value)
          this.#watches--
          controller.close()
        },
        cancel: (reason) => {
          this.#watches--
          return reader.cancel(reason)
        },
      },
      { highWaterMark: 0 },
    )
    return new Response(noted, response)
  }

  #restless(signs: number): KybernError {
    const under = [...this.#underWay.values()].slice(0, 4).join(', ')
    const text = `the operator was not idle for ${this.#quietMs} ms in ${this.#patienceMs} ms of wall time`
    return new KybernError('KYB-IDLE', `${text}: ${signs} requests and events${under === '' ? '' : `; now ${under}`}`)
  }

  #notDone(why: string): KybernError {
    const busy = this.#cluster.plane.loop.busy().slice(0, 8).join(', ')
    return new KybernError('KYB-IDLE', `${why} while operators were idle; still busy: ${busy || 'nobody'}`)
  }
}

/** After everything that is ready to run now: streams have passed on what they were given. */
function nextRound(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
