/**
 * Tells what is asked of the server, stage by stage, to whoever listens to `cluster.audit$`. When nobody does, nothing
 * is made. Upgraded connections (exec, port-forward) are told when they start; their end is nobody's answer.
 * Source: https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
 */
import { type AuditDecision, type AuditEvent, type AuditStage, auditDecision, metadataPolicy } from '../api/audit.ts'
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import type { Decision } from '../api/rbac/resolve.ts'
import { StatusError } from '../api/status-error.ts'
import { toMicro } from '../api/time.ts'
import { digest } from '../lib/digest.ts'
import { actionOf } from './authorize.ts'
import { jsonIn, objectIn } from './body.ts'
import { type HandlerContext, type User, userInfoOf } from './context.ts'
import type { RequestInfo } from './request-info.ts'
import { StreamAnswer } from './stream-answer.ts'

/** The trail of one request. Every method may be called whether or not anybody listens. */
export interface Trail {
  received(): void
  impersonated(user: User, constraint: string): void
  decided(decision: Decision): void
  annotated(annotations: Readonly<Record<string, string>>): void
  /** Tells of the answer and gives it back, for streams with a body that tells of its end. `error` is what refused. */
  answered(response: Response, error?: unknown): Promise<Response>
}

const silent: Trail = {
  received: () => undefined,
  impersonated: () => undefined,
  decided: () => undefined,
  annotated: () => undefined,
  answered: async (response) => response,
}

/** Begins the trail of a request; `user` undefined is somebody who proved nothing. */
export function beginTrail(
  context: HandlerContext,
  request: Request,
  info: RequestInfo,
  user: User | undefined,
): Trail {
  const { audit$ } = context.cluster.plane
  if (!audit$.observed) return silent
  const who = user === undefined ? {} : userInfoOf(user)
  const decision = auditDecision(context.auditPolicy ?? metadataPolicy, who, actionOf(info))
  if (decision.level === 'None') return silent
  return new Told(context, request, info, user, decision)
}

class Told implements Trail {
  readonly #context: HandlerContext
  readonly #info: RequestInfo
  readonly #decision: AuditDecision
  readonly #known: boolean
  readonly #sent: Promise<unknown>
  #event: Omit<AuditEvent, 'stage' | 'stageTimestamp'>

