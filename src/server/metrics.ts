/**
 * `/metrics` in the text format of Prometheus: what the handler counted, and how many objects are stored.
 * Source: https://kubernetes.io/docs/reference/instrumentation/metrics/
 */
import { text } from './answer.ts'
import type { Call } from './context.ts'
import { type Durations, durationBuckets, type Meter } from './meter.ts'

const contentType = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'

export function metricsText(call: Call): Response {
  const { meter } = call
  const lines = meter === undefined ? [] : [...inFlight(meter), ...longest(meter), ...requests(meter)]
  return text([...lines, ...stored(call), ''].join('\n'), contentType)
}

function family(name: string, type: string, help: string, samples: readonly string[]): string[] {
  return samples.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples]
}

function inFlight({ inFlight: { mutating, readOnly } }: Meter): string[] {
  const name = 'apiserver_current_inflight_requests'
  return family(name, 'gauge', '[STABLE] Requests being answered at this moment, per request kind.', [
    `${name}{request_kind="mutating"} ${mutating.total}`,
    `${name}{request_kind="readOnly"} ${readOnly.total}`,
  ])
}

function longest({ durations }: Meter): string[] {
  const name = 'apiserver_request_duration_seconds'
  const samples = [...durations].flatMap(([labels, one]) => histogram(name, labels, one))
  return family(name, 'histogram', '[STABLE] Response latency distribution in seconds.', samples)
}

function histogram(name: string, labels: string, { counts, sumSeconds, count }: Durations): string[] {
  let sum = 0
  const buckets = [...durationBuckets, '+Inf'].map((end, at) => {
    sum += counts[at] ?? 0
    return `${name}_bucket{${labels},le="${end}"} ${sum}`
  })
  return [...buckets, `${name}_sum{${labels}} ${sumSeconds}`, `${name}_count{${labels}} ${count}`]
}

function requests({ requests: counts, refused, deprecated }: Meter): string[] {
  const total = 'apiserver_request_total'
  const rejected = 'apiserver_flowcontrol_rejected_requests_total'
  const old = 'apiserver_requested_deprecated_apis'
  return [
    ...family(total, 'counter', '[STABLE] Counter of apiserver requests.', samplesOf(total, counts)),
    ...family(rejected, 'counter', '[BETA] Requests refused because there were too many.', [`${rejected} ${refused}`]),
    ...family(
      old,
      'gauge',
      '[STABLE] Deprecated APIs that have been requested.',
      [...deprecated].map((labels) => `${old}{${labels}} 1`),
    ),
  ]
}

function samplesOf(name: string, counts: ReadonlyMap<string, number>): string[] {
  return [...counts].map(([labels, count]) => `${name}{${labels}} ${count}`)
}

function stored({ cluster }: Call): string[] {
  const { registry, view } = cluster
  const kinds = registry.kinds.filter((kind) => kind.verbs.includes('watch'))
  const old = 'apiserver_storage_objects'
  const name = 'apiserver_resource_objects'
  const help = 'Number of stored objects split by kind.'
  const samples = kinds.map((kind) => `${name}{group="${kind.group}",resource="${kind.plural}"} ${view.count(kind)}`)
  const olds = kinds.map((kind) => {
    const resource = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
    return `${old}{resource="${resource}"} ${view.count(kind)}`
  })
  return [...family(name, 'gauge', `[ALPHA] ${help}`, samples), ...family(old, 'gauge', `[STABLE] ${help}`, olds)]
}
