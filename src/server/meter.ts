/**
 * What a handler counts of its requests, as one plain value that whoever makes the handler owns; and how many requests
 * it takes at a time.
 * Source: https://kubernetes.io/docs/reference/instrumentation/metrics/, …/concepts/cluster-administration/flow-control/
 */
import type { User } from './context.ts'
import type { RequestInfo } from './request-info.ts'

/** Upper ends of the buckets of durations, in seconds. */
export const durationBuckets = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
] as const

/** Durations of one kind of request: how many fell into each bucket and not into the one before. */
export interface Durations {
  readonly counts: number[]
  sumSeconds: number
  count: number
}

/** Requests that are being answered. */
export interface InFlight {
  total: number
  readonly byUser: Map<string, number>
}

/** Counters and gauges of one handler. Keys are the labels as the text of metrics writes them. */
export interface Meter {
  readonly requests: Map<string, number>
  readonly durations: Map<string, Durations>
  readonly deprecated: Set<string>
  readonly inFlight: { readonly readOnly: InFlight; readonly mutating: InFlight }
  refused: number
}

/** As a real API server: reads and writes at a time. One user may have half of them; administrators are not held up. */
const limits = { readOnly: 400, mutating: 200 } as const

export function createMeter(): Meter {
  const none = (): InFlight => ({ total: 0, byUser: new Map() })
  return {
    requests: new Map(),
    durations: new Map(),
    deprecated: new Set(),
    inFlight: { readOnly: none(), mutating: none() },
    refused: 0,
  }
}

/** Takes a request in. Undefined when there are too many of its sort already; else what to call at its end. */
export function admitted(meter: Meter, info: RequestInfo, user: User | undefined): (() => void) | undefined {
  const sort = ['get', 'list', 'watch', 'head', 'options'].includes(info.verb) ? 'readOnly' : 'mutating'
  const flight = meter.inFlight[sort]
  const name = user?.name ?? ''
  const own = flight.byUser.get(name) ?? 0
  const isExempt = user?.groups.includes('system:masters') === true || info.verb === 'watch'
  if (!isExempt && (flight.total >= limits[sort] || own >= limits[sort] / 2)) {
    meter.refused++
    return undefined
  }
  flight.total++
  flight.byUser.set(name, own + 1)
  return () => {
    flight.total--
    const left = (flight.byUser.get(name) ?? 1) - 1
    if (left > 0) flight.byUser.set(name, left)
    else flight.byUser.delete(name)
  }
}

/** Counts an answer; `tookMs` is how long it took until its first byte. */
export function counted(meter: Meter, info: RequestInfo, request: Request, code: number, tookMs: number): void {
  const labels = labelsOf(info, request)
  const withCode = `code="${code}",${labels}`
  meter.requests.set(withCode, (meter.requests.get(withCode) ?? 0) + 1)
  const fresh = { counts: Array(durationBuckets.length + 1).fill(0) as number[], sumSeconds: 0, count: 0 }
  const durations = meter.durations.get(labels) ?? fresh
  const seconds = Math.max(0, tookMs) / 1000
  const found = durationBuckets.findIndex((end) => seconds <= end)
  const bucket = found < 0 ? durationBuckets.length : found
  durations.counts[bucket] = (durations.counts[bucket] ?? 0) + 1
  durations.sumSeconds += seconds
  durations.count++
  meter.durations.set(labels, durations)
}

const verbs: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' }
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Only what there can be few of: paths and methods that nobody serves count as one. */
function labelsOf(info: RequestInfo, request: Request): string {
  const { group, version, resource, namespace, name, query, path } = info
  const dryRun = query.has('dryRun') ? 'All' : ''
  const isObject = resource !== ''
  const known = /^\/(healthz|livez|readyz|metrics|version|openapi\/v[23]|api|apis)$/.exec(path)?.[0] ?? ''
  const method = methods.includes(request.method) ? request.method : 'other'
  const isApply = info.verb === 'patch' && (request.headers.get('content-type') ?? '').includes('apply-patch')
  const verb = isObject ? (isApply ? 'APPLY' : (verbs[info.verb] ?? info.verb.toUpperCase())) : method
  const scope = !isObject ? '' : name !== '' ? 'resource' : namespace !== '' ? 'namespace' : 'cluster'
  const pairs = {
    component: isObject ? 'apiserver' : '',
    dry_run: dryRun,
    group,
    resource,
    scope,
    subresource: isObject ? info.subresource : known,
    verb,
    version,
  }
  return Object.entries(pairs)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')
}
