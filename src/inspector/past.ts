/** A past moment of a cluster: the nearest marked one with what came since taken back. */
import type { AnyMachineSnapshot } from 'xstate'
import type { Alarm, World } from '../actors/world.ts'
import type { KubeObject } from '../api/object.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { Timer } from '../lib/timers.ts'
import type { CommitEntry, Entry, Tape } from './tape.ts'

/** The moment right before entry `seq` came. */
export interface Past {
  readonly seq: number
  readonly revision: number
  readonly time: number
  readonly get: (resource: string, key: string) => KubeObject | undefined
  /** By resource, in the order of keys. */
  readonly objects: () => Map<string, readonly KubeObject[]>
  readonly actors: ReadonlyMap<string, AnyMachineSnapshot>
}

/** Which moment is meant: the end of the instant of a revision before the next one, the end of a time (ms), or now. */
export interface When {
  readonly revision?: number | undefined
  readonly time?: number | undefined
}

/** The oldest revision whose moment can still be worked out. */
export function oldestRevision(tape: Tape): number {
  const first = tape.at(tape.oldest)
  if (first === undefined) return 0
  return first.type === 'commit' ? first.revision - 1 : first.revision
}

/** The seq of the entry before which the moment is. Throws KYB-INSPECT-PAST for one that is not kept or not there yet. */
export function seqOf(tape: Tape, world: World, { revision, time }: When): number {
  if (revision === undefined && time === undefined) return tape.next
  const head = world.store.snapshot.revision
  const first = tape.at(tape.oldest)
  const tooOld =
    revision === undefined ? first !== undefined && (time as number) < first.time : revision < oldestRevision(tape)
  if (tooOld || (revision ?? 0) > head) {
    const asked = revision === undefined ? `${time} ms` : `revision ${revision}`
    throw new KybernError(
      'KYB-INSPECT-PAST',
      `the moment of ${asked} is not kept; kept are revisions ${oldestRevision(tape)} to ${head}`,
    )
  }
  if (revision !== undefined) {
    const instant = tape.commitAt(revision)?.time ?? Number.NEGATIVE_INFINITY
    return tape.firstSeq((entry) => entry.revision > revision || (entry.revision === revision && entry.time > instant))
  }
  return tape.firstSeq((entry) => entry.time > (time as number))
}

/** The moment before entry `seq`. Costs the number of entries to the next mark; `objects` those of the cluster. */
export function pastAt(tape: Tape, world: World, seq: number): Past {
  const mark = tape.markAfter(seq)
  const snapshot = mark?.snapshot ?? world.store.snapshot
  const changed = new Map<string, Map<string, KubeObject | undefined>>()
  const actors = new Map<string, AnyMachineSnapshot>()
  for (const [id, cell] of mark?.actors ?? world.actors) actors.set(id, cell.snapshot)
  for (let i = (mark?.seq ?? tape.next) - 1; i >= seq; i--) takeBack(tape.at(i) as Entry, changed, actors)
  const before = tape.at(seq - 1)
  const next = tape.at(seq)
  const get = (resource: string, key: string): KubeObject | undefined => {
    const back = changed.get(resource)
    return back?.has(key) === true ? back.get(key) : snapshot.collections[resource]?.get(key)
  }
  const objects = (): Map<string, readonly KubeObject[]> => {
    const all = new Map<string, readonly KubeObject[]>()
    for (const resource of new Set([...Object.keys(snapshot.collections), ...changed.keys()])) {
      const back = changed.get(resource)
      const tree = snapshot.collections[resource]
      if (back === undefined) all.set(resource, tree?.valuesArray() ?? [])
      else {
        const found = new Map<string, KubeObject | undefined>(tree?.toArray() ?? [])
        for (const [key, object] of back) found.set(key, object)
        const kept = [...found].filter((one): one is [string, KubeObject] => one[1] !== undefined)
        all.set(
          resource,
          kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object),
        )
      }
    }
    return all
  }
  return {
    seq,
    revision: next === undefined ? world.store.snapshot.revision : (before?.revision ?? oldestRevision(tape)),
    time: next === undefined ? world.store.now : (before?.time ?? next.time),
    get,
    objects,
    actors,
  }
}

function takeBack(
  entry: Entry,
  changed: Map<string, Map<string, KubeObject | undefined>>,
  actors: Map<string, AnyMachineSnapshot>,
): void {
  if (entry.type === 'commit') {
    const { resource, key, previous } = entry.change
    let objects = changed.get(resource)
    if (objects === undefined) {
      objects = new Map()
      changed.set(resource, objects)
    }
    objects.set(key, previous)
  } else if (entry.type === 'actor') {
    if (entry.previous === undefined) actors.delete(entry.id)
    else actors.set(entry.id, entry.previous)
  }
}

/** The timers that were set before entry `seq`, in the order they were due; none when that is not kept. */
export function timersAt(tape: Tape, world: World, seq: number): readonly Timer<Alarm>[] {
  const back = tape.timersSince(seq)
  if (back === undefined) return []
  const set = new Map(world.timers.all().map((timer) => [timer.id, timer]))
  for (const { set: came, gone } of back) {
    if (came !== undefined) set.delete(came.id)
    if (gone !== undefined) set.set(gone.id, gone)
  }
  return [...set.values()].sort((a, b) => a.at - b.at || a.seq - b.seq)
}

/** An object at a moment: its state then, or its last one when it was gone by then. */
export interface Found {
  readonly object: KubeObject
  readonly resource: string
  readonly gone: boolean
}

/** The object with this uid before entry `seq`; undefined when there was none yet, or nothing is known of it. */
export function foundByUid(tape: Tape, past: Past, uid: string): Found | undefined {
  for (let seq = past.seq - 1; seq >= tape.oldest; seq--) {
    const entry = tape.at(seq) as Entry
    if (entry.type !== 'commit' || entry.change.object.metadata.uid !== uid) continue
    const { object, resource, type } = entry.change
    return { object, resource, gone: type === 'DELETED' }
  }
  for (const [resource, objects] of past.objects()) {
    const object = objects.find((one) => one.metadata.uid === uid)
    if (object !== undefined) return { object, resource, gone: false }
  }
  return undefined
}

/** The changes of one object before entry `seq`, oldest first. */
export function changesOf(tape: Tape, uid: string, seq = tape.next): CommitEntry[] {
  return tape.commits((change) => change.object.metadata.uid === uid, seq)
}
