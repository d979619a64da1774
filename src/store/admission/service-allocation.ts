/**
 * Cluster IPs and node ports of services. What is taken is read off the live services, so nothing is ever leaked and
 * deleting a service is releasing.
 * Source: https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/ and …/service/#type-nodeport
 */
import type { KubeObject } from '../../api/object.ts'
import { invalid, type StatusError } from '../../api/status-error.ts'
import type { AdmissionRequest, AdmissionStep, AdmissionTools } from '../admission-step.ts'
import type { View } from '../view.ts'

const networkBase = 0x0a60_0000
const networkSize = 1 << 20
export const serviceCidr = '10.96.0.0/12'
/** Addresses above this offset are handed out first; those below are meant for people who choose their own. */
const staticBand = 256
const firstPort = 30_000
const portCount = 2768
export const nodePortRange = '30000-32767'

// biome-ignore lint/suspicious/noExplicitAny: parts of a service as stored JSON, checked by its schema
type Part = any

/** Completes clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy and nodePorts; 422 when a wanted one is taken or foreign. */
export const serviceAllocation: AdmissionStep = (request, view, tools) => {
  const { kind, operation, subresource, object } = request
  if (kind.resource !== 'services' || operation === 'DELETE' || subresource !== '') return object
  const addressed = withAddress(request, request.previous, view, tools)
  return withPorts({ ...request, object: addressed }, request.previous, view, tools)
}

