/**
 * From a definition of the API's schema to an arbitrary of its values: required fields always, optional ones seldom and
 * less so in the depth, unless a recipe knows better. Everything shrinks towards absent fields and first words.
 */
import fc from 'fast-check'
import {
  type Definition,
  definition,
  type Field,
  type FieldType,
  longName,
  type ScalarKind,
  shortName,
} from '../../api/schema/schema.ts'
import { enumOf, leaf, mapKey, mapValue } from './leaf.ts'
import type { Recipe, Recipes, Tie } from './recipe.ts'

/** How deep optional parts may be nested. */
const deepest = 5

/** What every object has beside what its kind is about: its user or the server says it. */
const ownOfObjects = ['apiVersion', 'kind', 'metadata', 'status']

/** The arbitrary of a kind's definition (short name, `apps.v1.Deployment`) with everything below it but metadata and status. */
export function definitionArbitrary(root: string, recipes: Recipes): fc.Arbitrary<unknown> {
  const depthIdentifier = fc.createDepthIdentifier()
  const names = reachable(root)
  const all = fc.letrec<Record<string, unknown>>((letrecTie) => {
    const tie: Tie = (name) => letrecTie(name)
    const all = recipes(tie)
    const known = { ...all, [root]: { ...all[root], never: [...(all[root]?.never ?? []), ...ownOfObjects] } }
    return Object.fromEntries(names.map((name) => [name, struct(name, known[name] ?? {}, { tie, depthIdentifier })]))
  })
  return all[root] as fc.Arbitrary<unknown>
}

interface Scope {
  readonly tie: Tie
  readonly depthIdentifier: fc.DepthIdentifier
}

function reachable(root: string): string[] {
  const found = new Set<string>([root])
  for (const name of found) {
    const struct = definition(longName(name))
    for (const field of Object.values(struct?.fields ?? {})) {
      const to = refIn(field.type)
      if (to !== undefined) found.add(to)
    }
  }
  return [...found]
}

function refIn(type: FieldType): string | undefined {
  if (type.kind === 'ref') return shortName(type.name)
  if (type.kind === 'list') return refIn(type.items)
  return type.kind === 'map' ? refIn(type.values) : undefined
}

function struct(name: string, recipe: Recipe, scope: Scope): fc.Arbitrary<unknown> {
  if (recipe.whole !== undefined) return recipe.whole
  const { fields } = definition(longName(name)) as Definition
  const shape: Record<string, fc.Arbitrary<unknown>> = {}
  const free = Object.values(fields).filter((field) => !isKept(field, recipe) && mayBe(field.name, recipe))
  for (const field of Object.values(fields))
    if (isKept(field, recipe)) shape[field.name] = made(field, name, recipe, scope)
  for (const field of free) shape[field.name] = seldom(made(field, name, recipe, scope), free.length, scope)
  const { oneOf = [], together = fc.constant({}), refine } = recipe
  const one =
    oneOf.length === 0
      ? fc.constant({})
      : fc.oneof(...oneOf.map((field) => fc.record({ [field]: made(fields[field] as Field, name, recipe, scope) })))
  const whole = fc
    .tuple(fc.record(shape), one, together)
    .map(([most, rest, tied]) => present({ ...most, ...(rest as object), ...tied }))
  return refine === undefined ? whole : whole.map(refine)
}

const isKept = (field: Field, { always, oneOf }: Recipe): boolean =>
  oneOf?.includes(field.name) !== true && (field.required || always?.[field.name] !== undefined)

const mayBe = (name: string, { only, never, oneOf }: Recipe): boolean =>
  oneOf?.includes(name) !== true && never?.includes(name) !== true && only?.includes(name) !== false

/** Absent in most cases: of a struct's optional fields about one and a half are there. */
function seldom(value: fc.Arbitrary<unknown>, among: number, { depthIdentifier }: Scope): fc.Arbitrary<unknown> {
  const absent = { arbitrary: fc.constant(undefined), weight: Math.min(20, Math.max(1, Math.round(among / 1.5) - 1)) }
  return fc.oneof({ maxDepth: deepest, depthIdentifier, withCrossShrink: true }, absent, {
    arbitrary: value,
    weight: 1,
  })
}

function present(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined))
}

function made(field: Field, owner: string, recipe: Recipe, scope: Scope): fc.Arbitrary<unknown> {
  return recipe.always?.[field.name] ?? recipe.fields?.[field.name] ?? typed(field.type, owner, field, scope)
}

function typed(type: FieldType, owner: string, field: Field, scope: Scope): fc.Arbitrary<unknown> {
  const { name } = field
  switch (type.kind) {
    case 'ref':
      return scope.tie(shortName(type.name) as string)
    case 'list':
      return listed(enumOf(`${owner}.${name}[]`) ?? typed(type.items, owner, field, scope), field)
    case 'map':
      return fc.dictionary(mapKey(name, type.values), mapped(type.values, name, owner, field, scope), {
        minKeys: 1,
        maxKeys: 2,
      })
    case 'struct':
    case 'open':
      return fc.constant({})
    default:
      return leaf(type as FieldType & { kind: ScalarKind }, owner, name)
  }
}

function mapped(values: FieldType, name: string, owner: string, field: Field, scope: Scope): fc.Arbitrary<unknown> {
  const isScalar = !['ref', 'list', 'map', 'struct', 'open'].includes(values.kind)
  return isScalar ? mapValue(name, values as FieldType & { kind: ScalarKind }) : typed(values, owner, field, scope)
}

/** One or two elements that differ in the list's keys, or in everything where it has none. */
function listed(items: fc.Arbitrary<unknown>, { mapKeys }: Field): fc.Arbitrary<unknown> {
  const selector = (item: unknown): string =>
    JSON.stringify(mapKeys === undefined ? item : mapKeys.map((key) => (item as Record<string, unknown>)[key]))
  return fc.uniqueArray(items, { minLength: 1, maxLength: 2, selector })
}
