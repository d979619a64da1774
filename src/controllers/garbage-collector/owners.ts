/**
 * The owners of an object, sorted by what they mean for it: some keep it, some are gone, some wait for it to go.
 * Source: https://kubernetes.io/docs/concepts/architecture/garbage-collection/#owners-dependents
 */
import type { KubeObject, OwnerReference } from '../../api/object.ts'
import type { View } from '../../store/view.ts'

export const foregroundFinalizer = 'foregroundDeletion'
export const orphanFinalizer = 'orphan'

export interface Owners {
  /** Live, or not to be judged: an unknown kind, or a namespaced owner of a cluster-scoped object. */
  readonly solid: readonly OwnerReference[]
  /** Gone: no such object, or another one of that name. */
  readonly dangling: readonly OwnerReference[]
  /** Being deleted in the foreground. */
  readonly waiting: readonly OwnerReference[]
  /** Those among `solid` whose namespace cannot be. */
  readonly misplaced: readonly OwnerReference[]
}

export function hasFinalizer(object: KubeObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false
}

/** Deleted in the foreground: it stays until its blocking dependents are gone. */
export function waitsForDependents(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined && hasFinalizer(object, foregroundFinalizer)
}

/** Sorts the references of an object. An owner is the one of that uid; a name alone owns nothing. */
export function ownersOf(view: View, object: KubeObject): Owners {
  const solid: OwnerReference[] = []
  const dangling: OwnerReference[] = []
  const waiting: OwnerReference[] = []
  const misplaced: OwnerReference[] = []
  const namespace = object.metadata.namespace ?? ''
  for (const reference of object.metadata.ownerReferences ?? []) {
    const kind = view.kindOf({ ...object, apiVersion: reference.apiVersion, kind: reference.kind })
    const impossible = kind?.namespaced === true && namespace === ''
    if (impossible) misplaced.push(reference)
    if (kind === undefined || impossible) {
      solid.push(reference)
      continue
    }
    const owner = view.owner(reference, namespace)
    if (owner?.metadata.uid !== reference.uid) dangling.push(reference)
    else if (waitsForDependents(owner)) waiting.push(reference)
    else solid.push(reference)
  }
  return { solid, dangling, waiting, misplaced }
}

/** True when `dependent` may own-wise belong to `owner`: the same namespace, or an owner without one. */
export function mayOwn(owner: KubeObject, dependent: KubeObject): boolean {
  return owner.metadata.namespace === undefined || owner.metadata.namespace === dependent.metadata.namespace
}
