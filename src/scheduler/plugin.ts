/**
 * What a scheduling plugin is: a pure function of a pod and the nodes as objects. `explain.ts` runs plugins as they
 * are; the columns answer the same questions from numbers, and a test holds the two together.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/scheduling-framework/
 */
import type { KubeObject } from '../api/object.ts'
import type { View } from '../store/view.ts'
import type { PodFacts } from './facts.ts'
import type { Labels, NamespaceLabels } from './terms.ts'

/** One node with the pods that are on it, assumed ones included. */
export interface NodeFacts {
  readonly node: KubeObject
  readonly name: string
  readonly labels: Labels
  readonly pods: readonly PodFacts[]
}

export interface ClusterFacts {
  readonly nodes: readonly NodeFacts[]
  readonly namespaces: NamespaceLabels
  readonly view: View
}

/** Why a node (or every node) is refused. Unresolvable: no removal of pods from the node could help. */
export interface Refusal {
  readonly reasons: readonly string[]
  readonly unresolvable: boolean
}

export type Check = (node: NodeFacts) => Refusal | undefined

/** Looks at the pod once; answers a check per node, or a refusal that holds for all nodes. */
export interface Filter {
  readonly name: string
  readonly filter: (pod: PodFacts, cluster: ClusterFacts) => Check | Refusal
}

/** Points of the nodes that passed every filter, 0 to 100 after `normalize`. */
export interface Score {
  readonly name: string
  readonly weight: number
  readonly score: (pod: PodFacts, cluster: ClusterFacts, feasible: readonly NodeFacts[]) => Scorer
}

export interface Scorer {
  readonly raw: (node: NodeFacts) => number
  /** Raw points of the feasible nodes, in their order, brought to 0..100. */
  readonly normalize?: (raws: readonly number[]) => readonly number[]
}

/** A refusal that preemption may cure. */
export function refused(...reasons: readonly string[]): Refusal {
  return { reasons, unresolvable: false }
}

/** A refusal that preemption cannot cure. */
export function refusedForGood(...reasons: readonly string[]): Refusal {
  return { reasons, unresolvable: true }
}

/** The largest points become 100, the others in proportion; `reverse` turns the scale round. Fractions are cut off. */
export function proportional(raws: readonly number[], reverse: boolean): number[] {
  const most = raws.reduce((max, raw) => Math.max(max, raw), 0)
  if (most === 0) return raws.map(() => (reverse ? 100 : 0))
  return raws.map((raw) => {
    const points = Math.trunc((100 * raw) / most)
    return reverse ? 100 - points : points
  })
}
