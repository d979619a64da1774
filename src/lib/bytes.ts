/**
 * Any bytes as text and back without loss: UTF-8 where it is UTF-8; a byte that is not becomes a lone surrogate
 * (U+DC80 to U+DCFF), as Python's `surrogateescape` does it.
 */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

export function textOf(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    return escaped(bytes)
  }
}

export function bytesOf(text: string): Uint8Array {
  if (!/(?:^|[^\ud800-\udbff])[\udc80-\udcff]/.test(text)) return encoder.encode(text)
  const parts: Uint8Array[] = []
  for (const part of text.match(
    /[\udc80-\udcff]|(?:[^\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])+|[\ud800-\udfff]/g,
  ) ?? [])
    parts.push(/^[\udc80-\udcff]$/.test(part) ? Uint8Array.of(part.charCodeAt(0) - 0xdc00) : encoder.encode(part))
  return joined(parts)
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function escaped(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const size = sizeAt(bytes, at)
    const part = size > 0 ? decoded(bytes.subarray(at, at + size)) : undefined
    text += part ?? String.fromCharCode(0xdc00 + (bytes[at] as number))
    at += part === undefined ? 1 : size
  }
  return text
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

/** How long the character that begins here should be; 0 when none can begin here. */
function sizeAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number
  const size = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0
  return at + size <= bytes.length ? size : 0
}
