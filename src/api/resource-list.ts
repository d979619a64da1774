/** Resource lists (`{ cpu: '1', memory: 1Gi }`) as maps of quantities, and their arithmetic. */
import { addQuantity, compareQuantity, formatQuantity, parseQuantity, type Quantity, subQuantity } from './quantity.ts'

export type ResourceList = ReadonlyMap<string, Quantity>
/** As it stands in objects. */
export type WrittenList = Readonly<Record<string, string | number>>

export const zero: Quantity = parseQuantity('0')
export const one: Quantity = parseQuantity('1')

/** The quantities of a list; what is no quantity is left out. */
export function readList(list: WrittenList | null | undefined): Map<string, Quantity> {
  const read = new Map<string, Quantity>()
  for (const [name, text] of Object.entries(list ?? {})) read.set(name, parseQuantity(text))
  return read
}

/** The list as objects have it, in canonical text. */
export function writeList(list: ResourceList): Record<string, string> {
  return Object.fromEntries([...list].map(([name, quantity]) => [name, formatQuantity(quantity)]))
}

/** a + b, name by name. */
export function addLists(a: ResourceList, b: ResourceList): Map<string, Quantity> {
  const sum = new Map(a)
  for (const [name, quantity] of b) {
    const before = sum.get(name)
    sum.set(name, before === undefined ? quantity : addQuantity(before, quantity))
  }
  return sum
}

/** a - b, name by name of a, never below zero. */
export function subtractLists(a: ResourceList, b: ResourceList): Map<string, Quantity> {
  const rest = new Map<string, Quantity>()
  for (const [name, quantity] of a) {
    const less = b.get(name)
    const left = less === undefined ? quantity : subQuantity(quantity, less)
    rest.set(name, left.unscaled < 0n ? zero : left)
  }
  return rest
}

/** The larger of both, name by name. */
export function largestOf(a: ResourceList, b: ResourceList): Map<string, Quantity> {
  const most = new Map(a)
  for (const [name, quantity] of b) {
    const before = most.get(name)
    if (before === undefined || compareQuantity(quantity, before) > 0) most.set(name, quantity)
  }
  return most
}

/** Only these names. */
export function masked(list: ResourceList, names: Iterable<string>): Map<string, Quantity> {
  const wanted = new Set(names)
  return new Map([...list].filter(([name]) => wanted.has(name)))
}

/** Names and amounts in order, as messages show them: `cpu=2,memory=1Gi`. */
export function listText(list: ResourceList): string {
  const names = [...list.keys()].sort()
  return names.map((name) => `${name}=${formatQuantity(list.get(name) as Quantity)}`).join(',')
}

/** True when both have the same names with the same amounts. */
export function sameLists(a: ResourceList, b: ResourceList): boolean {
  if (a.size !== b.size) return false
  for (const [name, quantity] of a) {
    const other = b.get(name)
    if (other === undefined || compareQuantity(quantity, other) !== 0) return false
  }
  return true
}
