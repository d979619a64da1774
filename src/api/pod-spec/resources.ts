/**
 * The rules of requests and limits.
 * Source: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 */
import { entriesOf, isSet, nonNegativeQuantity, type Part, when } from '../checks.ts'
import { type FieldError, forbiddenValue, invalidValue, type Path, required } from '../field-error.ts'
import { isQualifiedName } from '../names.ts'
import { compareQuantity, formatQuantity, isQuantity, milliValue, parseQuantity } from '../quantity.ts'

const containerResources = new Set(['cpu', 'memory', 'ephemeral-storage'])
const counted = [
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
const standard = new Set([
  ...containerResources,
  ...counted,
  ...['cpu', 'memory', 'ephemeral-storage', 'storage'].map((name) => `requests.${name}`),
  ...['cpu', 'memory', 'ephemeral-storage'].map((name) => `limits.${name}`),
  'storage',
])
const whole = new Set(counted)

const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')
const mayOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name)

/** Whether a resource is one that a device plugin or an administrator defined. */
export function isExtendedResource(name: string): boolean {
  return !isNative(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0
}

/** The faults of an amount of a resource: not negative, and whole where it counts things. */
export function resourceAmountFaults(name: string, amount: string | number, place: Path): FieldError[] {
  const counts = whole.has(name) || isExtendedResource(name)
  const isFraction = counts && isQuantity(amount) && milliValue(amount) % 1000 !== 0
  return [
    ...nonNegativeQuantity(amount, place),
    ...when(isFraction, invalidValue(place, formatQuantity(amount), 'must be an integer')),
  ]
}

/** The faults of the name of a resource that a container may ask for. */
export function containerResourceNameFaults(name: string, place: Path): FieldError[] {
  const errors = isQualifiedName(name).map((fault) => invalidValue(place, name, fault))
  if (errors.length === 0 && !name.includes('/') && !standard.has(name) && !isHugePages(name)) {
    errors.push(invalidValue(place, name, 'must be a standard resource type or fully qualified'))
  }
  if (!name.includes('/')) {
    if (containerResources.has(name) || isHugePages(name)) return errors
    return [...errors, invalidValue(place, name, 'must be a standard resource for containers')]
  }
  if (isNative(name) || isExtendedResource(name)) return errors
  return [...errors, invalidValue(place, name, "doesn't follow extended resource name standard")]
}

/** The faults of a container's `resources`. */
export function resourceFaults(resources: Part, place: Path): FieldError[] {
  if (!isSet(resources)) return []
  const limits = entriesOf(resources.limits)
  const requests = entriesOf(resources.requests)
  const names = [...limits, ...requests].map(([name]) => name)
  const alone = names.some(isHugePages) && !names.some((name) => name === 'cpu' || name === 'memory')
  return [
    ...limits.flatMap(([name, amount]) => amountFaults(name, amount, place.child('limits').key(name))),
    ...requests.flatMap(([name, amount]) => [
      ...amountFaults(name, amount, place.child('requests').key(name)),
      ...requestFaults(name, amount, resources.limits ?? {}, place),
    ]),
    ...when(alone, forbiddenValue(place, 'HugePages require cpu or memory')),
  ]
}

function amountFaults(name: string, amount: string | number, place: Path): FieldError[] {
  return [
    ...containerResourceNameFaults(name, place),
    ...resourceAmountFaults(name, amount, place),
    ...pageFaults(name, amount, place),
  ]
}

/** Huge pages are asked for in whole pages. */
function pageFaults(name: string, amount: string | number, place: Path): FieldError[] {
  const size = name.slice('hugepages-'.length)
  if (!isHugePages(name) || !isQuantity(size) || !isQuantity(amount)) return []
  const page = milliValue(size)
  const asked = milliValue(amount)
  const shown = formatQuantity(amount)
  const isWhole = page > 0 && asked >= 0 && asked % page === 0
  return when(!isWhole, invalidValue(place, shown, `${shown} is not positive integer multiple of ${name}`))
}

function requestFaults(name: string, amount: string | number, limits: Part, place: Path): FieldError[] {
  const limit = limits[name]
  const fixed = !mayOvercommit(name)
  if (!isSet(limit)) {
    return when(fixed, required(place.child('limits'), 'Limit must be set for non overcommitable resources'))
  }
  if (!isQuantity(amount) || !isQuantity(limit)) return []
  const order = compareQuantity(parseQuantity(amount), parseQuantity(limit))
  const at = place.child('requests')
  const bound = `${name} limit of ${formatQuantity(limit)}`
  if (fixed) return when(order !== 0, invalidValue(at, formatQuantity(amount), `must be equal to ${bound}`))
  return when(order > 0, invalidValue(at, formatQuantity(amount), `must be less than or equal to ${bound}`))
}
