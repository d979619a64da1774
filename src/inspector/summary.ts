/** An object in short: status word, health, and what concerns its kind. One summary for each frozen object. */
import type { Kind } from '../api/kind.ts'
import { type KubeObject, keyOf } from '../api/object.ts'
import type { Registry } from '../api/registry.ts'
import { parseTime } from '../api/time.ts'
import { detailsOf } from './summary-details.ts'
import type { Health, ObjectSummary } from './words.ts'

/** A memo of a pure function over frozen values, for each set of kinds. */
const known = new WeakMap<Registry, WeakMap<KubeObject, ObjectSummary>>()

/** The summary of a stored object. */
export function summaryOf(registry: Registry, object: KubeObject): ObjectSummary {
  let summaries = known.get(registry)
  if (summaries === undefined) {
    summaries = new WeakMap()
    known.set(registry, summaries)
  }
  const before = summaries.get(object)
  if (before !== undefined) return before
  const made = summarised(registry.byKind(object.apiVersion, object.kind), object)
  summaries.set(object, made)
  return made
}

function summarised(kind: Kind | undefined, object: KubeObject): ObjectSummary {
  const { metadata } = object
  const resource = kind?.resource ?? object.kind.toLowerCase()
  const status = statusOf(kind, object)
  const deleting = metadata.deletionTimestamp
  const owners = (metadata.ownerReferences ?? []).map(({ kind: of, name, uid, controller }) => ({
    kind: of,
    name,
    uid,
    controller: controller === true,
  }))
  return {
    resource,
    apiVersion: object.apiVersion,
    kind: object.kind,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    owners,
    labels: metadata.labels ?? {},
    created: timeOf(metadata.creationTimestamp),
    ...(deleting === undefined ? {} : { deleting: timeOf(deleting) }),
    status,
    health: healthOf(object, status),
    ...(kind?.life === undefined ? {} : { actor: `${resource}/${keyOf(object)}` }),
    ...detailsOf(object),
  }
}

function timeOf(text: string | undefined): number {
  return text === undefined ? 0 : parseTime(text)
}

/** What `kubectl get` says first of it: its STATUS, or how many of its replicas are ready. */
function statusOf(kind: Kind | undefined, object: KubeObject): string {
  if (kind === undefined) return ''
  for (const name of ['Status', 'Ready', 'Phase', 'Completions']) {
    const column = kind.columns.find((one) => one.name === name)
    if (column === undefined) continue
    const cell = column.value(object, { now: 0 })
    if (cell !== null && cell !== '') return ofWanted(object, String(cell))
  }
  return ''
}

/** The READY column of a ReplicaSet or DaemonSet is a number alone. */
function ofWanted(object: KubeObject, cell: string): string {
  const wanted = object.spec?.replicas ?? object.status?.desiredNumberScheduled
  return /^\d+$/.test(cell) && wanted !== undefined ? `${cell}/${wanted}` : cell
}

const bad = /Err|BackOff|Failed|Unknown|Evicted|OOM|ExitCode|Signal|Lost|NotReady|DeadlineExceeded|Invalid/
const done = /^(Succeeded|Completed|Complete)$/
const good = /^(Ready|Active|Bound|Available|True|Approved.*)$/

function healthOf(object: KubeObject, status: string): Health {
  if (object.metadata.deletionTimestamp !== undefined) return 'busy'
  if (object.kind === 'Event') return object.type === 'Warning' ? 'bad' : 'none'
  if (status === '') return 'none'
  if (done.test(status)) return 'done'
  if (bad.test(status)) return 'bad'
  if (object.kind === 'Node') return status.startsWith('Ready') ? 'good' : 'bad'
  if (object.kind === 'Pod') return status === 'Running' && isReady(object) ? 'good' : 'busy'
  const counts = /^(\d+)\/(\d+)$/.exec(status)
  if (counts !== null) return Number(counts[1]) >= Number(counts[2]) ? 'good' : 'busy'
  return good.test(status) ? 'good' : 'busy'
}

function isReady(pod: KubeObject): boolean {
  const conditions: readonly { type: string; status: string }[] = pod.status?.conditions ?? []
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
}
