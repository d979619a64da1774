/** Pods for tests of nodes, and short ways to read what became of them. */
import type { KubeObject } from '../../src/api/object.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'

export interface PodWish {
  /** kybern.dev/script. */
  readonly script?: string
  readonly spec?: object
  readonly labels?: Readonly<Record<string, string>>
  /** The node that is named; '' leaves it to the scheduler. Default node-1: these tests are about nodes. */
  readonly node?: string
}

/** A pod with one container `main` (image `app:1`) unless its spec says otherwise. */
export function podNamed(name: string, { script, spec, labels, node = 'node-1' }: PodWish = {}): object {
  const annotations = script === undefined ? {} : { annotations: { 'kybern.dev/script': script } }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...annotations, ...(labels === undefined ? {} : { labels }) },
    spec: { ...(node === '' ? {} : { nodeName: node }), containers: [{ name: 'main', image: 'app:1' }], ...spec },
  }
}

interface Named {
  readonly name: string
}

/** The status of a container of a pod, or an empty object. */
export function containerOf(cluster: Cluster, pod: string, container = 'main'): KubeObject['status'] {
  const { containerStatuses = [], initContainerStatuses = [] } = cluster.get('Pod', pod)?.status ?? {}
  return [...containerStatuses, ...initContainerStatuses].find((one: Named) => one.name === container) ?? {}
}

export function phaseOf(cluster: Cluster, pod: string): string | undefined {
  return cluster.get('Pod', pod)?.status?.phase
}

/** `True`, `False` or undefined. */
export function conditionOf(cluster: Cluster, pod: string, type: string): string | undefined {
  const conditions: readonly { type: string; status: string }[] = cluster.get('Pod', pod)?.status?.conditions ?? []
  return conditions.find((one) => one.type === type)?.status
}

/** `Reason: message` of every event about an object, sorted. */
export function eventsOf(cluster: Cluster, name: string): string[] {
  const events = cluster.list('Event', { namespace: '*' }).filter((event) => event.involvedObject.name === name)
  return events.map((event) => `${event.reason}: ${event.message}`).sort()
}

/** Seconds since the cluster's start. */
export function secondsIn(cluster: Cluster): number {
  return (cluster.now.getTime() - 1_767_225_600_000) / 1000
}
