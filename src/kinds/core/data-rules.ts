/**
 * The rules of ConfigMaps and Secrets: keys, size, and what `immutable` locks.
 * Source: https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-immutable
 */
import { entriesOf, faults, when } from '../../api/checks.ts'
import { type FieldError, forbiddenValue, type Path, type Place, path, tooLong } from '../../api/field-error.ts'
import { isConfigMapKey } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { equal } from '../../lib/equal.ts'

/** All values of one object together, in bytes. */
export const dataLimitBytes = 1024 * 1024

/** The faults of the keys of a map. */
export function keyFaults(data: unknown, place: Path): FieldError[] {
  return entriesOf(data).flatMap(([key]) => faults(place.key(key), key, isConfigMapKey(key)))
}

/** The fault of too much data. */
export function sizeFaults(bytes: number, place: Place): FieldError[] {
  return when(bytes > dataLimitBytes, tooLong(place, dataLimitBytes))
}

/** How many bytes base64 text stands for. */
export function base64Bytes(text: unknown): number {
  if (typeof text !== 'string') return 0
  const digits = text.replace(/[\s=]/g, '').length
  return Math.floor((digits * 3) / 4)
}

/** The faults of changing an object that is immutable. */
export function lockedFaults(
  next: KubeObject,
  previous: KubeObject | undefined,
  fields: readonly string[],
): FieldError[] {
  if (previous?.immutable !== true) return []
  const why = 'field is immutable when `immutable` is set'
  return [
    ...when(next.immutable !== true, forbiddenValue(path('immutable'), why)),
    ...fields
      .filter((field) => !equal(next[field] ?? {}, previous[field] ?? {}))
      .map((field) => forbiddenValue(path(field), why)),
  ]
}
