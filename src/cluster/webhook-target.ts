/**
 * Where a webhook's call goes: a URL as it is written, or a Service by its name, whose endpoints outside the simulated
 * network are dialled.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#contacting-the-webhook
 */
import { goQuote } from '../api/go-text.ts'
import type { KubeObject } from '../api/object.ts'
import type { OutsideCall, OutsideTarget } from '../ports.ts'
import type { View } from '../store/view.ts'

const slices = 'endpointslices.discovery.k8s.io'

/** The target of a call. What keeps it from being called is in `failure`. */
export function targetOf(view: View, { client, timeoutSeconds }: OutsideCall): OutsideTarget {
  const query = `?timeout=${timeoutSeconds}s`
  const ca = client.caBundle ? { caBundle: client.caBundle } : {}
  const { service, url = '' } = client
  if (service === undefined || service === null) return { url: `${withPath(url)}${query}`, ...ca }
  const { namespace, name, path = '', port = 443 } = service
  const serverName = `${name}.${namespace}.svc`
  const full = `https://${serverName}:${port}${path.startsWith('/') ? path : `/${path}`}${query}`
  return { url: full, serverName, ...ca, ...dialled(view, namespace, name, port) }
}

/** A URL without a path has the path `/`. */
function withPath(url: string): string {
  return /^[a-z]+:\/\/[^/]+$/i.test(url) ? `${url}/` : url
}

type Dialled = Pick<OutsideTarget, 'connect' | 'failure'>

interface Endpoint {
  readonly addresses?: readonly string[]
  readonly conditions?: { readonly ready?: boolean }
  readonly targetRef?: { readonly kind?: string }
}

function dialled(view: View, namespace: string, name: string, port: number): Dialled {
  const service = view.get('services', namespace, name)
  if (service === undefined) return { failure: `service ${goQuote(name)} not found` }
  const { type, externalName, ports = [], clusterIP } = service.spec ?? {}
  if (type === 'ExternalName') return { connect: { host: externalName, port } }
  const wanted = (ports as readonly { port: number; name?: string }[]).find((one) => one.port === port)
  if (wanted === undefined) return { failure: `no service port ${port} found for service ${goQuote(name)}` }
  const real = view
    .list(slices, namespace)
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === name)
    .flatMap((slice) => realEndpoints(slice, wanted.name))
  const [first] = real
  if (first !== undefined) return { connect: first }
  return { failure: `dial tcp ${clusterIP}:${port}: connect: connection refused` }
}

/** Endpoints that are no simulated pods: somebody wrote them down, and they are reached over the real network. */
function realEndpoints(slice: KubeObject, name = ''): { host: string; port: number }[] {
  const ports: readonly { name?: string; port?: number }[] = slice.ports ?? []
  const port = ports.find((one) => (one.name ?? '') === name)?.port
  const endpoints: readonly Endpoint[] = slice.endpoints ?? []
  const usable = endpoints.filter((one) => one.targetRef?.kind !== 'Pod' && one.conditions?.ready !== false)
  return port === undefined ? [] : usable.flatMap(({ addresses = [] }) => addresses.map((host) => ({ host, port })))
}
