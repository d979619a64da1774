/**
 * What a StatefulSet does next: fill its ordinals, let surplus pods go, replace pods of another revision. One after the
 * other in order, or all at once when the set says Parallel.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees
 */
import type { KubeObject } from '../../api/object.ts'
import { isPodFinished, podAvailableAt } from '../../api/pod-status.ts'
import { PersistentVolumeClaim, Pod } from '../../kinds/index.ts'
import type { Transition } from '../../store/transition.ts'
import type { View } from '../../store/view.ts'
import type { Intent, Refusal } from '../controller.ts'
import { createOf, deleteOf, reportOf, updateOf } from '../writes.ts'
import { entrusted, goingClaim, hasStaleClaim, missingClaims } from './claims.ts'
import { podWith, revisionOf, withIdentity } from './identity.ts'

const component = 'statefulset-controller'

/** One look at a set: its pods by ordinal, lowest first, its first ordinal and the one after its last, its revisions. */
export interface Scene {
  readonly view: View
  readonly set: KubeObject
  readonly pods: ReadonlyMap<number, KubeObject>
  readonly first: number
  readonly end: number
  readonly current: string
  readonly update: string
  readonly revisions: readonly KubeObject[]
}

export function isRunningReady(pod: KubeObject): boolean {
  return pod.status?.phase === 'Running' && podAvailableAt(pod, 0) !== undefined
}

/** Ready for as long as the set asks; a pod that is ending may be. */
export function isAvailable({ set, view }: Scene, pod: KubeObject): boolean {
  const at = podAvailableAt(pod, set.spec.minReadySeconds ?? 0)
  return at !== undefined && at <= view.now
}

const isGoing = (pod: KubeObject): boolean => pod.metadata.deletionTimestamp !== undefined
const isUp = (scene: Scene, pod: KubeObject): boolean => !isGoing(pod) && isAvailable(scene, pod)

/** The writes of one step, and when to look again. */
export function next(scene: Scene): readonly Intent[] {
  const ordered = scene.set.spec.podManagementPolicy !== 'Parallel'
  return [...(ordered ? inOrder(scene) : atOnce(scene)), ...waits(scene)]
}

function inOrder(scene: Scene): readonly Transition[] {
  const steps: Transition[] = []
  for (let ordinal = scene.first; ordinal < scene.end; ordinal++) {
    const pod = scene.pods.get(ordinal)
    steps.push(...filled(scene, ordinal))
    if (pod === undefined || isPodFinished(pod) || !isUp(scene, pod)) return steps
    steps.push(...mended(scene, pod, ordinal))
  }
  const surplus = surplusOf(scene)
  steps.push(...surplus.flatMap(([ordinal, pod]) => entrusted(scene.view, scene.set, pod, true, ordinal)))
  if (surplus.length === 0) return [...steps, ...replaced(scene)]
  const [, last] = surplus[0] as [number, KubeObject]
  // Of the surplus pods only the lowest one that is not up may go as it is; the others are waited for.
  const unwell = surplus.findLast(([, pod]) => !isUp(scene, pod))?.[1]
  const waits = isGoing(last) || (!isUp(scene, last) && last !== unwell)
  return waits ? steps : [...steps, ...deleted(scene.set, last)]
}

function atOnce(scene: Scene): readonly Transition[] {
  const { view, set, first, end } = scene
  const steps: Transition[] = []
  for (let ordinal = first; ordinal < end; ordinal++) {
    const pod = scene.pods.get(ordinal)
    steps.push(...filled(scene, ordinal))
    if (pod !== undefined && !isPodFinished(pod)) steps.push(...mended(scene, pod, ordinal))
  }
  const surplus = surplusOf(scene)
  return [
    ...steps,
    ...surplus.flatMap(([ordinal, pod]) => entrusted(view, set, pod, true, ordinal)),
    ...surplus.filter(([, pod]) => !isGoing(pod)).flatMap(([, pod]) => deleted(set, pod)),
    ...replaced(scene),
  ]
}

/** Makes the pod of an ordinal, its claims before it, or removes one that has finished. */
function filled(scene: Scene, ordinal: number): Transition[] {
  const { view, set } = scene
  const pod = scene.pods.get(ordinal)
  if (pod !== undefined) {
    if (isPodFinished(pod)) return isGoing(pod) ? [] : deleted(set, pod)
    // Claims that went missing meanwhile are made again (kubernetes#93457).
    return pod.status?.phase === 'Pending' && !isGoing(pod) ? claimsMade(scene, ordinal) : []
  }
  if (hasStaleClaim(view, set, ordinal)) return []
  const going = goingClaim(view, set, ordinal)
  if (going === undefined) return [...claimsMade(scene, ordinal), ...created(scene, ordinal)]
  return [failed(set, ordinal, `pvc ${going.metadata.name} is being deleted`)]
}

