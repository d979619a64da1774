/** FlowSchema: flowcontrol.apiserver.k8s.io/v1, which requests go to which priority level. */

import { listOf } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { defineKind } from '../../api/kind.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { withoutStatus } from '../without-status.ts'
import { validateFlowSchema } from './flow-schema-validate.ts'

export const FlowSchema = defineKind({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  namespaced: false,
  schema: 'io.k8s.api.flowcontrol.v1.FlowSchema',
  subresources: { status: true },
  hasGeneration: true,
  prepare: { create: withoutStatus },
  validate: validateFlowSchema,
  columns: [
    nameColumn,
    column('PriorityLevel', ({ spec }) => spec?.priorityLevelConfiguration?.name ?? ''),
    column('MatchingPrecedence', ({ spec }) => spec?.matchingPrecedence ?? 0),
    column('DistinguisherMethod', ({ spec }) => spec?.distinguisherMethod?.type ?? '<none>'),
    ageColumn,
    column('MissingPL', ({ status }) => {
      const dangling = listOf(status?.conditions).find((condition) => condition.type === 'Dangling')
      return dangling?.status ?? (dangling === undefined ? '?' : '')
    }),
  ],
})
