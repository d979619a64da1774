/** PodTemplate: core/v1. Kept for whoever wants one; nothing acts on it. */

import { listOf } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { path } from '../../api/field-error.ts'
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { templateFaults } from '../../api/pod-spec/template.ts'
import { nameColumn } from '../../api/table.ts'

const containers = (object: KubeObject) => listOf(object.template?.spec?.containers)

export const PodTemplate = defineKind({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  namespaced: true,
  answersDeleted: true,
  schema: 'io.k8s.api.core.v1.PodTemplate',
  hasGeneration: true,
  validate: withFinalizerRule((object) => templateFaults(object.template ?? {}, path('template'))),
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    column('Containers', (object) =>
      containers(object)
        .map((one) => one.name)
        .join(','),
    ),
    column('Images', (object) =>
      containers(object)
        .map((one) => one.image ?? '')
        .join(','),
    ),
    column('Pod Labels', (object) => labelText(object.template?.metadata?.labels)),
  ],
})

function labelText(labels: Readonly<Record<string, string>> | undefined): string {
  return (
    Object.entries(labels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(',') || '<none>'
  )
}
