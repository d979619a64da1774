/**
 * Names inside the cluster: services, headless services, the pods behind them, ports. Pure functions of a view.
 * Source: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
import type { KubeObject } from '../../api/object.ts'
import { EndpointSlice, Service } from '../../kinds/index.ts'
import type { View } from '../../store/view.ts'

/** An endpoint as a slice lists it, with the slice's ports. */
export interface Endpoint {
  readonly ip: string
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly node: string
  readonly hostname: string
  /** Port number by port name ('' for the only, unnamed one). */
  readonly ports: Readonly<Record<string, number>>
}

/** A record that answers where a named port of a service is. */
export interface SrvRecord {
  readonly target: string
  readonly port: number
}

/** What a name stands for. `canonical` is the full name that was found, or the outside name an alias leads to. */
export interface Resolution {
  readonly ips: readonly string[]
  readonly canonical: string
}

const domain = 'cluster.local'
/** An alias of an alias of an alias … ends here. */
const aliasLimit = 8
const ipv4 = /^\d{1,3}(\.\d{1,3}){3}$/
/** A name with as many dots is tried as it stands before the search list (resolv.conf `ndots`). */
const ndots = 5

export function isIp(text: string): boolean {
  return ipv4.test(text) || text.includes(':')
}

/** The endpoints of a service in the order of its slices, each once. */
export function endpointsOf(view: View, service: KubeObject): Endpoint[] {
  const { namespace = '', name } = service.metadata
  const found = new Map<string, Endpoint>()
  for (const slice of view.by(EndpointSlice, 'service', `${namespace}/${name}`)) {
    const ports = Object.fromEntries(
      ((slice.ports ?? []) as { name?: string; port?: number }[]).map((port) => [port.name ?? '', port.port ?? 0]),
    )
    for (const endpoint of slice.endpoints ?? []) {
      const ip: string = endpoint.addresses?.[0] ?? ''
      const known = found.get(ip)
      if (ip !== '') found.set(ip, known === undefined ? endpointFrom(endpoint, ip, ports) : withPorts(known, ports))
    }
  }
  return [...found.values()]
}

interface SliceEndpoint {
  readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean }
  readonly nodeName?: string
  readonly hostname?: string
}

/** A condition that is absent means ready, and serving follows ready. */
function endpointFrom(endpoint: SliceEndpoint, ip: string, ports: Readonly<Record<string, number>>): Endpoint {
  const { ready = true, serving = ready, terminating = false } = endpoint.conditions ?? {}
  return { ip, ready, serving, terminating, node: endpoint.nodeName ?? '', hostname: endpoint.hostname ?? '', ports }
}

function withPorts(endpoint: Endpoint, ports: Readonly<Record<string, number>>): Endpoint {
  return { ...endpoint, ports: { ...endpoint.ports, ...ports } }
}

/**
 * The addresses of a name as a pod of `namespace` sees it, or undefined: no such host. Short names go through the search
 * list of the pod's resolv.conf; an address stands for itself.
 */
export function resolve(view: View, name: string, namespace: string): Resolution | undefined {
  if (isIp(name)) return { ips: [name], canonical: name }
  for (const full of candidates(name.toLowerCase(), namespace)) {
    const found = resolveFull(view, full, aliasLimit)
    if (found !== undefined) return found
  }
  return undefined
}

/** The full names a name may mean, in the order they are tried. */
export function candidates(name: string, namespace: string): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)]
  const searched = [`${namespace}.svc.${domain}`, `svc.${domain}`, domain].map((suffix) => `${name}.${suffix}`)
  return name.split('.').length > ndots ? [name, ...searched] : [...searched, name]
}

function resolveFull(view: View, name: string, aliases: number): Resolution | undefined {
  const labels = name.split('.')
  if (labels.slice(-2).join('.') !== domain) return undefined
  const kind = labels.at(-3)
  const namespace = labels.at(-4) ?? ''
  const rest = labels.slice(0, -4)
  if (kind === 'pod') return ofPod(name, rest)
  const service = kind === 'svc' ? view.get(Service, namespace, rest.at(-1) ?? '') : undefined
  if (service === undefined || rest.length > 2) return undefined
  if (service.spec?.type === 'ExternalName') return ofAlias(view, service, rest.length, aliases)
  if (rest.length === 2) return ofHostname(view, service, rest[0] as string, name)
  const ip: string = service.spec?.clusterIP ?? ''
  if (ip !== '' && ip !== 'None') return { ips: [ip], canonical: name }
  const ips = published(view, service).map((endpoint) => endpoint.ip)
  return ips.length === 0 ? undefined : { ips, canonical: name }
}

function published(view: View, service: KubeObject): Endpoint[] {
  return endpointsOf(view, service).filter((endpoint) => endpoint.ready)
}

/** `10-244-0-5.default.pod.cluster.local` is the address it spells. */
function ofPod(name: string, rest: readonly string[]): Resolution | undefined {
  const ip = (rest.length === 1 ? (rest[0] as string) : '').replaceAll('-', '.')
  return ipv4.test(ip) ? { ips: [ip], canonical: name } : undefined
}

/** `web-0.web.default.svc.cluster.local`: a pod of a headless service by its hostname, or by its address with dashes. */
function ofHostname(view: View, service: KubeObject, hostname: string, name: string): Resolution | undefined {
  if (service.spec?.clusterIP !== 'None') return undefined
  const ips = published(view, service)
    .filter((endpoint) => labelOf(endpoint) === hostname)
    .map((endpoint) => endpoint.ip)
  return ips.length === 0 ? undefined : { ips, canonical: name }
}

function labelOf(endpoint: Endpoint): string {
  return endpoint.hostname === '' ? endpoint.ip.replaceAll('.', '-') : endpoint.hostname
}

/** An ExternalName leads to a name of the cluster, or out of it; outside there are no addresses to give. */
function ofAlias(view: View, service: KubeObject, depth: number, aliases: number): Resolution | undefined {
  if (depth !== 1 || aliases === 0) return undefined
  const target: string = (service.spec?.externalName ?? '').replace(/\.$/, '')
  if (isIp(target)) return { ips: [target], canonical: target }
  return resolveFull(view, target, aliases - 1) ?? { ips: [], canonical: target }
}

/**
 * The SRV records of `_http._tcp.web.default.svc.cluster.local`: one for a service with an address, one for each ready
 * pod of a headless one. Undefined when the service has no such port.
 */
export function resolveSrv(view: View, name: string, namespace: string): SrvRecord[] | undefined {
  const match = /^_([^.]+)\._(tcp|udp|sctp)\.(.+)$/i.exec(name)
  if (match === null) return undefined
  const [, port = '', protocol = '', rest = ''] = match
  for (const full of candidates(rest, namespace)) {
    const [service = '', space = '', kind] = full.split('.')
    const found = kind === 'svc' ? view.get(Service, space, service) : undefined
    if (found !== undefined) return srvOf(view, found, port, protocol.toUpperCase(), full)
  }
  return undefined
}

function srvOf(view: View, service: KubeObject, name: string, protocol: string, full: string): SrvRecord[] | undefined {
  const ports: readonly { name?: string; port: number; protocol?: string }[] = service.spec?.ports ?? []
  const port = ports.find((one) => one.name === name && (one.protocol ?? 'TCP') === protocol)
  if (port === undefined) return undefined
  if (service.spec?.clusterIP !== 'None') return [{ target: full, port: port.port }]
  return published(view, service).flatMap((endpoint) => {
    const number = endpoint.ports[name]
    return number === undefined ? [] : [{ target: `${labelOf(endpoint)}.${full}`, port: number }]
  })
}
