/** The Node object and Lease a kubelet registers, and its heartbeats. Source: https://kubernetes.io/docs/reference/node/node-status/ */
import type { KubeObject } from '../api/object.ts'
import { toMicro, toRfc3339 } from '../api/time.ts'
import { digest } from '../lib/digest.ts'
import { type NodeSpec, nodeAddress, podCidr } from './node-spec.ts'

export const leaseNamespace = 'kube-node-lease'
export const kubeletVersion = 'v1.36.0+kybern'

const pressures = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
] as const

/** The Node as its kubelet registers it. */
export function nodeObject(spec: NodeSpec, index: number, now: number): KubeObject {
  const { name } = spec
  const cidr = podCidr(index)
  const capacity = {
    cpu: spec.cpu ?? '4',
    'ephemeral-storage': spec.ephemeralStorage ?? '100Gi',
    memory: spec.memory ?? '16Gi',
    pods: String(spec.pods ?? 110),
    ...spec.resources,
  }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...spec.labels,
      },
      annotations: { 'kybern.dev/runtime': 'simulated' },
    },
    spec: {
      podCIDR: cidr,
      podCIDRs: [cidr],
      providerID: `kybern://${name}`,
      ...(spec.taints === undefined ? {} : { taints: spec.taints }),
    },
    status: {
      capacity,
      allocatable: capacity,
      conditions: conditions(undefined, now),
      addresses: [
        { type: 'InternalIP', address: nodeAddress(index) },
        { type: 'Hostname', address: name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: nodeInfo(name),
    },
  }
}

function nodeInfo(name: string): object {
  const id = digest(name).repeat(2)
  return {
    machineID: id,
    systemUUID: id,
    bootID: id,
    kernelVersion: 'simulated',
    osImage: 'kybern (simulated)',
    containerRuntimeVersion: 'simulated://1.0.0',
    kubeletVersion,
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: 'amd64',
  }
}

type NodeCondition = { type: string; status: string; lastTransitionTime?: string }

/** All of the kubelet's conditions at this moment; a transition time stays when the status does. */
export function conditions(before: readonly NodeCondition[] | undefined, now: number): object[] {
  const at = toRfc3339(now)
  const since = (type: string, status: string): string => {
    const old = before?.find((condition) => condition.type === type)
    return old?.status === status ? (old.lastTransitionTime ?? at) : at
  }
  const beat = { lastHeartbeatTime: at }
  const others = (before ?? []).filter(({ type }) => type !== 'Ready' && !pressures.some(([own]) => own === type))
  const ready = { reason: 'KubeletReady', message: 'kubelet is posting ready status' }
  return [
    ...others,
    ...pressures.map(([type, reason, message]) => ({
      type,
      status: 'False',
      ...beat,
      lastTransitionTime: since(type, 'False'),
      reason,
      message,
    })),
    { type: 'Ready', status: 'True', ...beat, lastTransitionTime: since('Ready', 'True'), ...ready },
  ]
}

/** The Lease belongs to its Node, once that has a uid. */
export function ownedBy(name: string, uid: string): { ownerReferences?: KubeObject['metadata']['ownerReferences'] } {
  return uid === '' ? {} : { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] }
}

/** The Lease whose renewTime is the node's heartbeat. */
export function leaseObject(node: KubeObject, now: number): KubeObject {
  const { name, uid = '' } = node.metadata
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: leaseNamespace, ...ownedBy(name, uid) },
    spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: toMicro(now) },
  }
}
