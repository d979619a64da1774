/**
 * What a page knows of one cluster: every record of its feed, and the tracks made of them. It only grows; reading it at
 * an earlier record is how the page goes back in time. `version` tells components that there is more.
 */
import { batch, signal } from '@preact/signals'
import type { MomentAnswer } from '../../questions.ts'
import type { ActorRecord, ClockState, CommitRecord, FeedRecord, ObjectSummary } from '../../words.ts'
import { Axis } from './axis.ts'
import { States } from './states.ts'
import { enter, isThere, newTrack, type Track } from './track.ts'

/** Kinds that change all the time without anything happening. */
const quietKinds = new Set(['Lease', 'Event'])

export class ClusterModel {
  readonly name: string
  readonly version = signal(0)
  /** Counts changes of which tracks there are and where they belong: what rows are made of. */
  readonly shape = signal(0)
  #reshaped = false
  readonly clock = signal<ClockState>(restingClock)
  readonly axis = new Axis()
  readonly states = new States()
  readonly records: FeedRecord[] = []
  /** Seq of the first record held. */
  base = 0
  /** All tracks in order of birth; by id; and the newest track of each actor. */
  tracks: Track[] = []
  readonly byId = new Map<string, Track>()
  readonly byActor = new Map<string, Track>()
  readonly roots: Track[] = []
  readonly #byKind = new Map<string, Track[]>()
  /** Index of the record that committed a revision. */
  readonly commits = new Map<number, number>()
  /** Seqs of what people did: commands, faults, writes by users. */
  readonly deeds: number[] = []
  /** Containers that came before their pod's track; by the pod's actor id. */
  readonly #orphans = new Map<string, Track[]>()

  constructor(name: string) {
    this.name = name
  }

  /** Seq of the newest record; `base - 1` when there is none. */
  get head(): number {
    return this.base + this.records.length - 1
  }

  record(seq: number): FeedRecord | undefined {
    return this.records[seq - this.base]
  }

  /** The record that committed a revision. */
  commitOf(revision: number): CommitRecord | undefined {
    const seq = this.commits.get(revision)
    return seq === undefined ? undefined : (this.record(seq) as CommitRecord | undefined)
  }

  /** The newest revision at a record. */
  revisionAt(seq: number): number {
    return this.record(Math.min(seq, this.head))?.revision ?? this.start?.revision ?? 0
  }

  timeAt(seq: number): number {
    return this.record(Math.min(seq, this.head))?.time ?? this.start?.time ?? 0
  }

  /** Where it began. */
  start: { readonly revision: number; readonly time: number } | undefined

  /** Begins with a moment; records after it follow. Whatever was known before is forgotten. */
  begin(moment: MomentAnswer): void {
    this.#forget()
    this.base = moment.nextSeq
    this.start = { revision: moment.revision, time: moment.time }
    const seq = moment.nextSeq - 1
    for (const object of moment.objects) this.#see(object, seq)
    for (const { id, machine, states } of moment.actors) this.#move(id, machine, states, seq)
    this.shape.value++
    this.version.value++
  }

  /** Takes in records in order; `drawn` tells of them. */
  take(records: readonly FeedRecord[]): void {
    for (const record of records) {
      if (record.seq !== this.head + 1) continue
      this.records.push(record)
      this.axis.push(record.time, isQuiet(record))
      if (record.type === 'commit') this.#commit(record)
      else if (record.type === 'actor') this.#actor(record)
      else if (record.type === 'fault' || record.type === 'command') this.deeds.push(record.seq)
    }
  }

  /** Tells components of what was taken in since the last time. */
  drawn(): void {
    batch(() => {
      if (this.#reshaped) this.shape.value++
      this.#reshaped = false
      this.version.value++
    })
  }

  #forget(): void {
    this.records.length = 0
    for (const column of [this.axis.time, this.axis.steps, this.axis.clock, this.axis.breaks]) column.length = 0
    this.tracks = []
    this.roots.length = 0
    this.deeds.length = 0
    for (const map of [this.byId, this.byActor, this.commits, this.#orphans, this.#byKind]) map.clear()
  }

  #commit(record: CommitRecord): void {
    this.commits.set(record.revision, record.seq)
    if (record.cause.why === 'request') this.deeds.push(record.seq)
    const track = this.#see(record.object, record.seq)
    if (record.change === 'DELETED') this.#end(track, record.seq)
  }

  #see(seen: ObjectSummary, seq: number): Track {
    const track = this.byId.get(idOf(seen)) ?? this.#create(seen, seq)
    const before = track.facts[track.facts.length - 1]
    const object = leaner(seen, before)
    if (object.pod?.node !== before?.pod?.node) this.#reshaped = true
    track.factSeq.push(seq)
    track.facts.push(object)
    if (object.actor !== undefined) {
      track.actor = object.actor
      this.byActor.set(object.actor, track)
    }
    if (!track.lived) enter(track, seq, this.states.ofStatus(object.kind, object.status, object.health))
    const now = track.spanState[track.spanState.length - 1]
    if (object.deleting !== undefined && now !== undefined) enter(track, seq, this.states.deleting(now))
    return track
  }

