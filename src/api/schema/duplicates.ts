/**
 * Finds the keys that a JSON text repeats within one object; parsing keeps only the last and says nothing.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#validation-for-unrecognized-or-duplicate-fields
 */

interface Level {
  readonly path: string
  /** The keys seen so far; `undefined` inside a list. */
  readonly keys: Set<string> | undefined
  index: number
  key: string
}

/**
 * The paths (`spec.containers[0].image`) of all repeated keys of a JSON text, in document order, each once. The text
 * must be valid JSON: what is not is found by the parser.
 */
export function duplicateFields(text: string): string[] {
  const found = new Set<string>()
  walk(text, (level) => {
    if (level.keys?.has(level.key) === true) found.add(pathIn(level))
  })
  return [...found]
}

/** The paths of all fields of a JSON text in document order, repeated ones as often as they occur. */
export function fieldOrder(text: string): string[] {
  const order: string[] = []
  walk(text, (level) => order.push(pathIn(level)))
  return order
}

/** Visits every key, before it is counted among those of its object. */
function walk(text: string, visit: (level: Level) => void): void {
  const levels: Level[] = []
  const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g
  let string: string | undefined
  for (const [token] of text.matchAll(tokens)) {
    const level = levels.at(-1)
    if (token.startsWith('"')) string = token
    else if (token === ':' && level?.keys !== undefined && string !== undefined) {
      level.key = string.includes('\\') ? (JSON.parse(string) as string) : string.slice(1, -1)
      visit(level)
      level.keys.add(level.key)
    } else if (token === '{' || token === '[') {
      const path = level === undefined ? '' : pathIn(level)
      levels.push({ path, keys: token === '{' ? new Set() : undefined, index: 0, key: '' })
    } else if (token === '}' || token === ']') levels.pop()
    else if (token === ',' && level !== undefined) level.index++
  }
}

function pathIn(level: Level): string {
  if (level.keys === undefined) return `${level.path}[${level.index}]`
  return level.path === '' ? level.key : `${level.path}.${level.key}`
}
