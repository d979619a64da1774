/**
 * MutatingWebhookConfiguration: admissionregistration.k8s.io/v1. Calling the webhooks is an admission step.
 */
import { listOf } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { defineKind } from '../../api/kind.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { validateWebhooks } from './webhook-validate.ts'

export const MutatingWebhookConfiguration = defineKind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration',
  hasGeneration: true,
  updateNeedsVersion: true,
  validate: validateWebhooks,
  columns: [nameColumn, column('Webhooks', (object) => listOf(object.webhooks).length, 'integer'), ageColumn],
})
