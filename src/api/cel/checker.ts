/**
 * Checks the types of an expression: what every name means, which overloads of a function apply, and what it evaluates
 * to. Faults are worded as cel-go words them. Source: cel-go's checker (0.26), the CEL language definition.
 */
import {
  type Call,
  type Comprehension,
  type Expr,
  type ListExpr,
  type MapExpr,
  qualifiedName,
  type Select,
  type Struct,
} from './ast.ts'
import type { FunctionDeclaration, Overload } from './declarations.ts'
import type { Environment } from './environment.ts'
import type { Issue } from './issues.ts'
import {
  isDyn,
  isDynOrError,
  isOptional,
  type Mapping,
  matchTypes,
  mostGeneral,
  substitute,
  unwrapOptional,
} from './type-match.ts'
import {
  boolType,
  bytesType,
  doubleType,
  dynType,
  errorType,
  goTypeText,
  intType,
  isSame,
  listType,
  mapType,
  nullType,
  optionalType,
  paramType,
  stringType,
  type Type,
  uintType,
} from './types.ts'
import { typeName, type Value } from './values.ts'

/** What an identifier, selection or call means. */
export interface Reference {
  /** The full name of a variable or type. */
  readonly name?: string
  /** The overloads that may apply. */
  readonly overloads?: readonly string[]
}

/** A checked expression: types and meanings by id. */
export interface Checked {
  readonly types: readonly Type[]
  readonly references: ReadonlyMap<number, Reference>
  readonly issues: readonly Issue[]
}

class Checker {
  readonly types: Type[] = []
  readonly references = new Map<number, Reference>()
  readonly issues: Issue[] = []
  private readonly env: Environment
  private readonly offsets: readonly number[]
  private readonly scopes: { readonly name: string; readonly type: Type }[] = []
  private mapping: Mapping = new Map()
  private free = 0

  constructor(env: Environment, offsets: readonly number[]) {
    this.env = env
    this.offsets = offsets
  }

  finish(): void {
    for (const [id, type] of this.types.entries()) if (type) this.types[id] = substitute(this.mapping, type, true)
  }

  check(expr: Expr): Type {
    const type = this.typeOf(expr)
    this.types[expr.id] = type
    return type
  }

  private fault(id: number, message: string): Type {
    this.issues.push({ offset: this.offsets[id] ?? -1, message })
    return errorType
  }

  private undeclared(id: number, name: string): Type {
    return this.fault(id, `undeclared reference to '${name}' (in container '${this.env.container}')`)
  }

  private typeOf(expr: Expr): Type {
    switch (expr.kind) {
      case 'literal':
        return literalType(expr.value)
      case 'ident': {
        const found = this.lookup(expr.name)
        if (!found) return this.undeclared(expr.id, expr.name)
        this.references.set(expr.id, { name: found.name })
        expr.name = found.name
        return found.type
      }
      case 'select':
        return this.select(expr)
      case 'call':
        return this.call(expr)
      case 'list':
        return this.list(expr)
      case 'map':
        return this.map(expr)
      case 'struct':
        return this.struct(expr)
      case 'comprehension':
        return this.comprehension(expr)
      default:
        return errorType
    }
  }

  private lookup(name: string): { name: string; type: Type } | undefined {
    for (const candidate of this.env.candidates(name)) {
      const scope = this.scopes.findLast((each) => each.name === candidate)
      if (scope) return scope
      const type = this.env.ident(candidate)
      if (type) return { name: candidate, type }
    }
    return undefined
  }

  private select(expr: Select): Type {
    const name = qualifiedName(expr)
    const found = name === undefined ? undefined : this.lookup(name)
    if (found) {
      this.references.set(expr.id, { name: found.name })
      return found.type
    }
    const type = this.field(expr.id, expr.operand, expr.field, false)
    return expr.testOnly ? boolType : substitute(this.mapping, type, false)
  }

  private field(id: number, operand: Expr, field: string, optional: boolean): Type {
    const operandType = substitute(this.mapping, this.check(operand), false)
    const target = unwrapOptional(operandType)
    let result = errorType
    if (target.kind === 'map') result = target.params[1] ?? dynType
    else if (target.kind === 'struct') result = this.fieldType(id, target.name, field)
    else if (target.kind === 'param') {
      this.assign(dynType, target)
      result = dynType
    } else {
      if (!isDynOrError(target)) this.fault(id, `type '${target.text}' does not support field selection`)
      result = dynType
    }
    return optional || isOptional(operandType) ? optionalType(result) : result
  }

