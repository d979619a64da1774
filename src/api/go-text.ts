/**
 * How a Go program writes values into its messages: quoted strings and JSON with HTML characters escaped.
 * The API server's error texts are built with these two, and clients compare them.
 * Source: https://pkg.go.dev/strconv#Quote and https://pkg.go.dev/encoding/json#Marshal
 */

const shortEscapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

// What Go calls printable: letters, marks, numbers, punctuation, symbols and the ASCII space.
const printable = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u

/** The text in double quotes as Go's %q writes it: control and unprintable characters escaped, other Unicode kept. */
export function goQuote(text: string): string {
  let out = '"'
  for (const char of text) out += quoted(char)
  return `${out}"`
}

function quoted(char: string): string {
  const short = shortEscapes[char]
  if (short !== undefined) return short
  const code = char.codePointAt(0) ?? 0
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code < 0x7f || printable.test(char)) return char
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd'
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/** JSON as Go marshals it: `<`, `>`, `&` and the two line separators as \u escapes. Keys keep the order given. */
export function goJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null'
  return text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Length of the text in UTF-8 bytes, which is what Kubernetes' limits count. */
export function byteLength(text: string): number {
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) bytes += 1
    else if (code < 0x800) bytes += 2
    else if (code >= 0xd800 && code < 0xdc00 && i + 1 < text.length) {
      bytes += 4
      i++
    } else bytes += 3
  }
  return bytes
}
