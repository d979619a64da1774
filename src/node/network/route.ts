/**
 * Which pod a connection reaches: cluster addresses, node ports, load balancers, pods and host ports, as kube-proxy
 * decides it. The choice among endpoints goes round by the number of requests so far, so it is plain data's doing.
 * Source: https://kubernetes.io/docs/reference/networking/virtual-ips/
 */
import type { KubeObject } from '../../api/object.ts'
import { Node, Pod, Service } from '../../kinds/index.ts'
import { fnv32 } from '../../lib/digest.ts'
import type { View } from '../../store/view.ts'
import { type Endpoint, endpointsOf } from './resolve.ts'

/** Who connects. `node` is '' for a client outside the cluster. */
export interface Client {
  readonly namespace: string
  readonly ip: string
  readonly node: string
}

/** A client that is no pod: it sees names as the default namespace does. */
export const outsideClient: Client = { namespace: 'default', ip: '203.0.113.1', node: '' }

/** Where a connection ends. `pod` is undefined for an address behind a service that is no pod's. */
export interface Target {
  readonly ip: string
  readonly port: number
  readonly pod: KubeObject | undefined
}

/** `refused`: nobody answers there. `timeout`: there is nothing at that address. */
export type Route = { readonly target: Target } | NoRoute

export interface NoRoute {
  readonly error: 'refused' | 'timeout'
}

/** Everyone an address and port may lead to. `sticky`: a client is always given the same one. */
export interface Destinations {
  readonly targets: readonly Target[]
  readonly sticky: boolean
}

interface ServicePort {
  readonly name?: string
  readonly port: number
  readonly protocol?: string
  readonly nodePort?: number
}

const refused: NoRoute = { error: 'refused' }
const timeout: NoRoute = { error: 'timeout' }

/** The way of the `turn`th request from a client to an address and TCP port. */
export function route(view: View, from: Client, ip: string, port: number, turn: number): Route {
  const found = destinations(view, from, ip, port)
  if ('error' in found) return found
  const { targets, sticky } = found
  const target = sticky ? favourite(targets, from) : targets[turn % targets.length]
  return target === undefined ? refused : { target }
}

/** Where connections of a client to an address and TCP port may end: what steady traffic is shared among. */
export function destinations(view: View, from: Client, ip: string, port: number): Destinations | NoRoute {
  const [service] = view.by(Service, 'clusterIP', ip)
  if (service !== undefined) return behind(view, service, portOf(service, port), { from, entry: 'inside' })
  const node = nodeAt(view, ip)
  if (node !== undefined) return onNode(view, node, from, port)
  const balanced = balancedAt(view, ip)
  if (balanced !== undefined) return behind(view, balanced, portOf(balanced, port), { from, entry: 'outside' })
  const pod = podAt(view, ip)
  return pod === undefined ? timeout : { targets: [{ ip, port, pod }], sticky: false }
}

function portOf(service: KubeObject, port: number): ServicePort | undefined {
  const ports: readonly ServicePort[] = service.spec?.ports ?? []
  return ports.find((one) => one.port === port && (one.protocol ?? 'TCP') === 'TCP')
}

