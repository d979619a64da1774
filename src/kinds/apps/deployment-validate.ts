/**
 * The rules of Deployments.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
 */
import { amountOrPercentFaults, atMostAllFaults, isNothing } from '../../api/amount-rules.ts'
import { goStruct, isSet, nonNegative, type Part, when } from '../../api/checks.ts'
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  type Path,
  path,
  required,
} from '../../api/field-error.ts'
import { shownSelector } from '../../api/go-shown.ts'
import { validateImmutable } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { selectedTemplateFaults } from '../../api/pod-spec/template.ts'
import { collisionFaults, countFaults, partFaults } from '../../api/status-rules.ts'

const counts = [
  'observedGeneration',
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'terminatingReplicas',
  'collisionCount',
]

/** The faults of a Deployment, or of its status. */
export function validateDeployment(deployment: KubeObject, previous: KubeObject | undefined, subresource: string) {
  if (subresource === 'status') return statusFaults(deployment.status ?? {}, previous?.status ?? {})
  const place = path('spec')
  const spec = deployment.spec ?? {}
  return [
    ...nonNegative(spec.replicas, place.child('replicas')),
    ...selectedTemplateFaults(spec, place),
    ...strategyFaults(spec.strategy ?? {}, place.child('strategy')),
    ...nonNegative(spec.minReadySeconds, place.child('minReadySeconds')),
    ...nonNegative(spec.revisionHistoryLimit, place.child('revisionHistoryLimit')),
    ...deadlineFaults(spec, place.child('progressDeadlineSeconds')),
    ...(previous === undefined
      ? []
      : validateImmutable(
          shownSelector(spec.selector),
          shownSelector(previous.spec?.selector),
          place.child('selector'),
        )),
  ]
}

function strategyFaults(strategy: Part, place: Path): FieldError[] {
  const { type, rollingUpdate } = strategy
  const at = place.child('rollingUpdate')
  if (type === 'Recreate') {
    return when(isSet(rollingUpdate), forbiddenValue(at, "may not be specified when strategy `type` is 'Recreate'"))
  }
  if (type === 'RollingUpdate') {
    return isSet(rollingUpdate)
      ? rollingFaults(rollingUpdate, at)
      : [required(at, 'this should be defaulted and never be nil')]
  }
  const shown = { Type: type ?? '', RollingUpdate: shownRolling(rollingUpdate) }
  return [notSupported(place, shown, ['Recreate', 'RollingUpdate'])]
}

/** The parameters as Go shows them; an amount that is not given is 0 there. */
function shownRolling(rolling: Part): Readonly<Record<string, unknown>> | null {
  return isSet(rolling) ? goStruct(rolling, { MaxUnavailable: 0, MaxSurge: 0 }) : null
}

function rollingFaults({ maxUnavailable, maxSurge }: Part, place: Path): FieldError[] {
  const at = place.child('maxUnavailable')
  const stuck = isNothing(maxUnavailable) && isNothing(maxSurge)
  return [
    ...amountOrPercentFaults(maxUnavailable, at),
    ...amountOrPercentFaults(maxSurge, place.child('maxSurge')),
    ...when(stuck, invalidValue(at, maxUnavailable, 'may not be 0 when `maxSurge` is 0')),
    ...atMostAllFaults(maxUnavailable, at),
  ]
}

function deadlineFaults({ progressDeadlineSeconds, minReadySeconds = 0 }: Part, place: Path): FieldError[] {
  if (!isSet(progressDeadlineSeconds)) return []
  const early = progressDeadlineSeconds <= minReadySeconds
  return [
    ...nonNegative(progressDeadlineSeconds, place),
    ...when(early, invalidValue(place, progressDeadlineSeconds, 'must be greater than minReadySeconds')),
  ]
}

function statusFaults(status: Part, previous: Part): FieldError[] {
  const place = path('status')
  const parts = ['updatedReplicas', 'readyReplicas', 'availableReplicas']
  return [
    ...countFaults(status, counts, place),
    ...partFaults(status, parts, 'replicas', 'status.replicas', place),
    ...partFaults(status, ['availableReplicas'], 'readyReplicas', 'readyReplicas', place),
    ...collisionFaults(status, previous, place),
  ]
}
