/**
 * Endpoints, the older form of a service's slices: made from the slices themselves, for clients that still read them.
 * Source: https://kubernetes.io/docs/concepts/services-networking/service/#endpoints
 */
import { listOf, type Part } from '../api/checks.ts'
import { type KubeObject, keyOf, splitKey } from '../api/object.ts'
import { EndpointSlice, Endpoints, Service } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Change, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { acceptsContent } from './accepts-content.ts'
import { controller } from './controller.ts'
import { createOf, deleteOf, updateOf } from './writes.ts'

const serviceLabel = 'kubernetes.io/service-name'
const sliceManagerLabel = 'endpointslice.kubernetes.io/managed-by'
const sliceManager = 'endpointslice-controller.k8s.io'
const managerLabel = 'endpoints.kubernetes.io/managed-by'
/** More addresses than this are left out, and an annotation says so. */
const mostAddresses = 1000
const overCapacity = 'endpoints.kubernetes.io/over-capacity'

export function reconcile(view: View, key: string): Transition[] {
  const { namespace, name } = splitKey(key)
  const service = view.get(Service, namespace, name)
  const found = view.get(Endpoints, namespace, name)
  if (service === undefined || service.metadata.deletionTimestamp !== undefined)
    return found?.metadata.labels?.[managerLabel] === undefined ? [] : [deleteOf(Endpoints, found)]
  if (service.spec.type === 'ExternalName' || Object.keys(service.spec.selector ?? {}).length === 0) return []
  const slices = view
    .by(EndpointSlice, 'service', key)
    .filter((slice) => isOurs(slice) && slice.addressType === familyOf(service))
  const { subsets, truncated } = subsetsOf(slices)
  const headless: Record<string, string> =
    service.spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {}
  const labels = { ...service.metadata.labels, ...headless, [managerLabel]: 'endpoint-controller' }
  const annotations = truncated ? { annotations: { [overCapacity]: 'truncated' } } : {}
  if (found === undefined) {
    if (!acceptsContent(view, namespace)) return []
    const metadata = { name, namespace, labels, ...annotations }
    return [createOf(Endpoints, namespace, { apiVersion: 'v1', kind: 'Endpoints', metadata, ...subsets })]
  }
  const { subsets: _old, ...bare } = found
  const wanted = { ...bare, metadata: { ...found.metadata, labels, ...annotations }, ...subsets } as KubeObject
  return equal(wanted, found) ? [] : [updateOf(Endpoints, wanted)]
}

/** Slices that somebody else keeps for the service are not what its selector selects. */
function isOurs(slice: KubeObject): boolean {
  return slice.metadata.labels?.[sliceManagerLabel] === sliceManager
}

function familyOf(service: KubeObject): string {
  return service.spec.ipFamilies?.[0] ?? 'IPv4'
}

/** One subset for each list of ports; addresses in order, those that are not ready apart. */
function subsetsOf(slices: readonly KubeObject[]): { subsets: { subsets?: Part[] }; truncated: boolean } {
  const groups = new Map<string, { ports: Part[]; ready: Part[]; waiting: Part[] }>()
  let count = 0
  for (const slice of slices) {
    const ports = listOf(slice.ports)
    const key = JSON.stringify(ports)
    const group = groups.get(key) ?? { ports: [...ports], ready: [], waiting: [] }
    groups.set(key, group)
    for (const endpoint of listOf(slice.endpoints)) {
      const { terminating, ready } = endpoint.conditions ?? {}
      // One that is ending is named only by a service that publishes addresses that are not ready.
      if ((terminating === true && ready !== true) || ++count > mostAddresses) continue
      const { addresses, hostname, nodeName, targetRef } = endpoint
      const address = {
        ip: addresses?.[0],
        ...(hostname && { hostname }),
        ...(nodeName && { nodeName }),
        ...(targetRef && { targetRef }),
      }
      ;(ready === false ? group.waiting : group.ready).push(address)
    }
  }
  const byIp = (a: Part, b: Part): number => (a.ip < b.ip ? -1 : 1)
  const all = [...groups.values()].filter(({ ready, waiting }) => ready.length + waiting.length > 0)
  const subsets = all.map(({ ports, ready, waiting }) => ({
    ...(ready.length > 0 && { addresses: ready.sort(byIp) }),
    ...(waiting.length > 0 && { notReadyAddresses: waiting.sort(byIp) }),
    ...(ports.length > 0 && { ports: ports.map(withoutEmptyName) }),
  }))
  return { subsets: subsets.length === 0 ? {} : { subsets }, truncated: count > mostAddresses }
}

function withoutEmptyName({ name, ...port }: Part): Part {
  return name === '' || name === undefined ? port : { name, ...port }
}

/** The service a slice speaks of. */
function serviceOf(slice: KubeObject, _view: View, change: Change): string[] {
  const both = change.previous === undefined ? [slice] : [slice, change.previous]
  const names = both.flatMap((one) => one.metadata.labels?.[serviceLabel] ?? [])
  return [...new Set(names)].map((name) => `${slice.metadata.namespace}/${name}`)
}

export const endpointsController = controller({
  name: 'endpoints',
  of: Service,
  watches: [
    { kind: EndpointSlice, keys: serviceOf },
    { kind: Endpoints, keys: (endpoints) => [keyOf(endpoints)] },
  ],
  reconcile,
})