/** The pod that has this address now; finished pods have given theirs back. */
export function podAt(view: View, ip: string): KubeObject | undefined {
  const pods = view.by(Pod, 'ip', ip).filter((pod) => pod.spec?.hostNetwork !== true)
  return pods.find((pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed')
}

function nodeAt(view: View, ip: string): KubeObject | undefined {
  const has = (node: KubeObject) =>
    (node.status?.addresses ?? []).some((one: { address: string }) => one.address === ip)
  return view.list(Node).find(has)
}

function balancedAt(view: View, ip: string): KubeObject | undefined {
  const at = (service: KubeObject): boolean => {
    const balancer: readonly { ip?: string }[] = service.status?.loadBalancer?.ingress ?? []
    const external: readonly string[] = service.spec?.externalIPs ?? []
    return external.includes(ip) || balancer.some((ingress) => ingress.ip === ip)
  }
  return view.list(Service).find(at)
}

/** A node answers on node ports, and for pods with its network or a port of it. */
function onNode(view: View, node: KubeObject, from: Client, port: number): Destinations | NoRoute {
  const [service] = view.by(Service, 'nodePort', String(port))
  const ports: readonly ServicePort[] = service?.spec?.ports ?? []
  const nodePort = ports.find((one) => one.nodePort === port)
  const { name } = node.metadata
  if (service !== undefined) return behind(view, service, nodePort, { from, entry: 'outside', node: name })
  const host = view.by(Pod, 'node', name).find((pod) => listensOnHost(pod, port))
  if (host === undefined) return refused
  const ip: string = host.status?.podIP ?? ''
  return { targets: [{ ip, port: containerPortOf(host, port), pod: host }], sticky: false }
}

interface ContainerPort {
  readonly containerPort: number
  readonly hostPort?: number
}

function portsOf(pod: KubeObject): ContainerPort[] {
  const containers: readonly { ports?: readonly ContainerPort[] }[] = pod.spec?.containers ?? []
  return containers.flatMap((container) => container.ports ?? [])
}

function listensOnHost(pod: KubeObject, port: number): boolean {
  if (pod.status?.phase !== 'Running') return false
  const own = pod.spec?.hostNetwork === true
  return portsOf(pod).some((one) => one.hostPort === port || (own && one.containerPort === port))
}

function containerPortOf(pod: KubeObject, hostPort: number): number {
  return portsOf(pod).find((one) => one.hostPort === hostPort)?.containerPort ?? hostPort
}

/** How a connection came to a service: from inside, or from outside (by the node `node`, when it is one). */
interface Arrival {
  readonly from: Client
  readonly entry: 'inside' | 'outside'
  readonly node?: string
}

function behind(
  view: View,
  service: KubeObject,
  port: ServicePort | undefined,
  arrival: Arrival,
): Destinations | NoRoute {
  if (port === undefined) return refused
  const name = port.name ?? ''
  const all = endpointsOf(view, service).filter((endpoint) => endpoint.ports[name] !== undefined)
  const chosen = eligible(service, all, arrival)
  if (chosen.length === 0) return isLocal(service, arrival) && all.length > 0 ? timeout : refused
  const targets = chosen.map((endpoint) => targetOf(view, endpoint, endpoint.ports[name] as number))
  return { targets, sticky: service.spec?.sessionAffinity === 'ClientIP' }
}

function targetOf(view: View, endpoint: Endpoint, port: number): Target {
  const hosted = () => view.by(Pod, 'ip', endpoint.ip).find((pod) => pod.spec?.hostNetwork === true)
  return { ip: endpoint.ip, port, pod: podAt(view, endpoint.ip) ?? hosted() }
}

/** Ready endpoints; while there are none, those that still serve though they are being stopped. */
function eligible(service: KubeObject, all: readonly Endpoint[], arrival: Arrival): readonly Endpoint[] {
  const node = arrival.node ?? arrival.from.node
  const near = isLocal(service, arrival) ? all.filter((endpoint) => endpoint.node === node) : all
  const ready = near.filter((endpoint) => endpoint.ready)
  return ready.length > 0 ? ready : near.filter((endpoint) => endpoint.serving && endpoint.terminating)
}

/** Traffic policy Local: only endpoints on the node the connection came in by. A load balancer asks only such nodes. */
function isLocal(service: KubeObject, { entry, node, from }: Arrival): boolean {
  if (entry === 'outside') return service.spec?.externalTrafficPolicy === 'Local' && node !== undefined
  return service.spec?.internalTrafficPolicy === 'Local' && from.node !== ''
}

/**
 * Session affinity ClientIP gives a client the endpoint with the highest hash of both: the same one as long as it is
 * there, whatever comes and goes beside it.
 */
function favourite(targets: readonly Target[], from: Client): Target | undefined {
  const score = (target: Target) => fnv32(`${from.ip} ${target.ip}`)
  return targets.reduce<Target | undefined>(
    (best, one) => (best === undefined || score(one) > score(best) ? one : best),
    undefined,
  )
}
