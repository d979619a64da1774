/**
 * Claims and where their volumes can be used: bound ones by their volume's node affinity, waiting ones by the volumes
 * that could be bound and by whether the class can provision. Limits on the number of volumes per node are not checked.
 * Source: https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
 */
import type { KubeObject } from '../../api/object.ts'
import { podClaims, whyNotOwnClaim } from '../../api/pod-claims.ts'
import { compareQuantity, parseQuantity } from '../../api/quantity.ts'
import { matchesNodeSelector, matchesNodeSelectorTerm } from '../../api/scheduling.ts'
import { matchesLabelSelector } from '../../api/selector.ts'
import type { View } from '../../store/view.ts'
import type { PodFacts } from '../facts.ts'
import { type Check, type Filter, type Refusal, refusedForGood } from '../plugin.ts'

const claims = 'persistentvolumeclaims'
const volumes = 'persistentvolumes'
const classes = 'storageclasses.storage.k8s.io'
export const selectedNodeAnnotation = 'volume.kubernetes.io/selected-node'

const otherNode = refusedForGood("node(s) didn't match PersistentVolume's node affinity")
const noVolume = refusedForGood("node(s) didn't find available persistent volumes to bind")
const lostVolume = refusedForGood('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)')
const immediate = refusedForGood('pod has unbound immediate PersistentVolumeClaims')

/** The claims of a pod by what is left to do for them. */
export interface PodClaims {
  readonly bound: readonly KubeObject[]
  /** Not bound yet, their class waits for the first consumer. */
  readonly waiting: readonly KubeObject[]
}

/** How one waiting claim is served on a node: by an existing volume or by the class's provisioner. */
export interface ClaimPlan {
  readonly claim: KubeObject
  readonly volume: KubeObject | undefined
}

export const volumeBinding: Filter = {
  name: 'VolumeBinding',
  filter: (pod, { view }) => {
    if (!pod.claims) return () => undefined
    const found = claimsOf(pod, view)
    return 'reasons' in found ? found : checkOf(found, view)
  },
}

function checkOf({ bound, waiting }: PodClaims, view: View): Check {
  const used = bound.map((claim) => view.get(volumes, '', claim.spec.volumeName))
  return ({ node }) => {
    if (used.some((volume) => volume === undefined)) return lostVolume
    if (!used.every((volume) => reachable(volume as KubeObject, node))) return otherNode
    return planFor(waiting, node, view) === undefined ? noVolume : undefined
  }
}

/** The pod's claims, or why no node will do. */
export function claimsOf(pod: PodFacts, view: View): PodClaims | Refusal {
  const bound: KubeObject[] = []
  const waiting: KubeObject[] = []
  for (const { name, ephemeral } of podClaims(pod.pod)) {
    const claim = view.get(claims, pod.namespace, name)
    const missing = claim === undefined ? absent(name, ephemeral) : claimFault(claim, pod, ephemeral)
    if (missing !== '' || claim === undefined) return refusedForGood(missing)
    if (isBound(claim)) bound.push(claim)
    else if (!claim.spec?.volumeName && waitsForConsumer(claim, view)) waiting.push(claim)
    else return immediate
  }
  return { bound, waiting }
}

function absent(name: string, ephemeral: boolean): string {
  if (ephemeral) return `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
  return `persistentvolumeclaim "${name}" not found`
}

function claimFault(claim: KubeObject, { pod }: PodFacts, ephemeral: boolean): string {
  const name = claim.metadata.name
  if (claim.status?.phase === 'Lost')
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`
  if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${name}" is being deleted`
  return ephemeral ? whyNotOwnClaim(pod, claim) : ''
}

/** True when claim and volume have both been settled. */
export function isBound(claim: KubeObject): boolean {
  const done = claim.metadata.annotations?.['pv.kubernetes.io/bind-completed'] !== undefined
  return Boolean(claim.spec?.volumeName) && (done || claim.status?.phase === 'Bound')
}

