/** The rules of paths and modes of files. Source: https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath */
import { isSet, when } from '../checks.ts'
import { type FieldError, invalidValue, type Path } from '../field-error.ts'

const allBits = 0o777

/** Permission bits. */
export function fileModeFaults(mode: number | undefined | null, place: Path): FieldError[] {
  const outside = isSet(mode) && ((mode as number) < 0 || (mode as number) > allBits)
  return when(outside, invalidValue(place, mode, 'must be a number between 0 and 0777 (octal), both inclusive'))
}

/** A path that does not climb. */
export function noBackstepFaults(text: string, place: Path): FieldError[] {
  return when(text.split('/').includes('..'), invalidValue(place, text, "must not contain '..'"))
}

/** A relative path that stays below where it begins. */
export function descendingPathFaults(text: string, place: Path): FieldError[] {
  const isAbsolute = text.startsWith('/')
  return [...when(isAbsolute, invalidValue(place, text, 'must be a relative path')), ...noBackstepFaults(text, place)]
}

/** A relative path that also avoids the names the kubelet uses. */
export function localPathFaults(text: string, place: Path): FieldError[] {
  const isReserved = text.startsWith('..') && !text.startsWith('../')
  return [
    ...descendingPathFaults(text, place),
    ...when(isReserved, invalidValue(place, text, "must not start with '..'")),
  ]
}
