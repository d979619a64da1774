/**
 * Reading a state through a recorder, and a View of the cluster on top of it: what controllers, kubelets, the scheduler
 * and formulas see. What one computation writes it sees itself (`Draft`).
 */
import type { Kind } from '../../api/kind.ts'
import { type KubeObject, objectKey, type ResourceKey } from '../../api/object.ts'
import type { Registry } from '../../api/registry.ts'
import { indexValues } from '../../store/snapshot.ts'
import type { View } from '../../store/view.ts'
import type { Cells, Vector } from './cells.ts'
import type { Read, Reads, Recorder } from './trace.ts'

/** What all computations of one exploration share: the numbers, the reads, the kinds, and where things are. */
export interface Ground {
  readonly cells: Cells
  readonly reads: Reads
  readonly registry: Registry
  /** The cluster's clock in ms at which offset 0 is. */
  readonly start: number
  /** The slot of the clock: ms since `start`. */
  readonly clock: number
}

/** Reads one state. */
export class Reader {
  readonly ground: Ground
  readonly vector: Vector
  readonly recorder: Recorder
  readonly which: number
  /** Slots that a read of a collection has told already. */
  readonly #told = new Set<number>()

  constructor(ground: Ground, vector: Vector, recorder: Recorder, which = 0) {
    this.ground = ground
    this.vector = vector
    this.recorder = recorder
    this.which = which
  }

  /** The number in a cell. */
  at(slot: number): number {
    const value = this.ground.cells.read(this.vector, slot)
    if (slot >= 0 && !this.#told.has(slot)) this.recorder.note(this.ground.reads.slot(slot, this.which), value)
    return value
  }

  /** Something is read by somebody else on behalf of whoever reads here. */
  note(read: Read): void {
    if (read.slot >= 0 && this.#told.has(read.slot)) return
    this.recorder.note(read, read.of(this.#vectors()))
  }

  /** Slots of the collection that hold something, in key order. */
  collection(resource: ResourceKey): readonly number[] {
    const { cells, reads } = this.ground
    if (!cells.isStill(resource)) {
      const read = reads.collection(resource, this.which)
      this.recorder.note(read, read.of(this.#vectors()))
    }
    return this.#sorted(this.#present(cells.ofResource(resource)))
  }

  /** Slots of objects whose index has the value, in key order. */
  index(kind: Kind, index: string, value: string): readonly number[] {
    const { cells, reads } = this.ground
    const member = (version: number): boolean =>
      indexed(kind, index, cells.object(version) as KubeObject).includes(value)
    const slots = cells.ofResource(kind.resource)
    if (!cells.isStill(kind.resource)) {
      const read = reads.some(`by ${kind.resource} ${index} ${value}`, kind.resource, slots, member, this.which)
      this.recorder.note(read, read.of(this.#vectors()))
    }
    return this.#sorted(this.#present(slots).filter((slot) => member(this.ground.cells.read(this.vector, slot))))
  }

  /** Slots of objects of any kind that name the uid as an owner. */
  dependents(uid: string): readonly number[] {
    const { cells, reads } = this.ground
    const member = (version: number): boolean =>
      cells.object(version)?.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true
    const read = reads.some(`dependents ${uid}`, undefined, cells.movingObjects, member, this.which)
    this.recorder.note(read, read.of(this.#vectors()))
    return this.#present(cells.ofKind('object')).filter((slot) => member(this.ground.cells.read(this.vector, slot)))
  }

  get now(): number {
    return this.ground.start + this.at(this.ground.clock)
  }

  #present(slots: readonly number[]): number[] {
    return slots.filter((slot) => this.ground.cells.read(this.vector, slot) !== 0)
  }

  #vectors(): Vector[] {
    const vectors: Vector[] = []
    vectors[this.which] = this.vector
    return vectors
  }

  /** In key order; what is listed need not be told one by one. */
  #sorted(slots: readonly number[]): readonly number[] {
    const keyOf = (slot: number): string => this.ground.cells.slotAt(slot).key
    for (const slot of slots) this.#told.add(slot)
    return [...slots].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  }
}

const memo = new WeakMap<KubeObject, Record<string, readonly string[]>>()

/** The values of one index of an object; worked out once for each object. */
function indexed(kind: Kind, index: string, object: KubeObject): readonly string[] {
  let values = memo.get(object)
  if (values === undefined) {
    values = indexValues(kind, object)
    memo.set(object, values)
  }
  return values[index] ?? []
}

/** What a view needs: where an object's version is found. */
export interface Sight {
  readonly ground: Ground
  readonly now: number
  at(slot: number): number
  collection(resource: ResourceKey): readonly number[]
  index(kind: Kind, index: string, value: string): readonly number[]
  dependents(uid: string): readonly number[]
}

/**
 * A View over a state. Its revision is always 1: revisions order what happened, and a state has no past.
 * Versions of objects are numbers that differ when the objects do.
 */
export function viewThrough(sight: Sight): View {
  const { cells, registry } = sight.ground
  const nameOf = (kind: Kind | ResourceKey): ResourceKey => (typeof kind === 'string' ? kind : kind.resource)
  const objects = (slots: readonly number[]): KubeObject[] =>
    slots.map((slot) => cells.object(sight.at(slot))).filter((object) => object !== undefined)
  const byKey = (resource: ResourceKey, key: string): KubeObject | undefined =>
    cells.object(sight.at(cells.slot('object', resource, key)))
  return {
    revision: 1,
    get now() {
      return sight.now
    },
    get: (kind, namespace, name) => byKey(nameOf(kind), objectKey(namespace, name)),
    list(kind, namespace) {
      const all = objects(sight.collection(nameOf(kind)))
      return namespace === undefined || namespace === ''
        ? all
        : all.filter((one) => one.metadata.namespace === namespace)
    },
    count: (kind) => sight.collection(nameOf(kind)).length,
    by(kind, index, value) {
      const found = registry.at(nameOf(kind), undefined)
      return found === undefined ? [] : objects(sight.index(found, index, value))
    },
    dependents: (uid) => objects(sight.dependents(uid)),
    owner(reference, namespace) {
      const kind = registry.byKind(reference.apiVersion, reference.kind)
      if (kind === undefined) return undefined
      return byKey(kind.resource, objectKey(kind.namespaced ? namespace : '', reference.name))
    },
    kindOf: (object) => registry.byKind(object.apiVersion, object.kind),
  }
}
