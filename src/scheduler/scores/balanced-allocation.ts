/** NodeResourcesBalancedAllocation as of Kubernetes 1.36: how much closer CPU and memory use come to each other. Source: k8s.io/kubernetes noderesources */
import type { Score } from '../plugin.ts'
import { amountsOf } from '../requests.ts'

/** 50..100 by the distance between the fractions in use. */
function balance(cpu: number, cpuTotal: number, memory: number, memoryTotal: number): number {
  if (cpuTotal === 0 || memoryTotal === 0) return 100
  const apart = Math.min(cpu / cpuTotal, 1) - Math.min(memory / memoryTotal, 1)
  return Math.trunc((1 - Math.abs(apart / 2)) * 100)
}

/** 50..100: about 75 when the placement changes nothing, more when it brings the fractions together. */
export function balancedPoints(
  cpu: number,
  memory: number,
  podCpu: number,
  podMemory: number,
  cpuTotal: number,
  memoryTotal: number,
): number {
  const before = balance(cpu, cpuTotal, memory, memoryTotal)
  const after = balance(cpu + podCpu, cpuTotal, memory + podMemory, memoryTotal)
  return 50 + Math.trunc((50 + after - before) / 2)
}

export const balancedAllocation: Score = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  score: ({ requests }) => ({
    raw: ({ node, pods }) => {
      if (requests.cpuMilli === 0 && requests.memoryBytes === 0) return 0
      const total = amountsOf(node.status?.allocatable ?? node.status?.capacity)
      const cpu = pods.reduce((sum, other) => sum + other.requests.cpuMilli, 0)
      const memory = pods.reduce((sum, other) => sum + other.requests.memoryBytes, 0)
      const { cpuMilli, memoryBytes } = requests
      return balancedPoints(cpu, memory, cpuMilli, memoryBytes, total.cpu ?? 0, total.memory ?? 0)
    },
  }),
}
