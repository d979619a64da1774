/**
 * What a pod asks for as a whole: containers and sidecars together or the largest init container, what is said for the
 * pod itself, overhead on top. Exact quantities, for quotas and limits; the scheduler counts in numbers of its own.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
import type { KubeObject } from './object.ts'
import type { Quantity } from './quantity.ts'
import { addLists, largestOf, type ResourceList, readList, type WrittenList } from './resource-list.ts'

interface Container {
  readonly restartPolicy?: string
  readonly resources?: { readonly requests?: WrittenList; readonly limits?: WrittenList }
}

/** What can be said for a whole pod. */
const podLevel: readonly string[] = ['cpu', 'memory']
const podLevelPrefix = 'hugepages-'

/** Requests or limits of the pod without its overhead. */
export function podTotal(pod: KubeObject, side: 'requests' | 'limits'): ResourceList {
  const spec = pod.spec ?? {}
  let total: ResourceList = new Map()
  let sidecars: ResourceList = new Map()
  let starting: ResourceList = new Map()
  for (const container of (spec.containers ?? []) as Container[]) total = addLists(total, asked(container, side))
  for (const container of (spec.initContainers ?? []) as Container[]) {
    const own = asked(container, side)
    if (container.restartPolicy === 'Always') {
      total = addLists(total, own)
      sidecars = addLists(sidecars, own)
      starting = largestOf(starting, sidecars)
    } else starting = largestOf(starting, addLists(own, sidecars))
  }
  const whole = new Map(largestOf(total, starting))
  for (const [name, quantity] of readList(spec.resources?.[side]))
    if (podLevel.includes(name) || name.startsWith(podLevelPrefix)) whole.set(name, quantity)
  return whole
}

/** True when something is said for the pod as a whole. */
export function podLevelResources(pod: KubeObject): boolean {
  const { requests, limits } = pod.spec?.resources ?? {}
  const names = [...Object.keys(requests ?? {}), ...Object.keys(limits ?? {})]
  return names.some((name) => podLevel.includes(name) || name.startsWith(podLevelPrefix))
}

/** The requests with overhead. */
export function podRequests(pod: KubeObject): ResourceList {
  return addLists(podTotal(pod, 'requests'), readList(pod.spec?.overhead))
}

/** The limits; overhead only raises what is limited. */
export function podLimits(pod: KubeObject): ResourceList {
  const limits = podTotal(pod, 'limits')
  const overhead: [string, Quantity][] = [...readList(pod.spec?.overhead)].filter(([name]) => limits.has(name))
  return addLists(limits, new Map(overhead))
}

function asked(container: Container, side: 'requests' | 'limits'): ResourceList {
  return readList(container.resources?.[side])
}
