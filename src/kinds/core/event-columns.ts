/** The columns of `kubectl get events`. Source: https://kubernetes.io/docs/reference/kubectl/generated/kubectl_events/ */
import { column, wideColumn } from '../../api/column.ts'
import type { KubeObject } from '../../api/object.ts'
import { type Column, nameColumn, translateTimestamp } from '../../api/table.ts'

const firstSeen = (event: KubeObject, now: number): string =>
  translateTimestamp(event.firstTimestamp ?? event.eventTime, now)

function lastSeen(event: KubeObject, now: number): string {
  const last = event.series?.lastObservedTime ?? event.lastTimestamp
  return last === undefined || last === null ? firstSeen(event, now) : translateTimestamp(last, now)
}

function involved({ involvedObject }: KubeObject): string {
  const kind = (involvedObject?.kind ?? '').toLowerCase()
  return involvedObject?.name ? `${kind}/${involvedObject.name}` : kind
}

/** Who saw it: the source of old events, the reporter of new ones. */
function origin(event: KubeObject): string {
  const component = event.source?.component || event.reportingComponent || ''
  const host = event.source?.host || event.reportingInstance || ''
  return host === '' ? component : `${component}, ${host}`
}

export const eventColumns: readonly Column[] = [
  column('Last Seen', (event, { now }) => lastSeen(event, now)),
  column('Type', (event) => event.type ?? ''),
  column('Reason', (event) => event.reason ?? ''),
  column('Object', involved),
  wideColumn('Subobject', (event) => event.involvedObject?.fieldPath ?? ''),
  wideColumn('Source', origin),
  column('Message', (event) => (event.message ?? '').trim()),
  wideColumn('First Seen', (event, { now }) => firstSeen(event, now)),
  wideColumn('Count', (event) => event.series?.count ?? (event.count || 1)),
  { ...nameColumn, priority: 1 },
]
