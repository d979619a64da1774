/**
 * Makes a checked expression into closures. Costs are counted as cel-go counts them: a chain of selections costs 1 and
 * 1 for each selection, a call what its function costs, constants nothing; the limit is looked at with each cost.
 */
import type { Call, Comprehension, Expr, ListExpr, MapExpr, Struct } from './ast.ts'
import { type Attribute, evaluated, type Qualifier, resolved, tested } from './attribute.ts'
import { costOf } from './call-cost.ts'
import type { Checked } from './checker.ts'
import { alternative, answer, binary, charged, equality, type Invoke, logical, quick, unary } from './combine.ts'
import type { Environment } from './environment.ts'
import { fold } from './fold.ts'
import { implementationOf } from './functions/dispatch.ts'
import { withPattern } from './functions/patterns.ts'
import { membership } from './membership.ts'
import { charge, type Run } from './run.ts'
import { shownValue } from './shown.ts'
import type { Type } from './types.ts'
import { CelError, CelList, CelOptional, CelType, noOverload, PlainList, PlainMap, type Value } from './values.ts'

/** A part of a program; `constant` when its value is known. */
interface Part {
  readonly run: Run
  readonly constant?: Value
  readonly attribute?: Attribute
}

/** Thrown by the compiler for what is found wrong only while making the program. */
export class ProgramFault extends Error {}

const conversions = new Set([
  'bool',
  'bytes',
  'double',
  'duration',
  'dyn',
  'int',
  'string',
  'timestamp',
  'type',
  'uint',
])

function constant(value: Value): Part {
  return { run: () => value, constant: value }
}

class Compiler {
  slots = 0
  readonly names = new Set<string>()
  private readonly checked: Checked
  private readonly env: Environment
  private readonly scopes: { readonly name: string; readonly read: Run }[] = []

  constructor(env: Environment, checked: Checked) {
    this.env = env
    this.checked = checked
  }

  compile(expr: Expr): Part {
    switch (expr.kind) {
      case 'literal':
        return constant(expr.value)
      case 'ident':
        return this.ident(expr.id, expr.name)
      case 'select': {
        const reference = this.checked.references.get(expr.id)
        if (reference?.name !== undefined) return this.ident(expr.id, reference.name)
        const attribute = this.attribute(this.compile(expr.operand))
        if (expr.testOnly) return { run: tested(attribute, expr.field) }
        return this.qualified(attribute, { key: () => expr.field, optional: false })
      }
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
        throw new ProgramFault('unsupported expr')
    }
  }

  private ident(id: number, name: string): Part {
    const scope = this.scopes.findLast((each) => each.name === name)
    if (scope) return this.whole({ base: scope.read, cost: 1, qualifiers: [] })
    const type = this.checked.types[id]
    if (type?.kind === 'type' && !name.startsWith('@')) return constant(new CelType(name))
    this.names.add(name)
    const missing = new CelError(`no such attribute(s): ${name}`)
    const base: Run = (context) => {
      const value = context.read(name)
      return value === undefined ? missing : value
    }
    return this.whole({ base, cost: 1, qualifiers: [] })
  }

  private whole(attribute: Attribute): Part {
    return { run: evaluated(attribute), attribute }
  }

  private attribute(part: Part): Attribute {
    return part.attribute ?? { base: part.run, cost: 1, qualifiers: [] }
  }

  private qualified(attribute: Attribute, qualifier: Qualifier): Part {
    return this.whole({ ...attribute, qualifiers: [...attribute.qualifiers, qualifier] })
  }

  private call(expr: Call): Part {
    const parts = (expr.target ? [expr.target, ...expr.args] : expr.args).map((part) => this.compile(part))
    const [first, second, third] = parts as [Part, Part, Part]
    switch (expr.fn) {
      case '_&&_':
        return { run: logical(first.run, second.run, false) }
      case '_||_':
        return { run: logical(first.run, second.run, true) }
      case '_?_:_':
        return this.conditional(first, second, third)
      case '_[_]':
      case '_[?_]':
      case '_?._':
        return this.index(first, second, expr.fn !== '_[_]')
      case 'or':
      case 'orValue':
        if (expr.target) return { run: alternative(first.run, second.run, expr.fn === 'orValue') }
    }
    const overloads = this.checked.references.get(expr.id)?.overloads ?? []
    const overload = overloads.length === 1 ? (overloads[0] as string) : ''
    if (overload === 'in_list' && second.constant instanceof CelList) {
      if (second.constant.size === 0) return constant(false)
      const member = membership(second.constant)
      if (member) return { run: (context) => answer(first.run(context), member) }
    }
    const part = { run: this.invocation(expr, overload, parts) }
    if (!conversions.has(expr.fn) || parts.length !== 1 || first.constant === undefined) return part
    return this.folded(part.run)
  }

  private folded(run: Run): Part {
    const value = run({ read: () => undefined, slots: [], cost: 0, limit: Number.POSITIVE_INFINITY })
    if (value instanceof CelError) throw new ProgramFault(value.message)
    return constant(value)
  }

  private invocation(expr: Call, overload: string, parts: readonly Part[]): Run {
    if (expr.fn === '_==_' || expr.fn === '_!=_')
      return equality((parts[0] as Part).run, (parts[1] as Part).run, expr.fn === '_==_')
    const invoke = this.implementation(expr, overload, parts)
    const cost = costOf(expr.fn, overload)
    const lenient = expr.fn === '@not_strictly_false'
    if (parts.length === 1) return unary((parts[0] as Part).run, invoke, cost, lenient)
    if (parts.length === 2) return binary((parts[0] as Part).run, (parts[1] as Part).run, invoke, cost, quick[expr.fn])
    const runs = parts.map((part) => part.run)
    return (context) => {
      const args: Value[] = []
      for (const run of runs) {
        const value = run(context)
        if (value instanceof CelError) return value
        args.push(value)
      }
      const value = invoke(args, '')
      charge(context, typeof cost === 'number' ? cost : cost(args, value))
      return value
    }
  }

