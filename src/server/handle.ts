/**
 * The whole HTTP surface as a function from Request to Response on Web standards: it needs no socket and no Node.
 */
import type { Kind } from '../api/kind.ts'
import {
  methodNotServed,
  notImplemented,
  resourceNotFound,
  type StatusError,
  unauthorized,
} from '../api/status-error.ts'
import { failure, json, text } from './answer.ts'
import { attachCommand } from './attach.ts'
import { actionOf, authorize } from './authorize.ts'
import { bindPod } from './bind.ts'
import { admitConnection, isConnection } from './connect.ts'
import type { Call, HandlerContext, User } from './context.ts'
import { control } from './control.ts'
import { discoveryGroup, discoveryRoot, discoveryVersion } from './discovery.ts'
import { evictPod } from './evict.ts'
import { execCommand } from './exec.ts'
import { healthAnswer } from './health.ts'
import { impersonated } from './impersonate.ts'
import { podLog } from './log.ts'
import { metricsAnswer, metricsGroup } from './metrics-api.ts'
import { openApi } from './openapi.ts'
import { portForward } from './port-forward.ts'
import { proxyPod, proxyService } from './proxy.ts'
import { proxyNode } from './proxy-node.ts'
import { getMany, getOne } from './read.ts'
import { requestInfo } from './request-info.ts'
import { answerReview } from './reviews.ts'
import { keySet, openIdConfiguration, requestToken } from './token-request.ts'
import { serverVersion } from './version.ts'
import { createOne, deleteMany, deleteOne, patchOne, updateOne } from './write.ts'

export type Handler = (request: Request, user: User | undefined) => Promise<Response>

/** Makes the handler of a cluster. `user` is who the edge authenticated; undefined is refused with 401. */
export function createHandler(context: HandlerContext): Handler {
  return async (request, user) => {
    try {
      if (user === undefined) throw unauthorized('Unauthorized')
      const info = requestInfo(request.method, new URL(request.url))
      const as = impersonated(context.cluster.view, user, request.headers, actionOf(info))
      authorize(context.cluster.view, as, info)
      return await routed({ ...context, request, info, user: as })
    } catch (error) {
      return failure(error)
    }
  }
}

async function routed(call: Call): Promise<Response> {
  const { info } = call
  if (info.resource === '') return plainPath(call)
  const kind = call.cluster.registry.route(info.group, info.version, info.resource)
  if (kind === undefined) return isServed(call) ? Promise.reject(resourceNotFound()) : pageNotFound()
  refuseScope(call, kind)
  if (kind.virtual === true && info.name !== '') throw resourceNotFound()
  const response = await served(call, kind)
  if (kind.deprecated !== undefined) response.headers.append('warning', `299 - "${kind.deprecated}"`)
  return response
}

function served(call: Call, kind: Kind): Response | Promise<Response> {
  if (kind.group === metricsGroup) return metricsAnswer(call, kind)
  if (call.info.subresource !== '') return subresource(call, kind)
  return call.info.name === '' ? collection(call, kind) : single(call, kind)
}

/** True for a group that has kinds; paths beside them do not exist at all. */
function isServed(call: Call): boolean {
  return call.cluster.registry.kinds.some(({ group }) => group === call.info.group)
}

function pageNotFound(): Response {
  return text('404 page not found\n', 'text/plain; charset=utf-8', { code: 404 })
}

/** Objects of namespaces have no path without one, those of the cluster none with one. */
function refuseScope(call: Call, kind: Kind): void {
  const { namespace, name, resource, verb } = call.info
  if (resource === 'namespaces') return
  if (!kind.namespaced && namespace !== '') throw resourceNotFound()
  if (kind.namespaced && namespace === '' && (name !== '' || verb === 'deletecollection')) throw resourceNotFound()
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
  if (known === undefined) throw unbuilt[`${kind.resource}/${name}`] ?? resourceNotFound()
  const special = name === 'proxy' ? proxies[kind.resource] : specials[`${kind.resource}/${name} ${verb}`]
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

/** Subresources Kubernetes has and this server does not serve: said loudly, never a 404. */
const unbuilt: Readonly<Record<string, StatusError>> = Object.fromEntries(
  ['ephemeralcontainers', 'resize']
    .map((name) => `pods/${name}`)
    .map((name) => [name, notImplemented('KYB-SUBRESOURCE', `${name} is not served by this version of kybern`)]),
)

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

async function plainPath(call: Call): Promise<Response> {
  const { path, verb } = call.info
  const parts = path.split('/').filter((part) => part !== '')
  if (parts[0] === 'kybern') return control(call, parts.slice(1))
  const anyMethod = path === '/api' || path === '/apis'
  if (verb !== 'get' && verb !== 'head' && !anyMethod) {
    if (rootPaths.includes(path)) throw methodNotServed()
    return pageNotFound()
  }
  if (path === '/version' || path === '/version/') return json(serverVersion)
  const health = healthAnswer(path, call.info.query)
  if (health !== undefined) return health
  if (parts[0] === 'api' && parts.length === 1) return discoveryRoot(call, true)
  if (parts[0] === 'apis' && parts.length === 1) return discoveryRoot(call, false)
  if (path === '/openid/v1/jwks') return keySet(call)
  if (path === '/.well-known/openid-configuration') return openIdConfiguration(call)
  if (parts[0] === 'openapi') return openApi(call, parts.slice(1))
  if (parts.length === 0) return json({ paths: rootPaths })
  const [root, group = '', version = ''] = parts
  const found =
    root === 'api' && parts.length === 2
      ? discoveryVersion(call, '', group)
      : root === 'apis' && parts.length === 2
        ? discoveryGroup(call, group)
        : root === 'apis' && parts.length === 3
          ? discoveryVersion(call, group, version)
          : undefined
  if (found !== undefined) return found
  if (root === 'apis' && isServed({ ...call, info: { ...call.info, group } })) throw resourceNotFound()
  return pageNotFound()
}

const rootPaths = [
  '/api',
  '/api/v1',
  '/apis',
  '/healthz',
  '/livez',
  '/openapi/v2',
  '/openapi/v3',
  '/readyz',
  '/version',
]
