/**
 * The rules of Events of core/v1.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
import { faults, filled, isFilled, qualifiedName, when } from '../../api/checks.ts'
import { type FieldError, invalidValue, path } from '../../api/field-error.ts'
import { isDns1123Subdomain } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'

const longest: Readonly<Record<string, number>> = { reportingInstance: 128, action: 128, reason: 128, message: 1024 }

/** The faults of an Event. Those with an eventTime are of the newer sort and must say who reports what. */
export function validateEvent(event: KubeObject): FieldError[] {
  const namespace = event.metadata.namespace ?? ''
  return [
    ...(isFilled(event.eventTime) ? reportedFaults(event, namespace) : legacyFaults(event, namespace)),
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

function reportedFaults(event: KubeObject, namespace: string): FieldError[] {
  const involved: string = event.involvedObject?.namespace ?? ''
  const component = path('reportingComponent')
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