  private implementation(expr: Call, overload: string, parts: readonly Part[]): Invoke {
    const exprs = expr.target ? [expr.target, ...expr.args] : expr.args
    const guarded = exprs.some((each) => hasDyn(this.checked.types[each.id] as Type))
    const source = parts[1]?.constant
    if (typeof source === 'string') {
      const known = withPattern(expr.fn, source)
      if (known && 'fault' in known) throw new ProgramFault(known.fault)
      if (known && !guarded) return known
    }
    const found = implementationOf(expr.fn, overload, guarded)
    if (!found) throw new ProgramFault(`no such overload: ${expr.fn}`)
    return (args) => found(args, overload)
  }

  private conditional(condition: Part, yes: Part, no: Part): Part {
    const whenTrue = yes.attribute ? resolved(yes.attribute) : yes.run
    const whenFalse = no.attribute ? resolved(no.attribute) : no.run
    const test = condition.run
    const base: Run = (context) => {
      const value = test(context)
      if (value === true) return whenTrue(context)
      if (value === false) return whenFalse(context)
      return value instanceof CelError ? value : noOverload
    }
    return this.whole({ base, cost: 0, qualifiers: [] })
  }

  private index(operand: Part, index: Part, optional: boolean): Part {
    const key = index.attribute ? resolved(index.attribute) : index.run
    return this.qualified(this.attribute(operand), { key, optional })
  }

  private list(expr: ListExpr): Part {
    const parts = expr.elements.map((element) => this.compile(element))
    const run: Run = (context) => {
      const items: Value[] = []
      for (const [index, part] of parts.entries()) {
        let value = part.run(context)
        if (value instanceof CelError) return value
        if (expr.optional.has(index)) {
          if (!(value instanceof CelOptional))
            return new CelError(`cannot initialize optional list element from non-optional value ${shownValue(value)}`)
          if (value.value === undefined) continue
          value = value.value
        }
        items.push(value)
      }
      return new PlainList(items)
    }
    if (parts.every((part) => part.constant !== undefined)) return this.folded(run)
    return { run: charged(run, 10) }
  }

  private map(expr: MapExpr): Part {
    const parts = expr.entries.map((entry) => {
      return { key: this.compile(entry.key), value: this.compile(entry.value), optional: entry.optional }
    })
    const run: Run = (context) => {
      const map = new PlainMap()
      for (const { key, value, optional } of parts) {
        const name = key.run(context)
        if (name instanceof CelError) return name
        let content = value.run(context)
        if (content instanceof CelError) return content
        if (optional) {
          if (!(content instanceof CelOptional)) return notOptional(name, content)
          if (content.value === undefined) continue
          content = content.value
        }
        map.set(name, content)
      }
      return map
    }
    if (parts.every(({ key, value }) => key.constant !== undefined && value.constant !== undefined))
      return this.folded(run)
    return { run: charged(run, 30) }
  }

  private struct(expr: Struct): Part {
    const parts = expr.fields.map((field) => ({ ...field, run: this.compile(field.value).run }))
    const { construct } = this.env
    if (!construct) throw new ProgramFault(`unknown type: ${expr.typeName}`)
    const run: Run = (context) => {
      const fields = new Map<string, Value>()
      for (const field of parts) {
        let value = field.run(context)
        if (value instanceof CelError) return value
        if (field.optional) {
          if (!(value instanceof CelOptional)) return notOptional(field.name, value)
          if (value.value === undefined) continue
          value = value.value
        }
        fields.set(field.name, value)
      }
      return construct(expr.typeName, fields)
    }
    return { run: charged(run, 40) }
  }

  private comprehension(expr: Comprehension): Part {
    const init = this.compile(expr.init).run
    const range = this.compile(expr.range).run
    const accu = this.slots++
    const first = this.slots++
    const second = expr.iterVar2 === undefined ? undefined : this.slots++
    const depth = this.scopes.length
    const readAccu: Run = (context) => {
      const known = context.slots[accu]
      if (known !== undefined) return known
      const value = fold.start(init(context))
      context.slots[accu] = value
      return value
    }
    this.scopes.push({ name: expr.accuVar, read: readAccu })
    this.scopes.push({ name: expr.iterVar, read: (context) => context.slots[first] as Value })
    if (expr.iterVar2 !== undefined && second !== undefined)
      this.scopes.push({ name: expr.iterVar2, read: (context) => context.slots[second] as Value })
    const condition = this.compile(expr.condition).run
    const step = this.compile(expr.step).run
    this.scopes.length = depth + 1
    const result = this.compile(expr.result).run
    this.scopes.length = depth
    return { run: fold.run({ range, condition, step, result, accu, first, second }) }
  }
}

const hasDyn = (type: Type): boolean => type.kind === 'dyn' || type.kind === 'null' || type.params.some(hasDyn)

function notOptional(key: Value, value: Value): CelError {
  return new CelError(
    `cannot initialize optional entry '${shownValue(key)}' from non-optional value ${shownValue(value)}`,
  )
}

/** A program ready to run. */
export interface Compiled {
  readonly run: Run
  readonly slots: number
  /** The variables it reads. */
  readonly names: ReadonlySet<string>
  readonly type: Type
}

/** Makes the program of a checked expression. Throws `ProgramFault`. */
export function compile(env: Environment, root: Expr, checked: Checked): Compiled {
  const compiler = new Compiler(env, checked)
  const { run } = compiler.compile(root)
  return { run, slots: compiler.slots, names: compiler.names, type: checked.types[root.id] as Type }
}
