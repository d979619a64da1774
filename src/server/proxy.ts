/**
 * pods/<name>/proxy and services/<name>/proxy: HTTP requests to what simulated containers serve.
 * Source: k8s.io/kubernetes pkg/registry/core/{pod,service} (ResourceLocation), k8s.io/apimachinery util/proxy
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { badRequest, notFound, StatusError, serviceUnavailable } from '../api/status-error.ts'
import { textOf } from '../lib/bytes.ts'
import { endpointsOf } from '../node/network/resolve.ts'
import type { Fetched } from '../node/simulated/userland/program.ts'
import { bytesOf } from './body.ts'
import type { Call } from './context.ts'

/** Headers that belong to the connection or to the API server and do not go on. */
const kept = new Set(['connection', 'host', 'authorization', 'content-length', 'transfer-encoding', 'upgrade'])

interface Target {
  readonly scheme: string
  readonly name: string
  readonly port: string
}

/** `name`, `name:port` or `scheme:name:port`. */
export function targetOf(id: string, what: string): Target {
  const parts = id.split(':')
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts]
  const isKnown = scheme === '' || scheme === 'http' || scheme === 'https'
  if (!isKnown || parts.length > 3 || name === '') throw badRequest(`invalid ${what} request ${JSON.stringify(id)}`)
  return { scheme, name, port }
}

/** A request to a port of a pod; the first port its containers name when it says none. */
export async function proxyPod(call: Call, kind: Kind): Promise<Response> {
  const { name, port } = targetOf(call.info.name, 'pod')
  const pod = call.cluster.view.get(kind, call.info.namespace, name)
  if (pod === undefined) throw notFound(kind.groupResource, name)
  const containers = (pod.spec?.containers ?? []) as { ports?: { containerPort: number }[] }[]
  const first = containers.flatMap(({ ports = [] }) => ports.slice(0, 1))[0]?.containerPort
  if (!pod.status?.podIP) throw badRequest('address not allowed')
  return passed(call, pod, pod.status.podIP, port === '' ? (first ?? 80) : Number(port))
}

/** A request to an endpoint of a Service. */
export async function proxyService(call: Call, kind: Kind): Promise<Response> {
  const { namespace, name: id } = call.info
  const { name, port } = targetOf(id, 'service')
  const { view, snapshot } = call.cluster
  const service = view.get(kind, namespace, name)
  const isNumber = /^[-+]?\d+$/.test(port)
  if (service === undefined) throw notFound(kind.groupResource, name)
  const ports = (service.spec?.ports ?? []) as { name?: string; port: number }[]
  const asked = isNumber ? ports.find((one) => one.port === Number(port))?.name : port
  if (isNumber && !ports.some((one) => one.port === Number(port)))
    throw serviceUnavailable(`no service port ${Number(port)} found for service ${JSON.stringify(name)}`)
  const all = endpointsOf(view, service)
  const ready = all.filter((one) => one.ready && one.ports[asked ?? ''] !== undefined)
  const one = ready[snapshot.revision % Math.max(1, ready.length)]
  if (one === undefined)
    throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(all.length === 0 ? name : id)}`)
  return passed(call, view.by('pods', 'ip', one.ip)[0], one.ip, one.ports[asked ?? ''] as number)
}

async function passed(call: Call, pod: KubeObject | undefined, ip: string, port: number): Promise<Response> {
  const { request } = call
  const moved = redirect(call)
  if (moved !== undefined) return moved
  const rest = restOf(call)
  const url = `http://${ip.includes(':') ? `[${ip}]` : ip}:${port}${rest}`
  const headers = Object.fromEntries([...request.headers].filter(([header]) => !kept.has(header)))
  const body = textOf(await bytesOf(request))
  const effect = { type: 'fetch', url, method: request.method, headers, body } as const
  const answer = pod === undefined ? undefined : await call.cluster.workloads.serve(pod, port, effect)
  if (answer === undefined) throw unreachable(`dial tcp ${ip}:${port}: connect: connection refused`)
  return response(answer)
}

/** Paths without an end of their own are asked for again with a slash, so that relative links work. */
export function redirect(call: Call): Response | undefined {
  const { pathname, search } = new URL(call.request.url)
  if (!pathname.endsWith('/proxy') || !/^(GET|HEAD)$/.test(call.request.method)) return undefined
  return new Response(null, { status: 301, headers: { location: `${pathname}/${search}` } })
}

/** The path and query that go on. */
export function restOf(call: Call): string {
  const { pathname, search } = new URL(call.request.url)
  const rest = /\/proxy(\/.*)?$/.exec(pathname.slice(pathname.indexOf(`/${call.info.resource}/`)))?.[1] ?? '/'
  return rest + search
}

function response({ status, headers, body }: Exclude<Fetched, { error: string }>): Response {
  const isBare = status === 204 || status === 304
  return new Response(isBare ? null : body, { status, headers })
}

/** What a proxy says whose target does not answer. */
export function unreachable(why: string): StatusError {
  return new StatusError({ code: 503, reason: 'ServiceUnavailable', message: `error trying to reach service: ${why}` })
}
