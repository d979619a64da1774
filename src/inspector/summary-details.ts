/** What a summary says beside the status: by kind. */
import type { KubeObject } from '../api/object.ts'
import { podRequests } from '../api/pod-resources.ts'
import { milliValue, value } from '../api/quantity.ts'
import type { ContainerSummary, NodeSummary, ObjectSummary, PodSummary, ReplicaSummary } from './words.ts'

type Details = Pick<ObjectSummary, 'pod' | 'node' | 'replicas' | 'service' | 'endpoints' | 'event'>

interface ContainerStatus {
  readonly name: string
  readonly ready?: boolean
  readonly restartCount?: number
  readonly state?: Readonly<Record<string, { readonly reason?: string }>>
}

/** The parts that concern the object's kind. */
export function detailsOf(object: KubeObject): Details {
  switch (object.kind) {
    case 'Pod':
      return { pod: podOf(object) }
    case 'Node':
      return { node: nodeOf(object) }
    case 'Service':
      return { service: serviceOf(object) }
    case 'EndpointSlice':
      return { endpoints: endpointsOf(object) }
    case 'Event':
      return { event: eventOf(object) }
    default:
      return object.spec?.replicas === undefined && object.status?.desiredNumberScheduled === undefined
        ? {}
        : { replicas: replicasOf(object) }
  }
}

function podOf(pod: KubeObject): PodSummary {
  const { spec = {}, status = {}, metadata } = pod
  const requests = podRequests(pod)
  const conditions: readonly { type: string; status: string }[] = status.conditions ?? []
  const of = (list: readonly { name: string; image?: string }[] | undefined, init: boolean) =>
    (list ?? []).map((one) =>
      containerOf(one, statusesOf(status, init), init, `${metadata.namespace}/${metadata.name}`),
    )
  const containers = [...of(spec.initContainers, true), ...of(spec.containers, false)]
  return {
    node: spec.nodeName ?? '',
    ip: status.podIP ?? '',
    ready: conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    restarts: containers.reduce((sum, { restarts }) => sum + restarts, 0),
    requests: {
      cpuMilli: milliValue(requests.get('cpu') ?? 0),
      memoryBytes: value(requests.get('memory') ?? 0),
    },
    containers,
  }
}

function statusesOf(status: Readonly<Record<string, unknown>>, init: boolean): readonly ContainerStatus[] {
  return (status[init ? 'initContainerStatuses' : 'containerStatuses'] ?? []) as ContainerStatus[]
}

function containerOf(
  { name, image = '' }: { readonly name: string; readonly image?: string },
  statuses: readonly ContainerStatus[],
  init: boolean,
  pod: string,
): ContainerSummary {
  const status = statuses.find((one) => one.name === name)
  const [[word = 'waiting', detail] = []] = Object.entries(status?.state ?? {})
  const state = detail?.reason === undefined ? word : `${word}: ${detail.reason}`
  const { ready = false, restartCount: restarts = 0 } = status ?? {}
  return { name, image, ready, restarts, state, init, actor: `pods/${pod}/${name}` }
}

function nodeOf({ spec = {}, status = {} }: KubeObject): NodeSummary {
  const capacity: Readonly<Record<string, string>> = status.allocatable ?? status.capacity ?? {}
  const conditions: readonly { type: string; status: string }[] = status.conditions ?? []
  const taints: readonly { key: string; value?: string; effect: string }[] = spec.taints ?? []
  return {
    ready: conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    cordoned: spec.unschedulable === true,
    capacity: {
      cpuMilli: milliValue(capacity.cpu ?? 0),
      memoryBytes: value(capacity.memory ?? 0),
      pods: value(capacity.pods ?? 0),
    },
    taints: taints.map(({ key, value: is, effect }) => `${key}${is === undefined ? '' : `=${is}`}:${effect}`),
  }
}

function replicasOf({ kind, spec = {}, status = {} }: KubeObject): ReplicaSummary {
  if (kind === 'DaemonSet')
    return {
      wanted: status.desiredNumberScheduled ?? 0,
      current: status.currentNumberScheduled ?? 0,
      ready: status.numberReady ?? 0,
      updated: status.updatedNumberScheduled ?? 0,
      available: status.numberAvailable ?? 0,
    }
  return {
    wanted: spec.replicas ?? 1,
    current: status.replicas ?? 0,
    ready: status.readyReplicas ?? 0,
    updated: status.updatedReplicas ?? status.replicas ?? 0,
    available: status.availableReplicas ?? status.readyReplicas ?? 0,
  }
}

function serviceOf({ spec = {} }: KubeObject): NonNullable<ObjectSummary['service']> {
  const ports: readonly { port: number; protocol?: string }[] = spec.ports ?? []
  return {
    selector: spec.selector ?? {},
    ip: spec.clusterIP ?? '',
    ports: ports.map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`),
  }
}

function endpointsOf({ metadata, endpoints }: KubeObject): NonNullable<ObjectSummary['endpoints']> {
  const list = (endpoints ?? []) as {
    addresses: readonly string[]
    conditions?: { ready?: boolean }
    targetRef?: { kind: string; name: string }
  }[]
  return {
    service: metadata.labels?.['kubernetes.io/service-name'] ?? '',
    to: list.map(({ addresses, conditions, targetRef }) => ({
      ip: addresses[0] ?? '',
      pod: targetRef?.kind === 'Pod' ? targetRef.name : '',
      ready: conditions?.ready !== false,
    })),
  }
}

function eventOf(event: KubeObject): NonNullable<ObjectSummary['event']> {
  const regarding = event.involvedObject ?? event.regarding ?? {}
  const { kind = '', namespace = '', name = '', uid = '' } = regarding
  return {
    level: event.type ?? '',
    reason: event.reason ?? '',
    message: event.message ?? event.note ?? '',
    regarding: { kind, namespace, name, uid },
    count: event.count ?? event.series?.count ?? 1,
    from: event.source?.component ?? event.reportingController ?? '',
  }
}
