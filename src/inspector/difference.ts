/** Objects that differ between two clusters: found by identity first, since a fork shares what neither has changed. */
import type { KubeObject } from '../api/object.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { fieldChanges } from './diff.ts'
import type { ObjectDifference } from './questions.ts'

/** Differences told at most. */
const differenceLimit = 2000

/** In the order of kinds and keys; from the first to the second. */
export function differencesOf(first: Cluster, second: Cluster): ObjectDifference[] {
  const [a, b] = [first.snapshot.collections, second.snapshot.collections]
  const found: ObjectDifference[] = []
  for (const resource of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
    const [left, right] = [a[resource], b[resource]]
    if (left === right) continue
    left?.forEachPair((key, object) => {
      const other = right?.get(key)
      if (other === object) return
      const diff = other === undefined ? [] : fieldChanges(object, other)
      if (other === undefined || diff.length > 0) found.push(differenceOf(object, other, diff))
    })
    right?.forEachPair((key, object) => {
      if (left?.get(key) === undefined) found.push(differenceOf(undefined, object, []))
    })
  }
  return found.slice(0, differenceLimit)
}

function differenceOf(
  a: KubeObject | undefined,
  b: KubeObject | undefined,
  diff: ObjectDifference['diff'],
): ObjectDifference {
  const { kind, metadata } = (a ?? b) as KubeObject
  const where = a === undefined ? 'second' : b === undefined ? 'first' : 'both'
  const { namespace = '', name } = metadata
  return { kind, namespace, name, where, uids: [a?.metadata.uid, b?.metadata.uid], diff }
}
