/** Checks of literals that Kubernetes adds to the type check. Source: cel-go's validators. */

import { compileRe2 } from '../../lib/re2.ts'
import { children, type Expr } from './ast.ts'
import type { Checked } from './checker.ts'
import { formatFault } from './functions/format-text.ts'
import type { Issue } from './issues.ts'
import { parseDuration, parseTimestamp } from './time-text.ts'
import { unwrapOptional } from './type-match.ts'
import { isSame, type Type } from './types.ts'
import { CelError } from './values.ts'

function allOf(root: Expr): Expr[] {
  const found: Expr[] = []
  const visit = (expr: Expr) => {
    found.push(expr)
    for (const child of children(expr)) visit(child)
  }
  visit(root)
  return found
}

const isBad: Readonly<Record<string, (text: string) => boolean>> = {
  duration: (text) => parseDuration(text) === undefined,
  timestamp: (text) => (parseTimestamp(text) ?? new CelError('')) instanceof CelError,
  matches: (text) => 'fault' in compileRe2(text),
}

class Validator {
  readonly issues: Issue[] = []
  private readonly checked: Checked
  private readonly offsets: readonly number[]

  constructor(checked: Checked, offsets: readonly number[]) {
    this.checked = checked
    this.offsets = offsets
  }

  report(expr: Expr, message: string): void {
    this.issues.push({ offset: this.offsets[expr.id] ?? -1, message })
  }

  literals(exprs: readonly Expr[], name: string): void {
    for (const expr of exprs) {
      if (expr.kind !== 'call' || expr.fn !== name) continue
      const [arg] = expr.args
      if (arg?.kind === 'literal' && typeof arg.value === 'string' && isBad[name]?.(arg.value))
        this.report(arg, `invalid ${name} argument`)
    }
  }

  formats(exprs: readonly Expr[]): void {
    for (const expr of exprs) {
      if (expr.kind !== 'call' || expr.fn !== 'format' || expr.target?.kind !== 'literal') continue
      const [list] = expr.args
      if (list?.kind !== 'list' || typeof expr.target.value !== 'string') continue
      const types = list.elements.map((element) => this.type(element))
      const fault = formatFault(expr.target.value, types)
      const place = fault?.index === undefined ? expr : list.elements[fault.index]
      if (fault && place) this.report(place, fault.message)
    }
  }

  private type(expr: Expr): Type {
    return this.checked.types[expr.id] as Type
  }

  private differs(expr: Expr, wanted: Type, given: Type): boolean {
    if (isSame(wanted, given)) return false
    this.report(expr, `expected type '${wanted.text}' but found '${given.text}'`)
    return true
  }

  lists(exprs: readonly Expr[]): void {
    for (const expr of exprs) {
      if (expr.kind !== 'list') continue
      let wanted: Type | undefined
      for (const [index, element] of expr.elements.entries()) {
        const type = expr.optional.has(index) ? unwrapOptional(this.type(element)) : this.type(element)
        wanted ??= type
        if (this.differs(element, wanted, type)) break
      }
    }
  }

  maps(exprs: readonly Expr[]): void {
    for (const expr of exprs) {
      if (expr.kind !== 'map') continue
      let wanted: readonly [Type, Type] | undefined
      for (const { key, value, optional } of expr.entries) {
        const type = optional ? unwrapOptional(this.type(value)) : this.type(value)
        wanted ??= [this.type(key), type]
        this.differs(key, wanted[0], this.type(key))
        this.differs(value, wanted[1], type)
      }
    }
  }
}

/** Expressions outside of the arguments of `format`, whose lists may be mixed. */
function outsideFormat(root: Expr): Expr[] {
  const found: Expr[] = []
  const visit = (expr: Expr) => {
    found.push(expr)
    if (expr.kind === 'call' && expr.fn === 'format') return
    for (const child of children(expr)) visit(child)
  }
  visit(root)
  return found
}

/** What is wrong with the literals of a checked expression. */
export function validate(root: Expr, checked: Checked, offsets: readonly number[]): readonly Issue[] {
  const validator = new Validator(checked, offsets)
  const all = allOf(root)
  for (const name of ['duration', 'timestamp', 'matches']) validator.literals(all, name)
  const plain = outsideFormat(root)
  validator.lists(plain)
  validator.maps(plain)
  validator.formats(all)
  return validator.issues
}
