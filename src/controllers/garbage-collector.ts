/**
 * The garbage collector: objects whose owners are all gone go too; owners deleted in the foreground wait for those who
 * block them; owners deleted with `orphan` let their dependents stay.
 * It works on all kinds at once: its keys are `resource|namespace/name`. Only objects with owners or with one of the
 * two finalizers, and the dependents of what was deleted, ever become keys.
 * Source: https://kubernetes.io/docs/concepts/architecture/garbage-collection/
 */
import type { Kind } from '../api/kind.ts'
import { type KubeObject, keyOf, type OwnerReference, splitKey } from '../api/object.ts'
import { kinds, Namespace } from '../kinds/index.ts'
import type { Change, Report, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { type Controller, controller } from './controller.ts'
import {
  foregroundFinalizer,
  hasFinalizer,
  mayOwn,
  type Owners,
  orphanFinalizer,
  ownersOf,
  waitsForDependents,
} from './garbage-collector/owners.ts'
import { unlessTold } from './told.ts'
import { deleteOf, reportOf, updateOf } from './writes.ts'

const component = 'garbage-collector-controller'
const separator = '|'
/** Kinds nobody owns and that own nobody worth the look. */
const ignored: readonly string[] = ['events', 'events.events.k8s.io']

/** Decides about one object from its owners and dependents as they are now. */
export function reconcile(view: View, key: string): Transition[] {
  const at = key.indexOf(separator)
  if (at < 0) return []
  const { namespace, name } = splitKey(key.slice(at + 1))
  const object = view.get(key.slice(0, at), namespace, name)
  const kind = object && view.kindOf(object)
  if (object === undefined || kind === undefined) return []
  if (object.metadata.deletionTimestamp !== undefined) return finished(view, kind, object)
  return (object.metadata.ownerReferences?.length ?? 0) > 0 ? judged(view, kind, object) : []
}

/** An object that is being deleted: takes the collector's finalizer away when its condition is met. */
function finished(view: View, kind: Kind, object: KubeObject): Transition[] {
  const dependents = () => view.dependents(uidOf(object)).filter((dependent) => mayOwn(object, dependent))
  if (hasFinalizer(object, orphanFinalizer)) {
    const released = dependents().flatMap((dependent) => withoutOwners(view, dependent, [uidOf(object)]))
    return [...released, updateOf(kind, withoutFinalizer(object, orphanFinalizer))]
  }
  if (!hasFinalizer(object, foregroundFinalizer)) return []
  if (dependents().some((dependent) => blocks(dependent, object))) return unblocked(view, kind, object)
  return [updateOf(kind, withoutFinalizer(object, foregroundFinalizer))]
}

function blocks(dependent: KubeObject, owner: KubeObject): boolean {
  const references = dependent.metadata.ownerReferences ?? []
  return references.some((one) => one.uid === owner.metadata.uid && one.blockOwnerDeletion === true)
}

/** Two objects that wait for each other: the one that depends stops blocking. */
function unblocked(view: View, kind: Kind, object: KubeObject): Transition[] {
  const circle = view.dependents(uidOf(object)).some(waitsForDependents)
  const references = object.metadata.ownerReferences ?? []
  if (!circle || !references.some((one) => one.blockOwnerDeletion === true)) return []
  const ownerReferences = references.map((one) => ({ ...one, blockOwnerDeletion: false }))
  return [updateOf(kind, { ...object, metadata: { ...object.metadata, ownerReferences } })]
}

/** A live object with owners: kept while one is solid, else deleted the way its owners and finalizers ask for. */
function judged(view: View, kind: Kind, object: KubeObject): Transition[] {
  const owners = ownersOf(view, object)
  const said = owners.misplaced.flatMap((reference) => unlessTold(view, misplaced(object, reference)))
  const gone = [...owners.dangling, ...owners.waiting]
  if (gone.length === 0) return said
  if (owners.solid.length > 0)
    return [
      ...said,
      ...withoutOwners(
        view,
        object,
        gone.map((one) => one.uid),
      ),
    ]
  return [
    ...owners.waiting.flatMap((reference) => asSeen(view, reference, object)),
    {
      ...deleteOf(kind, object),
      resourceVersion: object.metadata.resourceVersion,
      propagation: propagationOf(view, object, owners),
    },
  ]
}

/**
 * An update that changes nothing: refused, and the deletion with it, when an owner that waits for its dependents changed since
 * it was read. One that waits for them no more keeps them. An owner that is gone never comes back.
 */
function asSeen(view: View, reference: OwnerReference, { metadata }: KubeObject): Transition[] {
  const owner = view.owner(reference, metadata.namespace ?? '')
  const kind = owner && view.kindOf(owner)
  return owner === undefined || kind === undefined ? [] : [updateOf(kind, owner)]
}

function propagationOf(view: View, object: KubeObject, owners: Owners): 'Background' | 'Foreground' | 'Orphan' {
  if (owners.waiting.length > 0 && view.dependents(uidOf(object)).length > 0) return 'Foreground'
  if (hasFinalizer(object, orphanFinalizer)) return 'Orphan'
  return hasFinalizer(object, foregroundFinalizer) ? 'Foreground' : 'Background'
}

function misplaced(object: KubeObject, reference: OwnerReference): Report {
  const { apiVersion, kind, name, uid } = reference
  const namespace = object.metadata.namespace ?? ''
  const message = `ownerRef [${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}] does not exist in namespace "${namespace}"`
  return reportOf(component, object, 'Warning', 'OwnerRefInvalidNamespace', message)
}

function withoutOwners(view: View, object: KubeObject, uids: readonly string[]): Transition[] {
  const kind = view.kindOf(object)
  if (kind === undefined) return []
  const { ownerReferences, ...metadata } = object.metadata
  const left = (ownerReferences ?? []).filter((reference) => !uids.includes(reference.uid))
  return [updateOf(kind, { ...object, metadata: left.length > 0 ? { ...metadata, ownerReferences: left } : metadata })]
}

function withoutFinalizer(object: KubeObject, finalizer: string): KubeObject {
  const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer)
  return { ...object, metadata: { ...object.metadata, finalizers } }
}

