/** EndpointSlices: who answers for a service. */
import type { KubeObject } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import { type Held, settled, step } from '../property.ts'
import { isPodFinished, isPodReady, matchesMap } from './documented.ts'
import { issue, page, row } from './row.ts'
import { eachOf, isBy, isGoing, named, orElse, slices, uidOf } from './words.ts'

const docs = page('concepts/services-networking/endpoint-slices/')
const manager = 'endpointslice-controller.k8s.io'

interface Endpoint {
  readonly addresses: readonly string[]
  readonly conditions?: { readonly ready?: boolean }
  readonly targetRef?: { readonly uid?: string; readonly name?: string; readonly namespace?: string }
}

const endpointsOf = (slice: KubeObject): readonly Endpoint[] => slice.endpoints ?? []

/** The slices that the controller keeps for a service. */
const slicesOf = (s: Moment, { metadata: { namespace, name } }: KubeObject): readonly KubeObject[] =>
  s
    .indexed(slices, 'service', `${namespace}/${name}`)
    .filter((slice) => slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === manager && !isGoing(slice))

const hasSelector = ({ spec }: KubeObject): boolean =>
  spec?.type !== 'ExternalName' && Object.keys(spec?.selector ?? {}).length > 0

/** For each service with a selector that is not going. */
const eachService = (held: (s: Moment, service: KubeObject) => Held) => (s: Moment) =>
  eachOf(s.list('services'), (service) => (isGoing(service) || !hasSelector(service) ? true : held(s, service)))

const addressesOf = ({ status }: KubeObject): readonly string[] => {
  const all = ((status?.podIPs ?? []) as { ip: string }[]).map(({ ip }) => ip)
  return all.length > 0 ? all : status?.podIP ? [status.podIP] : []
}

function servedHeld(s: Moment, service: KubeObject): Held {
  const { namespace } = service.metadata
  // Nothing can be made in a namespace that is ending.
  const home = s.get('namespaces', namespace ?? '', '')
  if (home !== undefined && isGoing(home)) return true
  const isReady = (pod: KubeObject): boolean =>
    service.spec.publishNotReadyAddresses === true || (isPodReady(pod) && !isGoing(pod))
  const wanted = s
    .list('pods', { namespace: namespace ?? '' })
    .filter((pod) => matchesMap(service.spec.selector, pod.metadata.labels) && !isPodFinished(pod) && isReady(pod))
    .filter((pod) => addressesOf(pod).some((ip) => families(service).includes(ip.includes(':') ? 'IPv6' : 'IPv4')))
    .map(uidOf)
  const served = new Set(
    slicesOf(s, service)
      .flatMap(endpointsOf)
      .flatMap(({ conditions, targetRef }) => (conditions?.ready === false ? [] : [targetRef?.uid ?? ''])),
  )
  const missing = wanted.filter((uid) => !served.has(uid)).length
  const extra = [...served].filter((uid) => !wanted.includes(uid)).length
  return orElse(missing + extra === 0, () => `${named(service)} serves ${extra} pods too many and ${missing} too few`)
}

const families = ({ spec }: KubeObject): readonly string[] => {
  const all: readonly string[] = spec?.ipFamilies ?? []
  return all.length === 0 ? ['IPv4'] : all
}

/** `◇□ ready endpoints = ready, matching, non-terminating pods`. */
export const readyAreServed = row(
  {
    id: 'E1',
    name: 'readyAreServed',
    says: 'When nothing is left to do, the ready endpoints of a service are its ready pods that are not going.',
    class: 'C',
    source: `${docs} (${issue(54723)}, ${issue(117193)})`,
  },
  settled(eachService(servedHeld)),
)

/** `◇□ |slices(p)| ≤ 1`, of one service and address type. Best effort: consumers must take a pod that is in two as one. */
export const servedOnce = row(
  {
    id: 'E2',
    name: 'servedOnce',
    says: 'When nothing is left to do, no pod is in two slices of one service and address type.',
    class: 'B',
    source: `${docs}#duplicate-endpoints (${issue(99345)})`,
  },
  settled(
    eachService((s, service) => {
      const seen = new Set<string>()
      return eachOf(slicesOf(s, service), (slice) =>
        eachOf(endpointsOf(slice), ({ targetRef }) => {
          const key = `${slice.addressType} ${targetRef?.uid}`
          if (seen.has(key)) return `${targetRef?.name} is in two slices of ${named(service)}`
          seen.add(key)
          return true
        }),
      )
    }),
  ),
)

