/**
 * What a reader may ask of a snapshot. Controllers, the scheduler, kubelets, the network and the server read only this;
 * a view never changes under its reader.
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject, OwnerReference, ResourceKey } from '../api/object.ts'

/** An immutable reading of the cluster at `revision`. `now` is the cluster's clock in ms when the view was taken. */
export interface View {
  readonly revision: number
  readonly now: number
  get(kind: Kind | ResourceKey, namespace: string, name: string): KubeObject | undefined
  /** In key order; one namespace, or all when `namespace` is absent. */
  list(kind: Kind | ResourceKey, namespace?: string): KubeObject[]
  count(kind: Kind | ResourceKey): number
  /** Objects whose index `index` has `value`, in key order (`owner` by controller-or-other owner uid exists for every kind). */
  by(kind: Kind | ResourceKey, index: string, value: string): KubeObject[]
  /** Live dependents of an owner uid over all kinds. */
  dependents(uid: string): KubeObject[]
  /** The collection of a kind named by an owner reference, and the object it points at (uid not compared). */
  owner(reference: OwnerReference, namespace: string): KubeObject | undefined
  kindOf(object: KubeObject): Kind | undefined
}
