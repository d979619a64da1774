/** Objects that are nearly right, and such that are not right at all. */
import fc from 'fast-check'
import type { Kind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { type Breakage, breakagesOf, broken, withValue } from './breakage.ts'
import { valid } from './object.ts'

/** An object that would be created, were it not for one field. */
export interface NearlyValid {
  readonly object: KubeObject
  readonly broken: Breakage
}

/** One field of a valid object broken; shrinks to the smallest manifest that has such a field. */
export function nearlyValid(kind: Kind): fc.Arbitrary<NearlyValid> {
  return fc.tuple(valid(kind, {}), fc.nat({ max: 0xffff })).map(([object, n]) => {
    const ways = breakagesOf(kind, object)
    const way = ways[n % ways.length] as (typeof ways)[number]
    const { path, how, value } = way
    return { object: broken(object, way), broken: { path, how, value } }
  })
}

/** A valid object some of whose parts are replaced by any JSON, or any JSON that says what kind it is, or just any JSON. */
export function invalid(kind: Kind): fc.Arbitrary<unknown> {
  const anything = fc.jsonValue({ maxDepth: 2 })
  const mangled = fc
    .tuple(valid(kind, {}), fc.array(fc.tuple(fc.nat({ max: 0xffff }), anything), { minLength: 1, maxLength: 3 }))
    .map(([object, changes]) => changes.reduce<KubeObject>((next, [n, value]) => replaced(next, n, value), object))
  const claimed = fc
    .tuple(fc.dictionary(fc.constantFrom('spec', 'metadata', 'status', 'data', 'type'), anything), fc.boolean())
    .map(([fields, named]) => ({
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      ...(named && { metadata: { name: 'a' } }),
      ...fields,
    }))
  return fc.oneof(
    { arbitrary: mangled, weight: 3 },
    { arbitrary: claimed, weight: 2 },
    { arbitrary: anything, weight: 1 },
  )
}

function replaced(object: KubeObject, n: number, value: unknown): KubeObject {
  const places = placesIn(object, []).filter(([first]) => first !== 'apiVersion' && first !== 'kind')
  const place = places[n % Math.max(1, places.length)]
  return place === undefined ? object : (withValue(object, place, value) as KubeObject)
}

/** The way to every part of a value. */
function placesIn(value: unknown, steps: readonly (string | number)[]): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return steps.length === 0 ? [] : [steps]
  const inner = Object.entries(value).flatMap(([key, part]) =>
    placesIn(part, [...steps, Array.isArray(value) ? Number(key) : key]),
  )
  return steps.length === 0 ? inner : [steps, ...inner]
}
