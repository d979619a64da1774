/**
 * Lookups by key in the newest snapshot without walking its trees. Derived from the snapshot and nothing else: it is
 * built when first asked, follows every commit, and answers only for the snapshot it belongs to.
 * Measured in DECISIONS.md: a walk compares a dozen long keys, a lookup hashes one.
 */
import type { KubeObject, ResourceKey } from '../api/object.ts'
import { objectAt, type Snapshot } from './snapshot.ts'

export class Latest {
  #snapshot: Snapshot
  readonly #objects = new Map<ResourceKey, Map<string, KubeObject>>()

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
  }

  /** The object at a key in `snapshot`, whichever snapshot that is. */
  at(snapshot: Snapshot, resource: ResourceKey, key: string): KubeObject | undefined {
    if (snapshot !== this.#snapshot) return objectAt(snapshot, resource, key)
    return (this.#objects.get(resource) ?? this.#read(resource)).get(key)
  }

  /** One write happened: `object` undefined for a removal. */
  follow(snapshot: Snapshot, resource: ResourceKey, key: string, object: KubeObject | undefined): void {
    this.#snapshot = snapshot
    const objects = this.#objects.get(resource)
    if (object === undefined) objects?.delete(key)
    else objects?.set(key, object)
  }

  #read(resource: ResourceKey): Map<string, KubeObject> {
    const objects = new Map<string, KubeObject>()
    this.#snapshot.collections[resource]?.forEachPair((key, object) => {
      objects.set(key, object)
    })
    this.#objects.set(resource, objects)
    return objects
  }
}
