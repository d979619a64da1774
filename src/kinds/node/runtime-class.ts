/**
 * RuntimeClass: node.k8s.io/v1. What it adds to pods is an admission step.
 * Source: https://kubernetes.io/docs/concepts/containers/runtime-class/
 */
import { dnsLabel, filled, isFilled, isSet, listOf, type Part, when } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { duplicate, type FieldError, path } from '../../api/field-error.ts'
import { defineKind } from '../../api/kind.ts'
import { validateImmutable, validateLabels } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { resourceFaults } from '../../api/pod-spec/resources.ts'
import { tolerationFaults } from '../../api/pod-spec/tolerations.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'

function validate(object: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const { handler = '', overhead, scheduling } = object
  const at = path('handler')
  return [
    ...(isFilled(handler) ? dnsLabel(handler, at) : filled(handler, at)),
    ...(isSet(overhead) ? resourceFaults({ limits: overhead.podFixed }, path('overhead')) : []),
    ...(isSet(scheduling) ? schedulingFaults(scheduling) : []),
    ...(previous === undefined ? [] : validateImmutable(handler, previous.handler ?? '', at)),
  ]
}

function schedulingFaults({ nodeSelector, tolerations }: Part): FieldError[] {
  const place = path('scheduling')
  const at = place.child('tolerations')
  const seen = new Set<string>()
  const again = listOf(tolerations).flatMap((one, index) => {
    const { key = '', operator = '', value = '', effect = '', tolerationSeconds = null } = one
    const known = JSON.stringify([key, operator, value, effect])
    const twice = seen.has(known)
    seen.add(known)
    const shown = { Key: key, Operator: operator, Value: value, Effect: effect, TolerationSeconds: tolerationSeconds }
    return when(twice, duplicate(at.index(index), shown))
  })
  return [...validateLabels(nodeSelector, place.child('nodeSelector')), ...tolerationFaults(tolerations, at), ...again]
}

export const RuntimeClass = defineKind({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  updateNeedsVersion: true,
  namespaced: false,
  schema: 'io.k8s.api.node.v1.RuntimeClass',
  hasGeneration: false,
  createOnUpdate: true,
  validate,
  columns: [nameColumn, column('Handler', (object) => object.handler ?? ''), ageColumn],
})
