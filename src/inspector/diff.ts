/** What differs between two states of an object, field by field. Elements of lists are named by their `type` or `name`. */
import type { Json } from '../api/object.ts'
import { equal } from '../lib/equal.ts'
import type { FieldChange } from './words.ts'

/** Fields that say only that something was written. */
const bookkeeping: ReadonlySet<string> = new Set(['metadata.managedFields', 'metadata.resourceVersion'])
/** Changes told of one write unless said otherwise; that there are more is one more. */
const changeLimit = 60
/** Characters of JSON a value may have before it is cut. */
const valueLimit = 400

/** The fields in which `to` differs from `from`, in the order of the fields: the first `limit` of them. */
export function fieldChanges(from: unknown, to: unknown, limit = changeLimit): FieldChange[] {
  const found: FieldChange[] = []
  compare('', from, to, found, limit)
  return found.length <= limit ? found : [...found.slice(0, limit), { path: '…', to: 'and more' }]
}

/** Every leaf of a value with its path: empty lists and maps are leaves too. */
export function leavesOf(value: unknown, path = '', found = new Map<string, Json>()): Map<string, Json> {
  if (bookkeeping.has(path)) return found
  const parts = partsOf(value)
  if (parts === undefined || parts.size === 0) found.set(path, value as Json)
  else for (const [key, part] of parts) leavesOf(part, joined(path, key), found)
  return found
}

function compare(path: string, from: unknown, to: unknown, found: FieldChange[], limit: number): void {
  if (from === to || found.length > limit || bookkeeping.has(path)) return
  const [a, b] = [partsOf(from), partsOf(to)]
  if (a === undefined || b === undefined || Array.isArray(from) !== Array.isArray(to)) {
    if (!equal(from, to)) found.push(changeOf(path, from, to))
    return
  }
  for (const key of new Set([...a.keys(), ...b.keys()]))
    compare(joined(path, key), a.get(key), b.get(key), found, limit)
}

function changeOf(path: string, from: unknown, to: unknown): FieldChange {
  return {
    path,
    ...(from === undefined ? {} : { from: cut(from as Json) }),
    ...(to === undefined ? {} : { to: cut(to as Json) }),
  }
}

/** A value as it is shown: long ones lose their end. */
export function cut(value: Json): Json {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null')
  return text.length <= valueLimit ? value : `${text.slice(0, valueLimit)}…`
}

/** Keys and values of a map, or of a list with elements named `[Ready]` where all have a type or name, else `[0]`. */
function partsOf(value: unknown): Map<string, unknown> | undefined {
  if (value === null || typeof value !== 'object') return undefined
  if (!Array.isArray(value)) return new Map(Object.entries(value).filter(([, part]) => part !== undefined))
  const names = namesOf(value)
  return new Map(value.map((part, i) => [`[${names?.[i] ?? i}]`, part]))
}

function namesOf(list: readonly unknown[]): string[] | undefined {
  for (const key of ['type', 'name']) {
    const names = list.map((part) => (part as Record<string, unknown> | null)?.[key])
    if (names.every((name) => typeof name === 'string') && new Set(names).size === names.length)
      return names as string[]
  }
  return undefined
}

function joined(path: string, key: string): string {
  if (key.startsWith('[') || path === '') return path + key
  return `${path}.${key}`
}
