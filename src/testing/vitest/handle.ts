/** One object of a cluster, for matchers to wait on. */
import type { KubeObject } from '../../api/object.ts'
import type { Cluster } from '../../cluster/cluster.ts'

export interface ObjectHandle {
  readonly cluster: Cluster
  readonly kind: string
  readonly name: string
  readonly namespace: string
  /** The object as it is now. */
  readonly object: KubeObject | undefined
}

/** `expect(on(cluster, 'Deployment', 'web')).toBeAvailable()`. The namespace is `default` unless it is given. */
export function on(cluster: Cluster, kind: string, name: string, namespace = 'default'): ObjectHandle {
  return {
    cluster,
    kind,
    name,
    namespace,
    get object() {
      return cluster.get(kind, name, namespace)
    },
  }
}

/** Is the object available, in its kind's own sense? A Service is when it has a ready endpoint. */
export function isAvailable({ cluster, name, namespace, object }: ObjectHandle): boolean {
  if (object === undefined) return false
  const { spec = {}, status = {}, metadata } = object
  const isSeen = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  const has = (type: string): boolean =>
    status.conditions?.some((one: { type: string; status: string }) => one.type === type && one.status === 'True') ===
    true
  const wanted = spec.replicas ?? 1
  switch (object.kind) {
    case 'Deployment':
      return isSeen && (status.updatedReplicas ?? 0) === wanted && (status.availableReplicas ?? 0) === wanted
    case 'ReplicaSet':
    case 'ReplicationController':
    case 'StatefulSet':
      return isSeen && (status.availableReplicas ?? 0) === wanted
    case 'DaemonSet':
      return isSeen && (status.numberAvailable ?? 0) === status.desiredNumberScheduled
    case 'Job':
      return has('Complete')
    case 'PersistentVolumeClaim':
      return status.phase === 'Bound'
    case 'Namespace':
      return status.phase === 'Active'
    case 'Service':
      return cluster
        .list('EndpointSlice', { namespace, labelSelector: `kubernetes.io/service-name=${name}` })
        .some((slice) =>
          slice.endpoints?.some((one: { conditions?: { ready?: boolean } }) => one.conditions?.ready !== false),
        )
    default:
      return has('Ready') || has('Available')
  }
}

/** Every word that says in which state the object is: phase, reasons, conditions that are true, reasons of its containers. */
export function statesOf({ object }: ObjectHandle): string[] {
  if (object === undefined) return []
  const { status = {}, metadata } = object
  type Condition = { type: string; status: string; reason?: string }
  type Container = { state?: Record<string, { reason?: string }> }
  const conditions = ((status.conditions ?? []) as Condition[]).flatMap(({ type, status: is, reason }) =>
    is === 'True' ? [type] : reason === undefined ? [] : [reason],
  )
  const containers = ((status.containerStatuses ?? []) as Container[]).flatMap(({ state = {} }) =>
    Object.values(state).flatMap(({ reason }) => (reason === undefined ? [] : [reason])),
  )
  const going = metadata.deletionTimestamp === undefined ? [] : ['Terminating']
  return [status.phase, status.reason, ...conditions, ...containers, ...going].filter((one) => typeof one === 'string')
}