function classOf(claim: KubeObject, view: View): KubeObject | undefined {
  const name = classNameOf(claim)
  return name === '' ? undefined : view.get(classes, '', name)
}

function classNameOf(object: KubeObject): string {
  return object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? object.spec?.storageClassName ?? ''
}

function waitsForConsumer(claim: KubeObject, view: View): boolean {
  return classOf(claim, view)?.volumeBindingMode === 'WaitForFirstConsumer'
}

function reachable(volume: KubeObject, node: KubeObject): boolean {
  const required = volume.spec?.nodeAffinity?.required
  return !required || matchesNodeSelector(required.nodeSelectorTerms, node)
}

/** How all waiting claims can be served on a node; undefined when one cannot. */
export function planFor(
  waiting: readonly KubeObject[],
  node: KubeObject,
  view: View,
): readonly ClaimPlan[] | undefined {
  const plans: ClaimPlan[] = []
  const taken = new Set<string>()
  for (const claim of waiting) {
    const selected = claim.metadata.annotations?.[selectedNodeAnnotation]
    if (selected !== undefined && selected !== node.metadata.name) return undefined
    const volume = selected === undefined ? smallestVolume(claim, node, view, taken) : undefined
    if (volume === undefined && !provisions(claim, node, view)) return undefined
    if (volume !== undefined) taken.add(volume.metadata.name)
    plans.push({ claim, volume })
  }
  return plans
}

function provisions(claim: KubeObject, node: KubeObject, view: View): boolean {
  const storageClass = classOf(claim, view)
  const provisioner = storageClass?.provisioner ?? ''
  if (provisioner === '' || provisioner === 'kubernetes.io/no-provisioner') return false
  const topologies: readonly { matchLabelExpressions?: readonly { key: string; values: readonly string[] }[] }[] =
    storageClass?.allowedTopologies ?? []
  if (topologies.length === 0) return true
  return topologies.some((term) => {
    const expressions = (term.matchLabelExpressions ?? []).map((one) => ({ ...one, operator: 'In' }))
    return matchesNodeSelectorTerm({ matchExpressions: expressions }, node)
  })
}

/** The smallest volume that serves the claim on the node, or the one already promised to it. */
function smallestVolume(
  claim: KubeObject,
  node: KubeObject,
  view: View,
  taken: ReadonlySet<string>,
): KubeObject | undefined {
  const fitting = view
    .list(volumes)
    .filter((volume) => !taken.has(volume.metadata.name) && serves(volume, claim) && reachable(volume, node))
  const promised = fitting.find((volume) => volume.spec?.claimRef !== undefined)
  if (promised !== undefined) return promised
  return fitting.sort(bySize)[0]
}

function bySize(a: KubeObject, b: KubeObject): number {
  return compareQuantity(parseQuantity(a.spec.capacity.storage), parseQuantity(b.spec.capacity.storage))
}

function serves(volume: KubeObject, claim: KubeObject): boolean {
  const { spec = {}, status, metadata } = volume
  const ref = spec.claimRef
  if (metadata.deletionTimestamp !== undefined) return false
  if (ref) {
    const named = ref.name === claim.metadata.name && ref.namespace === claim.metadata.namespace
    if (!named || (ref.uid && ref.uid !== claim.metadata.uid)) return false
  } else if (status?.phase !== 'Available') return false
  if (classNameOf(volume) !== classNameOf(claim)) return false
  if ((spec.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem')) return false
  const modes: readonly string[] = spec.accessModes ?? []
  if (!((claim.spec?.accessModes ?? []) as readonly string[]).every((mode) => modes.includes(mode))) return false
  if (!matchesLabelSelector(claim.spec?.selector ?? undefined, metadata.labels, 'everything')) return false
  const wanted = claim.spec?.resources?.requests?.storage ?? '0'
  return compareQuantity(parseQuantity(spec.capacity?.storage ?? '0'), parseQuantity(wanted)) >= 0
}
