/**
 * The world as a log tells it: begins empty or with a start world, and takes one event after the other. What the log
 * does not tell is noted as a gap, never guessed in silence.
 */
import { defineKind, type Kind } from '../../api/kind.ts'
import { type KubeObject, objectKey, resourceKey } from '../../api/object.ts'
import { createRegistry, type Registry } from '../../api/registry.ts'
import { parseTime, toRfc3339 } from '../../api/time.ts'
import { type StartWorld, worldSnapshot } from '../../cluster/world/start-world.ts'
import { kinds } from '../../kinds/index.ts'
import { viewOver } from '../../store/read.ts'
import { emptySnapshot, frozen, objectAt, type Snapshot, withObject } from '../../store/snapshot.ts'
import { Moment } from '../moment.ts'
import type { Write } from '../property.ts'
import type { Told } from './read-events.ts'
import { writerOf } from './writer.ts'

/** One write as it is judged, with the moments around it. */
export interface PastWrite {
  readonly line: number
  readonly time: number
  readonly write: Write
  readonly before: Moment
  readonly after: Moment
}

/** Something the log does not tell, and since which line. */
export interface Gap {
  readonly line: number
  readonly what: string
}

export class PastWorld {
  readonly gaps: Gap[] = []
  #registry: Registry
  #snapshot: Snapshot
  #now: number
  /** When the log begins, in ms. */
  readonly #begin: number

  constructor(from: StartWorld | undefined, now: number) {
    this.#now = from?.now ?? now
    this.#begin = now
    this.#registry = createRegistry([...kinds, ...(from?.kinds ?? [])])
    const empty = emptySnapshot(this.#now)
    this.#snapshot = from === undefined ? empty : worldSnapshot(empty, from, this.#registry)
  }

  /** The world as far as the log was taken. */
  moment(now = this.#now): Moment {
    const registry = this.#registry
    return new Moment(viewOver(this.#snapshot, registry, now), (kind) => registry.find(kind)?.resource)
  }

  /** What was read tells how objects are that the log has not told of, or that are newer than it told. */
  observe(told: Told): void {
    const { answered } = told
    if (answered === undefined) return
    const kind = this.#kindOf(told, answered)
    const items = Array.isArray(answered.items) ? (answered.items as KubeObject[]) : [answered]
    for (const item of items) {
      const key = objectKey(kind.namespaced ? (item.metadata.namespace ?? told.namespace) : '', item.metadata.name)
      const known = objectAt(this.#snapshot, kind.resource, key)
      if (known !== undefined && versionOf(item) <= versionOf(known)) continue
      this.#noticeUntold(told.line, `${kind.resource} ${key}`, item, known)
      this.#put(kind, key, { ...item, apiVersion: kind.apiVersion, kind: kind.kind }, told.time)
    }
  }

  /** Something was read that no write in the log made so. */
  #noticeUntold(line: number, what: string, read: KubeObject, known: KubeObject | undefined): void {
    const [from, to] = [known?.metadata.resourceVersion, read.metadata.resourceVersion]
    if (known !== undefined) this.#gap(line, `writes of ${what} between versions ${from} and ${to}`)
    else if (parseTime(read.metadata.creationTimestamp ?? '') >= this.#begin) this.#gap(line, `the creation of ${what}`)
  }

  /** Takes a write. Answers nothing for one that the log tells too little of: that is a gap. */
  take(told: Told): PastWrite | undefined {
    const kind = this.#kindOf(told, told.answered)
    const key = objectKey(kind.namespaced ? told.namespace : '', told.name)
    const previous = objectAt(this.#snapshot, kind.resource, key)
    const next = this.#after(told, kind, key, previous)
    if (next === undefined) return undefined
    const before = this.moment()
    this.#noticeGap(told, kind, key, previous)
    const gone = next === 'gone'
    this.#put(kind, key, gone ? undefined : next, told.time)
    const object = gone ? ((previous ?? told.answered) as KubeObject) : next
    const after = this.moment()
    const type = gone ? 'DELETED' : previous === undefined && told.verb === 'create' ? 'ADDED' : 'MODIFIED'
    const cause = { why: 'request', by: told.event.user.username ?? '', key: told.event.auditID } as const
    const verb =
      told.subresource === 'binding' ? 'bind' : told.subresource === '' ? told.verb : `${told.verb}/${told.subresource}`
    const by = writerOf(told.event.user.username ?? '')
    const write: Write = {
      type,
      verb,
      resource: kind.resource,
      key,
      object,
      previous,
      by,
      reconciled: '',
      cause,
      believed: before,
    }
    return { line: told.line, time: told.time, write, before, after }
  }

  #put(kind: Kind, key: string, object: KubeObject | undefined, time: number): void {
    this.#now = Math.max(this.#now, time)
    this.#snapshot = withObject(this.#snapshot, kind, object === undefined ? undefined : frozen(object), key, time)
  }

  /** The object after the write, `gone`, or undefined when the log does not say. */
  #after(told: Told, kind: Kind, key: string, previous: KubeObject | undefined): KubeObject | 'gone' | undefined {
    const { answered, subresource, verb, line } = told
    const at = (what: string): undefined => this.#gap(line, `${verb} of ${kind.resource} ${key}${what}`)
    if (verb === 'deletecollection') return this.#gap(line, `which ${kind.resource} a deletecollection removed`)
    if (subresource === 'scale' || subresource === 'binding' || subresource === 'eviction') {
      if (previous === undefined) return at(`: its object was never told`)
      return changedBy(told, previous) ?? at(` without what was sent`)
    }
    if (verb === 'delete' && isGone(told))
      return previous === undefined && answered === undefined ? at(': it was never told') : 'gone'
    if (answered === undefined)
      return at(
        told.full ? ' without an object in its answer' : ` without its object: the level is ${told.event.level}`,
      )
    return kind.toStorage({ ...answered, apiVersion: kind.apiVersion, kind: kind.kind })
  }

  /** A writer that replaced another version than the last one told of: somebody wrote between and the log is silent. */
  #noticeGap({ line, sent, verb, subresource }: Told, kind: Kind, key: string, previous: KubeObject | undefined): void {
    if (previous === undefined && verb !== 'create') this.#gap(line, `how ${kind.resource} ${key} was before`)
    const replaced = verb === 'update' && subresource !== 'scale' ? sent?.metadata?.resourceVersion : undefined
    if (previous === undefined || !replaced || replaced === previous.metadata.resourceVersion) return
    this.#gap(
      line,
      `writes of ${kind.resource} ${key} between versions ${previous.metadata.resourceVersion} and ${replaced}`,
    )
  }

  #gap(line: number, what: string): undefined {
    this.gaps.push({ line, what })
    return undefined
  }

