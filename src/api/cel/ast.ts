/** Expressions as trees. Macros are already expanded. Ids index the places and types of a parsed expression. */
import type { Value } from './values.ts'

export interface Literal {
  readonly kind: 'literal'
  readonly id: number
  readonly value: Value
}

export interface Ident {
  readonly kind: 'ident'
  readonly id: number
  name: string
}

export interface Select {
  readonly kind: 'select'
  readonly id: number
  readonly operand: Expr
  readonly field: string
  /** True inside `has()`: the answer is whether the field is there. */
  readonly testOnly: boolean
}

export interface Call {
  readonly kind: 'call'
  readonly id: number
  fn: string
  target: Expr | undefined
  readonly args: readonly Expr[]
}

export interface ListExpr {
  readonly kind: 'list'
  readonly id: number
  readonly elements: readonly Expr[]
  /** Positions of elements written `?e`: left out when they have no value. */
  readonly optional: ReadonlySet<number>
}

export interface MapEntry {
  readonly id: number
  readonly key: Expr
  readonly value: Expr
  readonly optional: boolean
}

export interface MapExpr {
  readonly kind: 'map'
  readonly id: number
  readonly entries: readonly MapEntry[]
}

export interface StructField {
  readonly id: number
  readonly name: string
  readonly value: Expr
  readonly optional: boolean
}

export interface Struct {
  readonly kind: 'struct'
  readonly id: number
  typeName: string
  readonly fields: readonly StructField[]
}

/** A loop over `range` that folds into `accuVar`: what every collection macro becomes. */
export interface Comprehension {
  readonly kind: 'comprehension'
  readonly id: number
  readonly range: Expr
  readonly iterVar: string
  readonly iterVar2: string | undefined
  readonly accuVar: string
  readonly init: Expr
  readonly condition: Expr
  readonly step: Expr
  readonly result: Expr
}

/** Stands where something could not be read; an issue tells why. */
export interface Unspecified {
  readonly kind: 'unspecified'
  readonly id: number
}

export type Expr = Literal | Ident | Select | Call | ListExpr | MapExpr | Struct | Comprehension | Unspecified

/** The name of the hidden variable in which macros accumulate. */
export const accumulator = '@result'

/** `a.b.c` as text when the expression is only identifiers and selections. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name
  if (expr.kind !== 'select' || expr.testOnly) return undefined
  const before = qualifiedName(expr.operand)
  return before === undefined ? undefined : `${before}.${expr.field}`
}

/** The parts of an expression, in cel-go's order. */
export function children(expr: Expr): Expr[] {
  switch (expr.kind) {
    case 'select':
      return [expr.operand]
    case 'call':
      return expr.target ? [expr.target, ...expr.args] : [...expr.args]
    case 'list':
      return [...expr.elements]
    case 'map':
      return expr.entries.flatMap((entry) => [entry.key, entry.value])
    case 'struct':
      return expr.fields.map((field) => field.value)
    case 'comprehension':
      return [expr.range, expr.init, expr.condition, expr.step, expr.result]
    default:
      return []
  }
}
