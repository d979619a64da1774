/**
 * The rules of Events of core/v1.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
import { faults, filled, isFilled, qualifiedName, when } from '../../api/checks.ts'
import { type FieldError, invalidValue, path } from '../../api/field-error.ts'
import { validateObjectMeta } from '../../api/meta.ts'
import { isDns1123Subdomain } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'

const longest: Readonly<Record<string, number>> = { reportingInstance: 128, action: 128, reason: 128, message: 1024 }

/** The faults of an Event of core/v1. Those with an eventTime are of the newer sort and must say who reports what. */
export function validateEvent(event: KubeObject): FieldError[] {
  return anyEvent(event, 'reportingComponent')
}

/** The faults of an Event sent as events.k8s.io/v1: nothing of the older sort, and only its series may change. */
export function validateNewEvent(event: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const own = previous === undefined ? creationFaults(event) : changeFaults(event, previous)
  return [...anyEvent(event, 'reportingController'), ...own]
}

function creationFaults(event: KubeObject): FieldError[] {
  const unset = (field: string, isSet: boolean) => when(isSet, invalidValue(path(field), '', 'needs to be unset'))
  const typed = ['Normal', 'Warning'].includes(event.type)
  return [
    ...validateObjectMeta(event.metadata, true),
    ...seriesFaults(event),
    ...filled(event.eventTime, path('eventTime')),
    ...when(!typed, invalidValue(path('type'), '', `has invalid value: ${event.type ?? ''}`)),
    ...unset('firstTimestamp', isFilled(event.firstTimestamp)),
    ...unset('lastTimestamp', isFilled(event.lastTimestamp)),
    ...unset('count', (event.count ?? 0) !== 0),
    ...unset('source', isFilled(event.source?.component) || isFilled(event.source?.host)),
  ]
}

function seriesFaults({ series }: KubeObject): FieldError[] {
  if (series === undefined || series === null) return []
  const { count = 0, lastObservedTime } = series
  return [
    ...when(count < 2, invalidValue(path('series.count'), '', 'should be at least 2')),
    ...filled(lastObservedTime, path('series.lastObservedTime')),
  ]
}

const reference = { Kind: '', Namespace: '', Name: '', UID: '', APIVersion: '', ResourceVersion: '', FieldPath: '' }
/** The fields that stay as they are: what the message calls them, where they are, how an absent one is shown. */
const fixed: readonly (readonly [shown: string, field: string, empty: unknown])[] = [
  ['involvedObject', 'involvedObject', reference],
  ['reason', 'reason', ''],
  ['message', 'message', ''],
  ['source', 'source', { Component: '', Host: '' }],
  ['firstTimestamp', 'firstTimestamp', null],
  ['lastTimestamp', 'lastTimestamp', null],
  ['count', 'count', 0],
  ['reason', 'reason', ''],
  ['type', 'type', ''],
  ['eventTime', 'eventTime', null],
  ['action', 'action', ''],
  ['related', 'related', null],
  ['reportingController', 'reportingComponent', ''],
  ['reportingInstance', 'reportingInstance', ''],
]

function changeFaults(event: KubeObject, previous: KubeObject): FieldError[] {
  const series = semanticEqual(event.series, previous.series) ? [] : seriesFaults(event)
  return [
    ...series,
    ...fixed.flatMap(([shown, field, empty]) =>
      semanticEqual(event[field], previous[field])
        ? []
        : [invalidValue(path(shown), goShown(event[field], empty), 'field is immutable')],
    ),
  ]
}

/** A part of an event as Go shows it: with all its fields, under their Go names. */
function goShown(value: unknown, empty: unknown): unknown {
  if (value === undefined || value === null) return empty
  if (typeof value !== 'object') return value
  const part = value as Readonly<Record<string, unknown>>
  const zeros = typeof empty === 'object' && empty !== null ? empty : reference
  const own = { UID: 'uid', APIVersion: 'apiVersion' } as Readonly<Record<string, string>>
  const nameOf = (field: string): string => own[field] ?? field.charAt(0).toLowerCase() + field.slice(1)
  return Object.fromEntries(Object.keys(zeros).map((field) => [field, part[nameOf(field)] ?? '']))
}

function anyEvent(event: KubeObject, controller: string): FieldError[] {
  const namespace = event.metadata.namespace ?? ''
  return [
    ...(isFilled(event.eventTime) ? reportedFaults(event, namespace, controller) : legacyFaults(event, namespace)),
    ...faults(path('namespace'), namespace, isDns1123Subdomain(namespace)),
  ]
}

function legacyFaults(event: KubeObject, namespace: string): FieldError[] {
  const involved: string = event.involvedObject?.namespace ?? ''
  return involved === '' ? elsewhere(involved, namespace, ['', 'default']) : elsewhere(involved, namespace, [involved])
}

function elsewhere(involved: string, namespace: string, allowed: readonly string[]): FieldError[] {
  const at = path('involvedObject', 'namespace')
  return when(!allowed.includes(namespace), invalidValue(at, involved, 'does not match event.namespace'))
}

function reportedFaults(event: KubeObject, namespace: string, controller: string): FieldError[] {
  const involved: string = event.involvedObject?.namespace ?? ''
  const component = path(controller)
  const bounded = (field: string) => {
    const most = longest[field] ?? 0
    const isLong = (event[field] ?? '').length > most
    return when(isLong, invalidValue(path(field), '', `can have at most ${most} characters`))
  }
  return [
    ...(involved === '' ? elsewhere(involved, namespace, ['default', 'kube-system']) : []),
    ...filled(event.reportingComponent, component),
    ...qualifiedName(event.reportingComponent ?? '', component),
    ...(['reportingInstance', 'action', 'reason'] as const).flatMap((field) => [
      ...filled(event[field], path(field)),
      ...bounded(field),
    ]),
    ...bounded('message'),
  ]
}
