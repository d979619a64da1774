/** Requests to a cluster's HTTP surface without a socket, as an administrator. */
import type { Cluster } from '../../src/index.ts'
import { createHandler } from '../../src/server/handle.ts'

const admin = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }
const stillClock = { now: () => 0, after: () => ({ cancel: () => {} }) }

export interface Asked {
  readonly code: number
  // biome-ignore lint/suspicious/noExplicitAny: answers are whatever JSON the server gives
  readonly body: any
  readonly headers: Headers
}

export interface AskOptions {
  readonly body?: unknown
  /** Content-Type; JSON when absent. */
  readonly type?: string
  readonly accept?: string
}

/** Sends one request and reads its answer, as JSON where it is JSON. */
export async function ask(cluster: Cluster, method: string, path: string, options: AskOptions = {}): Promise<Asked> {
  const handle = createHandler({ cluster, clock: stillClock, acted: () => {} })
  const { body, type = 'application/json', accept } = options
  const headers = { ...(body === undefined ? {} : { 'content-type': type }), ...(accept ? { accept } : {}) }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const init = body === undefined ? { method, headers } : { method, headers, body: text }
  const response = await handle(new Request(`https://cluster${path}`, init), admin)
  const answer = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') === true
  return { code: response.status, body: isJson ? JSON.parse(answer) : answer, headers: response.headers }
}