/** `gone(p) ~> ¬served(ip)`. */
export const goneAreNotServed = row(
  {
    id: 'E3',
    name: 'goneAreNotServed',
    says: 'When nothing is left to do, no slice of a service names a pod that has ended or is gone, nor the address of another in its place.',
    class: 'C',
    source: `${issue(135593)}, ${issue(109998)}`,
  },
  settled(
    eachService((s, service) =>
      eachOf(slicesOf(s, service).flatMap(endpointsOf), ({ targetRef }) => {
        const pod = s.get('pods', targetRef?.name ?? '', targetRef?.namespace)
        if (pod !== undefined && isPodFinished(pod))
          return `${named(service)} serves ${targetRef?.name}, which has ended`
        return orElse(
          pod !== undefined && uidOf(pod) === targetRef?.uid,
          () => `${named(service)} serves ${targetRef?.name}, which is gone`,
        )
      }),
    ),
  ),
)

/** `edited(slice) ~> repaired`. */
export const slicesAreRepaired = row(
  {
    id: 'E4',
    name: 'slicesAreRepaired',
    says: 'When nothing is left to do, the slices of a service say of its pods what is so, whoever edited or deleted them.',
    class: 'C',
    source: issue(85353),
  },
  settled(
    eachService((s, service) =>
      eachOf(slicesOf(s, service), (slice) => {
        if (slice.metadata.ownerReferences?.some(({ uid }) => uid === uidOf(service)) !== true)
          return `${named(slice)} is not owned by ${named(service)}`
        return eachOf(endpointsOf(slice), ({ addresses, targetRef }) => {
          const pod = s.get('pods', targetRef?.name ?? '', targetRef?.namespace)
          const own = pod === undefined || isPodFinished(pod) || addresses.every((ip) => addressesOf(pod).includes(ip))
          const selected = pod === undefined || matchesMap(service.spec.selector, pod.metadata.labels)
          return orElse(own && selected, () => `${named(slice)} says of ${targetRef?.name} what is not so`)
        })
      }),
    ),
  ),
)

/** `settled ⇒ addresses(Endpoints) = addresses of ready pods`. */
export const endpointsAgree = row(
  {
    id: 'E1b',
    name: 'endpointsAgree',
    says: 'When nothing is left to do, the Endpoints of a service name the addresses of its ready pods that are not going.',
    class: 'C',
    source: page('concepts/services-networking/service/#endpoints'),
  },
  settled(
    eachService((s, service) => {
      const { namespace = '', name } = service.metadata
      const home = s.get('namespaces', namespace, '')
      if (home !== undefined && isGoing(home)) return true
      const said = s.get('endpoints', name, namespace)?.subsets ?? []
      const ips = (said as { addresses?: { ip: string }[] }[]).flatMap(({ addresses = [] }) =>
        addresses.map(({ ip }) => ip),
      )
      const wanted = s
        .list('pods', { namespace })
        .filter((pod) => matchesMap(service.spec.selector, pod.metadata.labels) && !isPodFinished(pod))
        .filter((pod) => service.spec.publishNotReadyAddresses === true || (isPodReady(pod) && !isGoing(pod)))
        .flatMap((pod) => addressesOf(pod).slice(0, 1))
      // A pod of another address family than the service is in none.
      const strange = ips.find((ip) => !wanted.includes(ip))
      if (strange !== undefined) return `the Endpoints of ${named(service)} name ${strange}`
      const isFirst = (ip: string): boolean => families(service)[0] === (ip.includes(':') ? 'IPv6' : 'IPv4')
      const missing = wanted.find((ip) => isFirst(ip) && !ips.includes(ip))
      return orElse(missing === undefined, () => `the Endpoints of ${named(service)} do not name ${missing}`)
    }),
  ),
)

/** `[ready(e) written ⇒ in the writer's view its pod is ready and not going]`. */
export const readyAsSeen = row(
  {
    id: 'E6',
    name: 'readyAsSeen',
    says: 'A controller calls an endpoint ready only when it sees the pod ready and not going, unless the service publishes addresses that are not.',
    class: 'C',
    source: `${docs}#conditions (${issue(117193)})`,
  },
  step((write) => {
    if (write.resource !== slices || write.type === 'DELETED' || !isBy(write, 'endpointslice')) return undefined
    const { namespace = '', labels } = write.object.metadata
    const service = write.believed.get('services', labels?.['kubernetes.io/service-name'] ?? '', namespace)
    if (service === undefined || service.spec?.publishNotReadyAddresses === true) return undefined
    const wrong = endpointsOf(write.object).find(({ conditions, targetRef }) => {
      const pod = write.believed.get('pods', targetRef?.name ?? '', targetRef?.namespace)
      if (conditions?.ready !== true || pod === undefined || pod.metadata.uid !== targetRef?.uid) return false
      return !isPodReady(pod) || isGoing(pod)
    })
    return orElse(wrong === undefined, () => `${wrong?.targetRef?.name} was called ready in ${named(write.object)}`)
  }),
)
