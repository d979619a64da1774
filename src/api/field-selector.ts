/**
 * Field selectors: `status.phase!=Running,spec.nodeName=n1`. Commas, equals signs and backslashes in values are
 * escaped with a backslash.
 * Sources: https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/ and
 * k8s.io/apimachinery pkg/fields.
 */

/** One term: the field's value must (not) be `value`. `==` is read as `=`. */
export interface FieldTerm {
  readonly field: string
  readonly op: '=' | '!='
  readonly value: string
}

/** The terms of a selector text, sorted by their text. Throws an Error with the API server's text (a 400 there). */
export function parseFieldSelector(text: string): FieldTerm[] {
  const parts = splitTerms(text).sort()
  return parts.filter((part) => part !== '').map((part) => termOf(part, text))
}

function splitTerms(text: string): string[] {
  return text.match(/(?:\\.|[^,\\]|\\$)+/gsu) ?? []
}

function termOf(part: string, whole: string): FieldTerm {
  const match = /^(.*?)(!=|==|=)(.*)$/s.exec(part)
  if (match === null) throw new Error(`invalid selector: '${whole}'; can't understand '${part}'`)
  return { field: match[1] as string, op: match[2] === '!=' ? '!=' : '=', value: unescaped(match[3] as string) }
}

function unescaped(text: string): string {
  let value = ''
  let escaped = false
  for (const char of text) {
    if (!escaped && char === '\\') {
      escaped = true
      continue
    }
    const special = char === ',' || char === '='
    if (escaped && !special && char !== '\\') throw badEscape(`\\${char}`)
    if (!escaped && special) {
      throw new Error(`invalid field selector: unescaped character in value: ${char.charCodeAt(0)}`)
    }
    value += char
    escaped = false
  }
  if (escaped) throw badEscape('\\')
  return value
}

function badEscape(sequence: string): Error {
  return new Error(`invalid field selector: invalid escape sequence: ${sequence}`)
}

/** An object's selectable fields: by name, or a function from a field's name to its value. */
export type Fields = Readonly<Record<string, string | undefined>> | ((field: string) => string | undefined)

/** Whether an object's selectable fields satisfy all terms; a field that is absent has the empty value. */
export function matchesFields(terms: readonly FieldTerm[], fields: Fields): boolean {
  return terms.every(({ field, op, value }) => ((fieldOf(fields, field) ?? '') === value) === (op === '='))
}

function fieldOf(fields: Fields, field: string): string | undefined {
  if (typeof fields === 'function') return fields(field)
  return Object.hasOwn(fields, field) ? fields[field] : undefined
}

/** The text of terms, which `parseFieldSelector` reads back. */
export function fieldTermsToText(terms: readonly FieldTerm[]): string {
  return terms.map(({ field, op, value }) => `${field}${op}${value.replace(/[\\,=]/g, '\\$&')}`).join(',')
}
