/**
 * The rules of DaemonSets, and the number their template has.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/
 */
import { amountOrPercentFaults, atMostAllFaults, isNothing } from '../../api/amount-rules.ts'
import { goStruct, isSet, nonNegative, type Part, when } from '../../api/checks.ts'
import { type FieldError, invalidValue, notSupported, type Path, path, required } from '../../api/field-error.ts'
import { shownSelector } from '../../api/go-shown.ts'
import { validateImmutable, validateLabelSelector } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { labelMatchFaults, runningTemplateFaults } from '../../api/pod-spec/template.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { collisionFaults, countFaults } from '../../api/status-rules.ts'
import { withStatus } from '../without-status.ts'

const counts = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
]

/** The faults of a DaemonSet, or of its status. */
export function validateDaemonSet(set: KubeObject, previous: KubeObject | undefined, subresource: string) {
  if (subresource === 'status') {
    const place = path('status')
    return [...countFaults(set.status, counts, place), ...collisionFaults(set.status, previous?.status, place)]
  }
  const place = path('spec')
  const spec = set.spec ?? {}
  const { selector } = spec
  const at = place.child('selector')
  const shown = shownSelector(selector)
  const selectsAll = isSet(selector) && semanticEqual(shown, {})
  return [
    ...(previous === undefined ? [] : validateImmutable(shown, shownSelector(previous.spec?.selector), at)),
    ...validateLabelSelector(selector ?? undefined, at),
    ...labelMatchFaults(spec, place),
    ...when(selectsAll, invalidValue(at, shown, 'empty selector is invalid for daemonset')),
    ...runningTemplateFaults(spec.template, 'DaemonSet', place.child('template')),
    ...nonNegative(spec.minReadySeconds, place.child('minReadySeconds')),
    ...strategyFaults(spec.updateStrategy ?? {}, place.child('updateStrategy')),
    ...nonNegative(spec.revisionHistoryLimit, place.child('revisionHistoryLimit')),
  ]
}

function strategyFaults({ type, rollingUpdate }: Part, place: Path): FieldError[] {
  if (type === 'OnDelete') return []
  const at = place.child('rollingUpdate')
  if (type === 'RollingUpdate') return isSet(rollingUpdate) ? rollingFaults(rollingUpdate, at) : [required(at)]
  const parameters = isSet(rollingUpdate) ? goStruct(rollingUpdate, { MaxUnavailable: 0, MaxSurge: 0 }) : null
  const shown = { Type: type ?? '', RollingUpdate: parameters }
  return [notSupported(place, shown, ['RollingUpdate', 'OnDelete'])]
}

function rollingFaults({ maxUnavailable, maxSurge }: Part, place: Path): FieldError[] {
  const down = place.child('maxUnavailable')
  const up = place.child('maxSurge')
  const takes = !isNothing(maxUnavailable)
  const adds = !isNothing(maxSurge)
  return [
    ...amountOrPercentFaults(maxUnavailable, down),
    ...amountOrPercentFaults(maxSurge, up),
    ...atMostAllFaults(maxUnavailable, down),
    ...atMostAllFaults(maxSurge, up),
    ...when(takes && adds, invalidValue(up, maxSurge, 'may not be set when maxUnavailable is non-zero')),
    ...when(!takes && !adds, required(down, 'cannot be 0 when maxSurge is 0')),
  ]
}

const emptyStatus = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 }
const templateNumber = 'deprecated.daemonset.template.generation'

/** A new set has no status, and its template is the first unless a number above that is given. */
export function prepareDaemonSet(set: KubeObject): KubeObject {
  const given = Number(set.metadata.annotations?.[templateNumber] ?? 0)
  return withNumber(withStatus(set, emptyStatus), Math.max(1, Number.isInteger(given) ? given : 1))
}

/** Another template has the next number; nobody else may set it. */
export function prepareDaemonSetUpdate(next: KubeObject, previous: KubeObject, subresource: string): KubeObject {
  if (subresource !== '') return next
  const number = Number(previous.metadata.annotations?.[templateNumber] ?? 0)
  const same =
    next.spec?.template === previous.spec?.template || semanticEqual(next.spec?.template, previous.spec?.template)
  return withNumber(next, same ? number : number + 1)
}

function withNumber(set: KubeObject, number: number): KubeObject {
  const { annotations } = set.metadata
  if (number === 0 || annotations?.[templateNumber] === String(number)) return set
  return { ...set, metadata: { ...set.metadata, annotations: { ...annotations, [templateNumber]: String(number) } } }
}