  constructor(
    context: HandlerContext,
    request: Request,
    info: RequestInfo,
    user: User | undefined,
    decision: AuditDecision,
  ) {
    this.#context = context
    this.#info = info
    this.#decision = decision
    this.#known = user !== undefined
    const url = new URL(request.url)
    const now = toMicro(context.cluster.now.getTime())
    const requestURI = url.pathname + url.search
    const id = (): string => context.auditId?.() ?? digest([context.cluster.view.revision, now, requestURI])
    const agent = request.headers.get('user-agent')
    const from = context.sourceOf?.(request)
    const { level } = decision
    this.#event = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level,
      auditID: request.headers.get('audit-id') ?? id(),
      requestURI,
      verb: info.verb,
      user: user === undefined ? {} : userInfoOf(user),
      ...(from === undefined ? {} : { sourceIPs: [from] }),
      ...(agent === null ? {} : { userAgent: agent }),
      ...(info.resource === '' ? {} : { objectRef: referenceOf(info) }),
      requestReceivedTimestamp: now,
    }
    const reads = info.resource !== '' && (info.verb === 'create' || level !== 'Metadata')
    this.#sent = reads && this.#known ? bodyOf(request.clone(), info, this.#kind()) : Promise.resolve(undefined)
  }

  received(): void {
    this.#tell('RequestReceived')
  }

  impersonated(user: User, constraint: string): void {
    const by = constraint === '' ? {} : { authenticationMetadata: { impersonationConstraint: constraint } }
    this.#event = { ...this.#event, impersonatedUser: userInfoOf(user), ...by }
  }

  decided({ allowed, reason }: Decision): void {
    this.annotated({
      'authorization.k8s.io/decision': allowed ? 'allow' : 'forbid',
      'authorization.k8s.io/reason': reason,
    })
  }

  annotated(annotations: Readonly<Record<string, string>>): void {
    this.#event = { ...this.#event, annotations: { ...this.#event.annotations, ...annotations } }
  }

  async answered(response: Response, error?: unknown): Promise<Response> {
    response.headers.set('audit-id', this.#event.auditID)
    if (!this.#known) {
      await this.#status(response, error)
      this.#tell('ResponseStarted')
      return response
    }
    await this.#object()
    const stream = response.headers.get('x-accel-buffering') === 'no'
    if (response instanceof StreamAnswer) {
      this.#event = { ...this.#event, responseStatus: { metadata: {}, code: 101 } }
      this.#tell('ResponseStarted')
      return response
    }
    if (!stream) {
      await this.#status(response, error)
      this.#tell('ResponseComplete')
      return response
    }
    this.#event = { ...this.#event, responseStatus: { metadata: {}, code: response.status } }
    this.#tell('ResponseStarted')
    const { status, headers } = response
    return new Response(
      ending(response.body, () => this.#tell('ResponseComplete')),
      { status, headers },
    )
  }

  #kind(): Kind | undefined {
    const { group, version, resource } = this.#info
    return this.#context.cluster.registry.route(group, version, resource)
  }

  /** What the body of the request says of the object. */
  async #object(): Promise<void> {
    const object = await this.#sent
    if (object === undefined) return
    const { name = '' } = (object as KubeObject).metadata ?? {}
    const objectRef = { ...this.#event.objectRef }
    if (this.#info.verb === 'create' && name !== '' && objectRef.name === undefined) {
      const { apiVersion, apiGroup, ...rest } = objectRef
      const group = apiGroup === undefined ? {} : { apiGroup }
      Object.assign(objectRef, { ...rest, name, ...group, apiVersion })
    }
    const shown = this.#decision.level === 'Metadata' ? {} : { requestObject: this.#shown(object) }
    this.#event = { ...this.#event, objectRef, ...shown }
  }

  async #status(response: Response, error: unknown): Promise<void> {
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
    const full = this.#decision.level === 'RequestResponse'
    const reads = isJson && (full || !response.ok || this.#info.verb === 'delete')
    const body = error instanceof StatusError ? error.status : reads ? await jsonOf(response) : undefined
    const { kind, apiVersion, ...status } = (body ?? {}) as Record<string, unknown>
    const isStatus = kind === 'Status' && apiVersion === 'v1'
    const responseStatus = { ...(isStatus ? status : { metadata: {} }), code: response.status }
    const shown = full && body !== undefined ? { responseObject: this.#shown(body) } : {}
    this.#event = { ...this.#event, responseStatus, ...shown }
  }

  #shown(object: unknown): unknown {
    const meta = (object as KubeObject).metadata
    if (!this.#decision.omitManagedFields || meta?.managedFields === undefined) return object
    const { managedFields: _fields, ...metadata } = meta
    return { ...(object as KubeObject), metadata }
  }

  #tell(stage: AuditStage): void {
    if (this.#decision.omitStages.includes(stage)) return
    const stageTimestamp = toMicro(this.#context.cluster.now.getTime())
    this.#context.cluster.plane.audit$.next({ ...this.#event, stage, stageTimestamp })
  }
}

function referenceOf({ resource, namespace, name, group, version, subresource }: RequestInfo): Record<string, string> {
  return {
    resource,
    ...(namespace === '' ? {} : { namespace }),
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { apiGroup: group }),
    apiVersion: version,
    ...(subresource === '' ? {} : { subresource }),
  }
}

/** The object or patch a request carries; undefined for none and for what cannot be read. */
async function bodyOf(request: Request, { verb }: RequestInfo, kind: Kind | undefined): Promise<unknown> {
  try {
    if (verb === 'patch') return jsonIn(new Uint8Array(await request.arrayBuffer()))
    if (verb !== 'create' && verb !== 'update') return undefined
    const object = (await objectIn(request, '')) as KubeObject | undefined
    if (object === undefined || kind === undefined) return object
    return { ...object, kind: object.kind ?? kind.kind, apiVersion: object.apiVersion ?? kind.apiVersion }
  } catch {
    return undefined
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.clone().json()
  } catch {
    return undefined
  }
}

/** The same stream, and a call when it ends or is given up. */
function ending(body: ReadableStream<Uint8Array> | null, ended: () => void): ReadableStream<Uint8Array> | null {
  if (body === null) return null
  const reader = body.getReader()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read()
      if (!done) return controller.enqueue(value)
      ended()
      controller.close()
    },
    async cancel(reason) {
      ended()
      await reader.cancel(reason)
    },
  })
}
