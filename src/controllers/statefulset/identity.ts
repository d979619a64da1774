/**
 * The identity of a StatefulSet's pods: their ordinal, name, labels, host name and claims.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-identity
 */
import { listOf, type Part } from '../../api/checks.ts'
import type { KubeObject } from '../../api/object.ts'
import { ownerReference } from '../../api/owner.ts'
import { PersistentVolumeClaim } from '../../kinds/index.ts'
import type { Transition } from '../../store/transition.ts'
import type { View } from '../../store/view.ts'
import { podFrom } from '../pod-template.ts'
import { createOf, updateOf } from '../writes.ts'

export const revisionLabel = 'controller-revision-hash'

/** The ordinal in a pod's name; undefined for names that are not of the set. */
export function ordinalOf(set: KubeObject, pod: KubeObject): number | undefined {
  const prefix = `${set.metadata.name}-`
  const rest = pod.metadata.name.startsWith(prefix) ? pod.metadata.name.slice(prefix.length) : ''
  return /^(0|[1-9]\d*)$/.test(rest) ? Number(rest) : undefined
}

export function revisionOf(pod: KubeObject): string {
  return pod.metadata.labels?.[revisionLabel] ?? ''
}

function claimName(set: KubeObject, template: Part, ordinal: number): string {
  return `${template.metadata?.name}-${set.metadata.name}-${ordinal}`
}

/** The pod with this ordinal, of the template of a revision. */
export function podWith(set: KubeObject, template: Part, revision: string, ordinal: number): KubeObject {
  const pod = podFrom(set, template)
  const name = `${set.metadata.name}-${ordinal}`
  const { generateName: _generated, ...meta } = pod.metadata
  const labels = {
    ...meta.labels,
    'statefulset.kubernetes.io/pod-name': name,
    'apps.kubernetes.io/pod-index': String(ordinal),
    [revisionLabel]: revision,
  }
  const claims = listOf(set.spec.volumeClaimTemplates)
  const own = claims.map((claim) => ({
    name: claim.metadata?.name,
    persistentVolumeClaim: { claimName: claimName(set, claim, ordinal) },
  }))
  const others = listOf(pod.spec.volumes).filter((volume) => !own.some((one) => one.name === volume.name))
  const volumes = own.length + others.length === 0 ? {} : { volumes: [...own, ...others] }
  const subdomain = set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}
  return {
    ...pod,
    metadata: { ...meta, name, labels },
    spec: { ...pod.spec, ...volumes, hostname: name, ...subdomain },
  }
}

/** The claims a pod needs and that are not there. */
export function missingClaims(view: View, set: KubeObject, ordinal: number): Transition[] {
  const namespace = set.metadata.namespace ?? ''
  return listOf(set.spec.volumeClaimTemplates).flatMap((template) => {
    const name = claimName(set, template, ordinal)
    if (view.get(PersistentVolumeClaim, namespace, name) !== undefined) return []
    const owned = set.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete'
    const metadata = {
      ...template.metadata,
      name,
      namespace,
      labels: { ...template.metadata?.labels, ...set.spec.selector?.matchLabels },
      ...(owned ? { ownerReferences: [ownerReference(set)] } : {}),
    }
    const { status: _status, ...claim } = template
    return [
      createOf(PersistentVolumeClaim, namespace, {
        ...claim,
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata,
      }),
    ]
  })
}

/** Claims that are to go with a pod that scaling down removes are given to it. */
export function claimsToPod(view: View, set: KubeObject, pod: KubeObject, ordinal: number): Transition[] {
  if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return []
  const namespace = set.metadata.namespace ?? ''
  return listOf(set.spec.volumeClaimTemplates).flatMap((template) => {
    const claim = view.get(PersistentVolumeClaim, namespace, claimName(set, template, ordinal))
    if (claim === undefined || claim.metadata.ownerReferences?.some(({ uid }) => uid === pod.metadata.uid)) return []
    const ownerReferences = [...(claim.metadata.ownerReferences ?? []), ownerReference(pod)]
    return [updateOf(PersistentVolumeClaim, { ...claim, metadata: { ...claim.metadata, ownerReferences } })]
  })
}
