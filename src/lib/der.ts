/** Reads DER, the binary form of certificates: tags, lengths and values, nothing more. Source: ITU-T X.690. */

/** One element. `tag` is the first byte; the value starts at `start` and ends before `end`. */
export interface Element {
  readonly tag: number
  readonly start: number
  readonly end: number
}

/** The element at an offset; throws for one that does not fit into the bytes. */
export function elementAt(bytes: Uint8Array, at: number): Element {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) throw new Error('asn1: syntax error: truncated tag or length')
  if (first === 0x80) throw new Error('asn1: structure error: indefinite length found (not DER)')
  const count = first < 0x80 ? 0 : first & 0x7f
  let length = count === 0 ? first : 0
  if (count > 4) throw new Error('asn1: structure error: length too large')
  for (let i = 0; i < count; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0)
  const start = at + 2 + count
  if (start + length > bytes.length) throw new Error('asn1: syntax error: data truncated')
  return { tag, start, end: start + length }
}

/** The elements inside an element. */
export function childrenOf(bytes: Uint8Array, parent: Element): Element[] {
  const found: Element[] = []
  for (let at = parent.start; at < parent.end; ) {
    const child = elementAt(bytes, at)
    found.push(child)
    at = child.end
  }
  return found
}

/** The bytes of a value in hexadecimal: what object identifiers are compared by. */
export function hexOf(bytes: Uint8Array, { start, end }: Element): string {
  return [...bytes.subarray(start, end)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A value as text in UTF-8, of which ASCII is a part. */
export function textOf(bytes: Uint8Array, { start, end }: Element): string {
  return new TextDecoder().decode(bytes.subarray(start, end))
}

const wide: Readonly<Record<number, number>> = { 30: 2, 28: 4 }

/** A value of one of the types of text (UTF-8, printable, IA5, teletex, BMP, universal). Throws for any other. */
export function typedTextOf(bytes: Uint8Array, element: Element): string {
  const { tag, start, end } = element
  if (tag === 12 || tag === 19 || tag === 22) return textOf(bytes, element)
  if (tag === 20) return String.fromCharCode(...bytes.subarray(start, end))
  const size = wide[tag]
  if (size === undefined || (end - start) % size !== 0)
    throw new Error(`asn1: structure error: unsupported string type: ${tag}`)
  let text = ''
  for (let at = start; at < end; at += size) {
    let code = 0
    for (let i = 0; i < size; i++) code = code * 256 + (bytes[at + i] ?? 0)
    text += size === 2 ? String.fromCharCode(code) : String.fromCodePoint(code)
  }
  return text
}
