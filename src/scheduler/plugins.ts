/**
 * The plugins in the order and with the weights of the default scheduler. Adding one is its file and a line here, and
 * its columns in `node-program.ts` or `pod-program.ts`.
 * Source: https://kubernetes.io/docs/reference/scheduling/config/#scheduling-plugins
 */
import { interPodAffinity } from './filters/inter-pod-affinity.ts'
import { nodeAffinity } from './filters/node-affinity.ts'
import { nodeName } from './filters/node-name.ts'
import { nodePorts } from './filters/node-ports.ts'
import { nodeResourcesFit } from './filters/node-resources-fit.ts'
import { nodeUnschedulable } from './filters/node-unschedulable.ts'
import { podTopologySpread } from './filters/pod-topology-spread.ts'
import { taintToleration } from './filters/taint-toleration.ts'
import { volumeBinding } from './filters/volume-binding.ts'
import type { Filter, Score } from './plugin.ts'
import { balancedAllocation } from './scores/balanced-allocation.ts'
import { imageLocality } from './scores/image-locality.ts'
import { interPodAffinityScore } from './scores/inter-pod-affinity.ts'
import { leastAllocated } from './scores/least-allocated.ts'
import { nodeAffinityScore } from './scores/node-affinity.ts'
import { podTopologySpreadScore } from './scores/pod-topology-spread.ts'
import { taintTolerationScore } from './scores/taint-toleration.ts'

/** Filters that look at nothing but the pod and the node object. */
export const staticFilters: readonly Filter[] = [nodeUnschedulable, nodeName, taintToleration, nodeAffinity]

/** All filters; the first one that refuses a node is the one that is named. */
export const filters: readonly Filter[] = [
  ...staticFilters,
  nodePorts,
  nodeResourcesFit,
  volumeBinding,
  podTopologySpread,
  interPodAffinity,
]

export const scores: readonly Score[] = [
  taintTolerationScore,
  nodeAffinityScore,
  leastAllocated,
  podTopologySpreadScore,
  interPodAffinityScore,
  balancedAllocation,
  imageLocality,
]