function withAddress(
  request: AdmissionRequest,
  previous: KubeObject | undefined,
  view: View,
  tools: AdmissionTools,
): KubeObject {
  const { object } = request
  const spec = object.spec ?? {}
  if (spec.type === 'ExternalName') return released(object, previous)
  const kept = previous?.spec?.type === 'ExternalName' ? undefined : previous?.spec?.clusterIP
  const wanted: string = spec.clusterIP || kept || ''
  const family = { ipFamilies: spec.ipFamilies ?? ['IPv4'], ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack' }
  if (wanted !== '' && wanted === kept) return filled(object, wanted, family)
  if (wanted !== 'None' && wanted !== '') refuseAddress(request, wanted, view)
  return filled(object, wanted === '' ? freeAddress(request, view, tools) : wanted, family)
}

/** A service that becomes an alias gives its addresses back. */
function released(object: KubeObject, previous: KubeObject | undefined): KubeObject {
  const old = previous?.spec?.clusterIP
  if (old === undefined || object.spec?.clusterIP !== old) return object
  const { clusterIP: _ip, clusterIPs: _ips, ipFamilies: _families, ipFamilyPolicy: _policy, ...spec } = object.spec
  return { ...object, spec }
}

function filled(object: KubeObject, clusterIP: string, family: Readonly<Record<string, unknown>>): KubeObject {
  const spec = object.spec ?? {}
  const same = spec.clusterIP === clusterIP && spec.clusterIPs?.[0] === clusterIP && spec.ipFamilies !== undefined
  return same ? object : { ...object, spec: { ...spec, clusterIP, clusterIPs: [clusterIP], ...family } }
}

function refuseAddress(request: AdmissionRequest, address: string, view: View): void {
  const offset = offsetOf(address)
  const value = [address]
  if (offset === undefined)
    throw refusal(
      request,
      'spec.clusterIPs',
      value,
      `failed to allocate IP ${address}: the provided network does not match the current range`,
    )
  if (offset <= 0 || offset >= networkSize - 1)
    throw refusal(
      request,
      'spec.clusterIPs',
      value,
      `failed to allocate IP ${address}: the provided IP (${address}) is not in the valid range. The range of valid IPs is ${serviceCidr}`,
    )
  if (view.by('services', 'clusterIP', address).some((service) => service.metadata.uid !== request.object.metadata.uid))
    throw refusal(
      request,
      'spec.clusterIPs',
      value,
      `failed to allocate IP ${address}: provided IP is already allocated`,
    )
}

function offsetOf(address: string): number | undefined {
  const parts = address.split('.').map(Number)
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined
  const number = parts.reduce((sum, part) => sum * 256 + part, 0)
  const offset = number - networkBase
  return offset >= 0 && offset < networkSize ? offset : undefined
}

function addressAt(offset: number): string {
  const number = networkBase + offset
  return [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255].join('.')
}

/** A random free address above the static band, then the next free one, then one of the band. */
function freeAddress(request: AdmissionRequest, view: View, tools: AdmissionTools): string {
  const free = (offset: number) => view.by('services', 'clusterIP', addressAt(offset)).length === 0
  const upper = networkSize - 1 - staticBand
  const at =
    probed(upper, tools, (index) => free(staticBand + index), staticBand) ??
    probed(staticBand - 1, tools, (index) => free(1 + index), 1)
  if (at !== undefined) return addressAt(at)
  throw refusal(request, 'spec.clusterIPs', [], 'failed to allocate IP: range is full')
}

/** Linear probing from a random start over `count` places; answers `from` plus the first free one. */
function probed(
  count: number,
  tools: AdmissionTools,
  free: (index: number) => boolean,
  from: number,
): number | undefined {
  const start = tools.random(count)
  for (let step = 0; step < count; step++) {
    const index = (start + step) % count
    if (free(index)) return from + index
  }
  return undefined
}

function withPorts(
  request: AdmissionRequest,
  previous: KubeObject | undefined,
  view: View,
  tools: AdmissionTools,
): KubeObject {
  const { object } = request
  const { type, ports } = object.spec ?? {}
  if (ports === undefined) return object
  if (type !== 'NodePort' && type !== 'LoadBalancer') return withoutPorts(object, previous)
  if (type === 'LoadBalancer' && object.spec.allocateLoadBalancerNodePorts === false) return object
  const mine = new Set<number>()
  const old: readonly Part[] = previous?.spec?.ports ?? []
  for (const port of ports) if (port.nodePort) refusePort(request, port, ports.indexOf(port), view)
  for (const port of ports) if (port.nodePort) mine.add(port.nodePort)
  const next = ports.map((port: Part, index: number) => {
    if (port.nodePort) return port
    const before = old.find((one) => one.port === port.port && one.protocol === port.protocol && one.nodePort)
    const keeps = before !== undefined && !mine.has(before.nodePort)
    const nodePort = keeps ? before.nodePort : freePort(request, index, mine, view, tools)
    mine.add(nodePort)
    return { ...port, nodePort }
  })
  const health = object.spec.externalTrafficPolicy === 'Local' && type === 'LoadBalancer'
  const spec = { ...object.spec, ports: next }
  if (!health || spec.healthCheckNodePort) return { ...object, spec }
  const kept = previous?.spec?.healthCheckNodePort
  const check = kept || freePort(request, 0, mine, view, tools)
  return { ...object, spec: { ...spec, healthCheckNodePort: check } }
}

/** Node ports that were the server's go when the type no longer has any. */
function withoutPorts(object: KubeObject, previous: KubeObject | undefined): KubeObject {
  const old = new Set((previous?.spec?.ports ?? []).map((port: Part) => port.nodePort))
  if (!object.spec.ports.some((port: Part) => port.nodePort && old.has(port.nodePort))) return object
  const ports = object.spec.ports.map((port: Part) => {
    const { nodePort, ...rest } = port
    return nodePort && old.has(nodePort) ? rest : port
  })
  return { ...object, spec: { ...object.spec, ports } }
}

function refusePort(request: AdmissionRequest, port: Part, index: number, view: View): void {
  const field = `spec.ports[${index}].nodePort`
  if (port.nodePort < firstPort || port.nodePort >= firstPort + portCount) {
    const why = `provided port is not in the valid range. The range of valid ports is ${nodePortRange}`
    throw refusal(request, field, port.nodePort, why)
  }
  if (takenPort(request, port.nodePort, view))
    throw refusal(request, field, port.nodePort, 'provided port is already allocated')
}

function takenPort(request: AdmissionRequest, number: number, view: View): boolean {
  const users = view.by('services', 'nodePort', String(number))
  return users.some((service) => service.metadata.uid !== request.object.metadata.uid)
}

function freePort(
  request: AdmissionRequest,
  index: number,
  mine: ReadonlySet<number>,
  view: View,
  tools: AdmissionTools,
): number {
  const free = (at: number) => {
    const number = firstPort + at
    return !mine.has(number) && !takenPort(request, number, view)
  }
  const found = probed(portCount, tools, free, firstPort)
  if (found !== undefined) return found
  throw refusal(request, `spec.ports[${index}].nodePort`, 0, 'failed to allocate a nodePort: range is full')
}

function refusal(request: AdmissionRequest, field: string, value: unknown, detail: string): StatusError {
  return invalid({ group: '', kind: 'Service' }, request.object.metadata.name, [
    { type: 'FieldValueInvalid', field, value, detail },
  ])
}
