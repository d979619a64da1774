/**
 * The claims of a StatefulSet's pods: made from its templates, kept when their pods go, or given to whom they are to go with.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention (KEP-1847)
 */
import { listOf } from '../../api/checks.ts'
import type { KubeObject, OwnerReference } from '../../api/object.ts'
import { controllerReference } from '../../api/owner.ts'
import { PersistentVolumeClaim } from '../../kinds/index.ts'
import { equal } from '../../lib/equal.ts'
import type { Transition } from '../../store/transition.ts'
import type { View } from '../../store/view.ts'
import { createOf, updateOf } from '../writes.ts'
import { claimName } from './identity.ts'

/** What the claims of all pods are called, without the ordinals. */
export function claimNamesOf(set: KubeObject): readonly string[] {
  return listOf(set.spec.volumeClaimTemplates).map(({ metadata }) => `${metadata?.name}-${set.metadata.name}`)
}

function policyOf(set: KubeObject): { readonly deleted: boolean; readonly scaled: boolean } {
  const policy = set.spec.persistentVolumeClaimRetentionPolicy
  return { deleted: policy?.whenDeleted === 'Delete', scaled: policy?.whenScaled === 'Delete' }
}

/** The claims of an ordinal that are there. */
function claimsOf(view: View, set: KubeObject, ordinal: number): readonly KubeObject[] {
  return listOf(set.spec.volumeClaimTemplates).flatMap(
    (template) =>
      view.get(PersistentVolumeClaim, set.metadata.namespace ?? '', claimName(set, template, ordinal)) ?? [],
  )
}

/** The claims a pod needs and that are not there. */
export function missingClaims(view: View, set: KubeObject, ordinal: number): Transition[] {
  const namespace = set.metadata.namespace ?? ''
  return listOf(set.spec.volumeClaimTemplates).flatMap((template) => {
    const name = claimName(set, template, ordinal)
    if (view.get(PersistentVolumeClaim, namespace, name) !== undefined) return []
    const metadata = {
      ...template.metadata,
      name,
      namespace,
      labels: { ...template.metadata?.labels, ...set.spec.selector?.matchLabels },
      ...(policyOf(set).deleted ? { ownerReferences: [controllerReference(set)] } : {}),
    }
    const { status: _status, ...claim } = template
    const made = { ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata }
    return [createOf(PersistentVolumeClaim, namespace, made)]
  })
}

/** A claim that is going: no pod is to be made on it. */
export function goingClaim(view: View, set: KubeObject, ordinal: number): KubeObject | undefined {
  return claimsOf(view, set, ordinal).find(({ metadata }) => metadata.deletionTimestamp !== undefined)
}

/** Whether a claim still belongs to a pod of this name that is gone, and will go with it. */
export function hasStaleClaim(view: View, set: KubeObject, ordinal: number): boolean {
  if (!policyOf(set).scaled) return false
  const name = `${set.metadata.name}-${ordinal}`
  return claimsOf(view, set, ordinal).some((claim) => ownersOf(claim).some((owner) => isPod(owner, name)))
}

/** Gives the claims of a pod to whom the policy says they go with: the set, the pod when it is surplus, or nobody. */
export function entrusted(
  view: View,
  set: KubeObject,
  pod: KubeObject,
  isSurplus: boolean,
  ordinal: number,
): Transition[] {
  return claimsOf(view, set, ordinal).flatMap((claim) => {
    const before = ownersOf(claim)
    const after = ownersAfter(set, pod, before, isSurplus)
    if (equal(before, after)) return []
    const { ownerReferences: _before, ...metadata } = claim.metadata
    const owners = after.length === 0 ? {} : { ownerReferences: after }
    return [updateOf(PersistentVolumeClaim, { ...claim, metadata: { ...metadata, ...owners } })]
  })
}

function ownersAfter(
  set: KubeObject,
  pod: KubeObject,
  owners: readonly OwnerReference[],
  isSurplus: boolean,
): readonly OwnerReference[] {
  const { deleted, scaled } = policyOf(set)
  const mine = (owner: OwnerReference) => isSet(owner, set.metadata.name) || isPod(owner, pod.metadata.name)
  const known = [set.metadata.uid, pod.metadata.uid]
  // Another life's claim is left to the collector.
  if (owners.some((owner) => mine(owner) && !known.includes(owner.uid))) return owners
  const others = owners.filter((owner) => !mine(owner))
  if ((deleted || scaled) && others.some(({ controller }) => controller === true)) return others
  if (scaled && isSurplus) return [...others, controllerReference(pod)]
  return deleted ? [...others, controllerReference(set)] : others
}

const ownersOf = (claim: KubeObject): readonly OwnerReference[] => claim.metadata.ownerReferences ?? []
const isSet = ({ apiVersion, kind, name }: OwnerReference, set: string): boolean =>
  apiVersion === 'apps/v1' && kind === 'StatefulSet' && name === set
const isPod = ({ apiVersion, kind, name }: OwnerReference, pod: string): boolean =>
  apiVersion === 'v1' && kind === 'Pod' && name === pod
