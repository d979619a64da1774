/**
 * ResourceClaim: resource.k8s.io/v1, the wish for devices and what was found for it.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
 */
import { isFilled, isSet, listOf } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { type FieldError, invalidValue, path } from '../../api/field-error.ts'
import { defineKind } from '../../api/kind.ts'
import { immutableMessage } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { withoutStatus } from '../without-status.ts'
import { deviceClaimFaults } from './claim-rules.ts'
import { claimStatusFaults } from './claim-status-rules.ts'
import { shownClaimSpec } from './shown.ts'

function validate(claim: KubeObject, previous: KubeObject | undefined, subresource: string): FieldError[] {
  const place = path('spec')
  if (previous === undefined) return deviceClaimFaults(claim.spec?.devices, place.child('devices'))
  if (subresource === 'status') return claimStatusFaults(claim, previous)
  if (semanticEqual(claim.spec, previous.spec)) return []
  return [invalidValue(place, shownClaimSpec(claim.spec), immutableMessage)]
}

function state({ metadata, status }: KubeObject): string {
  const deleted = metadata.deletionTimestamp !== undefined
  const allocated = isSet(status?.allocation)
  return [
    ...(deleted ? ['deleted'] : []),
    ...(!allocated && !deleted ? ['pending'] : []),
    ...(allocated ? ['allocated'] : []),
    ...(allocated && isFilled(status?.reservedFor) ? ['reserved'] : []),
  ].join(',')
}

/** Devices that are no longer allocated have no status. */
function update(next: KubeObject, previous: KubeObject, { subresource }: { readonly subresource: string }): KubeObject {
  const freed = isSet(previous.status?.allocation) && !isSet(next.status?.allocation)
  if (subresource !== 'status' || !freed || listOf(next.status?.devices).length === 0) return next
  const { devices: _gone, ...status } = next.status
  return { ...next, status }
}

export const ResourceClaim = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  namespaced: true,
  schema: 'io.k8s.api.resource.v1.ResourceClaim',
  subresources: { status: true },
  hasGeneration: false,
  prepare: { create: withoutStatus, update },
  answersDeleted: true,
  validate,
  columns: [nameColumn, column('State', state), ageColumn],
})
