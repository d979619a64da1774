/**
 * A persistent ordered map with string keys: one write costs the same at a thousand and at a million entries, and old
 * versions stay as they were. The only door to sorted-btree.
 */
import sortedBTree from 'sorted-btree'

// The package is CommonJS: native ESM finds its class on `.default`, bundlers may hand out the class itself.
const BTree = (sortedBTree as { default?: typeof sortedBTree.default }).default ?? (sortedBTree as never)

export type Ordered<V> = InstanceType<typeof sortedBTree.default<string, V>>

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const lastCodeUnit = '\uffff'

/** An empty map. */
export function emptyOrdered<V>(): Ordered<V> {
  return new BTree<string, V>(undefined, byCodeUnit)
}

/** A map of the given entries, which may come in any order. */
export function orderedOf<V>(entries: Iterable<readonly [string, V]>): Ordered<V> {
  const map = emptyOrdered<V>()
  for (const [key, value] of entries) map.set(key, value)
  return map
}

/** The map with `key` set; the given map is untouched. */
export function withEntry<V>(map: Ordered<V>, key: string, value: V): Ordered<V> {
  return map.with(key, value, true) as Ordered<V>
}

/** The map without `key`; the same map when it has none. */
export function withoutKey<V>(map: Ordered<V>, key: string): Ordered<V> {
  return map.without(key) as Ordered<V>
}

/** Values whose key begins with `prefix`, in key order; at most `limit`. */
export function valuesWithPrefix<V>(map: Ordered<V>, prefix: string, limit = Number.POSITIVE_INFINITY): V[] {
  const found: V[] = []
  map.forRange(prefix, prefix + lastCodeUnit, false, (_, value) => {
    if (found.length >= limit) return { break: true }
    found.push(value)
    return undefined
  })
  return found
}

/** Keys that begin with `prefix`, in order; at most `limit`. */
export function keysWithPrefix<V>(map: Ordered<V>, prefix: string, limit = Number.POSITIVE_INFINITY): string[] {
  const found: string[] = []
  map.forRange(prefix, prefix + lastCodeUnit, false, (key) => {
    if (found.length >= limit) return { break: true }
    found.push(key)
    return undefined
  })
  return found
}
