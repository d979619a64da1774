/** What the parts of the commit function share: the context they read, and the plan of one write they answer. */
import type { Kind } from '../api/kind.ts'
import { type KubeObject, objectKey, type Ref, type ResourceKey } from '../api/object.ts'
import type { Registry } from '../api/registry.ts'
import { conflict, notFound, resourceNotFound, type StatusError } from '../api/status-error.ts'
import type { Prng } from '../lib/prng.ts'
import type { AdmissionPlugin } from './admission-step.ts'
import type { Latest } from './latest.ts'
import { viewOver } from './read.ts'
import { objectAt, type Snapshot } from './snapshot.ts'
import type { TransitionBase } from './transition.ts'
import type { View } from './view.ts'

/** Everything a commit may read. `prng` is the only thing it moves. */
export interface CommitContext {
  readonly snapshot: Snapshot
  /** Lookups in the newest snapshot; without it the trees are walked. */
  readonly latest?: Latest
  readonly registry: Registry
  readonly now: number
  readonly prng: Prng
  readonly admission: readonly AdmissionPlugin[]
  /** What the commit reads instead of `snapshot`, for those who keep the state in another form. */
  readonly view?: View
}

/** One write to be: `next` undefined removes, `next === previous` leaves everything as it is. */
export interface Plan {
  readonly kind: Kind
  readonly key: string
  readonly previous: KubeObject | undefined
  readonly next: KubeObject | undefined
  /** What is told of an object that goes; the previous one when absent. */
  readonly last?: KubeObject
  readonly warnings: readonly string[]
  /** Audit annotations of admission. */
  readonly audit?: Readonly<Record<string, string>>
  /** Other objects that change in the same commit, before the write itself. */
  readonly also?: readonly SideWrite[]
}

/** A change of another object that comes with a write. */
export interface SideWrite {
  readonly kind: Kind
  readonly previous: KubeObject
  readonly next: KubeObject
}

/** The kind of a collection in one of its versions (the stored one when none is named), or a 404 as for unknown paths. */
export function kindFor(context: CommitContext, resource: ResourceKey, apiVersion?: string): Kind {
  const kind = context.registry.at(resource, apiVersion)
  if (kind === undefined) throw resourceNotFound()
  return kind
}

/** The kind in the version a sender speaks: the one it names, else the one its object is in, else the stored one. */
export function spokenKind(context: CommitContext, resource: ResourceKey, options: TransitionBase, object: unknown) {
  if (options.apiVersion !== undefined) return kindFor(context, resource, options.apiVersion)
  const written = (object as Partial<KubeObject> | null | undefined)?.apiVersion
  return context.registry.at(resource, written) ?? kindFor(context, resource)
}

/** The stored object a transition speaks of, or 404; a uid that differs is a 409. */
export function storedFor(context: CommitContext, kind: Kind, ref: Ref, uid: string | undefined): KubeObject {
  const stored = lookUp(context, kind.resource, objectKey(ref.namespace, ref.name))
  if (stored === undefined) throw notFound(kind.groupResource, ref.name)
  if (uid !== undefined && uid !== '' && uid !== stored.metadata.uid) throw uidConflict(kind, ref.name, uid, stored)
  return asStoredToday(context, kind, stored)
}

/** An object of a custom kind may have been stored in another version, before its definition changed. */
export function asStoredToday(context: CommitContext, kind: Kind, stored: KubeObject): KubeObject {
  return kind.custom === undefined ? stored : kindFor(context, kind.resource).fromStorage(stored)
}

/** The 409 of a precondition on the uid of an update. */
export function uidConflict(kind: Kind, name: string, uid: string, stored: KubeObject): StatusError {
  const message = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${stored.metadata.uid}`
  return conflict(kind.groupResource, name, message)
}

/** The object at a collection's key. */
export function lookUp(context: CommitContext, resource: ResourceKey, key: string): KubeObject | undefined {
  const { latest, snapshot } = context
  return latest === undefined ? objectAt(snapshot, resource, key) : latest.at(snapshot, resource, key)
}

/** A view of the moment of the commit. */
export function viewOf(context: CommitContext): View {
  return context.view ?? viewOver(context.snapshot, context.registry, context.now, context.latest)
}
