/** What a seed says must be so, as data: of one object, or of how many there are. */
import type { KubeObject } from '../../src/api/object.ts'
import { always, ended, type Held, type Moment, type Property } from '../../src/testing/index.ts'

/**
 * `at` the end of every run, or always. `of`: kind and name of one object, and what stands at its `path` (`[type=Ready]` is
 * the entry of a list; null: nothing). Without `of`: how many objects of `kind` have `where`'s values at its paths (with
 * slashes between their parts).
 */
export interface Fact {
  readonly at?: 'end' | 'always'
  readonly of?: readonly [kind: string, name: string]
  readonly path?: readonly string[]
  readonly kind?: string
  readonly where?: Readonly<Record<string, unknown>>
  readonly is: unknown
}

/** A fact as a property. */
export function propertyOf(fact: Fact): Property {
  const { of, path = [], kind = '', where = {}, is } = fact
  const holds = (s: Moment): Held => {
    const found = of === undefined ? matching(s, kind, where).length : valueAt(s.get(of[0], of[1]), path)
    return JSON.stringify(found ?? null) === JSON.stringify(is) || `it is ${JSON.stringify(found ?? null)}`
  }
  const what =
    of === undefined ? `the number of ${kind} with ${JSON.stringify(where)}` : `${path.join('.')} of ${of.join(' ')}`
  const all = (s: Moment): Held => (of !== undefined && s.get(of[0], of[1]) === undefined ? true : holds(s))
  return (fact.at === 'always' ? always(all) : ended(holds)).as(`${what} is ${JSON.stringify(is)}`)
}

function matching(s: Moment, kind: string, where: Readonly<Record<string, unknown>>): readonly KubeObject[] {
  return s
    .list(kind)
    .filter((object) =>
      Object.entries(where).every(
        ([path, value]) => JSON.stringify(valueAt(object, path.split('/')) ?? null) === JSON.stringify(value),
      ),
    )
}

function valueAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, part) => {
    const chosen = /^\[(.*)=(.*)\]$/.exec(part)
    if (chosen === null) return (at as Record<string, unknown> | undefined)?.[part]
    return Array.isArray(at) ? at.find((one) => String(one[chosen[1] as string]) === chosen[2]) : undefined
  }, object)
}
