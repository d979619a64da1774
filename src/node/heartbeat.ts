/**
 * Heartbeats: every ten seconds each node that talks renews its Lease; every five minutes, and when somebody else says that
 * it is not well, it also writes its status.
 * One timer serves all nodes. Source: https://kubernetes.io/docs/concepts/architecture/nodes/#heartbeats
 */
import { isTrue } from '../api/conditions.ts'
import type { KubeObject } from '../api/object.ts'
import { toMicro } from '../api/time.ts'
import { conditions, leaseNamespace, ownedBy } from './node-object.ts'
import type { KubeletTurn } from './turn.ts'

export const heartbeatMs = 10_000
const beatsPerStatus = 30

/** Renews leases at `at` and sets the next beat. */
export function heartbeat(work: KubeletTurn, at: number): void {
  const renewTime = toMicro(work.now)
  const withStatus = work.beat() % beatsPerStatus === 0
  for (const name of work.nodeNames()) {
    if (!work.talks(name)) continue
    const lease = work.view.get('leases.coordination.k8s.io', leaseNamespace, name)
    if (lease !== undefined) {
      const ref = { resource: 'leases.coordination.k8s.io', namespace: leaseNamespace, name }
      const uid = work.view.get('nodes', '', name)?.metadata.uid ?? ''
      const isOwned = lease.metadata.ownerReferences !== undefined
      const metadata = isOwned ? lease.metadata : { ...lease.metadata, ...ownedBy(name, uid) }
      const object = { ...lease, metadata, spec: { ...lease.spec, renewTime } }
      work.intents.push({ type: 'update', ref, object, trusted: true })
    }
    if (withStatus || isDoubted(work, name)) writeStatus(work, name)
  }
  work.intents.push({ type: 'timer.set', id: 'heartbeat', at: at + heartbeatMs, background: true })
}

/** Its kubelet has said what the node is; one that somebody else made has yet to be filled in. */
export const isFilledIn = ({ status }: KubeObject): boolean => Boolean(status?.nodeInfo?.kubeletVersion)

/** True when the node is well and its object says otherwise, as after a time in which its kubelet was not there. */
export function isDoubted(work: KubeletTurn, name: string): boolean {
  const node = work.view.get('nodes', '', name)
  return node !== undefined && isFilledIn(node) && !isTrue(node.status?.conditions, 'Ready')
}

/** Says again that the node is well; also the first thing a kubelet that came back does. */
export function writeStatus(work: KubeletTurn, name: string): void {
  const node = work.view.get('nodes', '', name)
  if (node === undefined) return
  const status = { ...node.status, conditions: conditions(node.status?.conditions, work.now) }
  const ref = { resource: 'nodes', namespace: '', name }
  work.intents.push({ type: 'update', ref, object: { ...node, status }, subresource: 'status', trusted: true })
}
