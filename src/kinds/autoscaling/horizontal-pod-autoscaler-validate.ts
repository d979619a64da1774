/**
 * The rules of HorizontalPodAutoscalers.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
 */
import {
  among,
  amongOptional,
  dnsLabel,
  each,
  faults,
  filled,
  isFilled,
  isSet,
  nonNegativeQuantity,
  type Part,
  signOf,
  when,
} from '../../api/checks.ts'
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  type Path,
  path,
  required,
} from '../../api/field-error.ts'
import { isPathSegmentName } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { containerResourceNameFaults } from '../../api/pod-spec/resources.ts'
import { formatQuantity, isQuantity } from '../../api/quantity.ts'
import { countFaults } from '../../api/status-rules.ts'

const longestWindowSeconds = 3600
const longestPeriodSeconds = 1800

/** The faults of an autoscaler, or of its status. */
export function validateAutoscaler(autoscaler: KubeObject, _previous: KubeObject | undefined, subresource: string) {
  if (subresource === 'status') {
    return countFaults(autoscaler.status, ['currentReplicas', 'desiredReplicas'], path('status'))
  }
  const place = path('spec')
  const spec: Part = autoscaler.spec ?? {}
  return [
    ...boundFaults(spec, place),
    ...targetFaults(spec.scaleTargetRef ?? {}, false, place.child('scaleTargetRef')),
    ...metricsFaults(spec, place.child('metrics')),
    ...rulesFaults(spec.behavior?.scaleUp, place.child('behavior', 'scaleUp')),
    ...rulesFaults(spec.behavior?.scaleDown, place.child('behavior', 'scaleDown')),
  ]
}

function boundFaults({ minReplicas, maxReplicas = 0 }: Part, place: Path): FieldError[] {
  const least = 'must be greater than or equal to 1'
  const at = place.child('maxReplicas')
  const low = isSet(minReplicas) && minReplicas < 1
  const crossed = isSet(minReplicas) && maxReplicas < minReplicas
  return [
    ...when(low, invalidValue(place.child('minReplicas'), minReplicas, least)),
    ...when(maxReplicas === 0, required(at, 'must be set and greater than 0')),
    ...when(maxReplicas < 0, invalidValue(at, maxReplicas, least)),
    ...when(crossed, invalidValue(at, maxReplicas, 'must be greater than or equal to `minReplicas`')),
  ]
}

function targetFaults({ kind, name, apiVersion = '' }: Part, allowsCore: boolean, place: Path): FieldError[] {
  const segment = (value: string | undefined, at: Path) =>
    isFilled(value) ? faults(at, value, isPathSegmentName(value as string)) : [required(at)]
  const parts = apiVersion.split('/')
  const group = parts.length === 2 ? parts[0] : ''
  const at = place.child('apiVersion')
  const unexpected = `unexpected GroupVersion string: ${apiVersion}`
  const noGroup = !allowsCore && group === '' && parts.length <= 2
  return [
    ...segment(kind, place.child('kind')),
    ...segment(name, place.child('name')),
    ...when(parts.length > 2, invalidValue(at, apiVersion, unexpected)),
    ...when(noGroup, invalidValue(at, apiVersion, 'apiVersion must specify API group')),
  ]
}

const fieldOf: Readonly<Record<string, string>> = {
  Object: 'object',
  External: 'external',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
}
const typeNames = Object.keys(fieldOf).sort()

function metricsFaults({ metrics, minReplicas }: Part, place: Path): FieldError[] {
  const scalesToZero = minReplicas === 0
  const outside = (metrics ?? []).some(({ type }: Part) => type === 'Object' || type === 'External')
  const why = 'must specify at least one Object or External metric to support scaling to zero replicas'
  return [...each(metrics, place, metricFaults), ...when(scalesToZero && !outside, forbiddenValue(place, why))]
}

function metricFaults(metric: Part, place: Path): FieldError[] {
  const type: string = metric.type ?? ''
  const at = place.child('type')
  const expected = fieldOf[type]
  const found = Object.values(fieldOf).filter((field) => isSet(metric[field]))
  const [first] = found
  const source = first === undefined ? [] : sourceFaults(first, metric[first], place.child(first))
  const errors = [...when(type === '', required(at, 'must specify a metric source type'))]
  const unknown = notSupported(at, type, typeNames)
  if (expected === undefined) errors.push(unknown)
  errors.push(...source)
  if (expected === undefined) errors.push(unknown)
  else if (!isSet(metric[expected])) {
    errors.push(required(place.child(expected), 'must populate information for the given metric source'))
  }
  if (found.length === 1) return errors
  const others = found.filter((field) => field !== expected)
  return [
    ...errors,
    ...others.map((field) => forbiddenValue(place.child(field), 'must populate the given metric source only')),
  ]
}

