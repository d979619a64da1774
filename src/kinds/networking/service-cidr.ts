/**
 * ServiceCIDR: networking.k8s.io/v1, a range that Services get their addresses from.
 * Source: https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/
 */
import { each, listOf, when } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { type FieldError, invalidValue, path, required } from '../../api/field-error.ts'
import { canonicalCidrFaults, parseRange } from '../../api/ip-range.ts'
import { defineKind } from '../../api/kind.ts'
import { immutableMessage } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { withoutStatus } from '../without-status.ts'

const place = path('spec', 'cidrs')
const oneEach = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'
const rangesOf = (object: KubeObject): readonly string[] => listOf(object.spec?.cidrs)

function validate(object: KubeObject, previous: KubeObject | undefined, subresource: string): FieldError[] {
  if (subresource === 'status') return []
  return previous === undefined ? wholeFaults(rangesOf(object)) : changeFaults(rangesOf(object), rangesOf(previous))
}

function wholeFaults(ranges: readonly string[]): FieldError[] {
  if (ranges.length === 0) return [required(place, 'at least one CIDR required')]
  if (ranges.length > 2) return [invalidValue(place, { CIDRs: ranges }, 'may only hold up to 2 values')]
  const [first, second] = ranges.map((range) => parseRange(range)?.width)
  const same = ranges.length === 2 && first !== undefined && first === second
  return [...each(ranges, place, canonicalCidrFaults), ...when(same, invalidValue(place, ranges, oneEach))]
}

/** A second family may be added; nothing else changes. */
function changeFaults(next: readonly string[], before: readonly string[]): FieldError[] {
  const grown = before.length === 1 && next.length === 2
  if (next.length !== before.length && !grown) return [invalidValue(place, next, immutableMessage)]
  const changed = before.flatMap((range, index) =>
    range === next[index] ? [] : [invalidValue(place.index(index), next[index], immutableMessage)],
  )
  return grown ? [...changed, ...wholeFaults(next)] : changed
}

export const ServiceCIDR = defineKind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  namespaced: false,
  schema: 'io.k8s.api.networking.v1.ServiceCIDR',
  subresources: { status: true },
  hasGeneration: false,
  prepare: { create: withoutStatus },
  validate,
  columns: [nameColumn, column('CIDRs', (object) => rangesOf(object).join(',')), ageColumn],
})
