/**
 * The objects of a kind as they were at an earlier revision: today's with the changes since then taken back. Nothing is
 * kept for it but the log.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 */
import type { Kind } from '../api/kind.ts'
import { type KubeObject, keyOf } from '../api/object.ts'
import type { Ring } from '../lib/ring.ts'
import type { Change } from './transition.ts'
import type { View } from './view.ts'

/**
 * In key order, of one namespace or of all; undefined when the log no longer reaches back to `revision`. Costs the
 * number of objects and of changes since then.
 */
export function listAt(
  view: View,
  log: Ring<Change>,
  kind: Kind,
  namespace: string | undefined,
  revision: number,
): readonly KubeObject[] | undefined {
  const now = view.list(kind, namespace)
  if (revision >= view.revision) return now
  const since = log.since(revision + 1)
  if (since === undefined) return undefined
  const prefix = namespace === undefined || namespace === '' ? '' : `${namespace}/`
  const changes = since.filter(({ resource, key }) => resource === kind.resource && key.startsWith(prefix))
  if (changes.length === 0) return now
  const objects = new Map(now.map((object) => [keyOf(object), object]))
  for (const { key, previous } of changes.reverse()) {
    if (previous === undefined) objects.delete(key)
    else objects.set(key, previous)
  }
  return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
}
