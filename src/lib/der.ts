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

/** A value as text. */
export function textOf(bytes: Uint8Array, { start, end }: Element): string {
  return new TextDecoder().decode(bytes.subarray(start, end))
}
