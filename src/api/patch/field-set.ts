/**
 * Sets of field paths, as `metadata.managedFields` records who owns what, and their FieldsV1 encoding.
 * A path element is `f:name` (field or map key), `k:{"name":"x"}` (element of a keyed list) or `v:"x"` (element of a set).
 * Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management, FieldsV1 in the API reference
 */
import type { JsonObject } from './values.ts'
import { isObject } from './values.ts'

/** The paths that end here, and the sets below other elements. An element may be in both. */
export interface FieldSet {
  readonly members: ReadonlySet<string>
  readonly children: ReadonlyMap<string, FieldSet>
}

/** The set without paths. */
export const emptySet: FieldSet = Object.freeze({ members: new Set<string>(), children: new Map<string, FieldSet>() })

/** A set from its parts; children without paths are left out. */
export function fieldSet(members: Iterable<string>, children: Iterable<readonly [string, FieldSet]>): FieldSet {
  const kept = [...children].filter(([, child]) => !isEmpty(child))
  const unique = new Set(members)
  return unique.size === 0 && kept.length === 0 ? emptySet : { members: unique, children: new Map(kept) }
}

/** Whether the set has no path. */
export function isEmpty(set: FieldSet): boolean {
  return set.members.size === 0 && set.children.size === 0
}

/** Paths in either set. */
export function union(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(left)) return right
  if (isEmpty(right)) return left
  const children = new Map(left.children)
  for (const [element, child] of right.children) children.set(element, union(children.get(element) ?? emptySet, child))
  return fieldSet([...left.members, ...right.members], children)
}

/** Paths of the left set that are not in the right one. */
export function difference(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(right)) return left
  return fieldSet(
    [...left.members].filter((element) => !right.members.has(element)),
    [...left.children].map(([element, child]) => {
      return [element, difference(child, right.children.get(element) ?? emptySet)] as const
    }),
  )
}

/** Paths in both sets. */
export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  return fieldSet(
    [...left.members].filter((element) => right.members.has(element)),
    [...left.children].map(([element, child]) => {
      return [element, intersection(child, right.children.get(element) ?? emptySet)] as const
    }),
  )
}

/** Whether both sets have the same paths. */
export function sameSet(left: FieldSet, right: FieldSet): boolean {
  if (left.members.size !== right.members.size || left.children.size !== right.children.size) return false
  for (const element of left.members) if (!right.members.has(element)) return false
  for (const [element, child] of left.children) {
    const other = right.children.get(element)
    if (other === undefined || !sameSet(child, other)) return false
  }
  return true
}

/** Reads FieldsV1; anything that is no object is the empty set. */
export function fromFieldsV1(fields: unknown): FieldSet {
  if (!isObject(fields)) return emptySet
  const members: string[] = []
  const children: [string, FieldSet][] = []
  for (const [element, below] of Object.entries(fields)) {
    if (element === '.') continue
    if (!isObject(below) || Object.keys(below).length === 0 || Object.hasOwn(below, '.')) members.push(element)
    children.push([element, fromFieldsV1(below)])
  }
  return fieldSet(members, children)
}

/** Writes FieldsV1: elements sorted, a member with paths below it marked by `.`. */
export function toFieldsV1(set: FieldSet): JsonObject {
  const elements = [...new Set([...set.members, ...set.children.keys()])].sort(byElement)
  return Object.fromEntries(
    elements.map((element) => {
      const child = set.children.get(element)
      if (child === undefined) return [element, {}]
      return [element, set.members.has(element) ? { '.': {}, ...toFieldsV1(child) } : toFieldsV1(child)]
    }),
  )
}

const kinds = 'fkvi'

function byElement(left: string, right: string): number {
  const kind = kinds.indexOf(left.charAt(0)) - kinds.indexOf(right.charAt(0))
  return kind !== 0 ? kind : left < right ? -1 : left > right ? 1 : 0
}

/** All paths as Kubernetes prints them: `.spec.template.spec.containers[name="nginx"].image`. */
export function pathsIn(set: FieldSet, prefix = ''): string[] {
  const elements = [...new Set([...set.members, ...set.children.keys()])].sort(byElement)
  return elements.flatMap((element) => {
    const path = prefix + elementText(element)
    const child = set.children.get(element)
    return [...(set.members.has(element) ? [path] : []), ...(child === undefined ? [] : pathsIn(child, path))]
  })
}

/** Every path of a set with the set that holds it alone. */
export function singlePaths(set: FieldSet, prefix = ''): [string, FieldSet][] {
  const elements = [...new Set([...set.members, ...set.children.keys()])].sort(byElement)
  return elements.flatMap((element) => {
    const path = prefix + elementText(element)
    const child = set.children.get(element)
    const below = child === undefined ? [] : singlePaths(child, path)
    return [
      ...(set.members.has(element) ? [[path, fieldSet([element], [])] as [string, FieldSet]] : []),
      ...below.map(([name, only]): [string, FieldSet] => [name, fieldSet([], [[element, only]])]),
    ]
  })
}

function elementText(element: string): string {
  const text = element.slice(2)
  if (element.startsWith('f:')) return `.${text}`
  if (!element.startsWith('k:')) return element.startsWith('v:') ? `[=${text}]` : `[${text}]`
  const keys = Object.entries(JSON.parse(text) as JsonObject)
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`
}
