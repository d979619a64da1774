/**
 * Lists in another order: informers' caches and lists without a limit promise none, so who takes the first of several that
 * are as good takes another one.
 * Source: https://pkg.go.dev/k8s.io/client-go/tools/cache#ThreadSafeStore
 */
import type { Sight } from './reader.ts'

/** The orders there are beside that of keys: backwards, and with the first one last. */
export const orders = [1, 2] as const

/** The same sight with its lists in this order; 0 is that of keys. */
export function inOrder(sight: Sight, order: number): Sight {
  if (order === 0) return sight
  const turned = (slots: readonly number[]): readonly number[] =>
    order === 1 ? [...slots].reverse() : [...slots.slice(1), ...slots.slice(0, 1)]
  return {
    ground: sight.ground,
    get now() {
      return sight.now
    },
    at: (slot) => sight.at(slot),
    collection: (resource) => turned(sight.collection(resource)),
    index: (kind, index, value) => turned(sight.index(kind, index, value)),
    dependents: (uid) => turned(sight.dependents(uid)),
  }
}
