/**
 * Finalizers of built-in kinds: one of Kubernetes' own names, or a qualified one.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
 */
import { each, when } from './checks.ts'
import { type FieldError, invalidValue, path } from './field-error.ts'
import type { KubeObject } from './object.ts'

type Validate = (object: KubeObject, previous: KubeObject | undefined, subresource: string) => FieldError[]

const standard = ['kubernetes', 'orphan', 'foregroundDeletion']
const why = 'name is neither a standard finalizer name nor is it fully qualified'

/** A kind's rules together with the rule of finalizer names. */
export function withFinalizerRule(validate?: Validate): Validate {
  return (object, previous, subresource) => [
    ...each(object.metadata.finalizers, path('metadata', 'finalizers'), (name: string, at) =>
      when(!name.includes('/') && !standard.includes(name), invalidValue(at, name, why)),
    ),
    ...(validate?.(object, previous, subresource) ?? []),
  ]
}
