/**
 * The names of resources that limit ranges and quotas know.
 * Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
import { faults, when } from './checks.ts'
import { type FieldError, invalidValue, type Path } from './field-error.ts'
import { isQualifiedName } from './names.ts'

const objects = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]
const ofContainers = ['cpu', 'memory', 'ephemeral-storage']
const quota = new Set([
  ...ofContainers,
  ...ofContainers.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  'requests.storage',
  ...objects,
])
const standard = new Set([...quota, 'storage'])

const isHugePages = (name: string): boolean => name.startsWith('hugepages-') || name.startsWith('requests.hugepages-')

/** Whether Kubernetes itself knows how to count this resource for a quota. */
export function isStandardQuotaName(name: string): boolean {
  return quota.has(name) || isHugePages(name)
}

/** The faults of the name of any resource. */
export function resourceNameFaults(name: string, place: Path): FieldError[] {
  const malformed = faults(place, name, isQualifiedName(name))
  if (malformed.length > 0 || name.includes('/') || standard.has(name) || isHugePages(name)) return malformed
  return [invalidValue(place, name, 'must be a standard resource type or fully qualified')]
}

/** The faults of the name of a resource that a quota limits. */
export function quotaNameFaults(name: string, place: Path): FieldError[] {
  const own = !name.includes('/') && !isStandardQuotaName(name)
  const why = 'must be a standard resource for quota'
  return [...resourceNameFaults(name, place), ...when(own, invalidValue(place, name, why))]
}