function uidOf(object: KubeObject): string {
  return object.metadata.uid ?? ''
}

function keysOf(view: View, objects: readonly KubeObject[]): string[] {
  return objects.flatMap((object) => {
    const kind = view.kindOf(object)
    return kind === undefined ? [] : [kind.resource + separator + keyOf(object)]
  })
}

/** The object itself, its dependents when it went or began to wait for them, and the owners that waited for it. */
function touched(object: KubeObject, view: View, change: Change): string[] {
  const { type, previous } = change
  if (type === 'DELETED') return [...keysOf(view, view.dependents(uidOf(object))), ...waitingOwners(object, view)]
  const own = isWorthALook(object) ? keysOf(view, [object]) : []
  const freed = previous !== undefined && previous.metadata.ownerReferences !== object.metadata.ownerReferences
  const owners = freed ? waitingOwners(previous, view) : []
  const began = waitsForDependents(object) && !(previous !== undefined && waitsForDependents(previous))
  return [...own, ...owners, ...(began ? keysOf(view, view.dependents(uidOf(object))) : [])]
}

function isWorthALook(object: KubeObject): boolean {
  if (object.metadata.deletionTimestamp === undefined) return (object.metadata.ownerReferences?.length ?? 0) > 0
  return hasFinalizer(object, foregroundFinalizer) || hasFinalizer(object, orphanFinalizer)
}

function waitingOwners(object: KubeObject, view: View): string[] {
  const references = object.metadata.ownerReferences ?? []
  const owners = references.flatMap((one) => view.owner(one, object.metadata.namespace ?? '') ?? [])
  return keysOf(view, owners.filter(waitsForDependents))
}

/** The collector over these kinds; a cluster with custom kinds makes it anew with those among them. */
export function garbageCollectorOf(all: readonly Kind[]): Controller {
  const collected = all.filter((kind) => !ignored.includes(kind.resource))
  return controller({
    name: 'garbage-collector',
    of: Namespace,
    matters: () => false,
    live: true,
    starts: (view) => collected.flatMap((kind) => keysOf(view, view.list(kind).filter(isWorthALook))),
    watches: collected.map((kind) => ({ kind, keys: touched })),
    reconcile,
  })
}

export const garbageCollectorController = garbageCollectorOf(kinds)
