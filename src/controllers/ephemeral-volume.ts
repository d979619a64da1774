/**
 * Generic ephemeral volumes: each pod that has some gets a claim of its own for each, which goes with the pod.
 * Source: https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes
 */
import { type KubeObject, keyOf, splitKey } from '../api/object.ts'
import { controllerOf, controllerReference } from '../api/owner.ts'
import { ephemeralClaimName, podClaims, whyNotOwnClaim } from '../api/pod-claims.ts'
import { PersistentVolumeClaim, Pod } from '../kinds/index.ts'
import type { Change, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { acceptsContent } from './accepts-content.ts'
import { controller } from './controller.ts'
import { unlessTold } from './told.ts'
import { createOf, reportOf } from './writes.ts'

const component = 'ephemeral_volume'

interface EphemeralVolume {
  readonly name: string
  readonly ephemeral?: { readonly volumeClaimTemplate?: Pick<KubeObject, 'metadata' | 'spec'> }
}

/** Makes the claims that are missing. A claim of somebody else under that name is in the way, and the pod is told so. */
export function reconcile(view: View, key: string): Transition[] {
  const { namespace, name } = splitKey(key)
  const pod = view.get(Pod, namespace, name)
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined || !acceptsContent(view, namespace)) return []
  const volumes: readonly EphemeralVolume[] = pod.spec?.volumes ?? []
  return volumes.flatMap((volume): Transition[] => {
    const template = volume.ephemeral?.volumeClaimTemplate
    if (template === undefined) return []
    const found = view.get(PersistentVolumeClaim, namespace, ephemeralClaimName(pod, volume.name))
    if (found === undefined) return [createOf(PersistentVolumeClaim, namespace, claimFor(pod, volume.name, template))]
    const why = whyNotOwnClaim(pod, found)
    if (why === '') return []
    return unlessTold(
      view,
      reportOf(component, pod, 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: ${why}`),
    )
  })
}

function claimFor(pod: KubeObject, volume: string, template: Pick<KubeObject, 'metadata' | 'spec'>): KubeObject {
  const { annotations, labels } = template.metadata ?? {}
  return {
    apiVersion: PersistentVolumeClaim.apiVersion,
    kind: PersistentVolumeClaim.kind,
    metadata: {
      name: ephemeralClaimName(pod, volume),
      namespace: pod.metadata.namespace ?? '',
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ownerReferences: [controllerReference(pod)],
    },
    spec: template.spec,
  }
}

const hasEphemeral = (pod: KubeObject): boolean => podClaims(pod).some(({ ephemeral }) => ephemeral)

/** A claim that went may have been a pod's, or in the way of one. */
function podsOf(claim: KubeObject, view: View, { type }: Change): string[] {
  if (type !== 'DELETED') return []
  const owner = controllerOf(claim)
  const { namespace = '', name } = claim.metadata
  if (owner?.kind === 'Pod') {
    const pod = view.get(Pod, namespace, owner.name)
    if (pod?.metadata.uid === owner.uid) return [keyOf(pod)]
  }
  const wanting = (pod: KubeObject) => podClaims(pod).some((one) => one.ephemeral && one.name === name)
  return view.list(Pod, namespace).filter(wanting).map(keyOf)
}

export const ephemeralVolumeController = controller({
  name: 'ephemeral-volume',
  of: Pod,
  matters: ({ type, object }) => type === 'ADDED' && hasEphemeral(object),
  watches: [{ kind: PersistentVolumeClaim, keys: podsOf }],
  reconcile,
})
