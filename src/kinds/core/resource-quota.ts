/** ResourceQuota: core/v1. Counting is done by a controller, refusing by an admission step. */
import { column } from '../../api/column.ts'
import { defineKind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { compareQuantity, formatQuantity, isQuantity, parseQuantity } from '../../api/quantity.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { withoutStatus } from '../without-status.ts'
import { validateResourceQuota } from './resource-quota-validate.ts'

const amount = (value: unknown): string => (isQuantity(value) ? formatQuantity(value) : '0')

/** `name: used/hard` of the resources on one side: requests and counts, or limits. */
function usage(quota: KubeObject, limits: boolean): string {
  const names = Object.keys(quota.status?.hard ?? {}).filter((name) => name.startsWith('limits.') === limits)
  return names
    .sort()
    .map((name) => `${name}: ${amount(quota.status?.used?.[name])}/${amount(quota.status?.hard?.[name])}`)
    .join(', ')
}

/** Requests of more than the limit of the same resource allows are odd, not wrong. */
function warnings(quota: KubeObject): string[] {
  const hard = quota.spec?.hard ?? {}
  return ['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => {
    const bare = name !== 'ephemeral-storage' && hard[`requests.${name}`] === undefined
    const asked = bare ? name : `requests.${name}`
    const limit = `limits.${name}`
    if (!isQuantity(hard[asked]) || !isQuantity(hard[limit])) return []
    if (compareQuantity(parseQuantity(hard[asked]), parseQuantity(hard[limit])) <= 0) return []
    return [`ResourceQuota ${asked} (${amount(hard[asked])}) should be less than ${limit} (${amount(hard[limit])})`]
  })
}

export const ResourceQuota = defineKind({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  namespaced: true,
  answersDeleted: true,
  schema: 'io.k8s.api.core.v1.ResourceQuota',
  subresources: { status: true },
  hasGeneration: false,
  prepare: { create: withoutStatus },
  warnings: (quota, previous) => (previous === undefined ? warnings(quota) : []),
  validate: validateResourceQuota,
  columns: [
    nameColumn,
    column('Request', (quota) => usage(quota, false)),
    column('Limit', (quota) => usage(quota, true)),
    ageColumn,
  ],
})
