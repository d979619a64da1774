/**
 * The rules of annotations that mean something to pods.
 * Source: https://kubernetes.io/docs/reference/labels-annotations-taints/
 */
import { isFilled, type Part, when } from '../checks.ts'
import { type FieldError, invalidValue, type Path } from '../field-error.ts'

const mirror = 'kubernetes.io/config.mirror'
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost'

/** The faults of the annotations of a pod or a template. */
export function annotationFaults(annotations: Part, spec: Part, place: Path): FieldError[] {
  const copy = annotations?.[mirror]
  const cost: string | undefined = annotations?.[deletionCost]
  const floats = copy !== undefined && !isFilled(spec.nodeName)
  const why = 'must set spec.nodeName if mirror pod annotation is set'
  const isWrong = cost !== undefined && !isCost(cost)
  return [
    ...when(floats, invalidValue(place.key(mirror), copy, why)),
    ...when(isWrong, invalidValue(place.key(deletionCost), cost, 'must be a 32bit integer')),
  ]
}

/** A cost has no leading plus and no leading zeros. */
function isCost(text: string): boolean {
  return /^(0|-?[1-9]\d*)$/.test(text) && Math.abs(Number(text) + 0.5) <= 2 ** 31
}
