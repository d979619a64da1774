/**
 * Match conditions, variables and the like: named expressions of webhooks and policies, which have to compile.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-matchconditions
 */
import { type PolicyDeclarations, type PolicyExpressions, policyExpressions } from '../../api/cel/policy.ts'
import { boolType, type Type } from '../../api/cel/types.ts'
import { each, filled, isFilled, isSet, listOf, type Part, qualifiedName, repeated, when } from '../../api/checks.ts'
import { type FieldError, invalidValue, type Path, required, tooMany } from '../../api/field-error.ts'

const mostConditions = 64
const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)

export const isBlank = (text: unknown): boolean => typeof text !== 'string' || text.trim() === ''

/** The fault of an expression that does not compile or is of another type. */
export function expressionFaults(
  expressions: PolicyExpressions,
  expression: string,
  wanted: readonly Type[],
  place: Path,
  declared?: PolicyDeclarations,
): FieldError[] {
  const compiled = expressions.compile(expression, wanted, declared)
  return 'error' in compiled ? [invalidValue(place, expression, compiled.error)] : []
}

/** The faults of `matchConditions`; those of policies with a paramKind may use `params`. */
export function matchConditionFaults(conditions: unknown, place: Path, params = false): FieldError[] {
  const expressions = policyExpressions({ params, authorizer: true })
  const list = listOf(conditions)
  const names = list.map((one) => one.name ?? '')
  return [
    ...when(list.length > mostConditions, tooMany(place, list.length, mostConditions)),
    ...each(list, place, ({ name = '', expression }, at) => [
      ...(isBlank(expression)
        ? [required(at.child('expression'))]
        : expressionFaults(expressions, expression, [boolType], at.child('expression'))),
      ...(isFilled(name) ? qualifiedName(name, at.child('name')) : filled(name, at.child('name'))),
    ]),
    ...repeated(names, (index) => place.index(index).child('name')),
  ]
}

/** The faults of one variable of a policy. */
export function variableFaults(expressions: PolicyExpressions, { name, expression }: Part, place: Path): FieldError[] {
  const compiled = expressions.variables.get(name ?? '')
  const wrong = compiled !== undefined && 'error' in compiled && compiled.expression === expression
  const at = place.child('name')
  const isIdentifier = /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name ?? '') && !reserved.has(name)
  return [
    ...(isBlank(name)
      ? [required(at, 'name is not specified')]
      : when(!isIdentifier, invalidValue(at, name, 'must be a valid CEL identifier'))),
    ...(isBlank(expression)
      ? [required(place.child('expression'), 'expression is not specified')]
      : wrong
        ? [invalidValue(place.child('expression'), expression, compiled.error)]
        : []),
  ]
}

/** The expressions of a policy; without variables there is no `variables`. */
export function expressionsOf(spec: Part): PolicyExpressions {
  const variables = listOf(spec.variables)
    .filter(({ expression }) => !isBlank(expression))
    .map(({ name = '', expression }) => ({ name, expression }))
  return policyExpressions(
    { params: isSet(spec.paramKind), authorizer: true },
    isFilled(spec.variables) ? variables : undefined,
  )
}
