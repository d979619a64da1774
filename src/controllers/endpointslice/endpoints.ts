/**
 * What a service's slices should hold: its pods as endpoints, grouped by the ports they answer on.
 * Source: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
 */
import type { KubeObject } from '../../api/object.ts'
import { isPodFinished, isPodReady } from '../../api/pod-status.ts'
import { matchesMap } from '../../api/selector.ts'
import { Node, Pod } from '../../kinds/index.ts'
import { canonicalJson } from '../../lib/digest.ts'
import type { View } from '../../store/view.ts'

const zoneLabel = 'topology.kubernetes.io/zone'

export interface EndpointPort {
  readonly name: string
  readonly port?: number
  readonly protocol: string
  readonly appProtocol?: string
}

/** One endpoint as discovery/v1 has it. */
export interface Endpoint {
  readonly addresses: readonly string[]
  readonly conditions: { readonly ready: boolean; readonly serving: boolean; readonly terminating: boolean }
  readonly hostname?: string
  readonly nodeName?: string
  readonly zone?: string
  readonly hints?: { readonly forZones?: readonly { name: string }[]; readonly forNodes?: readonly { name: string }[] }
  readonly targetRef: {
    readonly kind: string
    readonly namespace: string
    readonly name: string
    readonly uid: string
  }
}

/** Endpoints that may share slices: one address type, one list of ports. `key` tells groups apart. */
export interface EndpointGroup {
  readonly key: string
  readonly addressType: string
  readonly ports: readonly EndpointPort[]
  readonly endpoints: readonly Endpoint[]
}

/** The groups of a service with a selector; endpoints in the order of their pods' names. */
export function groupsOf(view: View, service: KubeObject): EndpointGroup[] {
  const namespace = service.metadata.namespace ?? ''
  const pods = view
    .list(Pod, namespace)
    .filter((pod) => matchesMap(service.spec.selector, pod.metadata.labels) && !isPodFinished(pod))
  const groups = new Map<string, EndpointGroup & { endpoints: Endpoint[] }>()
  for (const addressType of addressTypesOf(service)) {
    for (const pod of pods) {
      const addresses = addressesOf(pod, addressType)
      if (addresses.length === 0) continue
      const ports = portsOf(service, pod)
      const key = groupKey(addressType, ports)
      const group = groups.get(key) ?? { key, addressType, ports, endpoints: [] }
      group.endpoints.push(endpointOf(view, service, pod, addresses))
      groups.set(key, group)
    }
  }
  return [...groups.values()]
}

/** What slices with the same endpoints' shape have in common. */
export function groupKey(addressType: string, ports: readonly unknown[]): string {
  return `${addressType} ${ports.map(canonicalJson).sort().join(' ')}`
}

/** IPv4 and/or IPv6, by the service's families. */
export function addressTypesOf(service: KubeObject): readonly string[] {
  const families: readonly string[] = service.spec.ipFamilies ?? []
  return families.length === 0 ? ['IPv4'] : families
}

function addressesOf(pod: KubeObject, addressType: string): string[] {
  const listed: string[] = (pod.status?.podIPs ?? []).map((entry: { ip: string }) => entry.ip)
  const all = listed.length > 0 ? listed : [pod.status?.podIP ?? '']
  return all.filter((ip) => ip !== '' && ip.includes(':') === (addressType === 'IPv6')).slice(0, 1)
}

function endpointOf(view: View, service: KubeObject, pod: KubeObject, addresses: readonly string[]): Endpoint {
  const serving = isPodReady(pod)
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating)
  const { namespace = '', name, uid = '' } = pod.metadata
  const nodeName: string | undefined = pod.spec.nodeName
  const zone = nodeName === undefined ? undefined : view.get(Node, '', nodeName)?.metadata.labels?.[zoneLabel]
  const named = pod.spec.hostname !== undefined && pod.spec.subdomain === service.metadata.name
  return {
    addresses,
    conditions: { ready, serving, terminating },
    ...(named ? { hostname: pod.spec.hostname } : {}),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(zone === undefined ? {} : { zone }),
    ...(ready ? hintsOf(service.spec.trafficDistribution, zone, nodeName) : {}),
  }
}

/**
 * Whom a service that prefers what is near wants the endpoint to serve.
 * Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution, KEP-4444, KEP-3015
 */
function hintsOf(preference: string | undefined, zone: string | undefined, node: string | undefined) {
  const sameNode = preference === 'PreferSameNode'
  if (!sameNode && preference !== 'PreferSameZone' && preference !== 'PreferClose') return {}
  const forZones = zone === undefined ? {} : { forZones: [{ name: zone }] }
  const forNodes = sameNode && node !== undefined ? { forNodes: [{ name: node }] } : {}
  const hints = { ...forZones, ...forNodes }
  return Object.keys(hints).length === 0 ? {} : { hints }
}

interface ServicePort {
  readonly name?: string
  readonly port: number
  readonly protocol?: string
  readonly targetPort?: number | string
  readonly appProtocol?: string
}

/** The pod's numbers for the service's ports. A named port the pod does not have is left out. */
function portsOf(service: KubeObject, pod: KubeObject): EndpointPort[] {
  const ports: readonly ServicePort[] = service.spec.ports ?? []
  return ports.flatMap((port) => {
    const number = targetPort(port, pod)
    if (number === undefined) return []
    const app = port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }
    return [{ name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP', ...app }]
  })
}

interface Container {
  readonly restartPolicy?: string
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[]
}

function targetPort(port: ServicePort, pod: KubeObject): number | undefined {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target === 0 ? port.port : target
  const sidecars = (pod.spec.initContainers ?? []).filter((one: Container) => one.restartPolicy === 'Always')
  const containers: readonly Container[] = [...(pod.spec.containers ?? []), ...sidecars]
  const protocol = port.protocol ?? 'TCP'
  for (const container of containers) {
    const found = container.ports?.find((one) => one.name === target && (one.protocol ?? 'TCP') === protocol)
    if (found !== undefined) return found.containerPort
  }
  return undefined
}
