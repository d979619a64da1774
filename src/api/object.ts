/**
 * The shape every Kubernetes object has, and the names by which objects are addressed.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/
 */

/** Any JSON value; objects in the snapshot are deeply frozen trees of these. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/** A reference from a dependent to the object that owns it. */
export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

/** metadata of every object. Times are RFC 3339 strings in UTC with second precision. */
export interface ObjectMeta {
  readonly name: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
  readonly finalizers?: readonly string[]
  readonly managedFields?: readonly unknown[]
}

/** One Kubernetes object as plain JSON. `spec`, `status` and other top-level fields depend on the kind. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  // biome-ignore lint/suspicious/noExplicitAny: the fields of an object of unknown kind are checked by its schema at run time
  readonly [field: string]: any
}

/** Where one object lives. `resource` is the collection's key, `namespace` is '' for cluster-scoped objects. */
export interface Ref {
  readonly resource: ResourceKey
  readonly namespace: string
  readonly name: string
}

/** A collection's key: the plural for the core group ('pods'), 'plural.group' for others ('deployments.apps'). */
export type ResourceKey = string

/** `namespace/name`, or only `name` for cluster-scoped objects: the key inside a collection and etcd's order. */
export function objectKey(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`
}

/** The key of an object inside its collection. */
export function keyOf(object: KubeObject): string {
  return objectKey(object.metadata.namespace ?? '', object.metadata.name)
}

/** Splits a collection key into namespace ('' when cluster-scoped) and name. */
export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/')
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** The collection key of a group and plural. */
export function resourceKey(group: string, plural: string): ResourceKey {
  return group === '' ? plural : `${plural}.${group}`
}
