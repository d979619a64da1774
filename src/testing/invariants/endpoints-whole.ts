/** Slices and Endpoints as a whole: everything they say of each pod, and nothing besides. */
import type { KubeObject } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import { type Held, settled } from '../property.ts'
import { familiesOf, type Port, textOf, type Wanted, wantedOf } from './endpoint-words.ts'
import { page, row } from './row.ts'
import { eachOf, isGoing, named, orElse, slices, uidOf } from './words.ts'

const manager = 'endpointslice-controller.k8s.io'
const mostEndpoints = 100

interface Endpoint {
  readonly addresses: readonly string[]
  readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean }
  readonly nodeName?: string
  readonly zone?: string
  readonly targetRef?: { readonly uid?: string; readonly name?: string }
}

/** Services with a selector, in namespaces that stay. */
const eachService = (held: (s: Moment, service: KubeObject) => Held) => (s: Moment) =>
  eachOf(s.list('services'), (service) => {
    const home = s.get('namespaces', service.metadata.namespace ?? '', '')
    const isSelecting = service.spec?.type !== 'ExternalName' && Object.keys(service.spec?.selector ?? {}).length > 0
    return isGoing(service) || !isSelecting || (home !== undefined && isGoing(home)) || held(s, service)
  })

const toldOf = (slice: KubeObject): readonly Endpoint[] => slice.endpoints ?? []

function sliceHeld(s: Moment, service: KubeObject): Held {
  const { namespace, name, labels = {} } = service.metadata
  const own = s
    .indexed(slices, 'service', `${namespace}/${name}`)
    .filter((slice) => slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === manager && !isGoing(slice))
  const full = own.find((slice) => toldOf(slice).length > mostEndpoints)
  if (full !== undefined) return `${named(full)} has ${toldOf(full).length} endpoints`
  const bare = own.find(({ metadata }) => Object.entries(labels).some(([key, is]) => metadata.labels?.[key] !== is))
  if (bare !== undefined) return `${named(bare)} lacks labels of ${named(service)}`
  const wanted = wantedOf(s, service)
  const all = own.flatMap((slice) => toldOf(slice).map((told) => ({ slice, told })))
  const strange = all.find(({ slice, told }) => !wanted.some((one) => isOf(one, slice, told)))
  if (strange !== undefined) return `${named(strange.slice)} names ${strange.told.targetRef?.name}, which is not of it`
  return eachOf(wanted, (one) => {
    const found = all.find(({ slice, told }) => isOf(one, slice, told))
    if (found === undefined) return `${named(one.pod)} is in no slice of ${named(service)}`
    return toldHeld(one, found.slice, found.told)
  })
}

const isOf = ({ pod, family }: Wanted, slice: KubeObject, told: Endpoint): boolean =>
  slice.addressType === family && told.targetRef?.uid === uidOf(pod)

function toldHeld(one: Wanted, slice: KubeObject, told: Endpoint): Held {
  const { ready, serving, terminating } = told.conditions ?? {}
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['the address', told.addresses.join(), one.ip],
    ['ready', ready ?? true, one.ready],
    ['serving', serving ?? ready ?? true, one.serving],
    ['terminating', terminating ?? false, one.terminating],
    ['the node', told.nodeName, one.node],
    ['the zone', told.zone, one.zone],
    ['the ports', textOf((slice.ports ?? []) as Port[]), textOf(one.ports)],
  ]
  const wrong = pairs.find(([, said, is]) => said !== is)
  return orElse(
    wrong === undefined,
    () => `${named(slice)} says of ${one.pod.metadata.name} ${wrong?.[0]} ${wrong?.[1]}, and it is ${wrong?.[2]}`,
  )
}

/** `settled ⇒ endpoints(svc) = {p selected ∧ addressed ∧ ¬ended}, each with what is so of it`. */
export const slicesTellEverything = row(
  {
    id: 'E7',
    name: 'slicesTellEverything',
    says: 'When nothing is left to do, slices hold each selected pod with an address once, with its conditions, node, zone and own numbers of ports, and nobody else; they have the labels of their service and at most 100 endpoints.',
    class: 'C',
    source: page('concepts/services-networking/endpoint-slices/#conditions'),
  },
  settled(eachService(sliceHeld)),
)

interface Subset {
  readonly addresses?: readonly { readonly ip: string }[]
  readonly notReadyAddresses?: readonly { readonly ip: string }[]
  readonly ports?: readonly Partial<Port>[]
}

/** Above so many addresses Endpoints are cut short. */
const mostAddresses = 1000

function endpointsHeld(s: Moment, service: KubeObject): Held {
  const { namespace = '', name } = service.metadata
  const [family] = familiesOf(service)
  // Pods that are going are in neither list, but of a service that publishes those as well.
  const wanted = wantedOf(s, service).filter((one) => one.family === family && (one.ready || !one.terminating))
  if (wanted.length > mostAddresses) return true
  const subsets: readonly Subset[] = s.get('endpoints', name, namespace)?.subsets ?? []
  const said = subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }) => [
    ...addresses.map(({ ip }) => `${ip} ready at ${textOf(ports)}`),
    ...notReadyAddresses.map(({ ip }) => `${ip} not ready at ${textOf(ports)}`),
  ])
  const is = wanted.map(({ ip, ready, ports }) => `${ip} ${ready ? '' : 'not '}ready at ${textOf(ports)}`)
  const missing = is.find((one) => !said.includes(one)) ?? said.find((one) => !is.includes(one))
  return orElse(missing === undefined, () => {
    const [does, has] = said.includes(missing as string) ? ['says', 'is not so'] : ['does not say', 'is so']
    return `the Endpoints of ${named(service)} ${does} ${missing}, and it ${has}`
  })
}

/** `settled ⇒ addresses(ep) = ready, notReadyAddresses(ep) = the others that do not end`. */
export const endpointsTellEverything = row(
  {
    id: 'E8',
    name: 'endpointsTellEverything',
    says: 'When nothing is left to do, the Endpoints of a service name each of its pods that does not end at its own numbers of ports, ready or not ready as it is.',
    class: 'C',
    source: page('reference/kubernetes-api/service-resources/endpoints-v1/'),
  },
  settled(eachService(endpointsHeld)),
)
