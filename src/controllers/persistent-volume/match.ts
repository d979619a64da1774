/**
 * Which volume fits a claim, and why a volume that was asked for does not.
 * Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
 */
import type { KubeObject } from '../../api/object.ts'
import { compareQuantity, parseQuantity } from '../../api/quantity.ts'
import { matchesNodeSelector } from '../../api/scheduling.ts'
import { matchesLabelSelector } from '../../api/selector.ts'
import { Node, PersistentVolume } from '../../kinds/index.ts'
import type { View } from '../../store/view.ts'
import { classNameOf, isClaimOf, selectedNode } from './words.ts'

/** The volume made for the claim, else the smallest that fits; among equals the first by name. */
export function bestVolume(view: View, claim: KubeObject): KubeObject | undefined {
  const volumes = view.list(PersistentVolume).filter((volume) => volume.metadata.deletionTimestamp === undefined)
  const made = volumes.find((volume) => isClaimOf(volume, claim) && whyNot(volume, claim) === '')
  if (made !== undefined) return made
  const free = volumes.filter(
    (volume) =>
      !volume.spec?.claimRef &&
      (volume.status?.phase ?? 'Available') === 'Available' &&
      whyNot(volume, claim) === '' &&
      isSelected(volume, claim) &&
      isReachable(view, volume, claim),
  )
  return free.sort((a, b) => compareQuantity(capacityOf(a), capacityOf(b)))[0]
}

/** The reason in the words of the event VolumeMismatch, '' when the volume fits. */
export function whyNot(volume: KubeObject, claim: KubeObject): string {
  if (compareQuantity(capacityOf(volume), requestOf(claim)) < 0) return 'requested PV is too small'
  if (classNameOf(volume) !== classNameOf(claim)) return 'storageClassName does not match'
  if ((volume.spec?.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem'))
    return 'incompatible volumeMode'
  const offered: readonly string[] = volume.spec?.accessModes ?? []
  const wanted: readonly string[] = claim.spec?.accessModes ?? []
  return wanted.every((mode) => offered.includes(mode)) ? '' : 'incompatible accessMode'
}

function capacityOf(volume: KubeObject) {
  return parseQuantity(volume.spec?.capacity?.storage ?? '0')
}

function requestOf(claim: KubeObject) {
  return parseQuantity(claim.spec?.resources?.requests?.storage ?? '0')
}

function isSelected(volume: KubeObject, claim: KubeObject): boolean {
  return matchesLabelSelector(claim.spec?.selector ?? undefined, volume.metadata.labels, 'everything')
}

/** Once the claim's pod has a node, only volumes that node can reach will do. */
function isReachable(view: View, volume: KubeObject, claim: KubeObject): boolean {
  const required = volume.spec?.nodeAffinity?.required
  const name = claim.metadata.annotations?.[selectedNode]
  if (!required || name === undefined) return true
  const node = view.get(Node, '', name)
  return node !== undefined && matchesNodeSelector(required.nodeSelectorTerms, node)
}
