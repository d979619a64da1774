/**
 * The seam between what a scheduler knows and how it decides: who is next, and where it goes. The desk answers
 * questions about the cluster as it will be once everything decided so far has happened.
 */
import type { KubeObject } from '../../api/object.ts'
import type { Placed } from '../column-parts.ts'
import type { Desk } from '../desk.ts'
import type { PodFacts } from '../facts.ts'
import type { Queued } from '../state.ts'

/** A pod whose turn has come. */
export interface Pending {
  readonly queued: Queued
  readonly facts: PodFacts
}

/** A node, or the reason why there is none and what is done about it. */
export type Decision =
  | { readonly type: 'bind'; readonly node: string }
  | {
      readonly type: 'refuse'
      readonly message: string
      readonly plugins: readonly string[]
      /** Pods that are removed to make room on `nominate`. */
      readonly victims: readonly Placed[]
      /** The node the room is made on; '' takes an earlier nomination back, undefined leaves it. */
      readonly nominate: string | undefined
    }

export interface Policy {
  readonly name: string
  /** Whether the pod is this policy's, for example by spec.schedulerName. */
  claims(pod: KubeObject): boolean
  /** The pods in the order in which they are placed. The next one is asked for after the last has its node. */
  order(queue: readonly Pending[], desk: Desk): Iterable<Pending>
  place(pending: Pending, desk: Desk): Decision
}

/** Higher priority first, then the older pod, then the name. */
export function byPriority(a: Pending, b: Pending): number {
  if (a.facts.priority !== b.facts.priority) return b.facts.priority - a.facts.priority
  const [first, second] = [a, b].map((one) => one.facts.pod.metadata.creationTimestamp ?? '') as [string, string]
  if (first !== second) return first < second ? -1 : 1
  return a.queued.order - b.queued.order || (a.facts.key < b.facts.key ? -1 : 1)
}
