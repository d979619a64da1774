/**
 * What watches and lists owe (A3, A4, A6), over what was received: a property sees states and writes, and no streams.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import { type KubeObject, keyOf } from '../../api/object.ts'
import { equal } from '../../lib/equal.ts'
import type { Change } from '../../store/transition.ts'

/** One event of a watch. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: KubeObject
}

const versionOf = ({ metadata }: KubeObject): number => Number(metadata.resourceVersion)
const told = (events: readonly WatchEvent[]): readonly WatchEvent[] =>
  events.filter(({ type }) => type !== 'BOOKMARK' && type !== 'ERROR')

/**
 * A3. Why what a watch told is not the store's log after `from`, narrowed to the objects it selects: versions that do not rise, an
 * event that is missing, one too many. Undefined when it is. `log` are the changes of the resource after `from`, as far as the
 * watch was followed.
 */
export function whyNotTheLog(
  events: readonly WatchEvent[],
  log: readonly Change[],
  from: number,
  selects: (object: KubeObject) => boolean = () => true,
): string | undefined {
  let last = from
  for (const { type, object } of told(events)) {
    if (versionOf(object) <= last) return `${type} ${keyOf(object)} at ${versionOf(object)} comes after ${last}`
    last = versionOf(object)
  }
  const wanted = log.filter(({ object, previous }) => selects(object) || (previous !== undefined && selects(previous)))
  const seen = new Set(told(events).map(({ object }) => versionOf(object)))
  const missed = wanted.find(({ revision }) => !seen.has(revision))
  if (missed !== undefined) return `${missed.type} ${missed.key} at ${missed.revision} was not told`
  const logged = new Set(wanted.map(({ revision }) => revision))
  const extra = told(events).find(({ object }) => !logged.has(versionOf(object)))
  return extra === undefined
    ? undefined
    : `${extra.type} ${keyOf(extra.object)} at ${versionOf(extra.object)} never happened`
}

/** A4. A list and what a watch from it told, as the list they lead to, by key. */
export function folded(list: readonly KubeObject[], events: readonly WatchEvent[]): ReadonlyMap<string, KubeObject> {
  const known = new Map(list.map((object) => [keyOf(object), object]))
  for (const { type, object } of told(events)) {
    if (type === 'DELETED') known.delete(keyOf(object))
    else known.set(keyOf(object), object)
  }
  return known
}

/** A4. The keys for which a fold and a later list differ. */
export function differing(fold: ReadonlyMap<string, KubeObject>, list: readonly KubeObject[]): readonly string[] {
  const listed = new Map(list.map((object) => [keyOf(object), object]))
  const keys = new Set([...fold.keys(), ...listed.keys()])
  return [...keys].filter((key) => !equal(fold.get(key), listed.get(key)))
}

/** A6. Was this list the state at some revision of the history? `states` are lists by revision. */
export function wasOnce(list: readonly KubeObject[], states: Iterable<readonly KubeObject[]>): boolean {
  for (const state of states) if (equal(list, state)) return true
  return false
}
