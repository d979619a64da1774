/** What a Service's slices and Endpoints have to hold, worked out anew from its pods. */
import type { KubeObject } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import { isPodFinished, isPodReady, matchesMap } from './documented.ts'
import { isGoing } from './words.ts'

export interface Port {
  readonly name: string
  readonly port: number
  readonly protocol: string
}

/** A pod that a service selects, with an address of one family, as slices have to tell it. */
export interface Wanted {
  readonly pod: KubeObject
  readonly family: 'IPv4' | 'IPv6'
  readonly ip: string
  readonly ports: readonly Port[]
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly node: string | undefined
  readonly zone: string | undefined
}

interface ServicePort {
  readonly name?: string
  readonly port: number
  readonly protocol?: string
  readonly targetPort?: number | string
}

interface Listening {
  readonly restartPolicy?: string
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[]
}

/** The pod's own number for a port; undefined when it names one that the pod does not have. */
function numberOf(
  { port, protocol = 'TCP', targetPort = port }: ServicePort,
  { spec }: KubeObject,
): number | undefined {
  if (typeof targetPort === 'number') return targetPort === 0 ? port : targetPort
  const sidecars = ((spec?.initContainers ?? []) as Listening[]).filter((one) => one.restartPolicy === 'Always')
  const all = [...((spec?.containers ?? []) as Listening[]), ...sidecars].flatMap(({ ports = [] }) => ports)
  return all.find((one) => one.name === targetPort && (one.protocol ?? 'TCP') === protocol)?.containerPort
}

/** The ports of a service on a pod. */
export const portsOn = (service: KubeObject, pod: KubeObject): readonly Port[] =>
  ((service.spec?.ports ?? []) as ServicePort[]).flatMap((port) => {
    const number = numberOf(port, pod)
    return number === undefined ? [] : [{ name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP' }]
  })

const familyOf = (ip: string): 'IPv4' | 'IPv6' => (ip.includes(':') ? 'IPv6' : 'IPv4')

const addressesOf = ({ status }: KubeObject): readonly string[] => {
  const all = ((status?.podIPs ?? []) as { ip: string }[]).map(({ ip }) => ip)
  return all.length > 0 ? all : status?.podIP ? [status.podIP] : []
}

/** The families of a service's addresses. */
export const familiesOf = ({ spec }: KubeObject): readonly string[] => {
  const all: readonly string[] = spec?.ipFamilies ?? []
  return all.length === 0 ? ['IPv4'] : all
}

/** Everything that the slices of a service have to hold. */
export function wantedOf(s: Moment, service: KubeObject): readonly Wanted[] {
  const pods = s
    .list('pods', { namespace: service.metadata.namespace ?? '' })
    .filter((pod) => matchesMap(service.spec?.selector, pod.metadata.labels) && !isPodFinished(pod))
  return pods.flatMap((pod) =>
    familiesOf(service).flatMap((family) => {
      const ip = addressesOf(pod).find((one) => familyOf(one) === family)
      if (ip === undefined) return []
      const [serving, terminating] = [isPodReady(pod), isGoing(pod)]
      const node: string | undefined = pod.spec?.nodeName
      return [
        {
          pod,
          family: familyOf(ip),
          ip,
          ports: portsOn(service, pod),
          ready: service.spec?.publishNotReadyAddresses === true || (serving && !terminating),
          serving,
          terminating,
          node,
          zone: s.get('nodes', node ?? '', '')?.metadata.labels?.['topology.kubernetes.io/zone'],
        },
      ]
    }),
  )
}

/** Ports as one text, in whatever order they come. */
export const textOf = (ports: readonly Partial<Port>[]): string =>
  ports
    .map(({ name = '', port, protocol = 'TCP' }) => `${name}:${port}/${protocol}`)
    .sort()
    .join(' ')
