/** Lease: coordination.k8s.io/v1. */

import { isFilled, isSet, when } from '../../api/checks.ts'
import { forbiddenValue, invalidValue, path } from '../../api/field-error.ts'
import { defineKind } from '../../api/kind.ts'
import { leaseColumns } from '../columns.ts'

export const Lease = defineKind({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  shortNames: [],
  categories: [],
  createOnUpdate: true,
  updateNeedsVersion: true,
  namespaced: true,
  schema: 'io.k8s.api.coordination.v1.Lease',
  hasGeneration: false,
  validate({ spec = {} }) {
    const place = path('spec')
    const { leaseDurationSeconds: seconds, leaseTransitions: times, preferredHolder, strategy } = spec
    const timesAt = place.child('leaseTransitions')
    const alone = isFilled(preferredHolder) && !isFilled(strategy)
    return [
      ...when(
        isSet(seconds) && seconds <= 0,
        invalidValue(place.child('leaseDurationSeconds'), seconds, 'must be greater than 0'),
      ),
      ...when(isSet(times) && times < 0, invalidValue(timesAt, times, 'must be greater than or equal to 0')),
      ...when(alone, forbiddenValue(place.child('preferredHolder'), 'may only be specified if `strategy` is defined')),
    ]
  },
  defaultPropagation: 'Background',
  columns: leaseColumns,
})
