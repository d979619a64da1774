/**
 * Which container a request about a pod's inside means, and whether its node can be asked.
 * Source: k8s.io/kubernetes pkg/registry/core/pod (validateContainer, streamLocation)
 */
import type { KubeObject } from '../api/object.ts'
import { badRequest } from '../api/status-error.ts'

/** Names in Kubernetes' order: init containers, containers, ephemeral ones. */
export function containerNames(pod: KubeObject): string[] {
  const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const
  return lists.flatMap((list) => ((pod.spec?.[list] ?? []) as { name: string }[]).map(({ name }) => name))
}

/** The container asked for, or the only one. Throws 400 when it is not there or not clear. */
export function containerAsked(pod: KubeObject, asked: string | null): string {
  const { name } = pod.metadata
  if (asked !== null && asked !== '') {
    if (!containerNames(pod).includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`)
    return asked
  }
  const [only, ...others] = (pod.spec?.containers ?? []) as { name: string }[]
  if (only === undefined) throw badRequest(`a container name must be specified for pod ${name}`)
  if (others.length === 0) return only.name
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${containerNames(pod).join(' ')}]`,
  )
}

/** Throws 400 for a pod that is on no node. */
export function refuseUnplaced(pod: KubeObject): void {
  if (!pod.spec?.nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
}
