/**
 * How a Service is reached from outside and how its traffic is spread.
 * Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-policies
 */
import { among, amongOptional, faults, isFilled, isSet, type Part, qualifiedName, when } from '../../api/checks.ts'
import { type FieldError, forbiddenValue, invalidValue, path, required } from '../../api/field-error.ts'
import { isValidPortNumber } from '../../api/names.ts'

const place = path('spec')
const onlyBalanced = "may only be used when `type` is 'LoadBalancer'"
const policies = ['Cluster', 'Local']

/** Whether clients outside the cluster may reach it. */
export function isExposed(spec: Part): boolean {
  return (
    spec.type === 'LoadBalancer' ||
    spec.type === 'NodePort' ||
    (spec.type === 'ClusterIP' && isFilled(spec.externalIPs))
  )
}

/** Whether the balancer asks each node for its health. */
export function needsHealthPort(spec: Part): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
}

/** The faults of load balancer fields and traffic policies. */
export function exposureFaults(spec: Part, previous: Part): FieldError[] {
  const isBalanced = spec.type === 'LoadBalancer'
  const allocates = spec.allocateLoadBalancerNodePorts
  const healthChanged =
    isSet(previous) &&
    needsHealthPort(previous) &&
    needsHealthPort(spec) &&
    previous.healthCheckNodePort !== spec.healthCheckNodePort
  return [
    ...when(healthChanged, forbiddenValue(place.child('healthCheckNodePort'), 'field is immutable')),
    ...when(
      isSet(allocates) && !isBalanced,
      forbiddenValue(place.child('allocateLoadBalancerNodePorts'), onlyBalanced),
    ),
    ...when(isBalanced && !isSet(allocates), required(path('allocateLoadBalancerNodePorts'))),
    ...classFaults(spec, previous),
    ...externalFaults(spec),
    ...internalFaults(spec),
    ...amongOptional(
      spec.trafficDistribution,
      ['PreferClose', 'PreferSameZone', 'PreferSameNode'],
      place.child('trafficDistribution'),
    ),
  ]
}

function classFaults({ type, loadBalancerClass }: Part, previous: Part): FieldError[] {
  const at = place.child('loadBalancerClass')
  if (type !== 'LoadBalancer') return when(isSet(loadBalancerClass), forbiddenValue(at, onlyBalanced))
  const changes = previous?.type === 'LoadBalancer' && previous.loadBalancerClass !== loadBalancerClass
  return [
    ...when(changes, invalidValue(at, loadBalancerClass ?? null, 'may not change once set')),
    ...(isSet(loadBalancerClass) ? qualifiedName(loadBalancerClass, at) : []),
  ]
}

function externalFaults(spec: Part): FieldError[] {
  const policy: string = spec.externalTrafficPolicy ?? ''
  const policyAt = place.child('externalTrafficPolicy')
  const port: number = spec.healthCheckNodePort ?? 0
  const portAt = place.child('healthCheckNodePort')
  const onlyLocal = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
  const exposed = isExposed(spec)
    ? policy === ''
      ? [required(policyAt)]
      : among(policy, policies, policyAt)
    : when(policy !== '', invalidValue(policyAt, policy, 'may only be set for externally-accessible services'))
  const health = needsHealthPort(spec)
    ? port === 0
      ? [required(portAt)]
      : faults(portAt, port, isValidPortNumber(port))
    : when(port !== 0, invalidValue(portAt, port, onlyLocal))
  return [...exposed, ...health]
}

function internalFaults({ type, internalTrafficPolicy }: Part): FieldError[] {
  const at = place.child('internalTrafficPolicy')
  if (isSet(internalTrafficPolicy)) return among(internalTrafficPolicy, policies, at)
  return when(['ClusterIP', 'NodePort', 'LoadBalancer'].includes(type), required(at))
}
