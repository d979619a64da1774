/** NodeResourcesFit with the LeastAllocated strategy: the emptier after placement, the better. Source: https://kubernetes.io/docs/reference/scheduling/config/ and k8s.io/kubernetes noderesources */
import type { Score } from '../plugin.ts'
import { amountsOf } from '../requests.ts'

/** 0..100 of the amounts after placement; a resource the node does not have is left out. */
export function leastAllocatedPoints(cpu: number, cpuTotal: number, memory: number, memoryTotal: number): number {
  let points = 0
  let resources = 0
  if (cpuTotal > 0) {
    points += cpu > cpuTotal ? 0 : Math.floor(((cpuTotal - cpu) * 100) / cpuTotal)
    resources++
  }
  if (memoryTotal > 0) {
    points += memory > memoryTotal ? 0 : Math.floor(((memoryTotal - memory) * 100) / memoryTotal)
    resources++
  }
  return resources === 0 ? 0 : Math.floor(points / resources)
}

export const leastAllocated: Score = {
  name: 'NodeResourcesFit',
  weight: 1,
  score: ({ requests }) => ({
    raw: ({ node, pods }) => {
      const total = amountsOf(node.status?.allocatable ?? node.status?.capacity)
      const cpu = pods.reduce((sum, other) => sum + other.requests.scoredCpuMilli, requests.scoredCpuMilli)
      const memory = pods.reduce((sum, other) => sum + other.requests.scoredMemoryBytes, requests.scoredMemoryBytes)
      return leastAllocatedPoints(cpu, total.cpu ?? 0, memory, total.memory ?? 0)
    },
  }),
}
