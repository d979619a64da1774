/** Host ports are given out once per node, protocol and address. Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports */
import type { HostPort } from '../facts.ts'
import { type Filter, refused } from '../plugin.ts'

const refusal = refused("node(s) didn't have free ports for the requested pod ports")
const anyAddress = '0.0.0.0'

/** Whether both cannot be had on one node. */
export function portsConflict(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false
  return a.ip === b.ip || a.ip === anyAddress || b.ip === anyAddress
}

export const nodePorts: Filter = {
  name: 'NodePorts',
  filter: (pod) => (node) => {
    if (pod.ports.length === 0) return undefined
    const taken = node.pods.some((other) => other.ports.some((b) => pod.ports.some((a) => portsConflict(a, b))))
    return taken ? refusal : undefined
  },
}
