/**
 * The metrics of an autoscaler, each as a proposal or the reason why there is none, and what follows from all of them.
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#scaling-on-multiple-metrics
 */
import type { KubeObject } from '../../api/object.ts'
import { formatQuantity, milliValue } from '../../api/quantity.ts'
import type { View } from '../../store/view.ts'
import { groupsOf, requestsOf, samplesOf } from './pod-metrics.ts'
import { averageTarget, proposed, type Ratio, type Tolerance, utilizationTarget } from './replicas.ts'

/** What the metrics are read with. */
export interface Reading {
  readonly view: View
  readonly namespace: string
  /** The pods the target's selector selects. */
  readonly pods: readonly KubeObject[]
  readonly current: number
  readonly tolerance: Tolerance
}

interface MetricTarget {
  readonly averageUtilization?: number
  readonly averageValue?: string
}

// biome-ignore lint/suspicious/noExplicitAny: one of five shapes of autoscaling/v2 MetricSpec, checked by its schema
type MetricSpec = any

export interface Found {
  readonly replicas: number
  /** As in events: `cpu resource utilization (percentage of request)`. */
  readonly name: string
  /** One entry of status.currentMetrics. */
  readonly status: object
}

/** `reason` of the ScalingActive condition and of the event, `error` its words. */
export interface Failed {
  readonly reason: string
  readonly error: string
}

/** What one metric proposes. */
export function readMetric(reading: Reading, metric: MetricSpec): Found | Failed {
  if (metric.type === 'Resource') return readResource(reading, metric.resource, undefined)
  if (metric.type === 'ContainerResource')
    return readResource(reading, metric.containerResource, metric.containerResource.container)
  return unread(reading, metric)
}

interface ResourceSource {
  readonly name: string
  readonly target: MetricTarget
}

function readResource(reading: Reading, source: ResourceSource, container: string | undefined): Found | Failed {
  const { name, target } = source
  const scope = container === undefined ? 'resource' : 'container resource'
  const reason = container === undefined ? 'FailedGetResourceMetric' : 'FailedGetContainerResourceMetric'
  const percent = target.averageUtilization
  if (percent === undefined && target.averageValue === undefined) {
    const error = `invalid ${scope} metric source: neither an average utilization target nor an average value (raw) target was set`
    return { reason, error }
  }
  const what = percent === undefined ? 'usage' : 'utilization'
  const found = resourceProposal(reading, source, container)
  if (typeof found === 'string') return { reason, error: `failed to get ${name} ${what}: ${found}` }
  const words = percent === undefined ? '' : ' utilization (percentage of request)'
  const current = { name, ...(container !== undefined && { container }), current: usageStatus(found.usage) }
  const status =
    container === undefined
      ? { type: 'Resource', resource: current }
      : { type: 'ContainerResource', containerResource: current }
  return { replicas: found.replicas, name: `${name} ${scope}${words}`, status }
}

function usageStatus({ percent, average }: Ratio): object {
  const averageValue = formatQuantity({ unscaled: BigInt(average), scale: -3, format: 'DecimalSI' })
  return percent === undefined ? { averageValue } : { averageUtilization: percent, averageValue }
}

function resourceProposal(reading: Reading, { name, target }: ResourceSource, container: string | undefined) {
  const { view, pods, current, tolerance } = reading
  const samples = samplesOf(view, pods, name, container)
  if (samples.size === 0)
    return `unable to get metrics for resource ${name}: no metrics returned from resource metrics API`
  if (pods.length === 0) return 'no pods returned by selector while calculating replica count'
  const groups = groupsOf(pods, samples, name, view.now)
  if (target.averageUtilization === undefined) {
    return proposed(averageTarget(milliValue(target.averageValue ?? '0')), samples, groups, current, tolerance)
  }
  const requests = requestsOf(pods, name, container)
  if (typeof requests === 'string') return requests
  return proposed(utilizationTarget(target.averageUtilization, requests), samples, groups, current, tolerance)
}

/** Metrics that come from APIs no one serves here, in the words of a cluster without adapters. */
function unread({ namespace }: Reading, metric: MetricSpec): Failed {
  const custom = 'unable to fetch metrics from custom metrics API: no known available metric versions found'
  switch (metric.type) {
    case 'Pods':
      return { reason: 'FailedGetPodsMetric', error: `unable to get metric ${metric.pods.metric.name}: ${custom}` }
    case 'Object': {
      const { kind, name } = metric.object.describedObject
      const place = `${kind} on ${namespace} ${name}`
      return {
        reason: 'FailedGetObjectMetric',
        error: `unable to get metric ${metric.object.metric.name}: ${place}/${custom}`,
      }
    }
    case 'External': {
      const { name, selector } = metric.external.metric
      const why = `unable to fetch metrics from external metrics API: the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`
      const error = `unable to get external metric ${namespace}/${name}/${goSelector(selector)}: ${why}`
      return { reason: 'FailedGetExternalMetric', error }
    }
    default:
      return { reason: 'InvalidMetricSourceType', error: `unknown metric source type ${JSON.stringify(metric.type)}` }
  }
}

/** A label selector as Go prints it. */
function goSelector(selector: { matchLabels?: Record<string, string> } | undefined): string {
  if (selector === undefined) return 'nil'
  const labels = Object.entries(selector.matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const text = labels.map(([key, value]) => `${key}: ${value},`).join('')
  return `&LabelSelector{MatchLabels:map[string]string{${text}},MatchExpressions:[]LabelSelectorRequirement{},}`
}

/** What all metrics together say: the largest proposal; none when nothing can be said or only a part asks for less. */
export interface Combined {
  readonly found: Found | undefined
  readonly failures: readonly Failed[]
  /** status.currentMetrics, one entry for each metric in the order of the spec. */
  readonly statuses: readonly object[]
}

export function readMetrics(reading: Reading, metrics: readonly MetricSpec[]): Combined {
  const answers = metrics.map((metric) => readMetric(reading, metric))
  const failures = answers.filter((answer): answer is Failed => 'error' in answer)
  const good = answers.filter((answer): answer is Found => 'replicas' in answer)
  const most = good.reduce<Found | undefined>(
    (best, one) => (best && best.replicas >= one.replicas ? best : one),
    undefined,
  )
  const usable = most !== undefined && (failures.length === 0 || most.replicas >= reading.current)
  const statuses = answers.map((answer) => ('status' in answer ? answer.status : { type: '' }))
  return { found: usable ? most : undefined, failures, statuses }
}