function sourceFaults(field: string, source: Part, place: Path): FieldError[] {
  const target = place.child('target')
  const { value, averageValue, averageUtilization } = source.target ?? {}
  const own = targetValueFaults(source.target ?? {}, target)
  const metric = metricNameFaults(source.metric?.name, place.child('metric', 'name'))
  const none = !isSet(value) && !isSet(averageValue)
  const average = target.child('averageValue')
  if (field === 'object') {
    const why = 'must set either a target value or averageValue'
    const described = targetFaults(source.describedObject ?? {}, true, place.child('describedObject'))
    return [...described, ...metric, ...own, ...when(none, required(average, why))]
  }
  if (field === 'external') {
    const both = isSet(value) && isSet(averageValue)
    const one = 'must set either a target value for metric or a per-pod target'
    const two = 'may not set both a target value for metric and a per-pod target'
    return [
      ...metric,
      ...own,
      ...when(none, required(average, one)),
      ...when(both, forbiddenValue(target.child('value'), two)),
    ]
  }
  if (field === 'pods') {
    const why = 'must specify a positive target averageValue'
    return [...metric, ...own, ...when(!isSet(averageValue), required(average, why))]
  }
  const empty = !isSet(averageUtilization) && !isSet(averageValue)
  const both = isSet(averageUtilization) && isSet(averageValue)
  const one = 'must set either a target raw value or a target utilization'
  const two = 'may not set both a target raw value and a target utilization'
  return [
    ...resourceNameFaults(field, source, place),
    ...own,
    ...when(empty, required(target.child('averageUtilization'), one)),
    ...when(both, forbiddenValue(average, two)),
  ]
}

function resourceNameFaults(field: string, { name, container }: Part, place: Path): FieldError[] {
  const missing = filled(name, place.child('name'), 'must specify a resource name')
  if (field === 'resource') return missing
  const at = place.child('container')
  return [
    ...(missing.length > 0 ? missing : containerResourceNameFaults(name, place.child('name'))),
    ...(isFilled(container) ? dnsLabel(container, at) : [required(at, 'must specify a container')]),
  ]
}

function metricNameFaults(name: string | undefined, place: Path): FieldError[] {
  if (!isFilled(name)) return [required(place, 'must specify a metric name')]
  return faults(place, name, isPathSegmentName(name as string))
}

function targetValueFaults({ type = '', value, averageValue, averageUtilization }: Part, place: Path): FieldError[] {
  const known = ['Utilization', 'Value', 'AverageValue'].includes(type)
  const at = place.child('type')
  const low = (amount: unknown) => isSet(amount) && signOf(amount) <= 0
  const utilization = place.child('averageUtilization')
  const idle = isSet(averageUtilization) && averageUtilization < 1
  return [
    ...when(type === '', required(at, 'must specify a metric target type')),
    ...when(!known, invalidValue(at, type, 'must be either Utilization, Value, or AverageValue')),
    ...when(low(value), invalidValue(place.child('value'), amountText(value), 'must be positive')),
    ...when(low(averageValue), invalidValue(place.child('averageValue'), amountText(averageValue), 'must be positive')),
    ...when(idle, invalidValue(utilization, averageUtilization, 'must be greater than 0')),
  ]
}

const amountText = (amount: unknown): unknown => (isQuantity(amount) ? formatQuantity(amount) : amount)

function rulesFaults(rules: Part, place: Path): FieldError[] {
  if (!isSet(rules)) return []
  const { stabilizationWindowSeconds: window, selectPolicy, policies, tolerance } = rules
  const at = place.child('stabilizationWindowSeconds')
  const long = `must be less than or equal to ${longestWindowSeconds}`
  return [
    ...when(window < 0, invalidValue(at, window, 'must be greater than or equal to zero')),
    ...when(window > longestWindowSeconds, invalidValue(at, window, long)),
    ...amongOptional(selectPolicy, ['Disabled', 'Max', 'Min'], place.child('selectPolicy')),
    ...filled(policies, place.child('policies'), 'must specify at least one Policy'),
    ...each(policies, place.child('policies'), policyFaults),
    ...(isSet(tolerance) ? nonNegativeQuantity(tolerance, place.child('tolerance')) : []),
  ]
}

function policyFaults({ type, value = 0, periodSeconds = 0 }: Part, place: Path): FieldError[] {
  const period = place.child('periodSeconds')
  const above = 'must be greater than zero'
  const long = `must be less than or equal to ${longestPeriodSeconds}`
  return [
    ...among(type, ['Percent', 'Pods'], place.child('type')),
    ...when(value <= 0, invalidValue(place.child('value'), value, above)),
    ...when(periodSeconds <= 0, invalidValue(period, periodSeconds, above)),
    ...when(periodSeconds > longestPeriodSeconds, invalidValue(period, periodSeconds, long)),
  ]
}