  #create(object: ObjectSummary, seq: number): Track {
    const { kind, resource, namespace, name } = object
    const id = idOf(object)
    const owner = object.owners.find(({ controller }) => controller) ?? object.owners[0]
    const track = newTrack({
      ...{ id, kind, resource, namespace, name, born: seq },
      ...{ machine: '', actor: object.actor ?? '', parent: owner?.uid ?? '' },
    })
    this.#place(track)
    const waiting = this.#orphans.get(track.actor)
    if (track.actor !== '' && waiting !== undefined) {
      for (const child of waiting) this.#adopt(child, track)
      this.#orphans.delete(track.actor)
    }
    return track
  }

  #place(track: Track): void {
    this.#reshaped = true
    this.tracks.push(track)
    this.byId.set(track.id, track)
    const same = this.#byKind.get(track.kind)
    if (same === undefined) this.#byKind.set(track.kind, [track])
    else same.push(track)
    const parent = track.parent === '' ? undefined : this.byId.get(track.parent)
    if (parent === undefined) this.roots.push(track)
    else parent.children.push(track)
  }

  #adopt(child: Track, parent: Track): void {
    this.#reshaped = true
    child.parent = parent.id
    parent.children.push(child)
    const at = this.roots.indexOf(child)
    if (at >= 0) this.roots.splice(at, 1)
  }

  #actor({ id, machine, news, states, seq }: ActorRecord): void {
    if (news !== 'stopped') return this.#move(id, machine, states, seq)
    const track = this.byActor.get(id)
    if (track === undefined) return
    if (track.resource === '') this.#end(track, seq)
    else track.lived = false
  }

  #move(id: string, machine: string, states: readonly string[], seq: number): void {
    const known = this.byActor.get(id)
    const track = known !== undefined && seq < known.gone ? known : this.#spawn(id, machine, seq)
    track.machine = machine
    track.lived = true
    const state = this.states.ofMachine(machine, states)
    const deleting = track.facts[track.facts.length - 1]?.deleting !== undefined
    enter(track, seq, deleting ? this.states.deleting(state) : state)
  }

  /** An actor without an object: a container beneath its pod, or an agent of the control plane. */
  #spawn(id: string, machine: string, seq: number): Track {
    const cut = id.lastIndexOf('/')
    const podActor = machine === 'container' ? id.slice(0, cut) : ''
    const pod = this.byActor.get(podActor)
    const name = machine === 'container' ? id.slice(cut + 1) : id.replace(/^controller\//, '')
    const kind = machine === 'container' ? 'Container' : 'Agent'
    const track = newTrack({
      ...{ id: this.byId.has(id) ? `${id}#${seq}` : id, kind, resource: '', name, machine, actor: id, born: seq },
      ...{ namespace: pod?.namespace ?? '', parent: pod?.id ?? '' },
    })
    this.#place(track)
    this.byActor.set(id, track)
    if (podActor !== '' && pod === undefined) {
      const waiting = this.#orphans.get(podActor)
      if (waiting === undefined) this.#orphans.set(podActor, [track])
      else waiting.push(track)
    }
    return track
  }

  #end(track: Track, seq: number): void {
    track.gone = seq
    track.lived = false
    for (const child of track.children) if (child.kind === 'Container' && child.gone > seq) this.#end(child, seq)
  }

  /** Tracks that exist after a record, of some kind. */
  thereAt(seq: number, kind: string): Track[] {
    return this.ofKind(kind).filter((track) => isThere(track, seq))
  }

  /** All tracks of a kind, gone ones too, oldest first. */
  ofKind(kind: string): readonly Track[] {
    return this.#byKind.get(kind) ?? []
  }
}

const restingClock: ClockState = {
  ...{ now: 0, revision: 0, oldestRevision: 0, playing: false, speed: 0 },
  busy: [],
}

/** The uid; what the cluster began with may have none. */
function idOf({ uid, kind, namespace, name }: ObjectSummary): string {
  return uid === '' ? `${kind} ${namespace}/${name}` : uid
}

/** Heartbeats, Events and the turns of agents: neither steps nor the end of an idle gap. */
function isQuiet(record: FeedRecord): boolean {
  if (record.type === 'actor') return record.machine === 'controller'
  if (record.type !== 'commit') return false
  if (quietKinds.has(record.object.kind)) return true
  return record.object.kind === 'Node' && record.change === 'MODIFIED' && record.diff.every(isHeartbeat)
}

function isHeartbeat({ path }: { readonly path: string }): boolean {
  return /lastHeartbeatTime|renewTime/.test(path)
}

/** The summary with the parts that are as before taken from before, so that a long run stays small. */
function leaner(next: ObjectSummary, before: ObjectSummary | undefined): ObjectSummary {
  if (before === undefined) return next
  const same = { ...next, owners: before.owners }
  return sameLabels(next.labels, before.labels) ? { ...same, labels: before.labels } : same
}

function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}
