/** What the scheduler asks for, as transitions. Every one names its pod as the cause, so that one refusal ends the rest. */
import { type ConditionChange, setCondition } from '../api/conditions.ts'
import type { KubeObject, Ref } from '../api/object.ts'
import { toRfc3339 } from '../api/time.ts'
import { equal } from '../lib/equal.ts'
import type { Cause, Report, Transition } from '../store/transition.ts'
import type { PodFacts } from './facts.ts'
import { type ClaimPlan, selectedNodeAnnotation } from './filters/volume-binding.ts'

export const schedulerName = 'scheduler'
const component = 'default-scheduler'

/** Why a pod's transitions are sent: the pod, and the revision of the change that woke it. */
export function causeOf(key: string, because: number): Cause {
  return { why: 'reconcile', by: schedulerName, key, because }
}

function refOf(resource: string, object: KubeObject): Ref {
  return { resource, namespace: object.metadata.namespace ?? '', name: object.metadata.name }
}

function report(
  pod: KubeObject,
  level: Report['level'],
  reason: string,
  message: string,
  from: string,
  cause: Cause,
): Report {
  return { type: 'report', regarding: pod, level, reason, message, source: { component: from }, trusted: true, cause }
}

/** The binding and its event. */
export function bindIntents({ pod, key, uid }: PodFacts, node: string, from: string, cause: Cause): Transition[] {
  const message = `Successfully assigned ${key} to ${node}`
  return [
    { type: 'pod.bind', ref: refOf('pods', pod), uid, node, trusted: true, cause },
    report(pod, 'Normal', 'Scheduled', message, from, cause),
  ]
}

/** What a pod's status says after a failure; `nominate` '' takes a nomination back, undefined leaves it. */
export function refusedIntents(
  pod: KubeObject,
  message: string,
  nominate: string | undefined,
  now: number,
  from: string,
  cause: Cause,
): Transition[] {
  const generation = pod.metadata.generation
  const condition: ConditionChange = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  }
  const event = report(pod, 'Warning', 'FailedScheduling', shortened(message), from, cause)
  return [event, ...statusIntents(pod, condition, nominate, now, cause)]
}

/** The longest note an event may carry. */
const noteLimit = 1024

function shortened(message: string): string {
  return message.length <= noteLimit ? message : `${message.slice(0, noteLimit - 4)} ...`
}

/** A status write, left out when it would change nothing. */
export function statusIntents(
  pod: KubeObject,
  condition: ConditionChange | undefined,
  nominate: string | undefined,
  now: number,
  cause: Cause,
): Transition[] {
  const { nominatedNodeName, ...status } = pod.status ?? {}
  const conditions =
    condition === undefined ? status.conditions : setCondition(status.conditions, condition, toRfc3339(now))
  const nominated: string = nominate ?? nominatedNodeName ?? ''
  const next = { ...status, conditions, ...(nominated === '' ? {} : { nominatedNodeName: nominated }) }
  if (equal(next, pod.status)) return []
  const object = { ...pod, status: next }
  const uid = pod.metadata.uid
  return [{ type: 'update', ref: refOf('pods', pod), object, subresource: 'status', uid, trusted: true, cause }]
}

/** A pod that waits for its gates to be lifted says so. */
export function gatedIntents(pod: KubeObject, now: number, cause: Cause): Transition[] {
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  } as const
  return statusIntents(pod, condition, undefined, now, cause)
}

/** The end of a victim: why, the deletion, and the event. The victim is the cause's key: each may fail alone. */
export function victimIntents(
  victim: PodFacts,
  preemptor: PodFacts,
  node: string,
  now: number,
  because: number,
): Transition[] {
  const { pod } = victim
  const cause = causeOf(victim.key, because)
  if (pod.metadata.deletionTimestamp !== undefined) return []
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: `${component}: preempting to accommodate a higher priority pod`,
  } as const
  const message = `Preempted by pod ${preemptor.uid} on node ${node}`
  return [
    ...statusIntents(pod, condition, undefined, now, cause),
    { type: 'delete', ref: refOf('pods', pod), uid: victim.uid, trusted: true, cause },
    report(pod, 'Normal', 'Preempted', message, component, cause),
  ]
}

/** Volumes promised to claims, and claims told their node so that their provisioner can begin. */
export function volumeIntents(plans: readonly ClaimPlan[], node: string, cause: Cause): Transition[] {
  return plans.flatMap(({ claim, volume }): Transition[] => {
    if (volume === undefined) return claimIntents(claim, node, cause)
    if (volume.spec?.claimRef?.uid) return []
    const { namespace, name, uid, resourceVersion } = claim.metadata
    const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion }
    const annotations = { ...volume.metadata.annotations, 'pv.kubernetes.io/bound-by-controller': 'yes' }
    const object = {
      ...volume,
      metadata: { ...volume.metadata, annotations },
      spec: { ...volume.spec, claimRef },
    }
    return [{ type: 'update', ref: refOf('persistentvolumes', volume), object, trusted: true, cause }]
  })
}

function claimIntents(claim: KubeObject, node: string, cause: Cause): Transition[] {
  if (claim.metadata.annotations?.[selectedNodeAnnotation] === node) return []
  const annotations = { ...claim.metadata.annotations, [selectedNodeAnnotation]: node }
  const object = { ...claim, metadata: { ...claim.metadata, annotations } }
  return [{ type: 'update', ref: refOf('persistentvolumeclaims', claim), object, trusted: true, cause }]
}
