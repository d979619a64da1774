/**
 * What a recording is made of: suites of steps, each one HTTP request, run against any server through one `send`. The
 * recorder runs them against a real cluster, the replay test against ours.
 */

/** One request. `path`, `body` and `headers` may hold `{{step:json.path}}`, filled in from an earlier answer. */
export interface Step {
  /** Unique in its suite; names the exchange in files and failures. */
  readonly name: string
  readonly method?: string
  readonly path: string
  /** An object goes as JSON, a string as it is. */
  readonly body?: unknown
  /** Content-Type of the body; JSON when absent. */
  readonly type?: string
  readonly accept?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Who asks: the recorder's administrator when absent. */
  readonly user?: string
  /** A watch: the answer is its first so many frames; then the request is ended. */
  readonly frames?: number
  /** A real server is given so many ms after it: parts of it read caches. */
  readonly pauseMs?: number
}

/** A webhook: what it answers to a review. `http` answers something else than a review. */
export type Behaviour = (review: ReviewOf) => unknown

export interface ReviewOf {
  readonly apiVersion: string
  readonly kind: string
  readonly request: { readonly uid: string; readonly [field: string]: unknown }
}

export interface Suite {
  readonly name: string
  /** Namespaces made before the first step, each with the ServiceAccount `default`, and removed after the last. */
  readonly namespaces?: readonly string[]
  readonly steps: readonly Step[]
  /** Webhooks by path, served on this machine: `{{server:url}}` is where, `{{server:ca}}` whom to trust. */
  readonly webhooks?: Readonly<Record<string, Behaviour>>
}

/** What goes over the wire. */
export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly user?: string
  readonly frames?: number
}

/** What came back. `body` is parsed when it is JSON, text otherwise; of a watch an array of frames. */
export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

export interface Exchange {
  readonly step: Step
  readonly answer: WireAnswer
}

export type Send = (request: WireRequest) => Promise<WireAnswer>

/** Headers of an answer that clients look at. */
export const recordedHeaders = ['content-type', 'warning', 'retry-after', 'allow', 'location', 'vary'] as const

/** Runs the steps in order; every step is answered, refusals too. */
export async function run(
  suite: Suite,
  send: Send,
  given: Readonly<Record<string, unknown>> = {},
  pause?: (ms: number) => Promise<void>,
): Promise<Exchange[]> {
  const answers = new Map<string, unknown>(Object.entries(given))
  const exchanges: Exchange[] = []
  for (const step of suite.steps) {
    if (answers.has(step.name)) throw new Error(`two steps of ${suite.name} are called "${step.name}"`)
    const answer = await send(filled(step, answers))
    answers.set(step.name, answer.body)
    exchanges.push({ step, answer })
    if (step.pauseMs !== undefined) await pause?.(step.pauseMs)
  }
  return exchanges
}

function filled(step: Step, answers: ReadonlyMap<string, unknown>): WireRequest {
  const fill = (text: string): string =>
    text.replace(/\{\{([^:}]+):([^}]+)\}\}/g, (_, name, path) => at(answers.get(name), path))
  const body =
    step.body === undefined ? undefined : typeof step.body === 'string' ? step.body : JSON.stringify(step.body)
  const headers: Record<string, string> = { accept: step.accept ?? 'application/json', 'user-agent': 'recorder/1.0' }
  if (body !== undefined) headers['content-type'] = step.type ?? 'application/json'
  for (const [name, value] of Object.entries(step.headers ?? {})) headers[name] = fill(value)
  return {
    method: step.method ?? (body === undefined ? 'GET' : 'POST'),
    path: fill(step.path),
    headers,
    ...(body === undefined ? {} : { body: fill(body) }),
    ...(step.user === undefined ? {} : { user: step.user }),
    ...(step.frames === undefined ? {} : { frames: step.frames }),
  }
}

/** The value at a dotted path, as text; '' when it is not there. */
function at(value: unknown, path: string): string {
  const found = path
    .split('.')
    .reduce<unknown>((one, key) => (one as Record<string, unknown> | undefined)?.[key], value)
  return found === undefined || found === null ? '' : String(found)
}

/** Makes the namespaces of a suite. Both sides do it the same way: a server without controllers has no default account. */
export async function prepare(suite: Suite, send: Send): Promise<void> {
  for (const name of suite.namespaces ?? []) {
    await send(post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } }
    await send(post(`/api/v1/namespaces/${name}/serviceaccounts`, account))
  }
}

function post(path: string, body: unknown): WireRequest {
  const headers = { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'recorder/1.0' }
  return { method: 'POST', path, headers, body: JSON.stringify(body) }
}
