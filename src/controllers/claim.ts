/**
 * Which objects belong to a controller's object: its own that still match, and orphans that match. What no longer
 * matches is released, never deleted.
 * Source: https://github.com/kubernetes/design-proposals-archive/blob/main/api-machinery/controller-ref.md
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { controllerOf, controllerReference } from '../api/owner.ts'
import type { Transition } from '../store/transition.ts'
import { updateOf } from './writes.ts'

export interface Claimed {
  /** The owner's objects after the intents, adopted ones included, in the order they were given. */
  readonly kept: readonly KubeObject[]
  /** Releases and adoptions. */
  readonly intents: readonly Transition[]
}

/**
 * Claims among `candidates` (all of kind `kind`, in the owner's namespace). An owner that is being deleted neither
 * adopts nor releases; an object that is being deleted is not adopted; an object of another controller is left alone.
 * `finalizer`: what is adopted gets it, what is released loses it.
 */
export function claim(
  ownerKind: Kind,
  owner: KubeObject,
  kind: Kind,
  candidates: readonly KubeObject[],
  matches: (object: KubeObject) => boolean,
  finalizer?: string,
): Claimed {
  const kept: KubeObject[] = []
  const released: Transition[] = []
  const adopted: Transition[] = []
  const deleting = owner.metadata.deletionTimestamp !== undefined
  for (const object of candidates) {
    const current = controllerOf(object)
    if (current !== undefined && current.uid !== owner.metadata.uid) continue
    if (matches(object)) {
      if (current !== undefined) kept.push(object)
      else if (!deleting && object.metadata.deletionTimestamp === undefined) {
        const mine = withFinalizer(withOwner(object, owner), finalizer)
        kept.push(mine)
        adopted.push(updateOf(kind, mine))
      }
    } else if (current !== undefined && !deleting)
      released.push(updateOf(kind, withoutFinalizer(withoutOwner(object, owner), finalizer)))
  }
  // An update that changes nothing is refused when the owner changed or went since it was read: the fresh look that
  // adoption needs. It writes nothing.
  const fresh = adopted.length > 0 ? [updateOf(ownerKind, owner)] : []
  return { kept, intents: [...released, ...fresh, ...adopted] }
}

function withOwner(object: KubeObject, owner: KubeObject): KubeObject {
  const others = (object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== owner.metadata.uid)
  return { ...object, metadata: { ...object.metadata, ownerReferences: [...others, controllerReference(owner)] } }
}

function withoutOwner(object: KubeObject, owner: KubeObject): KubeObject {
  const { ownerReferences, ...metadata } = object.metadata
  const others = (ownerReferences ?? []).filter((reference) => reference.uid !== owner.metadata.uid)
  return { ...object, metadata: others.length > 0 ? { ...metadata, ownerReferences: others } : metadata }
}

function withFinalizer(object: KubeObject, finalizer: string | undefined): KubeObject {
  const { finalizers = [] } = object.metadata
  if (finalizer === undefined || finalizers.includes(finalizer)) return object
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } }
}

function withoutFinalizer(object: KubeObject, finalizer: string | undefined): KubeObject {
  const { finalizers } = object.metadata
  if (finalizer === undefined || finalizers?.includes(finalizer) !== true) return object
  return { ...object, metadata: { ...object.metadata, finalizers: finalizers.filter((one) => one !== finalizer) } }
}
