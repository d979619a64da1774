/**
 * The subresource ephemeralcontainers: containers are added to a pod that runs, and stay.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
 */
import { isFilled, listOf, type Part } from '../../api/checks.ts'
import { type FieldError, forbiddenValue, path } from '../../api/field-error.ts'
import { goQuote } from '../../api/go-text.ts'
import type { KubeObject } from '../../api/object.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { withSpecOf } from './pod-parts.ts'

const place = path('spec', 'ephemeralContainers')
export const mirrorAnnotation = 'kubernetes.io/config.mirror'

/** Only ephemeral containers change. */
export function prepareEphemeral(next: KubeObject, previous: KubeObject): KubeObject {
  const { ephemeralContainers: _before, ...rest } = previous.spec ?? {}
  const added = next.spec?.ephemeralContainers
  return withSpecOf(next, previous, isFilled(added) ? { ...rest, ephemeralContainers: added } : rest)
}

/** What is managed through the subresource. */
export function ownedEphemeral(pod: KubeObject): KubeObject {
  const { apiVersion, kind, metadata, spec } = pod
  const own = spec?.ephemeralContainers
  return { apiVersion, kind, metadata, ...(own === undefined ? {} : { spec: { ephemeralContainers: own } }) }
}

/** Containers that are there neither go nor change. */
export function ephemeralFaults(pod: KubeObject, previous: KubeObject): FieldError[] {
  if (previous.metadata.annotations?.[mirrorAnnotation] !== undefined)
    return [forbiddenValue('[]', 'static pods do not support ephemeral containers')]
  const now = new Map<string, Part>(listOf(pod.spec?.ephemeralContainers).map((one) => [one.name, one]))
  return listOf(previous.spec?.ephemeralContainers).flatMap((old) => {
    const which = `existing ephemeral containers ${goQuote(old.name)} may not be`
    const next = now.get(old.name)
    if (next === undefined) return [forbiddenValue(place, `${which} removed\n`)]
    return semanticEqual(old, next) ? [] : [forbiddenValue(place, `${which} changed\n${changes(old, next)}`)]
  })
}

/** The fields that differ, before and after. */
function changes(old: Part, next: Part): string {
  const names = Object.keys({ ...old, ...next }).filter((name) => !semanticEqual(old[name], next[name]))
  return names
    .sort()
    .map((name) => `-${name}: ${JSON.stringify(old[name])}\n+${name}: ${JSON.stringify(next[name])}\n`)
    .join('')
}
