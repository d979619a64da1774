/**
 * Reports become core/v1 Events the way client-go's correlator makes them: an equal report raises the count, many
 * similar ones are combined, and one that comes too often for its object is dropped.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
import { type KubeObject, objectKey } from '../api/object.ts'
import { parseTime, toRfc3339 } from '../api/time.ts'
import { uuidFrom } from '../lib/prng.ts'
import { type CommitContext, kindFor, lookUp, type Plan } from './plan.ts'
import { frozen, indexedKeys } from './snapshot.ts'
import type { Report } from './transition.ts'

/** Similar reports (same object, component and reason) beyond this many are combined into one event. */
const similarLimit = 10
/** Events one object may have from one component at once; one more is allowed every five minutes. */
const burst = 25
const refillMs = 300_000

/** The plan of a report, or undefined when the object has had too many. */
export function planReport(context: CommitContext, report: Report): Plan | undefined {
  const kind = kindFor(context, 'events')
  const uid = report.regarding.metadata.uid ?? ''
  const keys = indexedKeys(context.snapshot, kind.resource, 'involved', uid, 2 * burst)
  const events = keys.flatMap((key) => lookUp(context, kind.resource, key) ?? [])
  const similar = events.filter(
    (event) => event.reason === report.reason && event.source?.component === report.source.component,
  )
  const combined = similar.length >= similarLimit
  const message = combined ? `(combined from similar events): ${report.message}` : report.message
  const same = combined
    ? similar.find((event) => event.message.startsWith('(combined from similar events): '))
    : similar.find((event) => event.message === message && event.involvedObject.fieldPath === report.fieldPath)
  if (same !== undefined) return counted(context, same, message)
  if (tooMany(context, events, report) || isGoing(context, report.regarding.metadata.namespace)) return undefined
  const next = eventOf(context, report, message)
  const key = objectKey(next.metadata.namespace ?? '', next.metadata.name)
  return { kind, key, previous: undefined, next: frozen(next), warnings: [] }
}

/** A namespace that is being deleted takes no new events either. */
function isGoing(context: CommitContext, namespace: string | undefined): boolean {
  const found = namespace === undefined ? undefined : lookUp(context, 'namespaces', namespace)
  return found?.metadata.deletionTimestamp !== undefined
}

function tooMany(context: CommitContext, events: readonly KubeObject[], report: Report): boolean {
  const own = events.filter((event) => event.source?.component === report.source.component)
  if (own.length < burst) return false
  const newest = Math.max(...own.map((event) => parseTime(event.firstTimestamp)))
  return context.now - newest < refillMs
}

function counted(context: CommitContext, event: KubeObject, message: string): Plan {
  const kind = kindFor(context, 'events')
  const next = { ...event, message, count: (event.count ?? 1) + 1, lastTimestamp: toRfc3339(context.now) }
  const key = objectKey(event.metadata.namespace ?? '', event.metadata.name)
  return { kind, key, previous: event, next: frozen(next), warnings: [] }
}

function eventOf(context: CommitContext, report: Report, message: string): KubeObject {
  const { regarding } = report
  const namespace = regarding.metadata.namespace ?? 'default'
  const at = toRfc3339(context.now)
  const { name, uid, resourceVersion } = regarding.metadata
  const place = regarding.metadata.namespace === undefined ? {} : { namespace: regarding.metadata.namespace }
  const fieldPath = report.fieldPath === undefined ? {} : { fieldPath: report.fieldPath }
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${name}.${context.prng.hex(16)}`,
      namespace,
      uid: uuidFrom(context.prng),
      creationTimestamp: at,
    },
    involvedObject: {
      kind: regarding.kind,
      ...place,
      name,
      uid,
      apiVersion: regarding.apiVersion,
      resourceVersion,
      ...fieldPath,
    },
    reason: report.reason,
    message,
    source: report.source,
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    type: report.level,
    eventTime: null,
    reportingComponent: report.source.component,
    reportingInstance: report.source.host ?? '',
  }
}
