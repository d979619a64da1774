/**
 * Group versions that another API server serves: requests go on to the Service that an APIService names, with who asks
 * in headers, and discovery tells of them.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
 */
import type { KubeObject } from '../api/object.ts'
import { compareVersions } from '../api/version-order.ts'
import { textOf } from '../lib/bytes.ts'
import { endpointsOf } from '../node/network/resolve.ts'
import { text } from './answer.ts'
import { bytesOf } from './body.ts'
import type { Call, User } from './context.ts'

const apiServices = 'apiservices.apiregistration.k8s.io'
const usualPort = 443
const undialled = 'KYB-AGGREGATION: the endpoint is no pod of this cluster; other addresses are not dialled'
/** What belongs to the connection, and what only this server may say. */
const dropped = /^(connection|host|authorization|content-length|transfer-encoding|upgrade|x-remote-.*|impersonate-.*)$/

/** The APIService that sends this request elsewhere, or undefined. */
export function remoteServer({ cluster, info }: Call): KubeObject | undefined {
  if (info.group === '' || info.version === '') return undefined
  const found = cluster.view.get(apiServices, '', `${info.version}.${info.group}`)
  return isRemote(found) ? found : undefined
}

function isRemote(one: KubeObject | undefined): boolean {
  return one?.spec?.service !== undefined && one.spec.service !== null
}

/** Passes the request on as it is. 503 while the Service is not available or does not answer. */
export async function passedOn(call: Call, apiService: KubeObject): Promise<Response> {
  const { pathname, search } = new URL(call.request.url)
  const headers = Object.fromEntries([...call.request.headers].filter(([name]) => !dropped.test(name)))
  const body = textOf(await bytesOf(call.request))
  const asked = { ...headers, ...identity(call.user) }
  return fetched(call, apiService, { method: call.request.method, path: pathname + search, headers: asked, body })
}

interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

async function fetched(call: Call, apiService: KubeObject, { path, ...sent }: Sent): Promise<Response> {
  const { cluster } = call
  if (!isAvailable(apiService)) return unavailable('service unavailable')
  const { namespace, name, port = usualPort } = apiService.spec.service
  const service = cluster.view.get('services', namespace, name)
  const ports: readonly { name?: string; port: number }[] = service?.spec?.ports ?? []
  const portName = ports.find((one) => one.port === port)?.name ?? ''
  const ready = service === undefined ? [] : endpointsOf(cluster.view, service).filter((one) => one.ready)
  const endpoint = ready.find((one) => one.ports[portName] !== undefined)
  if (endpoint === undefined) return unavailable('service unavailable')
  const to = endpoint.ports[portName] as number
  const host = `${endpoint.ip.includes(':') ? `[${endpoint.ip}]` : endpoint.ip}:${to}`
  const pod = cluster.view.by('pods', 'ip', endpoint.ip)[0]
  if (pod === undefined) return unavailable(`error trying to reach service: ${undialled}`)
  const effect = { type: 'fetch', url: `https://${host}${path}`, ...sent } as const
  const answer = await cluster.workloads.serve(pod, to, effect)
  if (answer === undefined)
    return unavailable(`error trying to reach service: dial tcp ${host}: connect: connection refused`)
  const isBare = answer.status === 204 || answer.status === 304
  return new Response(isBare ? null : answer.body, { status: answer.status, headers: answer.headers })
}

function isAvailable({ status }: KubeObject): boolean {
  const conditions: readonly { type: string; status: string }[] = status?.conditions ?? []
  return conditions.some((one) => one.type === 'Available' && one.status === 'True')
}

function unavailable(why: string): Response {
  const headers = { 'x-content-type-options': 'nosniff' }
  return text(`${why}\n`, 'text/plain; charset=utf-8', { code: 503, headers })
}

/** Who asks, as a front proxy tells it. */
function identity({ name, uid, groups, extra = {} }: User): Record<string, string> {
  const more = Object.entries(extra).map(([key, values]) => [`x-remote-extra-${key.toLowerCase()}`, values.join(', ')])
  return {
    'x-remote-user': name,
    'x-remote-group': groups.join(', '),
    ...(uid ? { 'x-remote-uid': uid } : {}),
    ...Object.fromEntries(more),
  }
}

/** The groups other servers serve with their versions, preferred ones first. */
export function remoteGroups({ cluster }: Call): Map<string, KubeObject[]> {
  const groups = new Map<string, KubeObject[]>()
  for (const one of cluster.view.list(apiServices)) {
    if (!isRemote(one)) continue
    groups.set(one.spec.group, [...(groups.get(one.spec.group) ?? []), one])
  }
  for (const list of groups.values())
    list.sort(
      (a, b) => b.spec.versionPriority - a.spec.versionPriority || compareVersions(a.spec.version, b.spec.version),
    )
  return groups
}

interface Resource {
  readonly name: string
  readonly kind: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly group?: string
  readonly version?: string
  readonly singularName?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
}

/** What other servers say they serve, as aggregated discovery tells it; `Stale` and nothing when they do not answer. */
export async function remoteDiscovery(call: Call): Promise<object[]> {
  const groups = [...remoteGroups(call)].map(async ([name, services]) => ({
    metadata: { name },
    versions: await Promise.all(services.map((one) => discovered(call, one))),
  }))
  return Promise.all(groups)
}

async function discovered(call: Call, apiService: KubeObject): Promise<object> {
  const { group, version } = apiService.spec as { group: string; version: string }
  const headers = { accept: 'application/json', ...identity(aggregator) }
  const sent = { method: 'GET', path: `/apis/${group}/${version}`, headers, body: '' }
  const response = await fetched(call, apiService, sent)
  const list = response.ok ? resourcesIn(await response.text()) : undefined
  if (list === undefined) return { version, freshness: 'Stale' }
  const own = list.filter(({ name }) => !name.includes('/'))
  return { version, resources: own.map((one) => resource(one, list, group, version)), freshness: 'Current' }
}

const aggregator: User = { name: 'system:kube-aggregator', groups: ['system:masters'] }

function resourcesIn(text: string): readonly Resource[] | undefined {
  try {
    const { resources } = JSON.parse(text) as { resources?: readonly Resource[] }
    return Array.isArray(resources) ? resources : undefined
  } catch {
    return undefined
  }
}

function resource(one: Resource, all: readonly Resource[], group: string, version: string): object {
  const kindOf = (of: Resource): object => ({ group: of.group ?? group, version: of.version ?? version, kind: of.kind })
  const below = all.filter(({ name }) => name.startsWith(`${one.name}/`))
  const subresources = below.map((sub) => ({
    subresource: sub.name.slice(one.name.length + 1),
    responseKind: kindOf(sub),
    verbs: sub.verbs,
  }))
  return {
    resource: one.name,
    responseKind: kindOf(one),
    scope: one.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: one.singularName ?? '',
    verbs: one.verbs,
    ...(one.shortNames === undefined ? {} : { shortNames: one.shortNames }),
    ...(one.categories === undefined ? {} : { categories: one.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  }
}