function claimsMade({ view, set }: Scene, ordinal: number): Transition[] {
  const name = `${set.metadata.name}-${ordinal}`
  return missingClaims(view, set, ordinal).flatMap((claim) => {
    const message = `Create Claim ${claim.type === 'create' ? claim.object.metadata.name : ''} Pod ${name} in StatefulSet ${set.metadata.name} success`
    return [claim, reportOf(component, set, 'Normal', 'SuccessfulCreate', message)]
  })
}

/** A pod below the partition is of the current revision, others are of the new one. */
function created({ set, current, update, first, revisions }: Scene, ordinal: number): Transition[] {
  const partition: number = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
  const isOld = set.spec.updateStrategy?.type === 'RollingUpdate' && ordinal < first + partition
  const revision = isOld ? current : update
  const stored = revision === update ? undefined : revisions.find((one) => one.metadata.name === revision)
  const { $patch: _replace, ...template } = stored?.data?.spec?.template ?? set.spec.template
  const pod = podWith(set, template, revision, ordinal)
  const told = `Create Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`
  return [
    createOf(Pod, set.metadata.namespace ?? '', pod),
    reportOf(component, set, 'Normal', 'SuccessfulCreate', told),
  ]
}

function deleted(set: KubeObject, pod: KubeObject): Transition[] {
  const told = `Delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`
  return [deleteOf(Pod, pod), reportOf(component, set, 'Normal', 'SuccessfulDelete', told)]
}

/** Puts back what a pod's identity is made of, and its claims to whom they go with. */
function mended({ view, set }: Scene, pod: KubeObject, ordinal: number): Transition[] {
  const claims = entrusted(view, set, pod, false, ordinal)
  const whole = withIdentity(set, pod, ordinal)
  if (whole === pod) return claims
  const told = `Update Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`
  return [...claims, updateOf(Pod, whole), reportOf(component, set, 'Normal', 'SuccessfulUpdate', told)]
}

/** The pods beyond the set's ordinals, the highest first. */
function surplusOf({ pods, first, end }: Scene): readonly (readonly [number, KubeObject])[] {
  return [...pods].filter(([ordinal]) => ordinal < first || ordinal >= end).reverse()
}

/**
 * The rolling update: from the highest ordinal down to the partition the first pod of another revision is replaced, however
 * it is; one of the new revision is waited for until it is up.
 */
function replaced(scene: Scene): Transition[] {
  const { set, pods, first, end, update } = scene
  const { type = 'RollingUpdate', rollingUpdate } = set.spec.updateStrategy ?? {}
  if (type !== 'RollingUpdate') return []
  for (let ordinal = end - 1; ordinal >= first + (rollingUpdate?.partition ?? 0); ordinal--) {
    const pod = pods.get(ordinal)
    if (pod !== undefined && !isGoing(pod) && !isPodFinished(pod) && revisionOf(pod) !== update)
      return deleted(set, pod)
    if (pod === undefined || !isUp(scene, pod)) return []
  }
  return []
}

/** Asks again when the next pod becomes available by waiting. */
function waits({ set, pods, view }: Scene): Intent[] {
  const times = [...pods.values()]
    .map((pod) => (isRunningReady(pod) ? podAvailableAt(pod, set.spec.minReadySeconds ?? 0) : undefined))
    .filter((at): at is number => at !== undefined && at > view.now && Number.isFinite(at))
  return times.length === 0 ? [] : [{ type: 'wake', at: Math.min(...times) }]
}

function failed(set: KubeObject, ordinal: number, why: string): Transition {
  const { name } = set.metadata
  const message = `Create Pod ${name}-${ordinal} in StatefulSet ${name} failed error: ${why}`
  return reportOf(component, set, 'Warning', 'FailedCreate', message)
}

/** What is told of a pod or a claim that was refused when it was last tried. */
export function told(scene: Scene, steps: readonly Intent[], refusal: Refusal | undefined): Transition[] {
  if (refusal?.type !== 'create') return []
  const asked = steps.find((step) => step.type === 'create' && step.resource === refusal.resource)
  if (asked?.type !== 'create') return []
  const { name } = asked.object.metadata
  const ordinal = Number(/\d+$/.exec(name)?.[0] ?? 0)
  if (refusal.resource !== PersistentVolumeClaim.resource) return [failed(scene.set, ordinal, refusal.message)]
  const set = scene.set.metadata.name
  const claim = `Create Claim ${name} for Pod ${set}-${ordinal} in StatefulSet ${set} failed error: ${refusal.message}`
  return [
    reportOf(component, scene.set, 'Warning', 'FailedCreate', claim),
    failed(scene.set, ordinal, `failed to create PVC ${name}: ${refusal.message}`),
  ]
}
