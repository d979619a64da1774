/**
 * EndpointSlices say, for each service with a selector, which pods answer for it.
 * Source: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
 */
import { type KubeObject, keyOf, splitKey } from '../api/object.ts'
import { controllerReference, isOwnedBy } from '../api/owner.ts'
import { matchesMap } from '../api/selector.ts'
import { EndpointSlice, Node, Pod, Service } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Change, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { acceptsContent } from './accepts-content.ts'
import { controller } from './controller.ts'
import { addressTypesOf, groupsOf } from './endpointslice/endpoints.ts'
import { place, type SliceContent } from './endpointslice/placement.ts'
import { createOf, deleteOf, updateOf } from './writes.ts'

const serviceLabel = 'kubernetes.io/service-name'
const managerLabel = 'endpointslice.kubernetes.io/managed-by'
const manager = 'endpointslice-controller.k8s.io'
const headlessLabel = 'service.kubernetes.io/headless'
const zoneLabel = 'topology.kubernetes.io/zone'

/** Brings the slices of one service to what its pods are now. Slices of a service that is gone are the collector's. */
export function reconcile(view: View, key: string): Transition[] {
  const { namespace, name } = splitKey(key)
  const service = view.get(Service, namespace, name)
  if (service === undefined || service.metadata.deletionTimestamp !== undefined || !isManaged(service)) return []
  const all = view.by(EndpointSlice, 'service', key).filter(isMine)
  const slices = all.filter((slice) => isOwnedBy(slice, service.metadata.uid ?? ''))
  const { updated, created, deleted } = place(groupsOf(view, service), slices, addressTypesOf(service))
  const next = new Map(updated.map(({ slice, content }) => [slice, content]))
  const going = new Set(deleted)
  const writes: Transition[] = []
  for (const slice of slices) {
    if (going.has(slice)) continue
    const wanted = sliceFrom(service, slice, next.get(slice))
    if (!equal(wanted, slice)) writes.push(updateOf(EndpointSlice, wanted))
  }
  if (acceptsContent(view, namespace))
    for (const content of created) writes.push(createOf(EndpointSlice, namespace, newSlice(service, content)))
  // Those of a service that had this name before are the collector's, but would be served until it comes.
  const others = all.filter((slice) => !slices.includes(slice))
  writes.push(...[...deleted, ...others].map((slice) => deleteOf(EndpointSlice, slice)))
  return writes
}

function isManaged(service: KubeObject): boolean {
  return service.spec.type !== 'ExternalName' && Object.keys(service.spec.selector ?? {}).length > 0
}

function isMine(slice: KubeObject): boolean {
  return slice.metadata.labels?.[managerLabel] === manager && slice.metadata.deletionTimestamp === undefined
}

function labelsOf(service: KubeObject): Record<string, string> {
  const headless: Record<string, string> = service.spec.clusterIP === 'None' ? { [headlessLabel]: '' } : {}
  return { ...service.metadata.labels, ...headless, [serviceLabel]: service.metadata.name, [managerLabel]: manager }
}

/** The slice with labels and owner put right, and new content when there is some. */
function sliceFrom(service: KubeObject, slice: KubeObject, content: SliceContent | undefined): KubeObject {
  const metadata = { ...slice.metadata, labels: labelsOf(service), ownerReferences: [controllerReference(service)] }
  return { ...slice, ...content, metadata }
}

function newSlice(service: KubeObject, content: SliceContent): KubeObject {
  return {
    apiVersion: EndpointSlice.apiVersion,
    kind: EndpointSlice.kind,
    metadata: {
      name: '',
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace ?? '',
      labels: labelsOf(service),
      ownerReferences: [controllerReference(service)],
    },
    ...content,
  }
}

/** The services that select the pod now or did before; none when nothing an endpoint shows has changed. */
function servicesOf(pod: KubeObject, view: View, change: Change): string[] {
  const { previous, type } = change
  if (!hasAddress(pod) && (previous === undefined || !hasAddress(previous))) return []
  if (type === 'MODIFIED' && previous !== undefined && equal(shown(previous), shown(pod))) return []
  const labels = [pod.metadata.labels, ...(previous === undefined ? [] : [previous.metadata.labels])]
  return view
    .list(Service, pod.metadata.namespace)
    .filter((service) => isManaged(service) && labels.some((one) => matchesMap(service.spec.selector, one)))
    .map(keyOf)
}

function hasAddress(pod: KubeObject): boolean {
  return (pod.status?.podIP ?? '') !== '' || (pod.status?.podIPs?.length ?? 0) > 0
}

/** Everything of a pod that its endpoint depends on. */
function shown(pod: KubeObject): unknown {
  const { phase, podIP, podIPs, conditions } = pod.status ?? {}
  const ready = (conditions ?? []).find((one: { type: string }) => one.type === 'Ready')?.status
  const going = pod.metadata.deletionTimestamp !== undefined
  return [pod.metadata.labels ?? {}, pod.spec.nodeName ?? '', podIP ?? '', podIPs ?? [], phase, ready, going]
}

/** The service a slice speaks of, and the one it spoke of before somebody changed its label. */
function serviceOf(slice: KubeObject, _view: View, change: Change): string[] {
  const both = change.previous === undefined ? [slice] : [slice, change.previous]
  const names = both.flatMap((one) => one.metadata.labels?.[serviceLabel] ?? [])
  return [...new Set(names)].map((name) => `${slice.metadata.namespace}/${name}`)
}

/** A node whose zone changed, or that came after its pods, touches the services of its pods. */
function servicesOnNode(node: KubeObject, view: View, change: Change): string[] {
  const zone = node.metadata.labels?.[zoneLabel]
  const before = change.previous?.metadata.labels?.[zoneLabel]
  if (change.type === 'DELETED' ? zone === undefined : zone === before) return []
  const pods = view.by(Pod, 'node', node.metadata.name)
  return [...new Set(pods.flatMap((pod) => servicesOf(pod, view, { ...change, type: 'ADDED', previous: undefined })))]
}

export const endpointSliceController = controller({
  name: 'endpointslice',
  of: Service,
  watches: [
    { kind: Pod, keys: servicesOf },
    { kind: EndpointSlice, keys: serviceOf },
    { kind: Node, keys: servicesOnNode },
  ],
  reconcile,
})
