/**
 * The identity of a StatefulSet's pods: their ordinal, name, labels, host name and claims.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-identity
 */
import { listOf, type Part } from '../../api/checks.ts'
import type { KubeObject } from '../../api/object.ts'
import { podFrom } from '../pod-template.ts'

export const revisionLabel = 'controller-revision-hash'
const nameLabel = 'statefulset.kubernetes.io/pod-name'
const indexLabel = 'apps.kubernetes.io/pod-index'

/** The ordinal in a pod's name; undefined for names that are not of the set. */
export function ordinalOf(set: KubeObject, pod: KubeObject): number | undefined {
  const prefix = `${set.metadata.name}-`
  const rest = pod.metadata.name.startsWith(prefix) ? pod.metadata.name.slice(prefix.length) : ''
  return /^(0|[1-9]\d*)$/.test(rest) ? Number(rest) : undefined
}

export function revisionOf(pod: KubeObject): string {
  return pod.metadata.labels?.[revisionLabel] ?? ''
}

export function claimName(set: KubeObject, template: Part, ordinal: number): string {
  return `${template.metadata?.name}-${set.metadata.name}-${ordinal}`
}

/** The pod with this ordinal, of the template of a revision. */
export function podWith(set: KubeObject, template: Part, revision: string, ordinal: number): KubeObject {
  const pod = podFrom(set, template)
  const name = `${set.metadata.name}-${ordinal}`
  const { generateName: _generated, ...meta } = pod.metadata
  const labels = {
    ...meta.labels,
    [nameLabel]: name,
    [indexLabel]: String(ordinal),
    [revisionLabel]: revision,
  }
  const volumes = volumesOf(set, pod, ordinal)
  const subdomain = set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}
  return {
    ...pod,
    metadata: { ...meta, name, labels },
    spec: { ...pod.spec, ...volumes, hostname: name, ...subdomain },
  }
}

/** The pod with the labels and volumes of its identity again; the same pod when it has them. */
export function withIdentity(set: KubeObject, pod: KubeObject, ordinal: number): KubeObject {
  const { name, labels } = pod.metadata
  const named = labels?.[nameLabel] === name
  const claims = listOf(set.spec.volumeClaimTemplates)
  const has = (claim: Part): boolean =>
    listOf(pod.spec.volumes).some(
      (volume) =>
        volume.name === claim.metadata?.name &&
        volume.persistentVolumeClaim?.claimName === claimName(set, claim, ordinal),
    )
  const mine = named ? labels : { ...labels, [nameLabel]: name, [indexLabel]: String(ordinal) }
  const stored = claims.every(has)
  if (named && stored) return pod
  const spec = stored ? pod.spec : { ...pod.spec, ...volumesOf(set, pod, ordinal) }
  return { ...pod, metadata: { ...pod.metadata, labels: mine }, spec }
}

/** The pod's volumes, those of the set's claims among them. */
function volumesOf(set: KubeObject, pod: KubeObject, ordinal: number): Part {
  const own = listOf(set.spec.volumeClaimTemplates).map((claim) => ({
    name: claim.metadata?.name,
    persistentVolumeClaim: { claimName: claimName(set, claim, ordinal) },
  }))
  const others = listOf(pod.spec.volumes).filter((volume) => !own.some((one) => one.name === volume.name))
  return own.length + others.length === 0 ? {} : { volumes: [...own, ...others] }
}
