/**
 * The rules of the counts in the status of workloads.
 * Source: k8s.io/kubernetes pkg/apis/apps/validation
 */
import { nonNegative, type Part, when } from './checks.ts'
import { type FieldError, invalidValue, type Path } from './field-error.ts'

/** Counts that may not be negative. */
export function countFaults(status: Part, fields: readonly string[], place: Path): FieldError[] {
  return fields.flatMap((field) => nonNegative(status?.[field], place.child(field)))
}

/** Counts that are part of a larger one. `name` is how the larger one is called in the text. */
export function partFaults(status: Part, parts: readonly string[], whole: string, name: string, place: Path) {
  const most: number = status?.[whole] ?? 0
  return parts.flatMap((field) => {
    const value: number = status?.[field] ?? 0
    return when(value > most, invalidValue(place.child(field), value, `cannot be greater than ${name}`))
  })
}

/** collisionCount only goes up. */
export function collisionFaults(status: Part, previous: Part, place: Path): FieldError[] {
  const falls = (status?.collisionCount ?? 0) < (previous?.collisionCount ?? 0)
  return when(falls, invalidValue(place.child('collisionCount'), status?.collisionCount ?? 0, 'cannot be decremented'))
}
