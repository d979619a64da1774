/** Calls of a run, carried out on a cluster. The program of a copied test makes the same ones. */
import type { Json, KubeObject } from '../api/object.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Fault } from '../cluster/fault.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { Transition } from '../store/transition.ts'
import type { Call } from './run-file.ts'

/** What a call came to. */
export interface CallResult {
  readonly objects: readonly KubeObject[]
  /** Lines to tell beside. */
  readonly lines: readonly string[]
  /** The exit code and the output of a command in a container. */
  readonly exit?: { readonly code: number; readonly text: string }
}

const nothing: CallResult = { objects: [], lines: [] }

/** Carries out one call. Throws what the cluster throws. */
export async function carryOut(cluster: Cluster, call: Call): Promise<CallResult> {
  switch (call.call) {
    case 'apply':
      return { objects: await cluster.apply(call.manifest), lines: [] }
    case 'patch':
      return one(await cluster.patch(call.kind, call.name, call.patch, (call.options ?? {}) as object))
    case 'delete':
      return one(await cluster.delete(call.kind, call.name, (call.options ?? {}) as object))
    case 'dispatch': {
      const outcome = await cluster.dispatch(call.transition)
      if (!outcome.ok) throw outcome.error
      return one(outcome.object)
    }
    case 'request':
      return requested(cluster, call)
    case 'fault':
      cluster.fault(call.fault as unknown as Fault)
      return nothing
    case 'lift':
      cluster.fault({ lift: call.id })
      return nothing
    case 'send':
      cluster.actor(call.kind, call.name, call.namespace).send(call.event)
      return nothing
    case 'network':
      return answered(cluster, call)
    case 'load':
      cluster.network.load(call.url, { requestsPerSecond: call.requestsPerSecond })
      return nothing
    case 'exec': {
      const { code, stdout, stderr } = cluster.exec(call.pod, call.command, call.options)
      return { ...nothing, exit: { code, text: stdout + stderr } }
    }
    case 'advance':
      await cluster.advance(call.by)
      return nothing
    case 'settle':
      await cluster.settle()
      return nothing
  }
}

async function answered(cluster: Cluster, { url, from }: Call & { call: 'network' }): Promise<CallResult> {
  const { status, pod, node, latencyMs, body } = await cluster.network.request(url, from === undefined ? {} : { from })
  return { objects: [], lines: [`${status} from pod ${pod} on ${node} in ${latencyMs} ms`, body.trimEnd()] }
}

/** A call whose request a fault holds back. */
export interface Late {
  readonly late: Transition
}

/**
 * Carries out one call, or leaves it when a fault holds its request back: nobody who moves the time may wait for that. It
 * goes on by itself as time passes.
 */
export function begun(cluster: Cluster, call: Call): Promise<CallResult | Late> {
  const { api } = cluster.plane
  return new Promise((resolve, reject) => {
    const struck = api.struck$.subscribe((one) => {
      if (one.how !== 'delay') return
      const late = api.store.waiting.parked.find(({ id }) => id === one.id)?.transition
      if (late !== undefined && (late.cause?.by === 'embedder' || call.call === 'request')) resolve({ late })
    })
    carryOut(cluster, call)
      .then(resolve, reject)
      .finally(() => struck.unsubscribe())
  })
}

function one(object: KubeObject): CallResult {
  return { objects: [object], lines: [] }
}

const administrator = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }

async function answerTo(cluster: Cluster, request: Request): Promise<Response> {
  const { createHandler } = await import('../server/handle.ts')
  const wall = { now: () => cluster.now.getTime(), after: () => ({ cancel() {} }) }
  return createHandler({ cluster, clock: wall, acted: () => undefined })(request, administrator)
}

/** A GET of the cluster's API. */
export async function readPath(
  cluster: Cluster,
  { path, accept = 'application/json' }: { readonly path: string; readonly accept?: string },
): Promise<{ status: number; text: string }> {
  const response = await answerTo(cluster, new Request(`https://kybern${path}`, { headers: { accept } }))
  return { status: response.status, text: await response.text() }
}

async function requested(cluster: Cluster, { method, path, body }: Call & { call: 'request' }): Promise<CallResult> {
  const headers = { 'content-type': 'application/json' }
  const response = await answerTo(
    cluster,
    new Request(`https://kybern${path}`, { method, headers, body: JSON.stringify(body) }),
  )
  const answer = (await response.json()) as { message?: string }
  if (!response.ok) throw new KybernError('KYB-REFUSED', answer.message ?? `${method} ${path}: ${response.status}`)
  return nothing
}

/** The cluster's names of an actor id: what `cluster.actor` takes. */
export function actorNames(cluster: Cluster, id: string): { kind: string; name: string; namespace: string } {
  const [first = '', ...rest] = id.split('/')
  if (first === 'controller') return { kind: 'Controller', name: rest.join('/'), namespace: 'default' }
  if (rest.length === 0) return { kind: first, name: '', namespace: 'default' }
  if (first === 'pods' && rest.length === 3)
    return { kind: 'Container', name: `${rest[1]}/${rest[2]}`, namespace: rest[0] as string }
  const kind = cluster.kinds.find(({ resource }) => resource === first)
  const [namespace, name] = rest.length === 1 ? ['default', rest[0] as string] : [rest[0] as string, rest[1] as string]
  return { kind: kind?.kind ?? first, name, namespace }
}

/** Plain data of anything that is: what JSON keeps of it. */
export function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json
}

/** True for what JSON keeps as it is: no functions, no instances. */
export function isPlain(value: unknown): boolean {
  if (typeof value === 'function') return false
  if (value === null || typeof value !== 'object') return true
  const made = Object.getPrototypeOf(value)?.constructor ?? Object
  return (made === Object || made === Array) && Object.values(value).every(isPlain)
}
