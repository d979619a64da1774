/**
 * Small rules that the validations of many kinds are put together from, with the words Kubernetes uses for them.
 * Source: k8s.io/kubernetes pkg/apis/core/validation; https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
import { duplicate, type FieldError, invalidValue, notSupported, type Path, required } from './field-error.ts'
import { isDns1123Label, isDns1123Subdomain, isQualifiedName } from './names.ts'
import { compareQuantity, formatQuantity, isQuantity, parseQuantity } from './quantity.ts'

// biome-ignore lint/suspicious/noExplicitAny: parts of objects as decoded JSON; their shape is the schema's business
export type Part = any

/** Whether a field holds anything but null. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** Whether a text, list or map has something in it. */
export function isFilled(value: unknown): boolean {
  if (!isSet(value)) return false
  if (typeof value === 'object') return (Array.isArray(value) ? value : Object.keys(value as object)).length > 0
  return value !== ''
}

/** A list that may be absent. */
export function listOf(value: unknown): readonly Part[] {
  return Array.isArray(value) ? value : []
}

/** The entries of a map that may be absent, by key. */
export function entriesOf(map: unknown): [string, Part][] {
  const entries = Object.entries((map ?? {}) as Record<string, Part>)
  return entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** The faults of all elements of a list. */
export function each(list: unknown, place: Path, rule: (item: Part, place: Path, index: number) => FieldError[]) {
  return listOf(list).flatMap((item, index) => rule(item, place.index(index), index))
}

/** One fault per text. */
export function faults(place: Path, value: unknown, texts: readonly string[]): FieldError[] {
  return texts.map((text) => invalidValue(place, value, text))
}

/** Faults when a condition holds. */
export function when(condition: boolean, ...errors: FieldError[]): FieldError[] {
  return condition ? errors : []
}

/** A number that may be absent and is not below zero. */
export function nonNegative(value: number | undefined | null, place: Path): FieldError[] {
  return when((value ?? 0) < 0, invalidValue(place, value, 'must be greater than or equal to 0'))
}

/** A number above zero. */
export function positive(value: number | undefined | null, place: Path): FieldError[] {
  return when((value ?? 0) <= 0, invalidValue(place, value ?? 0, 'must be greater than zero'))
}

/** A value of a fixed set; the set is listed as given. */
export function among(value: unknown, allowed: readonly string[], place: Path): FieldError[] {
  return when(!allowed.includes(value as string), notSupported(place, value ?? '', allowed))
}

/** A value of a fixed set that must be there. */
export function amongRequired(value: unknown, allowed: readonly string[], place: Path): FieldError[] {
  return isFilled(value) ? among(value, allowed, place) : [required(place)]
}

/** A value of a fixed set that may be absent. */
export function amongOptional(value: unknown, allowed: readonly string[], place: Path): FieldError[] {
  return isSet(value) ? among(value, allowed, place) : []
}

/** A text that must not be empty. */
export function filled(value: unknown, place: Path, detail = ''): FieldError[] {
  return when(!isFilled(value), required(place, detail))
}

/** A DNS label. */
export function dnsLabel(value: string, place: Path): FieldError[] {
  return faults(place, value, isDns1123Label(value))
}

/** A DNS name. */
export function dnsSubdomain(value: string, place: Path): FieldError[] {
  return faults(place, value, isDns1123Subdomain(value))
}

/** A key of labels and the like. */
export function qualifiedName(value: string, place: Path): FieldError[] {
  return faults(place, value, isQualifiedName(value))
}

/** Names that occur more than once; empty ones do not count. */
export function repeated(names: readonly string[], placeOf: (index: number) => Path): FieldError[] {
  const seen = new Set<string>()
  return names.flatMap((name, index) => {
    if (name !== '' && seen.has(name)) return [duplicate(placeOf(index), name)]
    seen.add(name)
    return []
  })
}

const zero = parseQuantity('0')

/** Below, at or above zero; 0 for what is not a quantity. */
export function signOf(quantity: unknown): -1 | 0 | 1 {
  return isQuantity(quantity) ? compareQuantity(parseQuantity(quantity), zero) : 0
}

/** A quantity that is not below zero. */
export function nonNegativeQuantity(value: string | number, place: Path): FieldError[] {
  const shown = isQuantity(value) ? formatQuantity(value) : value
  return when(signOf(value) < 0, invalidValue(place, shown, 'must be greater than or equal to 0'))
}

/** A quantity above zero. */
export function positiveQuantity(value: string | number, place: Path): FieldError[] {
  const shown = isQuantity(value) ? formatQuantity(value) : value
  return when(signOf(value) <= 0, invalidValue(place, shown, 'must be greater than zero'))
}

/** A value as a Go struct without JSON names is shown: the given fields in order, absent ones as their zero. */
export function goStruct(value: Part, zeros: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(zeros).map(([field, zeroValue]) => [field, value?.[lowerFirst(field)] ?? zeroValue]),
  )
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
