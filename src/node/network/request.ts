/**
 * One HTTP request through the simulated network: name, route, the container that answers. Pure: who counts requests
 * hands the number in.
 */
import type { KubeObject } from '../../api/object.ts'
import { Pod } from '../../kinds/index.ts'
import type { View } from '../../store/view.ts'
import { resolve } from './resolve.ts'
import { type Client, outsideClient, route } from './route.ts'

/** What a container says to a request; undefined: its process does not answer. */
export interface Served {
  readonly body: string
  readonly status?: number
}

/** The part of the network that knows what runs inside pods. */
export interface Behind {
  /** The answer of one container of a pod, or undefined when it does not run or does not listen. */
  serve(pod: KubeObject, container: string, path: string): Served | undefined
  /** In [0, 1), by site and seed. */
  chance(site: string): number
}

export interface Request {
  readonly url: string
  /** The pod that sends it (`namespace/name`); a client outside the cluster when absent. */
  readonly from?: string
  /** How many requests were sent before. */
  readonly turn: number
}

export interface Response {
  readonly status: number
  readonly body: string
  /** `namespace/name`. */
  readonly pod: string
  readonly node: string
  readonly container: string
  readonly latencyMs: number
}

/** Errors as a client sees them, in the words of a resolver and of connect(2). */
export interface RequestFailure {
  readonly error: 'no such host' | 'connection refused' | 'i/o timeout' | 'unsupported protocol scheme'
  readonly message: string
}

/** A URL in the parts that matter here, or undefined when it is none. */
export interface Address {
  readonly scheme: string
  readonly host: string
  readonly port: number
  readonly path: string
}

const pattern = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\[[0-9a-f:]+\]|[^/:?#]+)(?::(\d+))?([/?][^#]*)?(?:#.*)?$/i

/** Reads `http://web.shop:8080/path`; the scheme is http and the port its default when they are left out. */
export function parseUrl(url: string): Address | undefined {
  const match = pattern.exec(url)
  if (match === null) return undefined
  const scheme = (match[1] ?? 'http').toLowerCase()
  const port = match[3] === undefined ? (scheme === 'https' ? 443 : 80) : Number(match[3])
  const rest = match[4] ?? '/'
  const path = rest.startsWith('/') ? rest : `/${rest}`
  return { scheme, host: (match[2] as string).replace(/^\[|\]$/g, ''), port, path }
}

/** Who a request comes from. A pod that has no address yet is still outside. */
export function clientOf(view: View, from: string | undefined): Client {
  const [namespace = '', name = ''] = (from ?? '').split('/')
  const pod = from === undefined ? undefined : view.get(Pod, namespace, name)
  if (pod === undefined) return outsideClient
  return { namespace, ip: pod.status?.podIP ?? outsideClient.ip, node: pod.spec?.nodeName ?? '' }
}

/** Sends a request; answers the response, or why there is none. */
export function request(view: View, { url, from, turn }: Request, behind: Behind): Response | RequestFailure {
  const address = parseUrl(url)
  if (address === undefined || !/^https?$/.test(address.scheme)) {
    return { error: 'unsupported protocol scheme', message: `Get "${url}": unsupported protocol scheme` }
  }
  const client = clientOf(view, from)
  const found = resolve(view, address.host, client.namespace)
  const ip = found?.ips[turn % Math.max(1, found.ips.length)]
  if (ip === undefined) return failure(url, 'no such host', `dial tcp: lookup ${address.host}: no such host`)
  const way = route(view, client, ip, address.port, turn)
  const place = `dial tcp ${ip}:${address.port}`
  if ('error' in way) {
    if (way.error === 'timeout') return failure(url, 'i/o timeout', `${place}: i/o timeout`)
    return failure(url, 'connection refused', `${place}: connect: connection refused`)
  }
  const { pod, port } = way.target
  const answer = pod === undefined ? undefined : answerOf(pod, port, address.path, behind)
  if (pod === undefined || answer === undefined) {
    return failure(url, 'connection refused', `${place}: connect: connection refused`)
  }
  const { namespace = '', name } = pod.metadata
  const node: string = pod.spec?.nodeName ?? ''
  const hops = client.node === node ? 1 : 3
  const latencyMs = hops + Math.floor(4 * behind.chance(`request ${turn}`))
  return {
    status: answer.status ?? 200,
    body: answer.body,
    pod: `${namespace}/${name}`,
    node,
    container: answer.container,
    latencyMs,
  }
}

function failure(url: string, error: RequestFailure['error'], why: string): RequestFailure {
  return { error, message: `Get "${url}": ${why}` }
}

function answerOf(
  pod: KubeObject,
  port: number,
  path: string,
  behind: Behind,
): (Served & { container: string }) | undefined {
  const container = listener(pod, port)
  const served = container === undefined ? undefined : behind.serve(pod, container, path)
  return served === undefined || container === undefined ? undefined : { ...served, container }
}

interface Container {
  readonly name: string
  readonly restartPolicy?: string
  readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string }[]
}

/**
 * The container that listens on a port: the one that names it, or else the first that names no port at all. A pod all
 * of whose containers name other ports refuses the connection.
 */
export function listener(pod: KubeObject, port: number): string | undefined {
  const sidecars = ((pod.spec?.initContainers ?? []) as Container[]).filter((one) => one.restartPolicy === 'Always')
  const containers = [...((pod.spec?.containers ?? []) as Container[]), ...sidecars]
  const listens = (one: Container) =>
    one.ports?.some((each) => each.containerPort === port && (each.protocol ?? 'TCP') === 'TCP') === true
  return (containers.find(listens) ?? containers.find((one) => (one.ports ?? []).length === 0))?.name
}
