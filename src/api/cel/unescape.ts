/** The contents of string and bytes literals. Source: the CEL language definition, "String and Bytes Values". */

const simple: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }
const encoder = new TextEncoder()

/** The part between the quotes, and whether backslashes stand for themselves. */
function body(literal: string): { text: string; raw: boolean } {
  let text = literal.replace(/\r\n?/g, '\n')
  const raw = /^[rR]/.test(text)
  if (raw) text = text.slice(1)
  const long = text.length >= 6 && (text.startsWith('"""') || text.startsWith("'''"))
  return { text: long ? text.slice(3, -3) : text.slice(1, -1), raw }
}

interface Character {
  readonly code: number
  readonly length: number
  /** Written as a number (octal or hexadecimal): a byte in a bytes literal. */
  readonly numeric: boolean
}

/** The character written at `at`, or why it is none. */
function character(text: string, at: number, bytes: boolean): Character | string {
  const code = text.codePointAt(at) ?? 0
  if (code !== 0x5c) return { code, length: code > 0xffff ? 2 : 1, numeric: false }
  const letter = text[at + 1] ?? ''
  const known = simple[letter]
  if (known !== undefined) return { code: known, length: 2, numeric: false }
  if ('\\\'"`?'.includes(letter)) return { code: letter.charCodeAt(0), length: 2, numeric: false }
  const digits = { x: 2, X: 2, u: 4, U: 8 }[letter]
  if (digits === undefined) {
    const value = Number.parseInt(text.slice(at + 1, at + 4), 8)
    return { code: value, length: 4, numeric: true }
  }
  if (bytes && digits > 2) return 'unable to unescape string'
  const value = Number.parseInt(text.slice(at + 2, at + 2 + digits), 16)
  if (!bytes && (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))) return 'invalid unicode code point'
  return { code: value, length: 2 + digits, numeric: true }
}

/** The text of a string literal, or `{ fault }`. */
export function unescapeString(literal: string): string | { fault: string } {
  const { text, raw } = body(literal)
  if (raw || !text.includes('\\')) return text
  let result = ''
  for (let at = 0; at < text.length; ) {
    const found = character(text, at, false)
    if (typeof found === 'string') return { fault: found }
    result += String.fromCodePoint(found.code)
    at += found.length
  }
  return result
}

/** The bytes of a bytes literal (without its `b`), or `{ fault }`. */
export function unescapeBytes(literal: string): Uint8Array | { fault: string } {
  const { text, raw } = body(literal)
  if (raw || !text.includes('\\')) return encoder.encode(text)
  const result: number[] = []
  for (let at = 0; at < text.length; ) {
    const found = character(text, at, true)
    if (typeof found === 'string') return { fault: found }
    if (found.numeric) result.push(found.code)
    else result.push(...encoder.encode(String.fromCodePoint(found.code)))
    at += found.length
  }
  return Uint8Array.from(result)
}
