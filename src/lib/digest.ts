/** Small non-cryptographic digests over text and JSON, equal on every machine: for seeds of jitter and for comparing runs. */

/** FNV-1a over UTF-16 code units, 32 bits. Source: http://www.isthe.com/chongo/tech/comp/fnv/ */
export function fnv32(text: string, basis = 0x811c9dc5): number {
  let hash = basis
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i)
    hash = Math.imul(hash, 0x01000193)
  }
  return hash >>> 0
}

/** A number in [0, 1) that depends only on seed and site. The finalizer spreads near-equal sites apart. */
export function chanceOf(seed: number, site: string): number {
  let x = fnv32(site, (0x811c9dc5 ^ seed) >>> 0)
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return ((x ^ (x >>> 16)) >>> 0) / 0x1_0000_0000
}

/** JSON with sorted keys and without undefined fields: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const record = value as Record<string, unknown>
  const keys = Object.keys(record).filter((key) => record[key] !== undefined)
  keys.sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(record[key])}`).join(',')}}`
}

/** A 64-bit digest of a value as 16 hexadecimal digits; `link` continues a chain. */
export function digest(value: unknown, link = ''): string {
  const text = link + canonicalJson(value)
  const low = fnv32(text)
  const high = fnv32(text, (low ^ 0x9e3779b9) >>> 0)
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
}
