/**
 * Asks the outside for the writes that wait: each call goes once through the port, and when all answers of a write are
 * there it is sent again. What is under way is no part of the world; a fork asks for itself.
 */
import type { OutsideCall, OutsidePort, WebhookFunction } from '../ports.ts'
import type { ApiServer } from '../store/api-server.ts'
import type { OutsideAnswer } from '../store/outside.ts'
import type { ClusterOptions } from './options.ts'
import { targetOf } from './webhook-target.ts'

export class Questions {
  readonly #api: ApiServer
  readonly #port: OutsidePort
  readonly #under = new Map<number, Promise<void>>()
  #stopped = false

  constructor(api: ApiServer, port: OutsidePort) {
    this.#api = api
    this.#port = port
  }

  /**
   * Asks for every write that waits and was not asked for yet. Answers that are there at once are delivered at once, and
   * it says whether there were any; `resumed` is called after each one that comes later.
   */
  ask(resumed: () => void): boolean {
    let some = false
    for (const { id, calls, delayed } of this.#api.store.waiting.parked) {
      if (delayed === true) continue
      if (this.#stopped || this.#under.has(id)) continue
      const answers = calls.map((call) => this.#answer(call))
      if (answers.some((answer) => answer instanceof Promise)) this.#later(id, answers, resumed)
      else {
        this.#api.resume(id, answers as OutsideAnswer[])
        some = true
      }
    }
    return some
  }

  /** Asks one question that no write waits for. Never rejects. */
  async once(call: OutsideCall): Promise<OutsideAnswer> {
    return await this.#answer(call)
  }

  /** Resolves when one of the writes that wait has been sent again. */
  async next(): Promise<void> {
    await Promise.race(this.#under.values())
  }

  /** Answers that come after this are dropped. */
  stop(): void {
    this.#stopped = true
  }

  #later(id: number, answers: readonly (OutsideAnswer | Promise<OutsideAnswer>)[], resumed: () => void): void {
    const done = Promise.all(answers).then((all) => {
      this.#under.delete(id)
      if (this.#stopped) return
      this.#api.resume(id, all)
      resumed()
    })
    this.#under.set(id, done)
  }

  /** A port that throws or rejects is an answer too: the call failed. */
  #answer(call: OutsideCall): OutsideAnswer | Promise<OutsideAnswer> {
    const { id, hook } = call
    const failed = (error: unknown): OutsideAnswer => ({
      id,
      hook,
      failure: error instanceof Error ? error.message : String(error),
    })
    try {
      const answer = this.#port(call, targetOf(this.#api.view(), call))
      if (!(answer instanceof Promise)) return { id, hook, ...answer }
      return answer.then((found) => ({ id, hook, ...found }), failed)
    } catch (error) {
      return failed(error)
    }
  }
}

/** The port of a cluster: functions registered for a webhook's name, URL or service first, then what the edge brings. */
export function outsideOf({ webhooks = {}, outside }: ClusterOptions): OutsidePort {
  return (call, target) => {
    const found = targetsOf(call).map((target) => webhooks[target])
    const handler = found.find((one): one is WebhookFunction => one !== undefined)
    if (handler !== undefined) return answered(handler, call)
    if (outside !== undefined) return outside(call, target)
    return { failure: 'this cluster has no way to the outside; register a function for the webhook (KYB-WEBHOOK)' }
  }
}

/** What a function may be registered for: the webhook's name, its URL, `namespace/service`. */
function targetsOf({ name, client: { url, service } }: OutsideCall): string[] {
  const place = service === undefined ? [] : [`${service.namespace}/${service.name}`]
  return [name, ...(url === undefined ? [] : [url]), ...place]
}

function answered(handler: WebhookFunction, call: OutsideCall): ReturnType<OutsidePort> {
  const body = handler(structuredClone(call.body) as Parameters<WebhookFunction>[0])
  if (body instanceof Promise) return body.then((found) => ({ body: asReview(found, call) }))
  return { body: asReview(body, call) }
}

/** A function may answer the response alone and leave out the uid; what it answers is kept as plain data. */
function asReview(answer: unknown, { body }: OutsideCall): unknown {
  const given = JSON.parse(JSON.stringify(answer ?? {})) as Record<string, unknown>
  const response = ('response' in given ? given.response : given) as Record<string, unknown> | null
  const { apiVersion, kind, request } = body as { apiVersion: string; kind: string; request: { uid: string } }
  if (response === null) return { apiVersion, kind }
  const typed = response.patch !== undefined && response.patchType === undefined ? { patchType: 'JSONPatch' } : {}
  return { apiVersion, kind, response: { uid: request.uid, ...typed, ...response } }
}
