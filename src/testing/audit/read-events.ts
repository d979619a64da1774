/**
 * What an audit log tells, event by event: who wrote what with which answer. Nothing is judged here.
 * Source: https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ (audit.k8s.io/v1)
 */
import type { AuditEvent } from '../../api/audit.ts'
import type { KubeObject } from '../../api/object.ts'
import { parseTime } from '../../api/time.ts'
import { KybernError } from '../../lib/coded-error.ts'

/** One event that matters to the world: its place in the log (from 1), and its parts with the defaults filled in. */
export interface Told {
  readonly event: AuditEvent
  /** Line or place in the list, from 1. */
  readonly line: number
  readonly verb: string
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** In ms: when it was answered. */
  readonly time: number
  /** What was sent, and the object that was answered (a Status is none). */
  readonly sent: KubeObject | undefined
  readonly answered: KubeObject | undefined
  /** The answer tells what became of it: the event is of the level RequestResponse. */
  readonly full: boolean
}

/** The events of a log: JSON lines, or a list. Throws KYB-AUDIT for a line that is no event. */
export function readEvents(log: string | Iterable<AuditEvent>): AuditEvent[] {
  if (typeof log !== 'string') return [...log]
  return log.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [parsed(line, i + 1)]))
}

function parsed(line: string, number: number): AuditEvent {
  try {
    const event = JSON.parse(line) as AuditEvent
    if (event?.kind === 'Event' && event.apiVersion === 'audit.k8s.io/v1') return event
  } catch {
    throw new KybernError('KYB-AUDIT', `line ${number} of the log is no JSON`)
  }
  throw new KybernError('KYB-AUDIT', `line ${number} of the log is no Event of audit.k8s.io/v1`)
}

const writing = ['create', 'update', 'patch', 'delete', 'deletecollection']
const reading = ['get', 'list']
/** They change nothing that is stored, or nothing of this object. */
const passing = new Set(['token', 'exec', 'attach', 'portforward', 'proxy', 'log'])

/** The events that tell of the world, once each: answered well, about a resource, and not dry runs. In the log's order. */
export function tellingEvents(events: readonly AuditEvent[]): { writes: Told[]; reads: Told[] } {
  const told = events.flatMap((event, i) => (isTelling(event) ? [toldOf(event, i + 1)] : []))
  return {
    writes: told.filter(({ verb, subresource }) => writing.includes(verb) && !passing.has(subresource)),
    reads: told.filter(
      ({ verb, subresource, answered }) => reading.includes(verb) && subresource === '' && answered !== undefined,
    ),
  }
}

function isTelling({ stage, responseStatus, objectRef, requestURI }: AuditEvent): boolean {
  const code = Number(responseStatus?.code ?? 0)
  const dry = /[?&]dryRun=All/.test(requestURI)
  return stage === 'ResponseComplete' && code >= 200 && code < 300 && objectRef?.resource !== undefined && !dry
}

function toldOf(event: AuditEvent, line: number): Told {
  const { objectRef: ref = {}, verb, level, requestObject, responseObject, stageTimestamp } = event
  const answered = objectIn(responseObject)
  const meta = answered?.kind.endsWith('List') === true ? undefined : answered?.metadata
  return {
    event,
    line,
    verb,
    group: ref.apiGroup ?? '',
    version: ref.apiVersion ?? '',
    resource: ref.resource ?? '',
    subresource: ref.subresource ?? '',
    namespace: ref.namespace ?? meta?.namespace ?? '',
    name: ref.name ?? meta?.name ?? '',
    time: parseTime(stageTimestamp),
    sent: objectIn(requestObject),
    answered,
    full: level === 'RequestResponse',
  }
}

function objectIn(value: unknown): KubeObject | undefined {
  const object = value as KubeObject | null | undefined
  return typeof object === 'object' && object !== null && object.kind !== 'Status' && object.kind !== undefined
    ? object
    : undefined
}
