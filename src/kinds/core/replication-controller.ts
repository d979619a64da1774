/**
 * ReplicationController: core/v1.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller/
 */
import { nonNegative, when } from '../../api/checks.ts'
import { column, templateColumns, wideColumn } from '../../api/column.ts'
import { type FieldError, invalidValue, path, required } from '../../api/field-error.ts'
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { shownMap } from '../../api/go-shown.ts'
import { defineKind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { runningTemplateFaults } from '../../api/pod-spec/template.ts'
import { countFaults } from '../../api/status-rules.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { withStatus } from '../without-status.ts'

const counts = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration']

function validate(controller: KubeObject, _previous: KubeObject | undefined, subresource: string): FieldError[] {
  if (subresource === 'status') return countFaults(controller.status, counts, path('status'))
  const place = path('spec')
  const { selector = {}, template, replicas, minReadySeconds } = controller.spec ?? {}
  const at = place.child('template')
  const labels: Readonly<Record<string, string>> = template?.metadata?.labels ?? {}
  const matches = Object.entries(selector).every(([key, value]) => labels[key] === value)
  const isEmpty = Object.keys(selector).length === 0
  return [
    ...nonNegative(minReadySeconds, place.child('minReadySeconds')),
    ...when(isEmpty, required(place.child('selector'))),
    ...nonNegative(replicas, place.child('replicas')),
    ...(template === undefined
      ? [required(at)]
      : [
          ...when(
            !isEmpty && !matches,
            invalidValue(
              at.child('metadata', 'labels'),
              shownMap(template.metadata?.labels),
              '`selector` does not match template `labels`',
            ),
          ),
          ...runningTemplateFaults(template, 'ReplicationController', at),
        ]),
  ]
}

export const ReplicationController = defineKind({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  answersDeleted: true,
  schema: 'io.k8s.api.core.v1.ReplicationController',
  subresources: {
    status: true,
    scale: { spec: '.spec.replicas', status: '.status.replicas', selector: '.spec.selector' },
  },
  fields: { 'status.replicas': (controller) => String(controller.status?.replicas ?? 0) },
  prepare: { create: (controller) => withStatus(controller, { replicas: 0 }) },
  validate: withFinalizerRule(validate),
  defaultPropagation: 'Orphan',
  columns: [
    nameColumn,
    column('Desired', (one) => one.spec?.replicas ?? 0, 'integer'),
    column('Current', (one) => one.status?.replicas ?? 0, 'integer'),
    column('Ready', (one) => one.status?.readyReplicas ?? 0, 'integer'),
    ageColumn,
    ...templateColumns(),
    wideColumn('Selector', (one) => labelText(one.spec?.selector)),
  ],
})

function labelText(labels: Readonly<Record<string, string>> | undefined): string {
  const text = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return text.map(([key, value]) => `${key}=${value}`).join(',') || '<none>'
}
