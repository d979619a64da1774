/**
 * The claims a pod's volumes use: those it names, and those that are made for its generic ephemeral volumes.
 * Source: https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#persistentvolumeclaim-naming
 */
import type { KubeObject } from './object.ts'
import { isControlledBy } from './owner.ts'

interface Volume {
  readonly name: string
  readonly persistentVolumeClaim?: { readonly claimName: string }
  readonly ephemeral?: unknown
}

/** A claim by its name; `ephemeral` when it is made for the pod and goes with it. */
export interface PodClaim {
  readonly name: string
  readonly ephemeral: boolean
}

/** The claims of a pod in the order of its volumes; those of ephemeral volumes are named after pod and volume. */
export function podClaims(pod: KubeObject): PodClaim[] {
  const volumes: readonly Volume[] = pod.spec?.volumes ?? []
  return volumes.flatMap(({ name, persistentVolumeClaim: claim, ephemeral }): PodClaim[] => {
    if (claim) return [{ name: claim.claimName, ephemeral: false }]
    return ephemeral ? [{ name: ephemeralClaimName(pod, name), ephemeral: true }] : []
  })
}

export function ephemeralClaimName(pod: KubeObject, volume: string): string {
  return `${pod.metadata.name}-${volume}`
}

/** Why the claim found under an ephemeral volume's name will not do: it is not the pod's own. '' when it is. */
export function whyNotOwnClaim(pod: KubeObject, claim: KubeObject): string {
  if (isControlledBy(claim, pod.metadata.uid ?? '')) return ''
  const { namespace, name } = claim.metadata
  return `PVC ${namespace}/${name} was not created for pod ${pod.metadata.namespace}/${pod.metadata.name} (pod is not owner)`
}
