/**
 * The rules of ReplicaSets.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/
 */
import { nonNegative, type Part } from '../../api/checks.ts'
import { type FieldError, path } from '../../api/field-error.ts'
import { shownSelector } from '../../api/go-shown.ts'
import { validateImmutable } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { selectedTemplateFaults } from '../../api/pod-spec/template.ts'
import { countFaults, partFaults } from '../../api/status-rules.ts'

const counts = [
  'replicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
  'observedGeneration',
  'terminatingReplicas',
]

/** The faults of a ReplicaSet, or of its status. */
export function validateReplicaSet(set: KubeObject, previous: KubeObject | undefined, subresource: string) {
  if (subresource === 'status') return statusFaults(set.status ?? {})
  const place = path('spec')
  const spec = set.spec ?? {}
  return [
    ...nonNegative(spec.replicas, place.child('replicas')),
    ...nonNegative(spec.minReadySeconds, place.child('minReadySeconds')),
    ...selectedTemplateFaults(spec, place),
    ...(previous === undefined
      ? []
      : validateImmutable(
          shownSelector(spec.selector),
          shownSelector(previous.spec?.selector),
          place.child('selector'),
        )),
  ]
}

function statusFaults(status: Part): FieldError[] {
  const place = path('status')
  const parts = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas']
  return [
    ...countFaults(status, counts, place),
    ...partFaults(status, parts, 'replicas', 'status.replicas', place),
    ...partFaults(status, ['availableReplicas'], 'readyReplicas', 'readyReplicas', place),
  ]
}