  private fieldType(id: number, struct: string, field: string): Type {
    const fields = this.env.fields(struct)
    if (!fields) return this.fault(id, `unexpected failed resolution of '${struct}'`)
    return fields(field) ?? this.fault(id, `undefined field '${field}'`)
  }

  private call(expr: Call): Type {
    if (expr.fn === '_?._') {
      const [operand, name] = expr.args as [Expr, Expr]
      const field = name.kind === 'literal' && typeof name.value === 'string' ? name.value : ''
      this.references.set(expr.id, { overloads: ['select_optional_field'] })
      this.types[name.id] = stringType
      return substitute(this.mapping, this.field(expr.id, operand, field, true), false)
    }
    for (const arg of expr.args) this.check(arg)
    const { target } = expr
    if (!target) {
      const fn = this.env.fn(expr.fn)
      if (!fn) return this.undeclared(expr.id, expr.fn)
      expr.fn = fn.name
      return this.resolve(expr, fn, undefined)
    }
    const prefix = qualifiedName(target)
    const namespaced = prefix === undefined ? undefined : this.env.fn(`${prefix}.${expr.fn}`)
    if (namespaced) {
      expr.fn = namespaced.name
      expr.target = undefined
      return this.resolve(expr, namespaced, undefined)
    }
    this.check(target)
    const fn = this.env.fn(expr.fn)
    return fn ? this.resolve(expr, fn, target) : this.undeclared(expr.id, expr.fn)
  }

  private resolve(expr: Call, fn: FunctionDeclaration, target: Expr | undefined): Type {
    const parts = target ? [target, ...expr.args] : expr.args
    const given = parts.map((part) => this.types[part.id] ?? errorType)
    if (fn.name === '_&&_' || fn.name === '_||_') return this.logical(expr, fn.overloads[0] as Overload, given)
    const ids: string[] = []
    let result: Type | undefined
    for (const overload of fn.overloads) {
      if (overload.member !== (target !== undefined)) continue
      const { args, type } = this.instance(overload)
      const mapping = matchTypes(this.mapping, given, args)
      if (!mapping) continue
      this.mapping = mapping
      ids.push(overload.id)
      const answer = substitute(this.mapping, type, false)
      if (!result) result = answer
      else if (!isDyn(result) && !isSame(answer, result)) result = dynType
    }
    if (result) {
      this.references.set(expr.id, { overloads: ids })
      return result
    }
    const shown = given.map((type) => substitute(this.mapping, type, true).text)
    const signature = target ? `${shown[0]}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`
    return this.fault(expr.id, `found no matching overload for '${fn.name}' applied to '${signature}'`)
  }

  /** The overload's types with type parameters nobody else uses. */
  private instance(overload: Overload): { args: readonly Type[]; type: Type } {
    if (overload.params.length === 0) return { args: overload.args, type: overload.result }
    const fresh: Mapping = new Map(overload.params.map((name) => [name, this.fresh()]))
    const args = overload.args.map((arg) => substitute(fresh, arg, false))
    return { args, type: substitute(fresh, overload.result, false) }
  }

  private logical(expr: Call, overload: Overload, given: readonly Type[]): Type {
    this.references.set(expr.id, { overloads: [overload.id] })
    let failed = false
    for (const [index, type] of given.entries()) {
      if (this.assign(type, boolType)) continue
      failed = true
      this.fault((expr.args[index] as Expr).id, `expected type 'bool' but found '${type.text}'`)
    }
    return failed ? errorType : boolType
  }

  private list(expr: ListExpr): Type {
    let items: Type | undefined
    for (const [index, element] of expr.elements.entries()) {
      let type = this.check(element)
      if (expr.optional.has(index)) type = this.optionalPart(element, type)
      items = this.join(items, type)
    }
    return listType(items ?? this.fresh())
  }

  private optionalPart(expr: Expr, type: Type): Type {
    if (!isOptional(type) && !isDyn(type))
      this.fault(expr.id, `expected type '${optionalType(type).text}' but found '${type.text}'`)
    return unwrapOptional(type)
  }

