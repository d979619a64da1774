/** The fewer PreferNoSchedule taints a pod does not tolerate, the better. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
import type { KubeObject } from '../../api/object.ts'
import { type Taint, type Toleration, toleratesTaint } from '../../api/scheduling.ts'
import type { PodFacts } from '../facts.ts'
import { proportional, type Score } from '../plugin.ts'

/** How many PreferNoSchedule taints of the node the pod does not tolerate. */
export function disliked(pod: PodFacts, node: KubeObject): number {
  const taints: readonly Taint[] = node.spec?.taints ?? []
  if (taints.length === 0) return 0
  const tolerations: readonly Toleration[] = pod.pod.spec?.tolerations ?? []
  return taints.filter((taint) => taint.effect === 'PreferNoSchedule' && !toleratesTaint(tolerations, taint)).length
}

export const taintTolerationScore: Score = {
  name: 'TaintToleration',
  weight: 3,
  score: (pod) => ({
    raw: ({ node }) => disliked(pod, node),
    normalize: (raws) => proportional(raws, true),
  }),
}
