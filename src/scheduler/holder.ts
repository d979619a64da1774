/**
 * Who may change which columns. A turn takes the columns its state's token stands for, changes them in place and leaves
 * them under the token of the state it answers. A second continuation of the same state finds nothing and builds its
 * own from the view: so a fork never sees the other side's placements, and no state is ever changed.
 *
 * The map is a memo of derived values by identity, like that of `facts.ts`: losing an entry costs time, never an answer.
 */
import { isPodFinished } from '../api/pod-status.ts'
import type { View } from '../store/view.ts'
import { Columns } from './columns.ts'
import { factsOf } from './facts.ts'
import type { ColumnsToken, SchedulerState } from './state.ts'

const kept = new WeakMap<ColumnsToken, Columns>()

/** The columns left under the token, for this one taker; undefined when another took them or they never were here. */
export function takeColumns(token: ColumnsToken): Columns | undefined {
  const columns = kept.get(token)
  kept.delete(token)
  return columns
}

/** Leaves the columns for whoever continues from the token. */
export function keepColumns(columns: Columns, revision: number): ColumnsToken {
  const token = Object.freeze({ revision })
  kept.set(token, columns)
  return token
}

/** Columns of everything the view shows, and of the pods that are only assumed. */
export function buildColumns(
  view: View,
  assumed: SchedulerState['assumed'],
  chance: (site: string) => number,
  namespaces: (name: string) => Readonly<Record<string, string>>,
): Columns {
  const columns = new Columns(namespaces, chance)
  for (const node of view.list('nodes')) columns.setNode(node)
  for (const pod of view.list('pods')) {
    if (isPodFinished(pod)) continue
    const facts = factsOf(pod)
    const promised = assumed.size === 0 ? undefined : assumed.get(facts.key)
    const node: string = pod.spec?.nodeName || (promised?.uid === facts.uid ? promised.node : '')
    if (node !== '') columns.addPod(facts, node)
  }
  return columns
}
