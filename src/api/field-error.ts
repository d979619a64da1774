/**
 * One fault of one field, and the path that names the field.
 * Source: k8s.io/apimachinery pkg/util/validation/field; texts of 1.32 and later (byte limits, objects as JSON).
 */
import { goJson, goQuote } from './go-text.ts'

/** The machine-readable kind of a fault; the same words appear as `type` of a Status' causes. */
export type FieldErrorType =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueDuplicate'
  | 'FieldValueTooLong'
  | 'FieldValueTooShort'
  | 'FieldValueTooMany'
  | 'FieldValueTooFew'
  | 'FieldValueNotFound'
  | 'FieldValueTypeInvalid'
  | 'InternalError'

/** A fault. `value` is shown for the types that show one; absent means the value is left out of the text. */
export interface FieldError {
  readonly type: FieldErrorType
  readonly field: string
  readonly value?: unknown
  readonly detail: string
}

/** A place in an object; immutable, each step answers a new path. `toString()` gives `spec.template[0][key]`. */
export interface Path {
  /** A field beneath this one, or several steps at once. */
  child(...names: readonly string[]): Path
  /** An element of a list. */
  index(index: number): Path
  /** An entry of a map, or of a list whose elements are named by a key. */
  key(key: string): Path
  toString(): string
}

/** A path that starts at these fields; without any, the root, whose children have no leading dot. */
export function path(...names: readonly string[]): Path {
  return pathOf(names.join('.'))
}

function pathOf(text: string): Path {
  return {
    child: (...names) => pathOf([...(text === '' ? [] : [text]), ...names].join('.')),
    index: (index) => pathOf(`${text}[${index}]`),
    key: (key) => pathOf(`${text}[${key}]`),
    toString: () => text,
  }
}

/** Where a fault lies: a path, or its text. */
export type Place = Path | string

const words: Readonly<Record<FieldErrorType, string>> = {
  FieldValueRequired: 'Required value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueTooLong: 'Too long',
  FieldValueTooShort: 'Too short',
  FieldValueTooMany: 'Too many',
  FieldValueTooFew: 'Too few',
  FieldValueNotFound: 'Not found',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
}

const valueless: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'FieldValueTooShort',
  'InternalError',
])

/** The text after the field: `Invalid value: "v": detail`. This is `message` in a Status' causes. */
export function fieldErrorBody(error: FieldError): string {
  const shown = 'value' in error && !valueless.has(error.type)
  const head = shown ? `${words[error.type]}: ${rendered(error.value)}` : words[error.type]
  return error.detail === '' ? head : `${head}: ${error.detail}`
}

/** The whole text: `spec.x: Invalid value: "v": detail`. */
export function fieldErrorText(error: FieldError): string {
  return `${error.field}: ${fieldErrorBody(error)}`
}

/** Several faults as one text: equal ones once, `[a, b]` when more than one remains, '' when there is none. */
export function aggregateText(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(fieldErrorText))]
  return texts.length === 1 ? (texts[0] as string) : texts.length === 0 ? '' : `[${texts.join(', ')}]`
}

function rendered(value: unknown): string {
  return typeof value === 'string' ? goQuote(value) : goJson(value)
}

function atMost(limit: number, word: string): string {
  return `${limit} ${word}${limit === 1 ? '' : 's'}`
}

/** A value that must be there is missing. */
export function required(place: Place, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field: `${place}`, value: '', detail }
}

/** A malformed value. */
export function invalidValue(place: Place, value: unknown, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field: `${place}`, value, detail }
}

/** A value outside a fixed set; the allowed ones are listed in the order given. */
export function notSupported(place: Place, value: unknown, allowed: readonly string[] = []): FieldError {
  const detail = allowed.length === 0 ? '' : `supported values: ${allowed.map(goQuote).join(', ')}`
  return { type: 'FieldValueNotSupported', field: `${place}`, value, detail }
}

/** A well-formed value that is not permitted here and now. */
export function forbiddenValue(place: Place, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field: `${place}`, value: '', detail }
}

/** A value that must be unique and is not. */
export function duplicate(place: Place, value: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field: `${place}`, value, detail: '' }
}

/** A value longer than `maxBytes`; a negative limit leaves the number out. */
export function tooLong(place: Place, maxBytes: number): FieldError {
  const detail = maxBytes < 0 ? 'value is too long' : `may not be more than ${atMost(maxBytes, 'byte')}`
  return { type: 'FieldValueTooLong', field: `${place}`, detail }
}

/** A value longer than `maxLength` characters (the schema's maxLength). */
export function tooLongCharacters(place: Place, maxLength: number): FieldError {
  const detail = maxLength < 0 ? 'value is too long' : `may not be more than ${atMost(maxLength, 'character')}`
  return { type: 'FieldValueTooLong', field: `${place}`, detail }
}

/** A value shorter than `minLength` characters. */
export function tooShort(place: Place, minLength: number): FieldError {
  const detail = minLength < 0 ? 'value is too short' : `must be at least ${atMost(minLength, 'character')}`
  return { type: 'FieldValueTooShort', field: `${place}`, detail }
}

/** A list with more than `most` elements; a negative `actual` leaves the count out, a negative `most` the limit. */
export function tooMany(place: Place, actual: number, most: number): FieldError {
  const detail = most < 0 ? 'has too many items' : `must have at most ${atMost(most, 'item')}`
  return { type: 'FieldValueTooMany', field: `${place}`, ...(actual < 0 ? {} : { value: actual }), detail }
}

/** A list with fewer than `least` elements; negative numbers are left out as in `tooMany`. */
export function tooFew(place: Place, actual: number, least: number): FieldError {
  const detail = least < 0 ? 'has too few items' : `must have at least ${atMost(least, 'item')}`
  return { type: 'FieldValueTooFew', field: `${place}`, ...(actual < 0 ? {} : { value: actual }), detail }
}

/** A value that names something which is not there. */
export function valueNotFound(place: Place, value: unknown): FieldError {
  return { type: 'FieldValueNotFound', field: `${place}`, value, detail: '' }
}

/** A value of the wrong type. */
export function typeInvalid(place: Place, value: unknown, detail: string): FieldError {
  return { type: 'FieldValueTypeInvalid', field: `${place}`, value, detail }
}

/** A fault that is not the sender's. */
export function internalFieldError(place: Place, message: string): FieldError {
  return { type: 'InternalError', field: `${place}`, detail: message }
}
