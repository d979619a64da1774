/** Plain values, persistent maps and actor snapshots as text: equal values give equal text. */

interface PersistentMap {
  forEachPair(visit: (key: string, value: unknown) => void): unknown
}

function isPersistentMap(value: object): value is PersistentMap {
  return typeof (value as Partial<PersistentMap>).forEachPair === 'function'
}

/** What stands for a part: its text, where that is known, or a number. */
export type StandIn = (part: object) => string | number | undefined

/** JSON with sorted keys, without undefined fields; persistent maps are objects of their entries, functions are left out. */
export function canonicalText(value: unknown, standIn?: StandIn): string {
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
    return JSON.stringify(value) ?? 'null'
  }
  const known = standIn?.(value)
  if (known !== undefined) return typeof known === 'number' ? `@${known}` : known
  if (Array.isArray(value)) {
    let text = '['
    for (const item of value) text += `${canonicalText(item, standIn)},`
    return `${text}]`
  }
  if (isPersistentMap(value)) {
    let text = '<'
    value.forEachPair((key, item) => {
      text += `${JSON.stringify(key)}:${canonicalText(item, standIn)},`
    })
    return `${text}>`
  }
  const record = value as Record<string, unknown>
  let text = '{'
  for (const key of Object.keys(record).sort()) {
    const item = record[key]
    if (item !== undefined && typeof item !== 'function')
      text += `${JSON.stringify(key)}:${canonicalText(item, standIn)},`
  }
  return `${text}}`
}
