/**
 * The whole HTTP surface as a function from Request to Response on Web standards: it needs no socket and no Node.
 */
import type { Kind } from '../api/kind.ts'
import { methodNotServed, resourceNotFound, unauthorized } from '../api/status-error.ts'
import { passedOn, remoteServer } from './aggregate.ts'
import { failure, indented, text } from './answer.ts'
import { attachCommand } from './attach.ts'
import { beginTrail, type Trail } from './audit.ts'
import { actionOf, authorizationOf, refusal } from './authorize.ts'
import { bindPod } from './bind.ts'
import { admitConnection, isConnection } from './connect.ts'
import type { Call, HandlerContext, User } from './context.ts'
import { evictPod } from './evict.ts'
import { execCommand } from './exec.ts'
import { impersonated } from './impersonate.ts'
import { podLog } from './log.ts'
import { admitted, counted, createMeter } from './meter.ts'
import { metricsAnswer, metricsGroup } from './metrics-api.ts'
import { isForPeople, mediaTypes, refuseUnproducible, streamTypes } from './negotiate.ts'
import { isServed, pageNotFound, plainPath } from './plain-paths.ts'
import { portForward } from './port-forward.ts'
import { proxyPod, proxyService, targetOf } from './proxy.ts'
import { proxyNode } from './proxy-node.ts'
import { getMany, getOne } from './read.ts'
import { type RequestInfo, requestInfo } from './request-info.ts'
import { answerReview } from './reviews.ts'
import { refuseFaulty } from './stale.ts'
import { requestToken } from './token-request.ts'
import { createOne, deleteMany, deleteOne, patchOne, updateOne } from './write.ts'

export type Handler = (request: Request, user: User | undefined) => Promise<Response>

/** Makes the handler of a cluster. `user` is who the edge authenticated; undefined is refused with 401. */
export function createHandler(given: HandlerContext): Handler {
  const meter = given.meter ?? createMeter()
  const context = { ...given, meter }
  return async (request, user) => {
    const info = requestInfo(request.method, new URL(request.url))
    const end = admitted(meter, info, user)
    if (end === undefined) return tooMany()
    const began = context.clock.now()
    try {
      const response = await whole(context, request, info, user)
      counted(meter, info, request, response.status, context.clock.now() - began)
      return response
    } finally {
      end()
    }
  }
}

/** 429 as the filter of too many requests writes it. */
function tooMany(): Response {
  const headers = { 'retry-after': '1', 'x-content-type-options': 'nosniff' }
  return text('Too many requests, please try again later.\n', 'text/plain; charset=utf-8', { code: 429, headers })
}

/** The answer to one request, refusals too, in the form asked for. */
async function whole(
  context: HandlerContext,
  request: Request,
  info: RequestInfo,
  user: User | undefined,
): Promise<Response> {
  const trail = beginTrail(context, request, info, user)
  const response = await answered(context, request, info, user, trail).then(
    (answer) => trail.answered(answer),
    (error) => trail.answered(failure(error, request), error),
  )
  if (info.subresource === 'proxy') return response
  if (request.method === 'HEAD') return new Response(null, response)
  return isForPeople(request, info.query) ? indented(response) : response
}

async function answered(
  context: HandlerContext,
  request: Request,
  info: RequestInfo,
  user: User | undefined,
  trail: Trail,
): Promise<Response> {
  if (user === undefined) throw unauthorized('Unauthorized')
  trail.received()
  const as = actingUser(context, request, info, user, trail)
  return routed({ ...context, request, info, user: as, annotate: (annotations) => trail.annotated(annotations) })
}

/** Who the request acts as, when that one may do what it asks. Throws 400 and 403. */
function actingUser(context: HandlerContext, request: Request, info: RequestInfo, user: User, trail: Trail): User {
  const { view } = context.cluster
  const action = actionOf(info)
  const { user: as, constraint } = impersonated(view, user, request.headers, action)
  if (as !== user) trail.impersonated(as, constraint)
  const decision = authorizationOf(view, as, info)
  trail.decided(decision)
  if (!decision.allowed) throw refusal(as.name, action, decision.reason)
  return as
}

async function routed(call: Call): Promise<Response> {
  const { info } = call
  const remote = remoteServer(call)
  if (remote !== undefined) return passedOn(call, remote)
  if (info.resource === '') return plainPath(call)
  const kind = call.cluster.registry.route(info.group, info.version, info.resource)
  if (kind === undefined) return isServed(call, info.group) ? Promise.reject(resourceNotFound()) : pageNotFound()
  refuseScope(call, kind)
  if (kind.virtual === true && info.name !== '') throw resourceNotFound()
  refuseMethod(call)
  refuseFaulty(call, kind)
  const response = await (kind.deprecated === undefined ? served(call, kind) : answeredAnyway(call, kind))
  if (kind.deprecated !== undefined) {
    const labels = `group="${kind.group}",removed_release="",resource="${kind.plural}",subresource="${info.subresource}"`
    call.meter?.deprecated.add(`${labels},version="${kind.version}"`)
    response.headers.append('warning', `299 - "${kind.deprecated}"`)
  }
  return response
}

