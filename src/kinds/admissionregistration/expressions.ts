/**
 * Match conditions, variables and the like: named expressions of webhooks and policies. Whether an expression compiles is
 * asked where it is compiled.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-matchconditions
 */
import { each, filled, isFilled, listOf, type Part, qualifiedName, repeated, when } from '../../api/checks.ts'
import { type FieldError, invalidValue, type Path, required, tooMany } from '../../api/field-error.ts'

const mostConditions = 64
const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)

export const isBlank = (text: unknown): boolean => typeof text !== 'string' || text.trim() === ''

/** The faults of `matchConditions`. */
export function matchConditionFaults(conditions: unknown, place: Path): FieldError[] {
  const list = listOf(conditions)
  const names = list.map((one) => one.name ?? '')
  return [
    ...when(list.length > mostConditions, tooMany(place, list.length, mostConditions)),
    ...each(list, place, ({ name = '', expression }, at) => [
      ...when(isBlank(expression), required(at.child('expression'))),
      ...(isFilled(name) ? qualifiedName(name, at.child('name')) : filled(name, at.child('name'))),
    ]),
    ...repeated(names, (index) => place.index(index).child('name')),
  ]
}

/** The faults of one variable of a policy. */
export function variableFaults({ name, expression }: Part, place: Path): FieldError[] {
  const at = place.child('name')
  const isIdentifier = /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name ?? '') && !reserved.has(name)
  return [
    ...(isBlank(name)
      ? [required(at, 'name is not specified')]
      : when(!isIdentifier, invalidValue(at, name, 'must be a valid CEL identifier'))),
    ...when(isBlank(expression), required(place.child('expression'), 'expression is not specified')),
  ]
}
