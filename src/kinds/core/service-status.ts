/**
 * The rules of what a load balancer reports of itself in a Service's status.
 * Source: https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-ip-mode
 */
import { among, dnsSubdomain, each, isFilled, isSet, listOf, type Part, when } from '../../api/checks.ts'
import { type FieldError, forbiddenValue, invalidValue, type Path, path, required } from '../../api/field-error.ts'
import { ipFaults, isIp } from '../../api/ip-rules.ts'
import type { KubeObject } from '../../api/object.ts'

const place = path('status', 'loadBalancer', 'ingress')

/** The faults of `status.loadBalancer`. Addresses that were there before pass. */
export function balancerStatusFaults(service: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const ingress = service.status?.loadBalancer?.ingress
  const only = "may only be used when `spec.type` is 'LoadBalancer'"
  if (service.spec?.type !== 'LoadBalancer') return when(isFilled(ingress), forbiddenValue(place, only))
  const before = listOf(previous?.status?.loadBalancer?.ingress).map(({ ip }) => ip)
  return each(ingress, place, (point, at) => [
    ...(isFilled(point.ip) ? ipFaults(point.ip, at.child('ip'), before) : []),
    ...modeFaults(point, at.child('ipMode')),
    ...(isFilled(point.hostname) ? hostnameFaults(point.hostname, at.child('hostname')) : []),
  ])
}

function modeFaults({ ip, ipMode }: Part, at: Path): FieldError[] {
  if (!isSet(ipMode)) return when(isFilled(ip), required(at, 'must be specified when `ip` is set'))
  if (!isFilled(ip)) return [forbiddenValue(at, 'may not be specified when `ip` is not set')]
  return among(ipMode, ['Proxy', 'VIP'], at)
}

function hostnameFaults(hostname: string, at: Path): FieldError[] {
  return [
    ...dnsSubdomain(hostname, at),
    ...when(isIp(hostname), invalidValue(at, hostname, 'must be a DNS name, not an IP address')),
  ]
}
