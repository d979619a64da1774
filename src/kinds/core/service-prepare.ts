/**
 * What the server keeps and drops when a Service changes: what it had allocated stays when left out, and goes with the
 * type that needed it.
 * Source: https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types
 */
import { isSet, listOf, type Part } from '../../api/checks.ts'
import type { KubeObject } from '../../api/object.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { isExposed, needsHealthPort } from './service-exposure.ts'

const hasNodePorts = (spec: Part): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer'

/** The Service as it is stored after a change of its spec. */
export function prepareServiceUpdate(next: KubeObject, previous: KubeObject, subresource: string): KubeObject {
  if (subresource !== '' || next.spec === previous.spec) return next
  const old: Part = previous.spec ?? {}
  const kept = withAddresses(next.spec ?? {}, old)
  const dropped = droppedFields(kept, old)
  const rest = Object.fromEntries(Object.entries(kept).filter(([field]) => !dropped.includes(field)))
  const spec = portsGo(kept, old) ? { ...rest, ports: kept.ports.map(withoutNodePort) } : rest
  return withBalancerStatus({ ...next, spec })
}

/** Who leaves the address out keeps it, as long as the type has one. */
function withAddresses(spec: Part, old: Part): Part {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return spec
  const given = isSet(spec.clusterIP) && spec.clusterIP !== ''
  if (given || !isSet(old.clusterIP)) {
    return given && !isSet(spec.clusterIPs) ? { ...spec, clusterIPs: [spec.clusterIP] } : spec
  }
  return { ...spec, clusterIP: old.clusterIP, ...(!isSet(spec.clusterIPs) && { clusterIPs: old.clusterIPs }) }
}

function droppedFields(spec: Part, old: Part): string[] {
  const fields: string[] = []
  const same = (field: string) => semanticEqual(spec[field], old[field])
  if (old.type !== 'ExternalName' && spec.type === 'ExternalName') {
    if (same('clusterIP') && same('clusterIPs')) fields.push('clusterIP', 'clusterIPs')
    fields.push(...['ipFamilies', 'ipFamilyPolicy'].filter(same))
  }
  const leftBalancer = old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer'
  if (leftBalancer) fields.push(...['allocateLoadBalancerNodePorts', 'loadBalancerClass'].filter(same))
  if (needsHealthPort(old) && !needsHealthPort(spec) && same('healthCheckNodePort')) fields.push('healthCheckNodePort')
  if (isExposed(old) && !isExposed(spec) && same('externalTrafficPolicy')) fields.push('externalTrafficPolicy')
  return fields
}

function portsGo(spec: Part, old: Part): boolean {
  if (!hasNodePorts(old) || hasNodePorts(spec) || !isSet(spec.ports)) return false
  const known = new Set(listOf(old.ports).map(({ nodePort }) => nodePort))
  return listOf(spec.ports).every(({ nodePort }) => !nodePort || known.has(nodePort))
}

function withoutNodePort({ nodePort: _gone, ...port }: Part): Part {
  return port
}

function withBalancerStatus(service: KubeObject): KubeObject {
  if (service.spec.type === 'LoadBalancer' || !isSet(service.status?.loadBalancer?.ingress)) return service
  return { ...service, status: { ...service.status, loadBalancer: {} } }
}