/** The answer or the refusal: users of a deprecated kind are warned with either. */
async function answeredAnyway(call: Call, kind: Kind): Promise<Response> {
  try {
    return await served(call, kind)
  } catch (error) {
    return failure(error, call.request)
  }
}

function served(call: Call, kind: Kind): Response | Promise<Response> {
  if (kind.group === metricsGroup) return metricsAnswer(call, kind)
  if (call.info.subresource !== '') return subresource(call, kind)
  return call.info.name === '' ? collection(call, kind) : single(call, kind)
}

/** Objects of namespaces have no path without one, those of the cluster none with one. */
function refuseScope(call: Call, kind: Kind): void {
  const { namespace, name, resource, verb } = call.info
  if (resource === 'namespaces') return
  if (!kind.namespaced && namespace !== '') throw resourceNotFound()
  if (kind.namespaced && namespace === '' && (name !== '' || verb === 'deletecollection')) throw resourceNotFound()
}

/** No route answers HEAD; answers about objects come in three media types, those of other subresources in their own. */
function refuseMethod({ info, request }: Call): void {
  if (request.method === 'HEAD' && info.subresource !== 'proxy') throw methodNotServed()
  if (['', 'status', 'scale'].includes(info.subresource)) {
    const isMany = info.verb === 'list' || info.verb === 'watch'
    refuseUnproducible(request.headers.get('accept'), isMany ? [...mediaTypes, ...streamTypes] : mediaTypes)
  }
}

function collection(call: Call, kind: Kind): Response | Promise<Response> {
  if (!kind.verbs.includes(call.info.verb)) throw methodNotServed()
  if (kind.resource === 'bindings') return bindPod(call, kind)
  switch (call.info.verb) {
    case 'list':
    case 'watch':
      return getMany(call, kind)
    case 'create':
      return kind.virtual === true ? answerReview(call, kind) : createOne(call, kind)
    case 'deletecollection':
      return deleteMany(call, kind)
    default:
      throw methodNotServed()
  }
}

function single(call: Call, kind: Kind): Response | Promise<Response> {
  if (!kind.verbs.includes(call.info.verb)) throw methodNotServed()
  switch (call.info.verb) {
    case 'get':
      return getOne(call, kind)
    case 'watch':
      return getMany(call, kind)
    case 'update':
      return updateOne(call, kind)
    case 'patch':
      return patchOne(call, kind)
    case 'delete':
      return deleteOne(call, kind)
    default:
      throw methodNotServed()
  }
}

function subresource(call: Call, kind: Kind): Response | Promise<Response> {
  const { subresource: name, verb } = call.info
  const known = kind.subresources[name]
  if (known === undefined) throw resourceNotFound()
  const special = name === 'proxy' ? proxies[kind.resource] : specials[`${kind.resource}/${name} ${verb}`]
  if (name === 'proxy') targetOf(call.info.name, kind.singular)
  if (special !== undefined && isConnection(kind, name))
    return admitConnection(call, kind).then(() => special(call, kind))
  if (special !== undefined) return special(call, kind)
  if (typeof known === 'object' && 'verbs' in known && !(known.verbs as readonly string[]).includes(verb))
    throw methodNotServed()
  switch (verb) {
    case 'get':
      return getOne(call, kind)
    case 'update':
      return updateOne(call, kind)
    case 'patch':
      return patchOne(call, kind)
    default:
      throw methodNotServed()
  }
}

const specials: Readonly<Record<string, (call: Call, kind: Kind) => Response | Promise<Response>>> = {
  'pods/eviction create': evictPod,
  'pods/binding create': bindPod,
  'pods/log get': podLog,
  'pods/exec get': execCommand,
  'serviceaccounts/token create': requestToken,
  'certificatesigningrequests.certificates.k8s.io/approval update': async (call, kind) =>
    warnedOfUnsigned(call, await updateOne(call, kind)),
  'certificatesigningrequests.certificates.k8s.io/approval patch': async (call, kind) =>
    warnedOfUnsigned(call, await patchOne(call, kind)),
  'pods/exec create': execCommand,
  'pods/attach get': attachCommand,
  'pods/attach create': attachCommand,
  'pods/portforward get': portForward,
  'pods/portforward create': portForward,
}

const proxies: Readonly<Record<string, (call: Call, kind: Kind) => Promise<Response>>> = {
  pods: proxyPod,
  services: proxyService,
  nodes: proxyNode,
}

/** Approvals where nobody signs come to nothing: the answer says so. */
function warnedOfUnsigned(call: Call, response: Response): Response {
  const text = 'KYB-SIGNER: this server has no key to sign certificates with; the request stays without one'
  if (call.signs !== true && response.ok) response.headers.append('warning', `299 - "${text}"`)
  return response
}
