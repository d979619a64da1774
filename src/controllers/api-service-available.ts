/**
 * Says of APIServices that another server answers for whether it can be reached: its Service, the port, endpoints.
 * Source: https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/#response-latency
 */
import { setCondition } from '../api/conditions.ts'
import { goQuote } from '../api/go-text.ts'
import type { KubeObject } from '../api/object.ts'
import { toRfc3339 } from '../api/time.ts'
import { APIService, EndpointSlice, Service } from '../kinds/index.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller } from './controller.ts'
import { statusOf } from './writes.ts'

const usualPort = 443

interface Said {
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

export function reconcile(view: View, key: string): Transition[] {
  const found = view.get(APIService, '', key)
  if (found?.spec?.service === undefined || found.spec.service === null) return []
  const condition = { type: 'Available', ...availability(view, found) }
  const conditions = setCondition(found.status?.conditions ?? [], condition, toRfc3339(view.now))
  if (conditions === found.status?.conditions) return []
  return [statusOf(APIService, { ...found, status: { ...found.status, conditions } })]
}

function availability(view: View, { spec }: KubeObject): Said {
  const { namespace, name, port = usualPort } = spec.service as { namespace: string; name: string; port?: number }
  const no = (reason: string, message: string): Said => ({ status: 'False', reason, message })
  const place = `service/${name} in ${goQuote(namespace)}`
  const service = view.get(Service, namespace, name)
  if (service === undefined) return no('ServiceNotFound', `${place} is not present`)
  const passed: Said = { status: 'True', reason: 'Passed', message: 'all checks passed' }
  if (service.spec?.type !== 'ClusterIP') return passed
  const ports: readonly { port: number; name?: string }[] = service.spec.ports ?? []
  const found = ports.find((one) => one.port === port)
  if (found === undefined) return no('ServicePortError', `${place} is not listening on port ${port}`)
  const slices = slicesOf(view, namespace, name)
  if (slices.length === 0) return no('EndpointsNotFound', `cannot find endpointslices for ${place}`)
  const portName = found.name ?? ''
  if (slices.some((slice) => isReady(slice, portName))) return passed
  const message = `endpointslices for ${place} have no addresses with port name ${goQuote(portName)}`
  return no('MissingEndpoints', message)
}

function slicesOf(view: View, namespace: string, name: string): KubeObject[] {
  return view
    .list(EndpointSlice, namespace)
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === name)
}

function isReady(slice: KubeObject, portName: string): boolean {
  const ports: readonly { name?: string }[] = slice.ports ?? []
  const endpoints: readonly { conditions?: { ready?: boolean } }[] = slice.endpoints ?? []
  return (
    ports.some(({ name = '' }) => name === portName) && endpoints.some(({ conditions }) => conditions?.ready !== false)
  )
}

/** The APIServices that name this Service. */
function namingOf(view: View, namespace: string, name: string): string[] {
  return view
    .list(APIService)
    .filter(({ spec }) => spec?.service?.namespace === namespace && spec.service.name === name)
    .map(({ metadata }) => metadata.name)
}

export const apiServiceAvailableController = controller({
  name: 'api-service-available',
  of: APIService,
  matters: ({ object }) => object.spec?.service !== undefined,
  watches: [
    { kind: Service, keys: ({ metadata }, view) => namingOf(view, metadata.namespace ?? '', metadata.name) },
    {
      kind: EndpointSlice,
      keys: ({ metadata }, view) =>
        namingOf(view, metadata.namespace ?? '', metadata.labels?.['kubernetes.io/service-name'] ?? ''),
    },
  ],
  reconcile,
})