  private map(expr: MapExpr): Type {
    let keys: Type | undefined
    let values: Type | undefined
    for (const { key, value, optional } of expr.entries) {
      keys = this.join(keys, this.check(key))
      const type = this.check(value)
      values = this.join(values, optional ? this.optionalPart(value, type) : type)
    }
    return mapType(keys ?? this.fresh(), values ?? this.fresh())
  }

  private struct(expr: Struct): Type {
    const found = this.lookup(expr.typeName)
    if (!found) return this.undeclared(expr.id, expr.typeName)
    expr.typeName = found.name
    this.references.set(expr.id, { name: found.name })
    let result = errorType
    const [made] = found.type.params
    if (found.type.kind !== 'type') this.fault(expr.id, `'${goTypeText(found.type)}' is not a type`)
    else if (made?.kind === 'struct') result = made
    else this.fault(expr.id, `'${made ? goTypeText(made) : 'type'}' is not a message type`)
    this.types[expr.id] = result
    for (const field of expr.fields) {
      const given = this.check(field.value)
      const wanted = this.fieldType(field.id, made?.name ?? found.name, field.name)
      const type = field.optional ? this.optionalPart(field.value, given) : given
      if (this.assign(wanted, type)) continue
      const message = `expected type of field '${field.name}' is '${wanted.text}' but provided type is '${type.text}'`
      this.fault(field.id, message)
    }
    return result
  }

  private comprehension(expr: Comprehension): Type {
    this.check(expr.range)
    const accu = this.check(expr.init)
    const range = substitute(this.mapping, this.types[expr.range.id] ?? errorType, false)
    const depth = this.scopes.length
    this.scopes.push({ name: expr.accuVar, type: accu })
    const [first, second] = this.iteration(expr, range)
    this.scopes.push({ name: expr.iterVar, type: first })
    if (expr.iterVar2 !== undefined) this.scopes.push({ name: expr.iterVar2, type: second })
    this.check(expr.condition)
    this.expectType(expr.condition, boolType)
    this.check(expr.step)
    this.expectType(expr.step, accu)
    this.scopes.length = depth + 1
    const result = this.check(expr.result)
    this.scopes.length = depth
    return substitute(this.mapping, result, false)
  }

  /** The types of the iteration variables. */
  private iteration(expr: Comprehension, range: Type): readonly [Type, Type] {
    const [first = dynType, second = dynType] = range.params
    if (range.kind === 'list') return expr.iterVar2 === undefined ? [first, first] : [intType, first]
    if (range.kind === 'map') return [first, second]
    if (isDynOrError(range) || range.kind === 'param') {
      this.assign(dynType, range)
      return [dynType, dynType]
    }
    const message = `expression of type '${range.text}' cannot be range of a comprehension (must be list, map, or dynamic)`
    this.fault(expr.range.id, message)
    return [errorType, errorType]
  }

  private expectType(expr: Expr, wanted: Type): void {
    const given = this.types[expr.id] ?? errorType
    if (!this.assign(wanted, given)) this.fault(expr.id, `expected type '${wanted.text}' but found '${given.text}'`)
  }

  private join(before: Type | undefined, type: Type): Type {
    if (!before) return type
    return this.assign(before, type) ? mostGeneral(before, type) : dynType
  }

  private assign(a: Type, b: Type): boolean {
    const mapping = matchTypes(this.mapping, [a], [b])
    if (mapping) this.mapping = mapping
    return mapping !== undefined
  }

  private fresh(): Type {
    return paramType(`_var${this.free++}`)
  }
}

const literalTypes: Readonly<Record<string, Type>> = {
  bool: boolType,
  bytes: bytesType,
  double: doubleType,
  int: intType,
  null_type: nullType,
  string: stringType,
  uint: uintType,
}

function literalType(value: Value): Type {
  return literalTypes[typeName(value)] ?? errorType
}

/** Checks an expression against an environment. Renames what it resolves, in place. */
export function check(env: Environment, root: Expr, offsets: readonly number[]): Checked {
  const checker = new Checker(env, offsets)
  checker.check(root)
  checker.finish()
  return { types: checker.types, references: checker.references, issues: checker.issues }
}
