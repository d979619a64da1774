/** Small objects of the core kinds for tables of tests. */
import type { KubeObject, OwnerReference } from '../../src/api/object.ts'
import { toRfc3339 } from '../../src/api/time.ts'
import { t0 } from './view.ts'

type Fields = Readonly<Record<string, unknown>>

export const at = (seconds: number): string => toRfc3339(t0 + seconds * 1000)

export function namespaceNamed(
  name: string,
  more: { metadata?: Fields; spec?: Fields; status?: Fields } = {},
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, uid: `uid-${name}`, creationTimestamp: at(0), ...more.metadata },
    spec: { finalizers: ['kubernetes'], ...more.spec },
    status: { phase: 'Active', ...more.status },
  }
}

export function podNamed(name: string, more: { metadata?: Fields; spec?: Fields; status?: Fields } = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, creationTimestamp: at(0), ...more.metadata },
    spec: { containers: [{ name: 'main', image: 'main' }], ...more.spec },
    status: { phase: 'Running', ...more.status },
  }
}

export function ready(status: 'True' | 'False' | 'Unknown', seconds = 0, heartbeat = seconds): Fields {
  return { conditions: [{ type: 'Ready', status, lastTransitionTime: at(seconds), lastHeartbeatTime: at(heartbeat) }] }
}

export function nodeNamed(name: string, more: { metadata?: Fields; spec?: Fields; status?: Fields } = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-${name}`, creationTimestamp: at(0), ...more.metadata },
    spec: { ...more.spec },
    status: { ...more.status },
  }
}

export function leaseOf(node: string, seconds: number): KubeObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: node, namespace: 'kube-node-lease', uid: `uid-lease-${node}` },
    spec: { holderIdentity: node, renewTime: at(seconds).replace('Z', '.000000Z') },
  }
}

export function configMapNamed(
  name: string,
  owners: readonly Partial<OwnerReference>[] = [],
  metadata: Fields = {},
): KubeObject {
  const ownerReferences = owners.map((owner) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: '', uid: '', ...owner }))
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      ...(owners.length > 0 ? { ownerReferences } : {}),
      ...metadata,
    },
    data: {},
  }
}