  /** The kind of a resource; one that nobody serves here is made from what the log says of it. */
  #kindOf({ group, version, resource, namespace }: Told, answered: KubeObject | undefined): Kind {
    const known =
      this.#registry.byResource(resourceKey(group, resource)) ?? this.#registry.route(group, version, resource)
    if (known !== undefined) return known
    const kind = answered?.kind.replace(/List$/, '') ?? resource
    const made = defineKind({ group, version, kind, plural: resource, namespaced: namespace !== '' })
    this.#registry = this.#registry.with(made)
    return made
  }
}

function versionOf(object: KubeObject): number {
  return Number(object.metadata.resourceVersion ?? 0)
}

/** A deletion answers a Status, or the last state, when the object is gone; else the object, which waits for its end. */
function isGone({ answered, event }: Told): boolean {
  if (answered === undefined)
    return (
      (event.responseStatus as { status?: string } | undefined)?.status !== undefined ||
      event.responseObject !== undefined
    )
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers = [] } = answered.metadata
  if (deletionTimestamp === undefined) return true
  return finalizers.length === 0 && deletionGracePeriodSeconds === 0
}

/** What a subresource that answers something else did to its object. */
function changedBy({ subresource, sent, answered, time }: Told, previous: KubeObject): KubeObject | undefined {
  if (subresource === 'scale') {
    const replicas = answered?.spec?.replicas ?? sent?.spec?.replicas
    const resourceVersion = answered?.metadata.resourceVersion ?? previous.metadata.resourceVersion
    if (replicas === undefined) return undefined
    const metadata = { ...previous.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) }
    return { ...previous, metadata, spec: { ...previous.spec, replicas } }
  }
  if (subresource === 'binding') {
    const nodeName: string | undefined = sent?.target?.name
    return nodeName === undefined ? undefined : { ...previous, spec: { ...previous.spec, nodeName } }
  }
  const deletionTimestamp = toRfc3339(time)
  return { ...previous, metadata: { ...previous.metadata, deletionTimestamp } }
}
