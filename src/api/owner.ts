/**
 * Who owns whom, by metadata.ownerReferences.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/
 */
import type { KubeObject, OwnerReference } from './object.ts'

/** The reference with `controller: true`; at most one is valid. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true)
}

/** A reference to an owner. Throws KYB-OWNER when the owner has no uid yet: it would own by name alone. */
export function ownerReference(
  owner: KubeObject,
  flags: { readonly controller?: boolean; readonly blockOwnerDeletion?: boolean } = {},
): OwnerReference {
  const { apiVersion, kind } = owner
  const { name, uid } = owner.metadata
  if (uid === undefined || uid === '') throw new Error(`KYB-OWNER: ${kind} ${name} has no uid and cannot own`)
  return { apiVersion, kind, name, uid, ...flags }
}

/** The reference a controller puts on what it creates: it controls, and blocks its own foreground deletion. */
export function controllerReference(owner: KubeObject): OwnerReference {
  return ownerReference(owner, { controller: true, blockOwnerDeletion: true })
}

/** True when any of the object's owners has this uid. */
export function isOwnedBy(object: KubeObject, uid: string): boolean {
  return object.metadata.ownerReferences?.some((reference) => reference.uid === uid) ?? false
}

/** True when the object's controller has this uid. */
export function isControlledBy(object: KubeObject, uid: string): boolean {
  return controllerOf(object)?.uid === uid
}
