/**
 * The same properties over a recorded audit log of a real cluster, or of kybern's own (`cluster.audit$`):
 *
 *     const report = checkAudit(readFileSync('audit.log', 'utf8'), [always((s) => s.deployment('web').available >= 3)])
 *     console.log(`${report}`)
 *
 * The world is built again from the answers in the log (level RequestResponse), write by write in the order of their
 * versions; what was read tells of objects too. What a log cannot tell stays open and is said: what a writer had before
 * its eyes (`Write.believed` is the moment before the write), which reconcile it was, what was not logged with its
 * objects, and whatever must come true some day without a limit of time.
 * Source: https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
 */
import type { AuditEvent } from '../api/audit.ts'
import { toRfc3339 } from '../api/time.ts'
import type { Manifest } from '../cluster/manifest.ts'
import { type StartWorld, startWorldOf } from '../cluster/world/start-world.ts'
import { KybernError } from '../lib/coded-error.ts'
import { type AuditFinding, type AuditVerdict, judgePast } from './audit/judge-past.ts'
import { type Gap, PastWorld, type PastWrite } from './audit/past-world.ts'
import { readEvents, type Told, tellingEvents } from './audit/read-events.ts'
import type { Property } from './property.ts'

export type { AuditVerdict } from './audit/judge-past.ts'
export type { Gap } from './audit/past-world.ts'

export interface CheckAuditOptions {
  /** What there was before the log begins: `kubectl get -A -o yaml`, or what `importWorld` made of it. */
  readonly from?: Manifest | StartWorld
}

/** What the log says of one property. */
export interface AuditPropertyReport {
  readonly name: string
  readonly verdict: AuditVerdict
  /** Of a violation, and of a witness of `sometimes`: where in the log, from 1. */
  readonly event?: number
  readonly auditID?: string
  /** `2026-11-23T09:30:00Z`. */
  readonly time?: string
  /** `patch deployments.apps default/web by system:admin`. */
  readonly what?: string
  /** Why it is violated, or why it is not decided. */
  readonly why?: string
  /** How many moments or writes said something. */
  readonly concerned: number
}

export interface AuditReport {
  /** True when no property is violated. What was not decided is no violation. */
  readonly ok: boolean
  readonly events: number
  /** Writes the world was built from. */
  readonly writes: number
  /** What the log does not tell. With gaps, nothing that must hold always is said to hold. */
  readonly gaps: readonly Gap[]
  readonly properties: readonly AuditPropertyReport[]
  toString(): string
}

/** Judges the properties over the log: JSON lines or events. Throws KYB-AUDIT for a line that is no event and a log of none, KYB-IMPORT for `from`. */
export function checkAudit(
  log: string | Iterable<AuditEvent>,
  properties: readonly Property[],
  { from }: CheckAuditOptions = {},
): AuditReport {
  const events = readEvents(log)
  if (events.length === 0) throw new KybernError('KYB-AUDIT', 'there are no events in the log: nothing could be judged')
  const told = tellingEvents(events)
  const ordered = inOrder([...told.writes, ...told.reads])
  const world = new PastWorld(from === undefined ? undefined : startWorldOf(from, []), ordered[0]?.time ?? 0)
  const first = world.moment()
  const writes = ordered.flatMap((one) => {
    if (told.reads.includes(one)) world.observe(one)
    else return world.take(one) ?? []
    return []
  })
  const reports = properties.map((property) => reportOf(property, judgePast(property, first, writes), world.gaps))
  const parts = {
    ok: reports.every(({ verdict }) => verdict !== 'violated'),
    events: events.length,
    writes: writes.length,
    gaps: world.gaps,
    properties: reports,
  }
  return { ...parts, toString: () => textOf(parts) }
}

/** By the version each answer has; what has none stays behind all before it in the log. */
function inOrder(told: readonly Told[]): Told[] {
  const byLine = [...told].sort((a, b) => a.line - b.line)
  let last = 0
  const placed = byLine.map((one) => {
    const version = Number(one.answered?.metadata?.resourceVersion ?? 0)
    last = Math.max(last, version)
    return { one, version: version || last }
  })
  return placed.sort((a, b) => a.version - b.version || a.one.line - b.one.line).map(({ one }) => one)
}

/** A claim about every moment is not said to hold when some moments are not known. */
function reportOf({ name, formula }: Property, finding: AuditFinding, gaps: readonly Gap[]): AuditPropertyReport {
  const { verdict, at, why, concerned } = finding
  const place = at === undefined ? {} : placeOf(at)
  const said = { name, concerned, ...place }
  if (verdict === 'holds' && gaps.length > 0 && formula.type !== 'sometimes')
    return {
      ...said,
      verdict: 'not decided',
      why: `it held at all ${concerned} that are known, and the log has ${gaps.length} gaps`,
    }
  const doubt =
    verdict === 'violated' && gaps.some(({ line }) => line <= (at?.line ?? 0))
      ? ' (the log has gaps before this: look whether they explain it)'
      : ''
  return { ...said, verdict, ...(why === undefined ? {} : { why: why + doubt }) }
}

function placeOf({ line, time, write }: PastWrite): Pick<AuditPropertyReport, 'event' | 'auditID' | 'time' | 'what'> {
  const { verb, resource, key, cause } = write
  return {
    event: line,
    auditID: cause.key ?? '',
    time: toRfc3339(time),
    what: `${verb} ${resource} ${key} by ${cause.by}`,
  }
}

const marks: Readonly<Record<AuditVerdict, string>> = { holds: '✓', violated: '✗', 'not decided': '·', vacuous: '?' }
const shownGaps = 5

function textOf({ events, writes, gaps, properties }: Omit<AuditReport, 'toString'>): string {
  const lines = [`${events} events, ${writes} writes${gaps.length === 0 ? '' : `, ${gaps.length} gaps`}`]
  for (const { verdict, name, event, time, what, why, concerned } of properties) {
    const place = event === undefined ? '' : ` at event ${event} (${time}, ${what})`
    const count = verdict === 'holds' ? ` (${concerned} times)` : ''
    lines.push(`  ${marks[verdict]} ${name}: ${verdict}${place}${count}${why === undefined ? '' : `: ${why}`}`)
  }
  for (const { line, what } of gaps.slice(0, shownGaps)) lines.push(`  not told, event ${line}: ${what}`)
  if (gaps.length > shownGaps) lines.push(`  and ${gaps.length - shownGaps} more that is not told`)
  return lines.join('\n')
}
